"""Where a proof of concept and its parts stand, and what may be done with them then."""

from collections.abc import Mapping

from tracker.core.errors import Refused
from tracker.core.text import N_, Labelled


class PocState(Labelled):
    """Where a proof of concept stands."""

    OPEN = "open", N_("Under way"), "progress"
    PROPOSED = "proposed", N_("Proposed for acceptance"), "warning"
    ACCEPTED = "accepted", N_("Accepted"), "done"


class AcceptanceAct(Labelled):
    """What was done about the acceptance of a proof of concept."""

    PROPOSED = "proposed", N_("Proposed"), "progress"
    RETURNED = "returned", N_("Returned"), "warning"
    ACCEPTED = "accepted", N_("Accepted"), "done"
    OVERRIDDEN = "overridden", N_("Accepted by override"), "danger"


MOVES: Mapping[AcceptanceAct, tuple[PocState, PocState]] = {
    AcceptanceAct.PROPOSED: (PocState.OPEN, PocState.PROPOSED),
    AcceptanceAct.RETURNED: (PocState.PROPOSED, PocState.OPEN),
    AcceptanceAct.ACCEPTED: (PocState.PROPOSED, PocState.ACCEPTED),
    AcceptanceAct.OVERRIDDEN: (PocState.PROPOSED, PocState.ACCEPTED),
}
"""From which state each act leads to which."""

_SAYS = {
    PocState.OPEN: N_("Nobody has proposed this proof of concept yet. The expert proposes it first."),
    PocState.PROPOSED: N_("This proof of concept is proposed for acceptance already."),
    PocState.ACCEPTED: N_("This proof of concept is accepted and stays as it is."),
}


def after_act(state: PocState, act: AcceptanceAct) -> PocState:
    """Give the state after an act, or refuse what does not fit where it stands."""
    before, after = MOVES[act]
    if state is not before:
        raise Refused(_SAYS[state])
    return after


def check_open(state: PocState) -> None:
    """Refuse to change a proof of concept that was accepted."""
    if state is PocState.ACCEPTED:
        raise Refused(_SAYS[PocState.ACCEPTED])


class EntryState(Labelled):
    """Where an entry of the self-funding stands."""

    SUBMITTED = "submitted", N_("Waits for verification"), "progress"
    VERIFIED = "verified", N_("Verified"), "done"
    RETURNED = "returned", N_("Returned"), "warning"


class VoucherKind(Labelled):
    """What kind of paper proves an entry."""

    INVOICE = "invoice", N_("Uniform invoice")
    RECEIPT = "receipt", N_("Receipt")
    FOREIGN = "foreign", N_("Invoice from abroad")
    PAYROLL = "payroll", N_("Payroll record")

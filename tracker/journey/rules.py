"""The four-step journey: states, allowed moves, gates. Pure decisions."""

from collections.abc import Iterable
from dataclasses import dataclass

from tracker.core.errors import Refused
from tracker.core.text import Labelled, Message, N_


class Step(Labelled):
    """The four steps, in their order."""

    ASSESS = "assess", N_("Assess")
    MIGRATE = "migrate", N_("Migrate")
    TEST = "test", N_("Test")
    OPTIMISE = "optimise", N_("Optimise")

    @property
    def number(self) -> int:
        """Give 1 to 4."""
        return list(Step).index(self) + 1

    @property
    def following(self) -> "Step | None":
        """Give the step after this one."""
        steps = list(Step)
        return steps[self.number] if self.number < len(steps) else None


class Party(Labelled):
    """Who owes something."""

    VENDOR = "vendor", N_("Vendor")
    EXPERT = "expert", N_("Expert")
    STAFF = "staff", N_("Programme office")


class EvidenceKind(Labelled):
    """What proves an item."""

    DOCUMENT = "document", N_("Document")
    SCREENSHOT = "screenshot", N_("Screenshot")
    LINK = "link", N_("Link")
    MEASUREMENT = "measurement", N_("Measurement")
    RECORD = "record", N_("Record")
    NONE = "none", N_("No file needed")


class EngagementState(Labelled):
    """Where an engagement stands as a whole."""

    ACTIVE = "active", N_("Active"), "progress"
    ON_HOLD = "on_hold", N_("On hold"), "warning"
    WITHDRAWN = "withdrawn", N_("Withdrawn"), "neutral"
    FINISHED = "finished", N_("Finished"), "done"


class StepState(Labelled):
    """Where a step of an engagement stands."""

    WAITING = "waiting", N_("Cannot start yet"), "neutral"
    OPEN = "open", N_("In progress"), "progress"
    PROPOSED = "proposed", N_("Gate proposed"), "warning"
    PASSED = "passed", N_("Passed"), "done"


class ItemState(Labelled):
    """Where a checklist item stands. Blank is never complete."""

    OPEN = "open", N_("To do"), "neutral"
    SUBMITTED = "submitted", N_("Waiting for verification"), "progress"
    RETURNED = "returned", N_("Returned"), "warning"
    VERIFIED = "verified", N_("Verified"), "done"
    NOT_APPLICABLE = "not_applicable", N_("Not applicable"), "done"


class AssignmentPart(Labelled):
    """An expert's part in an engagement."""

    LEAD = "lead", N_("Lead expert")
    SUPPORT = "support", N_("Supporting expert")


class GateAct(Labelled):
    """What was done at a gate."""

    PROPOSED = "proposed", N_("Proposed"), "progress"
    RETURNED = "returned", N_("Returned"), "warning"
    PASSED = "passed", N_("Passed"), "done"
    OVERRIDDEN = "overridden", N_("Passed by override"), "danger"


ENGAGEMENT_MOVES: dict[EngagementState, frozenset[EngagementState]] = {
    EngagementState.ACTIVE: frozenset({EngagementState.ON_HOLD, EngagementState.WITHDRAWN, EngagementState.FINISHED}),
    EngagementState.ON_HOLD: frozenset({EngagementState.ACTIVE, EngagementState.WITHDRAWN}),
    EngagementState.WITHDRAWN: frozenset({EngagementState.ACTIVE}),
    EngagementState.FINISHED: frozenset(),
}

GATE_MOVES: dict[tuple[StepState, GateAct], StepState] = {
    (StepState.OPEN, GateAct.PROPOSED): StepState.PROPOSED,
    (StepState.PROPOSED, GateAct.RETURNED): StepState.OPEN,
    (StepState.PROPOSED, GateAct.PASSED): StepState.PASSED,
    (StepState.PROPOSED, GateAct.OVERRIDDEN): StepState.PASSED,
    (StepState.OPEN, GateAct.OVERRIDDEN): StepState.PASSED,
}

ITEM_MOVES: dict[ItemState, frozenset[ItemState]] = {
    ItemState.OPEN: frozenset({ItemState.SUBMITTED, ItemState.NOT_APPLICABLE}),
    ItemState.SUBMITTED: frozenset({ItemState.VERIFIED, ItemState.RETURNED, ItemState.OPEN}),
    ItemState.RETURNED: frozenset({ItemState.SUBMITTED, ItemState.NOT_APPLICABLE}),
    ItemState.VERIFIED: frozenset({ItemState.RETURNED}),
    ItemState.NOT_APPLICABLE: frozenset({ItemState.OPEN, ItemState.RETURNED}),
}


@dataclass(frozen=True)
class Missing:
    """Something that keeps a gate closed: what, who owes it, and which evidence would prove it."""

    what: Message
    owed_by: Party
    proof: EvidenceKind
    item_id: int | None = None


def check_engagement_move(old: EngagementState, new: EngagementState) -> None:
    """Refuse a change of the engagement that the table does not allow."""
    if new not in ENGAGEMENT_MOVES[old]:
        raise Refused(N_("An engagement that is “%(old)s” cannot become “%(new)s”."), old=Message(old.label), new=Message(new.label))


def after_gate(state: StepState, act: GateAct) -> StepState:
    """Give the step's state after an act at its gate; refuse an act out of turn."""
    try:
        return GATE_MOVES[state, act]
    except KeyError:
        raise Refused(N_("This gate is “%(state)s”; “%(act)s” is not possible now."), state=Message(state.label), act=Message(act.label)) from None


def check_item_move(old: ItemState, new: ItemState) -> None:
    """Refuse a change of an item that the table does not allow."""
    if new not in ITEM_MOVES[old]:
        raise Refused(N_("An item that is “%(old)s” cannot become “%(new)s”."), old=Message(old.label), new=Message(new.label))


def can_pass(missing: Iterable[Missing]) -> bool:
    """Tell whether nothing keeps the gate closed."""
    return not any(True for _ in missing)

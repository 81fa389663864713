"""The four-step journey: states, allowed moves, gates. Pure decisions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.core.errors import Refused
from tracker.core.text import N_, Labelled, Message


class Step(Labelled):
    """The four steps, in their order."""

    ASSESS = "assess", N_("Assess")
    MIGRATE = "migrate", N_("Migrate")
    TEST = "test", N_("Test")
    OPTIMISE = "optimise", N_("Optimise")

    @property
    def number(self) -> int:
        """Give 1 to 4."""
        return _NUMBERS[self]

    @property
    def following(self) -> "Step | None":
        """Give the step after this one."""
        return next((step for step, number in _NUMBERS.items() if number == self.number + 1), None)


_NUMBERS = {step: number for number, step in enumerate(Step, start=1)}


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


class Use(Labelled):
    """Whether every engagement follows a playbook, or those that somebody added it to."""

    ALWAYS = "always", N_("In every engagement")
    CHOSEN = "chosen", N_("Added where it helps")


class Deed(Labelled):
    """What CloudSteps itself does that fulfils an item."""

    PLAN = "plan", N_("A plan of the machines")
    DEPLOYMENT = "deployment", N_("A deployment")
    DRILL = "drill", N_("A drill")
    DESTROY = "destroy", N_("A sandbox removed to the last resource")
    WORKSHOP = "workshop", N_("A workshop attended from beginning to end")


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
    NOT_APPLICABLE_CLAIMED = "not_applicable_claimed", N_("Said not to apply, to be verified"), "progress"
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


ENGAGEMENT_MOVES: Mapping[EngagementState, frozenset[EngagementState]] = {
    EngagementState.ACTIVE: frozenset({EngagementState.ON_HOLD, EngagementState.WITHDRAWN, EngagementState.FINISHED}),
    EngagementState.ON_HOLD: frozenset({EngagementState.ACTIVE, EngagementState.WITHDRAWN}),
    EngagementState.WITHDRAWN: frozenset({EngagementState.ACTIVE}),
    EngagementState.FINISHED: frozenset(),
}

GATE_MOVES: Mapping[tuple[StepState, GateAct], StepState] = {
    (StepState.OPEN, GateAct.PROPOSED): StepState.PROPOSED,
    (StepState.PROPOSED, GateAct.RETURNED): StepState.OPEN,
    (StepState.PROPOSED, GateAct.PASSED): StepState.PASSED,
    (StepState.PROPOSED, GateAct.OVERRIDDEN): StepState.PASSED,
}
"""An override needs a proposal like any pass, so that no gate is ever opened by one person alone."""

ITEM_MOVES: Mapping[ItemState, frozenset[ItemState]] = {
    ItemState.OPEN: frozenset({ItemState.SUBMITTED, ItemState.NOT_APPLICABLE_CLAIMED}),
    ItemState.SUBMITTED: frozenset({ItemState.VERIFIED, ItemState.RETURNED}),
    ItemState.RETURNED: frozenset({ItemState.SUBMITTED, ItemState.NOT_APPLICABLE_CLAIMED}),
    ItemState.VERIFIED: frozenset({ItemState.RETURNED}),
    ItemState.NOT_APPLICABLE_CLAIMED: frozenset({ItemState.NOT_APPLICABLE, ItemState.RETURNED}),
    ItemState.NOT_APPLICABLE: frozenset({ItemState.RETURNED}),
}

OWED = frozenset({ItemState.OPEN, ItemState.RETURNED})
"""The one who is to do the item has it."""
TO_VERIFY = frozenset({ItemState.SUBMITTED, ItemState.NOT_APPLICABLE_CLAIMED})
"""An expert or the office has it."""
COMPLETE = frozenset({ItemState.VERIFIED, ItemState.NOT_APPLICABLE})
"""Nobody has it any more; what is only said to be done or not to apply is not complete."""

BEGUN = frozenset({StepState.OPEN, StepState.PROPOSED, StepState.PASSED})
UNDO_TIME = timedelta(seconds=30)


@dataclass(frozen=True)
class ItemFacts:
    """What a gate asks of an item."""

    id: int
    who: Party
    evidence: EvidenceKind
    gate: bool
    state: ItemState


@dataclass(frozen=True)
class Missing:
    """Something that keeps a gate closed: what, who owes it, and which evidence would prove it."""

    what: Message
    owed_by: Party
    proof: EvidenceKind
    item_id: int | None = None


@dataclass(frozen=True)
class LastChange:
    """The newest change of an item, as the undo looks at it."""

    by_id: int | None
    at: datetime
    undone: bool


STATE_SENTENCES: Mapping[ItemState, str] = {
    ItemState.OPEN: N_("Not done yet."),
    ItemState.RETURNED: N_("Returned, and not handed in again."),
    ItemState.SUBMITTED: N_("Handed in, but not verified."),
    ItemState.NOT_APPLICABLE_CLAIMED: N_("Said not to apply, but not verified."),
}


def gate_missing(
    items: Iterable[ItemFacts], proofs: Mapping[int, int], conditions: Iterable[Missing] = ()
) -> tuple[Missing, ...]:
    """List what keeps a gate closed; `proofs` counts the evidence of each item, `conditions` come from other features."""
    asked = [item for item in items if item.gate]
    found = [missing for item in asked if (missing := _missing_of(item, proofs.get(item.id, 0))) is not None]
    if not asked:
        blank = Message(N_("This step has no item that proves anything. Move it to a playbook with a checklist."))
        found.append(Missing(blank, Party.STAFF, EvidenceKind.NONE))
    return (*found, *conditions)


def _missing_of(item: ItemFacts, proofs: int) -> Missing | None:
    if item.state in STATE_SENTENCES:
        owed_by = Party.EXPERT if item.state in TO_VERIFY else item.who
        return Missing(Message(STATE_SENTENCES[item.state]), owed_by, item.evidence, item.id)
    if item.state is ItemState.VERIFIED and needs_proof(item.evidence) and proofs == 0:
        return Missing(Message(N_("Verified, but its evidence is gone.")), item.who, item.evidence, item.id)
    return None


def needs_proof(kind: EvidenceKind) -> bool:
    """Tell whether an item of this kind is done only with evidence attached."""
    return kind is not EvidenceKind.NONE


def check_engagement_move(old: EngagementState, new: EngagementState) -> None:
    """Refuse a change of the engagement that the table does not allow."""
    if new not in ENGAGEMENT_MOVES[old]:
        raise Refused(
            N_("An engagement that is “%(old)s” cannot become “%(new)s”."),
            old=Message(old.label),
            new=Message(new.label),
        )


def check_active(state: EngagementState) -> None:
    """Refuse work on an engagement that is not active."""
    if state is not EngagementState.ACTIVE:
        raise Refused(
            N_(
                "This engagement is “%(state)s”, so nothing can be changed in it. Ask the programme office to resume it."
            ),
            state=Message(state.label),
        )


def check_choice(use: Use, *, fits_kind: bool, is_held: bool) -> None:
    """Refuse to add a playbook that is not to be chosen, or that the engagement follows already."""
    if use is not Use.CHOSEN:
        raise Refused(N_("This playbook belongs to the basic list, so every engagement begins with it."))
    if not fits_kind:
        raise Refused(N_("This playbook is written for other kinds of vendor. Choose another one."))
    if is_held:
        raise Refused(N_("The engagement follows this playbook already. Reload the page to see its items."))


def check_choosable(step: StepState) -> None:
    """Refuse to change what a step consists of once its gate is proposed or passed."""
    if step is StepState.PROPOSED:
        raise Refused(N_("The gate of this step is proposed. Decide on it first, then change its playbooks."))
    if step is StepState.PASSED:
        raise Refused(N_("The gate of this step is passed, so its playbooks stay as they are."))


def check_untouched(touched: int) -> None:
    """Refuse to take a playbook off once somebody has worked with its items."""
    if touched:
        raise Refused(
            N_(
                "Work has begun on %(count)s items of this playbook, so it stays. Say of each remaining item why it does not apply."
            ),
            count=touched,
        )


def check_reason(reason: str, *, field: str = "reason") -> str:
    """Give the reason, or refuse a blank one."""
    text = reason.strip()
    if not text:
        raise Refused(N_("Write the reason; it is kept with this decision."), field=field)
    return text


def after_gate(state: StepState, act: GateAct) -> StepState:
    """Give the step's state after an act at its gate; refuse an act out of turn."""
    try:
        return GATE_MOVES[state, act]
    except KeyError:
        raise Refused(
            N_("This gate is “%(state)s”; “%(act)s” is not possible now."),
            state=Message(state.label),
            act=Message(act.label),
        ) from None


def check_second_person(proposer_id: int | None, decider_id: int | None) -> None:
    """Refuse that somebody passes the gate that they proposed, whatever roles they hold."""
    if decider_id is None or proposer_id == decider_id:
        raise Refused(N_("You proposed this gate, so another person of the programme office decides on it."))


def check_nothing_missing(missing: Iterable[Missing]) -> None:
    """Refuse to pass a gate that something keeps closed."""
    count = sum(1 for _ in missing)
    if count:
        raise Refused(
            N_("%(count)s things are still missing. Return the gate, or override it with a reason."), count=count
        )


def check_item_move(old: ItemState, new: ItemState) -> None:
    """Refuse a change of an item that the table does not allow."""
    if new not in ITEM_MOVES[old]:
        raise Refused(
            N_("An item that is “%(old)s” cannot become “%(new)s”."), old=Message(old.label), new=Message(new.label)
        )


def check_workable(engagement: EngagementState, step: StepState, item: ItemState, *, retired: bool) -> None:
    """Refuse work on an item whose engagement or step does not take it now."""
    check_active(engagement)
    if retired:
        raise Refused(N_("This item is no longer on the checklist; it can be read, but no longer changed."))
    if step not in BEGUN:
        raise Refused(N_("This step has not begun. It opens when the gate before it is passed."))
    if step is StepState.PASSED and item in COMPLETE:
        raise Refused(N_("The gate of this step is passed; what was proven for it stays as it is."))


def check_proof(kind: EvidenceKind, proofs: int) -> None:
    """Refuse to hand in an item without the evidence that it needs."""
    if needs_proof(kind) and proofs == 0:
        raise Refused(
            N_("This item needs evidence (%(kind)s). Attach a file or a link, then hand it in."),
            kind=Message(kind.label),
        )


def check_verifier(done_by_id: int | None, verifier_id: int | None) -> None:
    """Refuse that somebody verifies what they did themselves."""
    if verifier_id is None or done_by_id == verifier_id:
        raise Refused(N_("You did this item yourself, so another expert or the programme office verifies it."))


def check_undo(change: LastChange | None, actor_id: int | None, now: datetime) -> None:
    """Refuse an undo that comes too late, or from somebody else, or a second time."""
    if change is None or change.undone or change.by_id != actor_id:
        raise Refused(N_("There is nothing of yours to undo here; somebody may have changed the item since."))
    if now - change.at > UNDO_TIME:
        raise Refused(
            N_("A change can be undone for %(seconds)s seconds; this one is older."),
            seconds=int(UNDO_TIME.total_seconds()),
        )


def step_states(current: Step, state: StepState, *, finished: bool = False) -> tuple[StepState, ...]:
    """Give the states of all four steps from where the engagement stands."""
    before, after = StepState.PASSED, StepState.WAITING
    return tuple(
        before if finished or step.number < current.number else state if step is current else after for step in Step
    )

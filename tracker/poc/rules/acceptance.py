"""What is missing before a proof of concept can be accepted, who owes it, and who may accept."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tracker.core.errors import Refused
from tracker.core.money import format_money
from tracker.core.text import N_, Labelled, Message
from tracker.journey.rules import EvidenceKind, Missing, Party
from tracker.poc.rules.funding import Totals
from tracker.poc.rules.states import PocState


class Page(Labelled):
    """Where what is missing is brought in."""

    FILE = "show", N_("What it is about")
    FUNDING = "funding", N_("Self-funding")
    TRIALS = "trials", N_("Trials")


@dataclass(frozen=True)
class Lack:
    """Something that is missing, who owes it, and where it is brought in."""

    what: Message
    owed_by: Party
    proof: EvidenceKind
    page: Page

    @property
    def missing(self) -> Missing:
        """Give it as a gate shows it."""
        return Missing(self.what, self.owed_by, self.proof)


@dataclass(frozen=True)
class Trials:
    """The trials as far as acceptance asks for them."""

    least: int
    confirmed: int = 0
    asked: int = 0
    """Customers that were asked and have not answered yet."""
    flagged: int = 0
    """Trials that were changed after they were confirmed, or that the customer does not confirm."""


@dataclass(frozen=True)
class AcceptanceFacts:
    """What acceptance looks at."""

    blank: tuple[str, ...]
    """Labels of what nobody has written yet."""
    has_address: bool
    has_architecture: bool
    measures: int
    without_baseline: int
    without_result: int
    totals: Totals
    trials: Trials
    late_milestones: Mapping[Party, int] = field(default_factory=dict)
    """Milestones that are not reached, by who owes them."""
    needs_camp: bool = False


def lacks_of(facts: AcceptanceFacts) -> tuple[Lack, ...]:
    """List everything that keeps a proof of concept from being accepted."""
    return (*_of_file(facts), *_of_plan(facts), *_of_money(facts.totals), *_of_trials(facts.trials))


def _of_file(facts: AcceptanceFacts) -> Iterator[Lack]:
    for label in facts.blank:
        what = Message(N_("“%(part)s” is blank."), {"part": Message(label)})
        yield Lack(what, Party.VENDOR, EvidenceKind.RECORD, Page.FILE)
    if not facts.has_address:
        what = Message(N_("The solution has no address at which enterprise customers can try it."))
        yield Lack(what, Party.VENDOR, EvidenceKind.LINK, Page.FILE)
    if not facts.has_architecture:
        what = Message(N_("The expert has not recommended an architecture."))
        yield Lack(what, Party.EXPERT, EvidenceKind.RECORD, Page.FILE)
    if facts.needs_camp:
        what = Message(N_("The rulebook asks for the co-creation camp, and no group of it works on this proof."))
        yield Lack(what, Party.STAFF, EvidenceKind.RECORD, Page.FILE)


def _of_plan(facts: AcceptanceFacts) -> Iterator[Lack]:
    if facts.measures == 0:
        what = Message(N_("No measure says what has become better."))
        yield Lack(what, Party.VENDOR, EvidenceKind.MEASUREMENT, Page.FILE)
    for count, msgid in (
        (facts.without_baseline, N_("%(count)s measures have no baseline.")),
        (facts.without_result, N_("%(count)s measures have no result.")),
    ):
        if count:
            yield Lack(Message(msgid, {"count": count}), Party.VENDOR, EvidenceKind.MEASUREMENT, Page.FILE)
    for party in Party:
        if count := facts.late_milestones.get(party, 0):
            what = Message(N_("%(count)s milestones are not reached."), {"count": count})
            yield Lack(what, party, EvidenceKind.RECORD, Page.FILE)


def _of_money(totals: Totals) -> Iterator[Lack]:
    if totals.uncovered:
        what = N_("%(amount)s of the self-funding of %(required)s is not entered yet.")
        values = {"amount": format_money(totals.uncovered), "required": format_money(totals.required)}
        yield Lack(Message(what, values), Party.VENDOR, EvidenceKind.DOCUMENT, Page.FUNDING)
    if totals.waiting > 0 and not totals.is_reached:
        what = N_("%(amount)s of the self-funding waits for verification.")
        values = {"amount": format_money(totals.waiting)}
        yield Lack(Message(what, values), Party.STAFF, EvidenceKind.DOCUMENT, Page.FUNDING)


def _of_trials(trials: Trials) -> Iterator[Lack]:
    if trials.confirmed < trials.least:
        what = N_("%(confirmed)s of %(least)s enterprise customers have confirmed their trial; %(asked)s are asked.")
        values = {"confirmed": trials.confirmed, "least": trials.least, "asked": trials.asked}
        yield Lack(Message(what, values), Party.VENDOR, EvidenceKind.RECORD, Page.TRIALS)
    if trials.flagged:
        what = N_("%(count)s trials were changed after they were confirmed, or are not confirmed by their customer.")
        yield Lack(Message(what, {"count": trials.flagged}), Party.VENDOR, EvidenceKind.RECORD, Page.TRIALS)


# --- deciding -----------------------------------------------------------------------------------------------------------


def check_reason(text: str) -> str:
    """Give the reason, or refuse a blank one."""
    reason = text.strip()
    if not reason:
        raise Refused(N_("Write the reason; it is kept with this decision."), field="words")
    return reason


def check_proposal(lacks: Iterable[Lack], note: str) -> str:
    """Give the note of a proposal; with something missing it says why it is proposed all the same."""
    return check_reason(note) if list(lacks) else note.strip()


def check_second_person(proposer_id: int | None, decider_id: int | None) -> None:
    """Refuse that somebody accepts what they proposed, whatever roles they hold."""
    if decider_id is None or proposer_id == decider_id:
        raise Refused(
            N_("You proposed this proof of concept, so another person of the programme office decides on it.")
        )


def check_nothing_missing(lacks: Iterable[Lack]) -> None:
    """Refuse to accept what lacks something."""
    count = sum(1 for _ in lacks)
    if count:
        raise Refused(
            N_("%(count)s things are still missing. Return it, or accept it by override with a reason."), count=count
        )


def check_something_missing(lacks: Iterable[Lack]) -> None:
    """Refuse to override where nothing stands in the way."""
    if not list(lacks):
        raise Refused(N_("Nothing is missing, so there is nothing to override. Accept it."))


# --- what a gate of the journey asks ------------------------------------------------------------------------------------

ACCEPTED, SELF_FUNDING, TRIAL_EVIDENCE = "poc.accepted", "poc.self-funding", "poc.trial-evidence"
"""Rules that a gate can require of a proof of concept. That the expert recommends an architecture is an item of the playbook."""


def gate_lacks(required: Iterable[str], state: PocState | None, totals: Totals, trials: Trials) -> tuple[Missing, ...]:
    """List what a gate misses of the proof of concept; once that is accepted, by override too, nothing more is asked."""
    asked = set(required) & {ACCEPTED, SELF_FUNDING, TRIAL_EVIDENCE}
    if not asked or state is PocState.ACCEPTED:
        return ()
    if state is None:
        return (Missing(Message(N_("The proof of concept has not begun.")), Party.VENDOR, EvidenceKind.RECORD),)
    found = [*_of_money(totals)] if SELF_FUNDING in asked else []
    found += [*_of_trials(trials)] if TRIAL_EVIDENCE in asked else []
    missing = [lack.missing for lack in found]
    if ACCEPTED in asked:
        owed_by = Party.STAFF if state is PocState.PROPOSED else Party.EXPERT
        what = Message(N_("The proof of concept is “%(state)s” and not accepted."), {"state": Message(state.label)})
        missing.append(Missing(what, owed_by, EvidenceKind.RECORD))
    return tuple(missing)

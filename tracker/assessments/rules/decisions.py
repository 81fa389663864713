"""From answers to decisions: votes and limits, what rules an option out, and what keeps a decision open."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tracker.assessments.kinds import DecisionKind, as_unit
from tracker.assessments.questionnaire import Decision, Implication, Question, Way
from tracker.assessments.rules.answers import WHOLE_SERVICE, Given, Key, Sheet, Standing, chosen
from tracker.core.errors import Refused
from tracker.core.text import N_

Value: TypeAlias = str | int
DecisionKey: TypeAlias = tuple[str, int]
"""A decision, and the number of the component it is for."""
LONGEST_LIMIT = 5_256_000
"""Ten years in minutes: no limit that means anything is larger."""


@dataclass(frozen=True)
class Reason:
    """An answer that speaks for a decision; its rationale is the reason that people read."""

    question: str
    component: int
    answer: str
    points: int = 0
    limit: int | None = None


@dataclass(frozen=True)
class Exclusion:
    """An option that cannot be taken, and the answers that rule it out; none where it is the other cloud's own place."""

    option: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Choice:
    """An expert's change of a decision."""

    value: Value
    reason: str
    computed: Value | None
    """What the answers said when it was changed."""


@dataclass(frozen=True)
class Outcome:
    """A decision as the answers settle it, and as the expert may have changed it."""

    decision: str
    component: int
    computed: Value | None
    """None while it is undecided."""
    reasons_for: tuple[Reason, ...] = ()
    reasons_against: tuple[Reason, ...] = ()
    """Answers that speak for another value."""
    excluded: tuple[Exclusion, ...] = ()
    points: tuple[tuple[str, int], ...] = ()
    waits_for: tuple[Key, ...] = ()
    """Questions that must be answered first."""
    is_conflict: bool = False
    """Whether every option is ruled out."""
    choice: Choice | None = None
    clashes: bool = False
    """Whether the expert's value is one that may not be taken any more."""

    @property
    def value(self) -> Value | None:
        """Give what holds: the expert's value, else the computed one; none while it is undecided."""
        if self.choice is not None:
            return None if self.clashes else self.choice.value
        return self.computed

    @property
    def has_moved(self) -> bool:
        """Tell whether the answers say something else than when the expert changed the decision."""
        return self.choice is not None and self.choice.computed != self.computed


def decide_all(sheet: Sheet, choices: Mapping[DecisionKey, Choice]) -> tuple[Outcome, ...]:
    """Settle every decision, those for components once for each."""
    settled: dict[DecisionKey, Outcome] = {}
    said = tuple(_said(sheet))
    for decision in sheet.questionnaire.decisions:
        for number in sheet.components if decision.of_component else (WHOLE_SERVICE,):
            settled[decision.id, number] = _decide(decision, number, sheet, said, settled, choices)
    return tuple(settled.values())


@dataclass(frozen=True)
class _Said:
    implication: Implication
    question: Question
    component: int
    answer: str
    given: Given

    def reason(self, *, limit: int | None = None) -> Reason:
        return Reason(self.question.id, self.component, self.answer, self.implication.points, limit)


def _said(sheet: Sheet) -> Iterator[_Said]:
    for (_question, component), question, given in sheet.counted():
        for answer in chosen(question, given):
            for implication in answer.implies:
                yield _Said(implication, question, component, answer.id, given)


def _decide(
    decision: Decision,
    number: int,
    sheet: Sheet,
    said: Sequence[_Said],
    settled: Mapping[DecisionKey, Outcome],
    choices: Mapping[DecisionKey, Choice],
) -> Outcome:
    spoken = [one for one in said if _speaks_for(one, decision, number)]
    waits_for = tuple(_waits_for(decision, number, sheet))
    choice = choices.get((decision.id, number))
    if not decision.is_vote:
        return _limit(decision, number, spoken, waits_for, choice)
    other = settled.get((decision.differs_from or "", number))
    return _vote(decision, number, spoken, waits_for, choice, taken=other.value if other else None)


def _speaks_for(said: _Said, decision: Decision, number: int) -> bool:
    if said.implication.decision != decision.id:
        return False
    return not decision.of_component or said.component in (WHOLE_SERVICE, number)


def _waits_for(decision: Decision, number: int, sheet: Sheet) -> Iterator[Key]:
    for question in sheet.questionnaire.questions:
        if decision.id in question.needed_by:
            key = (question.id, number if question.of_component else WHOLE_SERVICE)
            if sheet.standing(key) in (Standing.BLANK, Standing.SUGGESTED):
                yield key


def _vote(
    decision: Decision,
    number: int,
    spoken: Sequence[_Said],
    waits_for: tuple[Key, ...],
    choice: Choice | None,
    *,
    taken: Value | None,
) -> Outcome:
    points = {option.id: option.points for option in decision.options}
    for one in spoken:
        if one.implication.way is Way.OPTION:
            points[one.implication.option] += one.implication.points
    excluded = tuple(_excluded(decision, spoken, taken))
    left = [option.id for option in decision.options if option.id not in {out.option for out in excluded}]
    best = max(left, key=lambda option: points[option]) if left else None  # of equals max gives the first
    votes = [one for one in spoken if one.implication.way is Way.OPTION]
    return Outcome(
        decision.id,
        number,
        computed=None if waits_for else best,
        reasons_for=_strongest([one for one in votes if one.implication.option == best]),
        reasons_against=_strongest([one for one in votes if one.implication.option != best]),
        excluded=excluded,
        points=tuple(points.items()),
        waits_for=waits_for,
        is_conflict=best is None,
        choice=choice,
        clashes=choice is not None and taken is not None and choice.value == taken,
    )


def _strongest(votes: Sequence[_Said]) -> tuple[Reason, ...]:
    return tuple(one.reason() for one in sorted(votes, key=lambda one: -one.implication.points))


def _excluded(decision: Decision, spoken: Sequence[_Said], taken: Value | None) -> Iterator[Exclusion]:
    for option in decision.options:
        reasons = tuple(one.reason() for one in spoken if option.id in one.implication.never)
        if reasons or option.id == taken:
            yield Exclusion(option.id, reasons)


def _limit(
    decision: Decision, number: int, spoken: Sequence[_Said], waits_for: tuple[Key, ...], choice: Choice | None
) -> Outcome:
    limits = [(limit, one) for one in spoken if (limit := _limit_of(one, decision)) is not None]
    strictest = min if decision.kind is DecisionKind.AT_MOST else max
    value = strictest(limit for limit, _one in limits) if limits else decision.default
    return Outcome(
        decision.id,
        number,
        computed=None if waits_for else value,
        reasons_for=tuple(one.reason(limit=limit) for limit, one in limits if limit == value),
        reasons_against=tuple(one.reason(limit=limit) for limit, one in limits if limit != value),
        waits_for=waits_for,
        choice=choice,
    )


def _limit_of(said: _Said, decision: Decision) -> int | None:
    if said.implication.limit is not None:
        return said.implication.limit
    if said.given.number is None or said.question.unit is None or decision.unit is None:
        return None
    return as_unit(said.given.number, said.question.unit, decision.unit)


def check_choice(decision: Decision, value: str, taken: Value | None) -> Value:
    """Give the expert's value as the decision holds it, or refuse it."""
    if not decision.is_vote:
        if not (value.isascii() and value.isdigit()) or int(value) > LONGEST_LIMIT:
            raise Refused(N_("Write a whole number."), field="value")
        return int(value)
    if decision.option(value) is None:
        raise Refused(N_("Choose one of the options."), field="value")
    if decision.differs_from is not None and value == taken:
        raise Refused(N_("The backup must lie in another cloud than the service. Choose another one."), field="value")
    return value

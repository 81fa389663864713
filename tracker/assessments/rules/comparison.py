"""What changed from one assessment of an engagement to the next."""

from collections.abc import Mapping
from dataclasses import dataclass

from tracker.assessments.rules.decisions import DecisionKey, Value
from tracker.assessments.rules.result import Result, Said
from tracker.assessments.rules.risks import Risk
from tracker.assessments.rules.scores import Score


@dataclass(frozen=True)
class AreaChange:
    """An area then and now; none where an assessment did not have it."""

    area: str
    before: Score | None
    after: Score | None

    @property
    def points(self) -> int | None:
        """Tell by how many percentage points the score rose or fell."""
        if self.before is None or self.after is None or self.before.percent is None or self.after.percent is None:
            return None
        return self.after.percent - self.before.percent


@dataclass(frozen=True)
class AnswerChange:
    """A question that was answered otherwise."""

    question: str
    component: int
    before: Said | None
    after: Said | None


@dataclass(frozen=True)
class DecisionChange:
    """A decision that came out otherwise."""

    decision: str
    component: int
    before: Value | None
    after: Value | None


@dataclass(frozen=True)
class Comparison:
    """A later assessment held beside an earlier one."""

    areas: tuple[AreaChange, ...]
    answers: tuple[AnswerChange, ...]
    gone: tuple[Risk, ...]
    new: tuple[Risk, ...]
    decisions: tuple[DecisionChange, ...]


def compare(first: Result, second: Result) -> Comparison:
    """Tell what changed, in the order of the second assessment; what waits for an answer there has not changed yet."""
    waiting = set(second.waiting)
    then = {area.area: area.score for area in first.areas}
    now = {area.area: area.score for area in second.areas}
    before, after = {risk.code for risk in first.risks}, {risk.code for risk in second.risks}
    return Comparison(
        areas=tuple(AreaChange(area, then.get(area), now.get(area)) for area in {**now, **then}),
        answers=_answers(first, second),
        gone=tuple(
            risk for risk in first.risks if risk.code not in after and (risk.question, risk.component) not in waiting
        ),
        new=tuple(risk for risk in second.risks if risk.code not in before),
        decisions=_decisions(first, second),
    )


def _answers(first: Result, second: Result) -> tuple[AnswerChange, ...]:
    then = {(said.question, said.component): said for said in first.answers if _counts(said)}
    now = {(said.question, said.component): said for said in second.answers if _counts(said)}
    return tuple(
        AnswerChange(key[0], key[1], then.get(key), now.get(key))
        for key in {**now, **then}
        if key not in set(second.waiting) and _content(then.get(key)) != _content(now.get(key))
    )


def _counts(said: Said) -> bool:
    return said.standing in ("answered", "not_applicable")


def _content(said: Said | None) -> tuple[object, ...]:
    if said is None:
        return ()
    return (frozenset(said.given.options), said.given.number, bool(said.given.not_applicable))


def _decisions(first: Result, second: Result) -> tuple[DecisionChange, ...]:
    then, now = _values(first), _values(second)
    return tuple(
        DecisionChange(key[0], key[1], then.get(key), now.get(key))
        for key in {**now, **then}
        if not _waits(second, key) and then.get(key) != now.get(key)
    )


def _waits(second: Result, key: DecisionKey) -> bool:
    outcome = second.by_decision.get(key)
    return outcome is not None and bool(outcome.waits_for) and outcome.value is None


def _values(result: Result) -> Mapping[DecisionKey, Value | None]:
    return {key: outcome.value for key, outcome in result.by_decision.items()}

"""Experts' changes of what an assessment recommends."""

from dataclasses import dataclass

from tracker.accounts.access import Actor
from tracker.assessments.models import Assessment, AssessmentChoice
from tracker.assessments.operations.work import record, recount, take
from tracker.assessments.queries.sheets import Filled, fill
from tracker.assessments.rules.decisions import DecisionKey, Value, check_choice
from tracker.assessments.rules.states import check_reason
from tracker.core import clock
from tracker.core.db import check_version, session
from tracker.core.errors import NotFound


@dataclass(frozen=True)
class ChoiceDetails:
    """A decision as the expert wants it, and why."""

    value: str
    reason: str
    version: int | None = None


def change_decision(
    assessment: Assessment, key: DecisionKey, details: ChoiceDetails, *, actor: Actor
) -> AssessmentChoice:
    """Change a decision; the computed one stays beside it."""
    take(assessment)
    filled = fill(assessment)
    outcome = filled.result.by_decision.get(key)
    if outcome is None:
        raise NotFound
    value = check_choice(filled.questionnaire.decision_by_id[key[0]], details.value, _taken(filled, key))
    reason = check_reason(details.reason, field="reason")
    row = filled.choices.get(key)
    if row is not None:
        check_version(row, details.version)
    before = outcome.value
    row = row or AssessmentChoice(assessment=assessment, decision=key[0], component=key[1])
    row.value, row.reason, row.computed = str(value), reason, _text(outcome.computed)
    row.by_id, row.at = actor.user_id, clock.now()
    session().add(row)
    session().flush()
    record("decision.changed", assessment, actor, subject=row, decision=key[0], component=key[1], reason=reason,
           change=[_text(before), str(value)])  # fmt: skip
    recount(assessment)
    return row


def restore_decision(assessment: Assessment, key: DecisionKey, *, actor: Actor) -> None:
    """Let the answers decide again."""
    take(assessment)
    row = fill(assessment).choices.get(key)
    if row is None:
        return
    record("decision.restored", assessment, actor, decision=key[0], component=key[1], change=[row.value, None])
    session().delete(row)
    recount(assessment)


def _taken(filled: Filled, key: DecisionKey) -> Value | None:
    other = filled.questionnaire.decision_by_id[key[0]].differs_from
    return filled.result.by_decision[other, key[1]].value if other is not None else None


def _text(value: Value | None) -> str | None:
    return None if value is None else str(value)

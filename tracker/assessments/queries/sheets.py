"""The answers of an assessment with all that hangs on them, and what follows from them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import contains_eager, joinedload

from tracker.accounts.access import Actor, can
from tracker.assessments.models import (
    Assessment,
    AssessmentAction,
    AssessmentAnswer,
    AssessmentChoice,
    AssessmentComponent,
    AssessmentProof,
)
from tracker.assessments.questionnaire import Questionnaire
from tracker.assessments.rules.answers import Given, Key, Sheet
from tracker.assessments.rules.decisions import Choice, DecisionKey, Value
from tracker.assessments.rules.result import Result, result_of, thaw
from tracker.assessments.rules.states import AssessmentState
from tracker.assessments.shelf import questionnaire_of
from tracker.coaching.models import ActionItem
from tracker.core.db import session
from tracker.evidence.models import Evidence
from tracker.journey.permissions import READ_INTERNAL


@dataclass(frozen=True)
class Filled:
    """An assessment as it is filled in."""

    assessment: Assessment
    questionnaire: Questionnaire
    components: tuple[AssessmentComponent, ...]
    rows: Mapping[Key, AssessmentAnswer]
    choices: Mapping[DecisionKey, AssessmentChoice]
    sheet: Sheet

    @property
    def result(self) -> Result:
        """Compute what follows from the answers as they stand."""
        changed = {key: _choice(row, self.questionnaire) for key, row in self.choices.items()}
        return result_of(self.sheet, changed, {one.number: one.name for one in self.components})


def fill(assessment: Assessment) -> Filled:
    """Read an assessment with its components, answers, evidence and changed decisions."""
    questionnaire = questionnaire_of(assessment.questionnaire_version)
    components = tuple(components_of(assessment))
    rows = {(row.question, row.component): row for row in _answers(assessment)}
    proofs = _proof_counts(assessment)
    given = {key: given_by(row, proofs[row.id]) for key, row in rows.items() if key[0] in questionnaire.by_id}
    sheet = Sheet(questionnaire, tuple(one.number for one in components), given)
    return Filled(assessment, questionnaire, components, rows, _choices(assessment), sheet)


def read_result(assessment: Assessment) -> Result:
    """Give the result: as it was kept at the close, else as the answers stand now."""
    is_kept = assessment.state is AssessmentState.CLOSED and assessment.result is not None
    return thaw(assessment.result or {}) if is_kept else fill(assessment).result


def given_by(row: AssessmentAnswer, proofs: int) -> Given:
    """Give a stored answer as the rules look at it."""
    return Given(tuple(row.options), row.number, row.not_applicable, proofs, row.suggested)


def components_of(assessment: Assessment) -> list[AssessmentComponent]:
    """List the components of the inventory in their order."""
    statement = select(AssessmentComponent).where(
        AssessmentComponent.assessment_id == assessment.id, AssessmentComponent.removed_at.is_(None)
    )
    return list(session().scalars(statement.order_by(AssessmentComponent.number)))


def answer_row(assessment: Assessment, key: Key) -> AssessmentAnswer | None:
    """Find the stored answer to a question."""
    statement = select(AssessmentAnswer).where(
        AssessmentAnswer.assessment_id == assessment.id,
        AssessmentAnswer.question == key[0],
        AssessmentAnswer.component == key[1],
    )
    return session().scalars(statement.options(joinedload(AssessmentAnswer.answered_by))).one_or_none()


def proofs_of(assessment: Assessment, *, actor: Actor) -> dict[int, list[AssessmentProof]]:
    """Give the evidence of each answer that the actor may see, by the answer's id."""
    statement = (
        select(AssessmentProof)
        .join(AssessmentProof.answer)
        .join(AssessmentProof.evidence)
        .options(contains_eager(AssessmentProof.evidence).joinedload(Evidence.stored_file))
        .where(*_attached(assessment))
        .order_by(AssessmentProof.id)
    )
    if not can(actor, READ_INTERNAL, assessment):
        statement = statement.where(Evidence.internal.is_(False))
    found: dict[int, list[AssessmentProof]] = {}
    for proof in session().scalars(statement):
        found.setdefault(proof.answer_id, []).append(proof)
    return found


def actions_of(assessment: Assessment) -> dict[str, ActionItem]:
    """Give what was agreed about each risk, the newest action of the engagement for it, by the risk's code."""
    statement = (
        select(AssessmentAction)
        .join(Assessment, Assessment.id == AssessmentAction.assessment_id)
        .options(joinedload(AssessmentAction.action).joinedload(ActionItem.assignee))
        .where(Assessment.engagement_id == assessment.engagement_id, Assessment.number <= assessment.number)
        .order_by(AssessmentAction.id)
    )
    return {row.risk: row.action for row in session().scalars(statement)}


def _answers(assessment: Assessment) -> list[AssessmentAnswer]:
    statement = select(AssessmentAnswer).where(AssessmentAnswer.assessment_id == assessment.id)
    return list(session().scalars(statement.options(joinedload(AssessmentAnswer.answered_by))))


def _attached(assessment: Assessment) -> tuple[ColumnElement[bool], ...]:
    return (
        AssessmentAnswer.assessment_id == assessment.id,
        AssessmentProof.removed_at.is_(None),
        Evidence.removed_at.is_(None),
    )


def _proof_counts(assessment: Assessment) -> Counter[int]:
    statement = (
        select(AssessmentProof.answer_id, func.count(AssessmentProof.id))
        .join(AssessmentProof.answer)
        .join(AssessmentProof.evidence)
        .where(*_attached(assessment))
        .group_by(AssessmentProof.answer_id)
    )
    return Counter({row[0]: row[1] for row in session().execute(statement)})


def _choices(assessment: Assessment) -> dict[DecisionKey, AssessmentChoice]:
    statement = (
        select(AssessmentChoice)
        .options(joinedload(AssessmentChoice.by))
        .where(AssessmentChoice.assessment_id == assessment.id)
    )
    return {(row.decision, row.component): row for row in session().scalars(statement)}


def _choice(row: AssessmentChoice, questionnaire: Questionnaire) -> Choice:
    def read(value: str | None) -> Value | None:
        decision = questionnaire.decision_by_id.get(row.decision)
        return int(value) if value is not None and decision is not None and not decision.is_vote else value

    value = read(row.value)
    return Choice(row.value if value is None else value, row.reason, read(row.computed))

"""Assessments of an engagement, and the questionnaires they can begin with."""

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload

from tracker.accounts.access import Actor
from tracker.assessments.models import (
    Assessment,
    AssessmentAnswer,
    AssessmentComponent,
    AssessmentProof,
    QuestionnaireVersion,
)
from tracker.assessments.rules.result import Blueprint, thaw
from tracker.assessments.rules.states import AssessmentState
from tracker.core.db import session
from tracker.core.errors import NotFound
from tracker.journey import permissions as journey
from tracker.journey.case_names import OF_CASE
from tracker.journey.models import Engagement

_CASE = joinedload(Assessment.engagement).options(*OF_CASE)


def latest_questionnaires() -> list[QuestionnaireVersion]:
    """List the newest version of every questionnaire."""
    newest = (
        select(QuestionnaireVersion.questionnaire, func.max(QuestionnaireVersion.number).label("number"))
        .group_by(QuestionnaireVersion.questionnaire)
        .subquery()
    )
    statement = select(QuestionnaireVersion).join(
        newest,
        (newest.c.questionnaire == QuestionnaireVersion.questionnaire)
        & (newest.c.number == QuestionnaireVersion.number),
    )
    return list(session().scalars(statement.order_by(QuestionnaireVersion.questionnaire)))


def assessments_of(engagement: Engagement) -> list[Assessment]:
    """List the assessments of an engagement that the actor may see, the newest first."""
    statement = (
        select(Assessment)
        .options(joinedload(Assessment.begun_by), joinedload(Assessment.closed_by))
        .where(Assessment.engagement_id == engagement.id)
        .order_by(Assessment.number.desc())
    )
    return list(session().scalars(statement))


_NEWEST = (
    select(Assessment)
    .where(Assessment.engagement_id == bindparam("engagement_id"))
    .order_by(Assessment.number.desc())
    .limit(bindparam("most"))
)


def newest_assessments(engagement: Engagement, limit: int) -> list[Assessment]:
    """List the newest assessments of an engagement that the actor may see, without the people who made them."""
    return list(session().scalars(_NEWEST, {"engagement_id": engagement.id, "most": limit}))


def count_open(engagement: Engagement) -> int:
    """Count the assessments of an engagement that are still being filled in."""
    statement = select(func.count(Assessment.id)).where(
        Assessment.engagement_id == engagement.id, Assessment.state == AssessmentState.OPEN
    )
    return session().scalar(statement) or 0


def get_assessment(assessment_id: int, *, actor: Actor) -> Assessment:
    """Give an assessment of an engagement that the actor may see, with its vendor, product and questionnaire."""
    statement = (
        select(Assessment)
        .join(Engagement, Engagement.id == Assessment.engagement_id)
        .options(_CASE, joinedload(Assessment.questionnaire_version), joinedload(Assessment.closed_by))
        .where(Assessment.id == assessment_id, journey.visible(actor))
    )
    assessment = session().scalars(statement).one_or_none()
    if assessment is None:
        raise NotFound
    return assessment


def find_previous(assessment: Assessment) -> Assessment | None:
    """Find the newest closed assessment of the engagement before this one."""
    statement = (
        select(Assessment)
        .options(joinedload(Assessment.questionnaire_version))
        .where(
            Assessment.engagement_id == assessment.engagement_id,
            Assessment.number < assessment.number,
            Assessment.state == AssessmentState.CLOSED,
        )
        .order_by(Assessment.number.desc())
        .limit(1)
    )
    return session().scalars(statement).one_or_none()


def get_component(assessment_id: int, component_id: int, *, actor: Actor) -> AssessmentComponent:
    """Give a component of an assessment that the actor may see."""
    assessment = get_assessment(assessment_id, actor=actor)
    component = session().get(AssessmentComponent, component_id)
    if component is None or component.assessment_id != assessment.id or component.removed_at is not None:
        raise NotFound
    return component


def get_proof(assessment_id: int, proof_id: int, *, actor: Actor) -> AssessmentProof:
    """Give evidence of an answer of an assessment that the actor may see."""
    get_assessment(assessment_id, actor=actor)
    statement = (
        select(AssessmentProof)
        .join(AssessmentAnswer, AssessmentAnswer.id == AssessmentProof.answer_id)
        .options(joinedload(AssessmentProof.answer).joinedload(AssessmentAnswer.assessment))
        .where(
            AssessmentProof.id == proof_id,
            AssessmentProof.removed_at.is_(None),
            AssessmentAnswer.assessment_id == assessment_id,
        )
    )
    proof = session().scalars(statement).one_or_none()
    if proof is None:
        raise NotFound
    return proof


def prefill_of(engagement: Engagement, *, actor: Actor) -> Blueprint | None:
    """Give template and parameters of the newest closed assessment of an engagement that the actor may see."""
    statement = (
        select(Assessment.result)
        .join(Engagement, Engagement.id == Assessment.engagement_id)
        .where(
            Assessment.engagement_id == engagement.id,
            Assessment.state == AssessmentState.CLOSED,
            journey.visible(actor),
        )
        .order_by(Assessment.number.desc())
        .limit(1)
    )
    kept = session().scalars(statement).one_or_none()
    return thaw(kept).blueprint if kept is not None else None

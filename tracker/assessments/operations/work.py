"""What every change of an assessment begins and ends with."""

from typing import Any

from sqlalchemy import select

from tracker.accounts.access import Actor
from tracker.assessments.models import Assessment, AssessmentAnswer
from tracker.assessments.queries.sheets import Filled, components_of, fill
from tracker.assessments.rules.result import overall_of, score_areas
from tracker.assessments.rules.scores import total
from tracker.assessments.rules.states import check_open
from tracker.core import audit, search
from tracker.core.db import Base, session
from tracker.core.search import DocumentKind
from tracker.journey.rules import check_active


def take(assessment: Assessment) -> None:
    """Take the assessment in hand: one writer at a time, and only while it and its engagement can be worked on."""
    work = session()
    work.execute(select(Assessment.id).where(Assessment.id == assessment.id).with_for_update())
    work.refresh(assessment)
    check_active(assessment.engagement.state)
    check_open(assessment.state)


def recount(assessment: Assessment) -> Filled:
    """Keep how far the assessment has come, so that lists need no answers."""
    session().flush()
    filled = fill(assessment)
    areas = score_areas(filled.sheet)
    counted, overall = total(area.score for area in areas), overall_of(areas)
    assessment.asked, assessment.done = counted.asked, counted.done
    assessment.percent, assessment.confidence = overall.percent, overall.confidence
    return filled


def record(action: str, assessment: Assessment, actor: Actor, *, subject: Base | None = None, **facts: Any) -> None:
    """Record a change that the vendor's and the engagement's timelines tell of."""
    audit.record(
        action,
        subject if subject is not None else assessment,
        actor=actor,
        engagement_id=assessment.engagement_id,
        organisation_id=assessment.engagement.organisation_id,
        number=assessment.number,
        **facts,
    )


def index(assessment: Assessment) -> None:
    """Let people find an assessment by its vendor, its product and the names of its components."""
    case = assessment.engagement
    title = f"{case.organisation.name_zh} {case.product.name_zh} 評估 {assessment.number}"
    names = [case.organisation.name_en, case.product.name_en]
    parts = [text for one in components_of(assessment) for text in (one.name, one.note)]
    search.put(
        search.Entry(
            DocumentKind.ASSESSMENT,
            assessment.id,
            title,
            "\n".join(filter(None, (*names, *parts))),
            organisation_id=case.organisation_id,
            engagement_id=case.id,
            programme_id=case.programme_id,
        )
    )


def note_down(action: str, assessment: Assessment, row: AssessmentAnswer, actor: Actor, **facts: Any) -> None:
    """Record one answer: in the audit trail, not in the vendor's timeline, which would hold little else."""
    facts |= {"number": assessment.number, "question": row.question, "component": row.component}
    audit.record(action, row, actor=actor, engagement_id=assessment.engagement_id, **facts)

"""Beginning and closing assessments."""

from sqlalchemy import func, select

from tracker.accounts.access import Actor
from tracker.assessments.models import Assessment, AssessmentAnswer, AssessmentComponent, QuestionnaireVersion
from tracker.assessments.operations.work import index, record, recount, take
from tracker.assessments.queries.assessments import count_open, find_previous
from tracker.assessments.queries.sheets import fill
from tracker.assessments.questionnaire import Questionnaire
from tracker.assessments.rules.answers import WHOLE_SERVICE, Given, Standing, check_given
from tracker.assessments.rules.result import Result, digest, freeze
from tracker.assessments.rules.states import AssessmentState, check_beginnable, check_closable
from tracker.core import clock
from tracker.core.db import check_version, session
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.journey.models import Engagement
from tracker.journey.operations import fulfil_item
from tracker.journey.operations.schedule import lock
from tracker.journey.operations.telling import tell_at
from tracker.journey.queries import expert_ids, office_ids, vendor_ids
from tracker.journey.rules import check_active
from tracker.notifications.rules import Reason


def begin_assessment(
    engagement: Engagement, questionnaire: QuestionnaireVersion, *, takes_over: bool = False, actor: Actor
) -> Assessment:
    """Begin an assessment; with `takes_over` the answers of the one before stand in it as suggestions."""
    lock(engagement)
    check_active(engagement.state)
    check_beginnable(count_open(engagement))
    work = session()
    newest = work.scalar(select(func.max(Assessment.number)).where(Assessment.engagement_id == engagement.id)) or 0
    assessment = Assessment(
        engagement=engagement,
        number=newest + 1,
        questionnaire_version=questionnaire,
        state=AssessmentState.OPEN,
        begun_by_id=actor.user_id,
    )
    work.add(assessment)
    work.flush()
    previous = find_previous(assessment)
    if previous is not None:
        _take_components(assessment, previous)
        if takes_over:
            _take_answers(assessment, previous)
    recount(assessment)
    index(assessment)
    record("assessment.begun", assessment, actor)
    tell_at(
        f"/assessments/{assessment.id}",
        vendor_ids(engagement) | expert_ids(engagement),
        Reason.PROGRESS,
        N_("%(vendor)s: the assessment of “%(product)s” has begun. Please answer the questions that you know."),
        engagement,
        actor=actor,
    )
    return assessment


def _take_components(assessment: Assessment, previous: Assessment) -> None:
    for one in fill(previous).components:
        session().add(AssessmentComponent(assessment_id=assessment.id, number=one.number, name=one.name, note=one.note))
    session().flush()


def _take_answers(assessment: Assessment, previous: Assessment) -> None:
    """Take over what counted, as far as the newer questionnaire still asks it in the same way."""
    new, old = fill(assessment), fill(previous)
    for key in new.sheet.every_key():
        given = old.sheet.given.get(key)
        if given is None or key not in set(old.sheet.every_key()):
            continue
        stands = old.sheet.standing(key) in (Standing.ANSWERED, Standing.NOT_APPLICABLE)
        if stands and _still_fits(new.questionnaire, key[0], given):
            session().add(
                AssessmentAnswer(
                    assessment_id=assessment.id,
                    question=key[0],
                    component=key[1],
                    options=list(given.options),
                    number=given.number,
                    not_applicable=given.not_applicable,
                    note=old.rows[key].note,
                    suggested=True,
                )
            )


def _still_fits(questionnaire: Questionnaire, question: str, given: Given) -> bool:
    try:
        check_given(questionnaire.by_id[question], given)
    except Refused:
        return False
    return True


def close_assessment(assessment: Assessment, *, version: int | None = None, actor: Actor) -> None:
    """Close an assessment: its result is kept as it stands, and items of the assess step that it proves are handed in."""
    take(assessment)
    check_version(assessment, version)
    filled = recount(assessment)
    result = filled.result
    check_closable(result.total.answered)
    assessment.result = freeze(result)
    assessment.digest = digest(assessment.result)
    assessment.state = AssessmentState.CLOSED
    assessment.closed_by_id, assessment.closed_at = actor.user_id, clock.now()
    session().flush()
    record("assessment.closed", assessment, actor, sha256=assessment.digest)
    for item in _proven_items(filled.questionnaire, result):
        fulfil_item(assessment.engagement, item, proof=assessment, actor=actor)
    case = assessment.engagement
    tell_at(
        f"/assessments/{assessment.id}/result",
        vendor_ids(case) | expert_ids(case) | office_ids(case),
        Reason.PROGRESS,
        N_("%(vendor)s: the assessment of “%(product)s” is closed; its result and report can be read."),
        case,
        actor=actor,
    )


def _proven_items(questionnaire: Questionnaire, result: Result) -> list[str]:
    """Name the checklist items that this result proves."""
    settled = {
        decision
        for (decision, component), one in result.by_decision.items()
        if component == WHOLE_SERVICE and one.value is not None
    }
    return [
        proof.item
        for proof in questionnaire.proves
        if settled.issuperset(proof.decisions)
        and (not proof.needs_template or result.blueprint is not None)
        and (not proof.needs_components or _all_decided(result))
    ]


def _all_decided(result: Result) -> bool:
    """Tell whether there is an inventory, and every component of it has a strategy."""
    return bool(result.components) and all(
        one.value is not None for one in result.outcomes if one.component != WHOLE_SERVICE
    )

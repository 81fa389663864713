"""Assessments, begun and answered by the operations."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from sqlalchemy import select

from tests.support.questionnaires import GOOD
from tracker.accounts.access import SYSTEM, Actor
from tracker.assessments import operations, queries
from tracker.assessments.kinds import QuestionKind
from tracker.assessments.models import Assessment, QuestionnaireVersion
from tracker.assessments.operations import AnswerDetails, ComponentDetails
from tracker.assessments.questionnaire import Question
from tracker.assessments.rules.answers import WHOLE_SERVICE, Key, Standing
from tracker.core.db import session
from tracker.core.settings import Settings
from tracker.evidence.models import Evidence
from tracker.evidence.operations import keep_link
from tracker.journey.models import Engagement

SHIPPED = Settings().playbooks_dir


def small_version(folder: Path) -> QuestionnaireVersion:
    """Publish the small questionnaire of the tests."""
    (folder / "assessments").mkdir(parents=True, exist_ok=True)
    (folder / "assessments/cloud-readiness.toml").write_text(GOOD, encoding="utf-8")
    operations.publish_questionnaires(folder, actor=SYSTEM)
    return session().scalars(select(QuestionnaireVersion).order_by(QuestionnaireVersion.id.desc())).first() or _none()


def shipped_version() -> QuestionnaireVersion:
    """Publish the questionnaire that the product ships, once."""
    operations.publish_questionnaires(SHIPPED, actor=SYSTEM)
    return queries.latest_questionnaires()[0]


def begin(
    engagement: Engagement,
    version: QuestionnaireVersion,
    *,
    components: Iterable[str] = (),
    actor: Actor = SYSTEM,
    takes_over: bool = False,
) -> Assessment:
    """Begin an assessment with components."""
    assessment = operations.begin_assessment(engagement, version, takes_over=takes_over, actor=actor)
    for name in components:
        operations.add_component(assessment, ComponentDetails(name), actor=actor)
    return assessment


def answer(
    assessment: Assessment, given: Mapping[str | Key, str | int | tuple[str, ...]], *, actor: Actor = SYSTEM
) -> None:
    """Answer questions by id, those of a component by id and number."""
    for name, value in given.items():
        key = (name, WHOLE_SERVICE) if isinstance(name, str) else name
        options = value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()
        number = value if isinstance(value, int) else None
        operations.answer_question(assessment, key, AnswerDetails(options, number), actor=actor)


SETTLED: dict[str | Key, str | int | tuple[str, ...]] = {
    "business.charging": "project-only",
    "business.clouds": ("azure",),
    "business.outage": 4,
    "tenancy.shared-database": "no",
    ("data.local-disk", 1): "yes",
    ("data.disk-size", 1): 20,
}
"""Answers to the small questionnaire with one component that settle every decision."""


def answer_everything(assessment: Assessment, *, actor: Actor = SYSTEM) -> None:
    """Answer every question that is asked with its best answer, until none is left."""
    while blank := _blank(assessment):
        for key, question in blank:
            operations.answer_question(assessment, key, _best(question), actor=actor)


def page(engagement: Engagement, *, actor: Actor) -> Evidence:
    """Keep the address of a page as evidence."""
    return keep_link(
        "https://evidence.example.com/assessment",
        "佐證頁面",
        organisation_id=engagement.organisation_id,
        engagement_id=engagement.id,
        actor=actor,
    )


def _blank(assessment: Assessment) -> list[tuple[Key, Question]]:
    sheet = queries.fill(assessment).sheet
    questions = sheet.questionnaire.by_id
    return [(key, questions[key[0]]) for key in sheet.every_key() if sheet.standing(key) is Standing.BLANK]


def _best(question: Question) -> AnswerDetails:
    answer = max(question.answers, key=lambda one: one.score or 0)
    if question.kind is QuestionKind.NUMBER:
        return AnswerDetails(number=answer.at_least if answer.at_least is not None else question.least or 0)
    return AnswerDetails((answer.id,))


def _none() -> QuestionnaireVersion:
    raise LookupError("No questionnaire is published.")

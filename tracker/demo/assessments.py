"""The demo's assessments: one closed with a second begun, one half filled in, one fresh, and others closed."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from tracker.assessments import operations, queries
from tracker.assessments.kinds import QuestionKind, Severity, Who
from tracker.assessments.models import Assessment
from tracker.assessments.operations import AnswerDetails, ChoiceDetails, ComponentDetails
from tracker.assessments.questionnaire import Answer, Question
from tracker.assessments.rules.answers import Key, Standing
from tracker.assessments.shelf import questionnaire_of
from tracker.coaching.operations import ActionDetails
from tracker.core import clock
from tracker.core.db import session
from tracker.evidence import operations as evidence
from tracker.journey.rules import EvidenceKind, Party

if TYPE_CHECKING:
    from tracker.demo.history import Case

COMPONENTS = (
    ("網站前台", "業者與客戶登入、下單、查詢"),
    ("訂單服務", "接單、計價、通知"),
    ("報表批次", "每晚彙整前一日資料"),
    ("主資料庫", "全部交易與客戶資料"),
    ("出貨單列印程式", "裝在倉庫的電腦上"),
)
CLOSED = frozenset({1, 2, 4, 6})
SECOND = 1
HALF, FRESH = 0, 7
FIRST_AREAS = 3
"""Areas that are answered where an assessment is half filled in."""
SITTINGS = timedelta(days=12)
TOLD = 3
"""Risks of a closed assessment about which somebody does something."""


def plan_assessments(case: "Case") -> None:
    """Plan the assessments of an engagement, where it has any."""
    begins = case.begins + timedelta(days=3, hours=5)
    if case.number in (HALF, FRESH):
        case.at(begins, partial(begin, case))
    if case.number == HALF:
        case.at(begins + SITTINGS, partial(fill_in, case, FIRST_AREAS))
    if case.number in CLOSED:
        closes = case.world.now - timedelta(days=40)
        case.at(closes - 2 * SITTINGS, partial(begin, case))
        case.at(closes - SITTINGS, partial(fill_in, case, None))
        case.at(closes, partial(close, case))
    if case.number == SECOND:
        case.at(case.world.now - timedelta(days=4), partial(begin, case, takes_over=True))
        case.at(case.world.now - timedelta(days=2), partial(fill_in, case, FIRST_AREAS, better=True))


def newest(case: "Case") -> Assessment:
    """Read the engagement's newest assessment."""
    found = select(Assessment).where(Assessment.engagement_id == case.engagement_id).order_by(Assessment.number.desc())
    return session().scalars(found.limit(1)).one()


def begin(case: "Case", *, takes_over: bool = False) -> None:
    """Begin an assessment, with the parts of the product at the first one."""
    actor = case.doer(Party.EXPERT)
    version = queries.latest_questionnaires()[0]
    made = operations.begin_assessment(case.engagement(), version, takes_over=takes_over, actor=actor)
    if not queries.components_of(made):
        for name, note in COMPONENTS[: 3 + case.number % 3]:
            operations.add_component(made, ComponentDetails(name, note), actor=actor)


def fill_in(case: "Case", areas: int | None, *, better: bool = False) -> None:
    """Answer the questions of the first areas, or of all, each by whom it is for."""
    assessment = newest(case)
    questionnaire = questionnaire_of(assessment.questionnaire_version)
    wanted = {area.id for area in questionnaire.areas[:areas]}
    while waiting := [pair for pair in _waiting(assessment) if pair[1].area in wanted]:
        for turn, (key, question) in enumerate(waiting):
            answer(case, assessment, key, question, turn, better=better)


def _waiting(assessment: Assessment) -> Iterator[tuple[Key, Question]]:
    sheet = queries.fill(assessment).sheet
    for key in sheet.every_key():
        if sheet.standing(key) in (Standing.BLANK, Standing.SUGGESTED):
            yield key, sheet.questionnaire.by_id[key[0]]


def answer(case: "Case", assessment: Assessment, key: Key, question: Question, turn: int, *, better: bool) -> None:
    """Answer one question; two of three answers that want evidence get it."""
    actor = case.doer(Party.EXPERT if question.who is Who.EXPERT else Party.VENDOR)
    chosen = _pick(case, question, turn, better=better)
    is_number = question.kind is QuestionKind.NUMBER
    number = chosen.at_least or question.least or 5
    details = AnswerDetails(number=number) if is_number else AnswerDetails((chosen.id,))
    operations.answer_question(assessment, key, details, actor=actor)
    if question.evidence is not EvidenceKind.NONE and turn % 3:
        kept = evidence.keep_link(
            f"https://evidence.example/{question.id}",
            f"示範佐證：{question.text.zh_hant}"[:100],
            organisation_id=assessment.engagement.organisation_id,
            engagement_id=assessment.engagement_id,
            actor=actor,
        )
        operations.attach_proof(assessment, key, kept, actor=actor)


def _pick(case: "Case", question: Question, turn: int, *, better: bool) -> Answer:
    """Choose an answer: good and poor ones mixed, the same at every start of the demo."""
    ranked = sorted(question.answers, key=lambda each: -(each.score or 0)) if question.is_scored else question.answers
    place = (turn % 5 == 0) if better else (case.number * 3 + turn * 7) % 10 // 4
    return ranked[min(place, len(ranked) - 1)]


def close(case: "Case") -> None:
    """Change one decision, close, and agree what is done about the worst risks."""
    assessment, actor = newest(case), case.doer(Party.EXPERT)
    if case.number == SECOND:
        reason = "兩家主要客戶要求兩小時內恢復，合約下個月簽，先以較嚴的數字規劃。"
        operations.change_decision(assessment, ("rto", 0), ChoiceDetails("120", reason), actor=actor)
    operations.close_assessment(assessment, actor=actor)
    questionnaire = questionnaire_of(assessment.questionnaire_version)
    for number, risk in enumerate(queries.read_result(assessment).risks[:TOLD]):
        told = questionnaire.by_id[risk.question].answer(risk.answer)
        if told is None or told.mitigation is None or risk.severity is Severity.LOW:
            continue
        details = ActionDetails(told.mitigation.zh_hant[:100], case.world.people[case.vendor], _due(number))
        operations.add_action_for_risk(assessment, risk.code, details, actor=actor)


def _due(number: int) -> date:
    return clock.today() + timedelta(days=30 + 15 * number)

"""Filling an assessment: saved as one goes, nothing overwritten unseen, blanks never counted."""

from typing import Any

import pytest
from sqlalchemy import func, select

from tests.factories import assessments, people
from tests.factories.assessments import SETTLED
from tests.factories.journey import Case
from tracker.accounts.rules import Role
from tracker.assessments import operations, permissions, queries
from tracker.assessments.models import Assessment, AssessmentAnswer, QuestionnaireVersion
from tracker.assessments.operations import AnswerDetails, ComponentDetails
from tracker.assessments.rules.answers import Standing
from tracker.core.audit import AuditRecord
from tracker.core.db import session, unit_of_work
from tracker.core.errors import NotFound, Refused, StaleRecord
from tracker.journey import operations as journey
from tracker.notifications.models import Notice

CHARGING = ("business.charging", 0)


def rows(assessment: Assessment) -> int:
    return (
        session().scalar(select(func.count(AssessmentAnswer.id)).where(AssessmentAnswer.assessment_id == assessment.id))
        or 0
    )


def recorded(action: str) -> list[AuditRecord]:
    return list(session().scalars(select(AuditRecord).where(AuditRecord.action == action).order_by(AuditRecord.id)))


def test_an_answer_is_kept_once_with_who_gave_it(assessment: Assessment, case: Case) -> None:
    operations.answer_question(
        assessment, CHARGING, AnswerDetails(("maintenance",), note="合約附上"), actor=case.vendor
    )
    row = operations.answer_question(assessment, CHARGING, AnswerDetails(("subscription",)), actor=case.expert)

    assert rows(assessment) == 1
    assert (row.options, row.note, row.answered_by_id) == (["subscription"], "", case.expert_user.id)


def test_the_assessment_keeps_how_far_it_has_come(assessment: Assessment, case: Case) -> None:
    assert (assessment.asked, assessment.done, assessment.percent, assessment.confidence) == (7, 0, None, 0)

    operations.answer_question(assessment, CHARGING, AnswerDetails(("subscription",)), actor=case.vendor)

    assert (assessment.done, assessment.percent) == (1, 100)
    assert (assessment.confidence or 0) > 0


def test_nothing_of_somebody_else_is_overwritten_unseen(assessment: Assessment, case: Case) -> None:
    operations.answer_question(assessment, CHARGING, AnswerDetails(("maintenance",), version=0), actor=case.vendor)

    with pytest.raises(StaleRecord):
        operations.answer_question(assessment, CHARGING, AnswerDetails(("subscription",), version=0), actor=case.expert)

    seen = queries.answer_row(assessment, CHARGING)
    assert seen is not None
    operations.answer_question(
        assessment, CHARGING, AnswerDetails(("subscription",), version=seen.version), actor=case.expert
    )
    assert seen.options == ["subscription"]


def test_ones_own_earlier_save_does_not_stand_in_the_way(assessment: Assessment, case: Case) -> None:
    for option in ("maintenance", "subscription"):
        with unit_of_work():
            operations.answer_question(assessment, CHARGING, AnswerDetails((option,), version=0), actor=case.vendor)

    assert recorded("assessment.answered")[-1].details["changed"]["options"] == [["maintenance"], ["subscription"]]


def test_the_same_answer_again_changes_nothing(assessment: Assessment, case: Case) -> None:
    for _time in range(2):
        with unit_of_work():
            operations.answer_question(assessment, CHARGING, AnswerDetails(("maintenance",)), actor=case.vendor)

    assert len(recorded("assessment.answered")) == 1


def test_single_answers_stand_in_the_audit_trail_but_not_in_the_vendors_timeline(
    assessment: Assessment, case: Case
) -> None:
    with unit_of_work():
        operations.answer_question(assessment, CHARGING, AnswerDetails(("maintenance",)), actor=case.vendor)

    (record,) = recorded("assessment.answered")
    assert (record.organisation_id, record.engagement_id) == (None, case.engagement.id)


def test_an_answer_taken_back_is_a_blank(assessment: Assessment, case: Case) -> None:
    operations.answer_question(assessment, CHARGING, AnswerDetails(("subscription",)), actor=case.vendor)

    operations.clear_answer(assessment, CHARGING, actor=case.vendor)

    assert queries.fill(assessment).sheet.standing(CHARGING) is Standing.BLANK
    assert (assessment.done, assessment.percent) == (0, None)


def test_what_does_not_apply_needs_a_reason(assessment: Assessment, case: Case) -> None:
    with pytest.raises(Refused, match="Write the reason"):
        operations.mark_not_applicable(assessment, CHARGING, "  ", actor=case.vendor)

    operations.mark_not_applicable(assessment, CHARGING, "尚未上市", actor=case.vendor)
    assert queries.fill(assessment).sheet.standing(CHARGING) is Standing.NOT_APPLICABLE
    assert assessment.done == 1


def test_evidence_raises_confidence_and_can_be_taken_off(assessment: Assessment, case: Case) -> None:
    operations.answer_question(assessment, CHARGING, AnswerDetails(("subscription",)), actor=case.vendor)
    before = assessment.confidence or 0

    proof = operations.attach_proof(
        assessment, CHARGING, assessments.page(case.engagement, actor=case.vendor), actor=case.vendor
    )
    assert (assessment.confidence or 0) > before

    operations.detach_proof(assessment, proof, actor=case.vendor)
    assert assessment.confidence == before


def test_evidence_may_come_before_the_answer(assessment: Assessment, case: Case) -> None:
    operations.attach_proof(
        assessment, CHARGING, assessments.page(case.engagement, actor=case.vendor), actor=case.vendor
    )

    assert queries.fill(assessment).sheet.standing(CHARGING) is Standing.BLANK
    assert sum(map(len, queries.proofs_of(assessment, actor=case.expert).values())) == 1


@pytest.mark.parametrize(
    "key",
    [("business.unknown", 0), ("business.charging", 1), ("data.local-disk", 0), ("data.local-disk", 9)],
)
def test_what_is_not_asked_of_it_cannot_be_answered(assessment: Assessment, case: Case, key: tuple[str, int]) -> None:
    with pytest.raises(NotFound):
        operations.answer_question(assessment, key, AnswerDetails(("yes",)), actor=case.expert)


def test_nothing_is_answered_while_the_engagement_rests(assessment: Assessment, case: Case) -> None:
    journey.hold(case.engagement, "示範暫停", actor=case.staff)

    with pytest.raises(Refused, match="nothing can be changed"):
        operations.answer_question(assessment, CHARGING, AnswerDetails(("maintenance",)), actor=case.vendor)


def test_a_component_has_its_own_questions_until_it_is_removed(assessment: Assessment, case: Case) -> None:
    second = operations.add_component(assessment, ComponentDetails("報表", "夜間"), actor=case.vendor)
    assessments.answer(assessment, {("data.local-disk", second.number): "yes"})
    assert [risk.component for risk in queries.read_result(assessment).risks] == [second.number]

    operations.remove_component(second, actor=case.vendor)

    assert queries.read_result(assessment).risks == ()
    assert rows(assessment) == 1
    third = operations.add_component(assessment, ComponentDetails("報表"), actor=case.vendor)
    assert third.number == 3


def test_components_have_names_of_their_own(assessment: Assessment, case: Case) -> None:
    with pytest.raises(Refused, match="of this name"):
        operations.add_component(assessment, ComponentDetails(" 訂單 "), actor=case.vendor)
    with pytest.raises(Refused, match="called"):
        operations.add_component(assessment, ComponentDetails("  "), actor=case.vendor)

    (first,) = queries.components_of(assessment)
    operations.change_component(first, ComponentDetails("訂單服務", "收單", version=first.version), actor=case.vendor)
    assert (first.name, first.note) == ("訂單服務", "收單")
    with pytest.raises(StaleRecord):
        operations.change_component(first, ComponentDetails("訂單", version=1), actor=case.expert)


def test_only_one_assessment_is_open_at_a_time(
    assessment: Assessment, case: Case, version: QuestionnaireVersion
) -> None:
    with pytest.raises(Refused, match="still being filled in"):
        operations.begin_assessment(case.engagement, version, actor=case.expert)


def test_the_vendor_is_told_that_an_assessment_has_begun(assessment: Assessment, case: Case) -> None:
    told = list(session().scalars(select(Notice).where(Notice.user_id == case.vendor_user.id)))

    assert [notice.path for notice in told if "assessment" in notice.path] == [f"/assessments/{assessment.id}"]


@pytest.mark.parametrize(
    ("who", "fills", "decides"),
    [("expert", True, True), ("staff", True, True), ("vendor", True, False), ("auditor", False, False), ("other", False, False)],
)  # fmt: skip
def test_who_fills_and_who_decides(assessment: Assessment, case: Case, who: str, *, fills: bool, decides: bool) -> None:
    others: dict[str, Any] = {
        "auditor": lambda: people.acting(people.person(Role.AUDITOR)),
        "other": lambda: people.acting(people.person(Role.EXPERT)),
    }
    actor = others[who]() if who in others else getattr(case, who)

    holds = [
        any(rule(actor, assessment) for rule in right.any_of)
        for right in (permissions.FILL_ASSESSMENT, permissions.DECIDE_ASSESSMENT)
    ]
    assert holds == [fills, decides]


def test_answers_that_settle_everything_name_the_template(assessment: Assessment) -> None:
    assessments.answer(assessment, SETTLED)

    found = queries.read_result(assessment).blueprint
    assert found is not None
    assert (found.template, found.parameters["rto_minutes"]) == ("azure_saas", 240)

"""Closing keeps the result for ever; what follows from it is done once."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.factories import assessments, journey
from tests.factories.assessments import SETTLED
from tests.factories.journey import Case
from tests.support.questionnaires import GOOD
from tracker.accounts.access import SYSTEM
from tracker.assessments import operations, queries
from tracker.assessments.models import Assessment, AssessmentAnswer, QuestionnaireVersion
from tracker.assessments.operations import AnswerDetails, ChoiceDetails, ComponentDetails
from tracker.assessments.rules.answers import Standing
from tracker.assessments.rules.comparison import compare
from tracker.assessments.rules.result import digest
from tracker.assessments.rules.states import AssessmentState
from tracker.coaching import operations as coaching
from tracker.coaching.operations import ActionDetails
from tracker.core.db import session
from tracker.core.errors import NotFound, Refused, StaleRecord
from tracker.notifications.models import Notice

RISK = "business.charging:0:project-only"
CLOUD = ("cloud", 0)


@pytest.fixture
def settled(assessment: Assessment) -> Assessment:
    assessments.answer(assessment, SETTLED)
    return assessment


def test_a_closed_assessment_keeps_its_result_with_its_digest(settled: Assessment, case: Case) -> None:
    before = queries.read_result(settled)

    operations.close_assessment(settled, actor=case.expert)

    assert settled.state is AssessmentState.CLOSED
    assert settled.result is not None
    assert settled.digest == digest(settled.result)
    assert queries.read_result(settled) == before


def test_nothing_changes_in_a_closed_assessment(settled: Assessment, case: Case) -> None:
    operations.close_assessment(settled, actor=case.expert)
    (component,) = queries.components_of(settled)

    for change in (
        lambda: operations.answer_question(settled, ("data.backup", 0), AnswerDetails(("yes",)), actor=case.vendor),
        lambda: operations.add_component(settled, ComponentDetails("新的"), actor=case.vendor),
        lambda: operations.remove_component(component, actor=case.vendor),
        lambda: operations.change_decision(settled, CLOUD, ChoiceDetails("gcp", "示範"), actor=case.expert),
        lambda: operations.close_assessment(settled, actor=case.expert),
    ):
        with pytest.raises(Refused, match="closed"):
            change()


def test_an_empty_assessment_is_not_closed(assessment: Assessment, case: Case) -> None:
    with pytest.raises(Refused, match="Nothing is answered"):
        operations.close_assessment(assessment, actor=case.expert)


def test_a_close_from_an_older_page_is_refused(settled: Assessment, case: Case) -> None:
    version = settled.version
    session().commit()
    operations.answer_question(settled, ("data.backup", 0), AnswerDetails(("yes",)), actor=case.vendor)
    session().commit()

    with pytest.raises(StaleRecord):
        operations.close_assessment(settled, version=version, actor=case.expert)


def test_a_sandbox_takes_template_and_parameters_of_the_newest_closed_one(
    settled: Assessment, case: Case, version: QuestionnaireVersion
) -> None:
    assert queries.prefill_of(case.engagement, actor=case.vendor) is None
    operations.close_assessment(settled, actor=case.expert)
    assessments.begin(case.engagement, version)

    found = queries.prefill_of(case.engagement, actor=case.vendor)

    assert found is not None
    assert found.template == "azure_saas"
    assert found.parameters == queries.read_result(settled).blueprint.parameters  # type: ignore[union-attr]  # it is settled
    elsewhere = journey.engagement()
    assert queries.prefill_of(elsewhere, actor=case.expert) is None


def test_the_experts_change_needs_a_reason_and_stays_beside_what_is_computed(settled: Assessment, case: Case) -> None:
    with pytest.raises(Refused, match="Write the reason"):
        operations.change_decision(settled, CLOUD, ChoiceDetails("gcp", " "), actor=case.expert)

    operations.change_decision(settled, CLOUD, ChoiceDetails("gcp", "客戶都在 GCP"), actor=case.expert)
    outcome = queries.read_result(settled).by_decision[CLOUD]
    assert (outcome.value, outcome.computed, outcome.has_moved) == ("gcp", "azure", False)

    assessments.answer(settled, {"business.charging": "subscription", "business.clouds": ("aws",)})
    outcome = queries.read_result(settled).by_decision[CLOUD]
    assert (outcome.value, outcome.computed, outcome.has_moved) == ("gcp", "aws", True)

    operations.restore_decision(settled, CLOUD, actor=case.expert)
    assert queries.read_result(settled).by_decision[CLOUD].value == "aws"


def test_a_number_can_be_changed_and_a_backup_may_not_lie_beside_the_service(settled: Assessment, case: Case) -> None:
    operations.change_decision(settled, ("rto", 0), ChoiceDetails("90", "合約要求"), actor=case.expert)
    assert queries.read_result(settled).by_decision["rto", 0].value == 90

    with pytest.raises(Refused, match="another cloud"):
        operations.change_decision(settled, ("backup-cloud", 0), ChoiceDetails("azure", "便宜"), actor=case.expert)
    with pytest.raises(NotFound):
        operations.change_decision(settled, ("colour", 0), ChoiceDetails("red", "示範"), actor=case.expert)


def plan(case: Case) -> ActionDetails:
    return ActionDetails("規劃訂閱試點", case.vendor_user.id, date(2026, 12, 31))


def test_a_risk_becomes_an_action_once(settled: Assessment, case: Case) -> None:
    action = operations.add_action_for_risk(settled, RISK, plan(case), actor=case.expert)

    assert (action.engagement_id, action.text) == (case.engagement.id, "規劃訂閱試點")
    with pytest.raises(Refused, match="in hand already"):
        operations.add_action_for_risk(settled, RISK, plan(case), actor=case.staff)

    coaching.drop_action(action, actor=case.expert)
    again = operations.add_action_for_risk(settled, RISK, plan(case), actor=case.expert)
    assert queries.actions_of(settled)[RISK].id == again.id


def test_a_risk_that_no_answer_brings_becomes_no_action(settled: Assessment, case: Case) -> None:
    with pytest.raises(NotFound):
        operations.add_action_for_risk(settled, "data.backup:0:no", plan(case), actor=case.expert)


def test_a_closed_assessment_hands_in_the_items_it_proves(case: Case, tmp_path: Path) -> None:
    item = case.item(".tenancy")
    other = case.item(".target-numbers")
    text = GOOD.replace('"assess-case.tenancy"', f'"{item.key}"').replace(
        '"assess-case.architecture"', f'"{other.key}"'
    )
    (tmp_path / "assessments").mkdir()
    (tmp_path / "assessments/cloud-readiness.toml").write_text(text, encoding="utf-8")
    (version,) = operations.publish_questionnaires(tmp_path, actor=SYSTEM)
    made = assessments.begin(case.engagement, version)
    assessments.answer(made, {"business.charging": "project-only", "tenancy.shared-database": "no"})

    operations.close_assessment(made, actor=case.expert)

    session().refresh(item)
    session().refresh(other)
    assert (item.state, item.proof_table, item.proof_id) == ("submitted", "assessment", made.id)
    assert other.state == "open"


def test_everybody_concerned_is_told_of_the_close(settled: Assessment, case: Case) -> None:
    operations.close_assessment(settled, actor=case.expert)

    told = set(session().scalars(select(Notice.user_id).where(Notice.path == f"/assessments/{settled.id}/result")))
    assert {case.vendor_user.id, case.staff_user.id, case.lead_user.id} <= told
    assert case.expert_user.id not in told


def test_the_second_begins_with_components_and_suggestions_of_the_first(
    settled: Assessment, case: Case, version: QuestionnaireVersion
) -> None:
    operations.answer_question(settled, ("data.backup", 0), AnswerDetails(("no",), note="下季補"), actor=case.vendor)
    operations.close_assessment(settled, actor=case.expert)

    second = assessments.begin(case.engagement, version, takes_over=True, actor=case.expert)

    sheet = queries.fill(second).sheet
    assert (second.number, second.done, second.percent) == (2, 0, None)
    assert [one.name for one in queries.components_of(second)] == ["訂單"]
    assert sheet.standing(("data.backup", 0)) is Standing.SUGGESTED
    assert queries.read_result(second).blueprint is None
    operations.answer_question(second, ("data.backup", 0), AnswerDetails(("no",), version=1), actor=case.vendor)
    assert queries.fill(second).sheet.standing(("data.backup", 0)) is Standing.ANSWERED


def test_a_suggestion_that_the_newer_questionnaire_does_not_offer_is_left_out(
    settled: Assessment, case: Case, tmp_path: Path
) -> None:
    operations.close_assessment(settled, actor=case.expert)
    newer = GOOD.replace("version = 1", "version = 2", 1).replace('id = "project-only"', 'id = "by-project"', 1)
    (tmp_path / "assessments/cloud-readiness.toml").write_text(newer, encoding="utf-8")
    (version,) = operations.publish_questionnaires(tmp_path, actor=SYSTEM)

    second = assessments.begin(case.engagement, version, takes_over=True)

    kept = set(session().scalars(select(AssessmentAnswer.question).where(AssessmentAnswer.assessment_id == second.id)))
    assert "business.charging" not in kept
    assert "business.outage" in kept


def test_the_second_is_compared_with_the_first(settled: Assessment, case: Case, version: QuestionnaireVersion) -> None:
    operations.close_assessment(settled, actor=case.expert)
    second = assessments.begin(case.engagement, version)
    assessments.answer(second, {**SETTLED, "business.charging": "subscription"})

    found = compare(queries.read_result(settled), queries.read_result(second))

    assert [change.question for change in found.answers] == ["business.charging"]
    assert [risk.code for risk in found.gone] == [RISK]
    assert queries.find_previous(second) is settled


def test_a_published_version_is_never_rewritten(version: QuestionnaireVersion, tmp_path: Path) -> None:
    path = tmp_path / "assessments/cloud-readiness.toml"
    assert operations.publish_questionnaires(tmp_path, actor=SYSTEM) == []
    path.write_text(GOOD.replace("如何收費？", "怎麼收費？"), encoding="utf-8")

    with pytest.raises(Refused, match="higher version"):
        operations.publish_questionnaires(tmp_path, actor=SYSTEM)

    path.write_text(GOOD.replace("如何收費？", "怎麼收費？").replace("version = 1", "version = 2", 1), encoding="utf-8")
    (newer,) = operations.publish_questionnaires(tmp_path, actor=SYSTEM)
    assert newer.number == 2
    assert [one.number for one in queries.latest_questionnaires()] == [2]

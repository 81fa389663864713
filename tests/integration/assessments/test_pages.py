"""The pages of assessments, as people use them without JavaScript, and as htmx asks for them."""

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from tests.factories import assessments, people
from tests.factories.assessments import SETTLED
from tests.factories.journey import Case
from tests.support.pages import Page, PageClient
from tests.support.queries import counted
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.assessments import operations, queries
from tracker.assessments.models import Assessment, AssessmentProof, QuestionnaireVersion
from tracker.assessments.operations import ComponentDetails
from tracker.assessments.rules.answers import Standing
from tracker.assessments.rules.states import AssessmentState
from tracker.coaching.models import ActionItem
from tracker.core.db import session, unit_of_work

SignIn = Callable[[User], PageClient]
MOST_QUERIES = 12


def area(assessment: Assessment, name: str = "business") -> str:
    return f"/assessments/{assessment.id}/areas/{name}"


def place(assessment: Assessment, question: str, component: int = 0) -> str:
    return f"/assessments/{assessment.id}/answers/{question}/{component}"


def shown_questions(page: Page) -> list[str]:
    return [str(one.get("id")) for one in page.all("article") if one.get("hidden") is None]


def test_an_assessment_is_begun_filled_and_closed_by_plain_forms(
    case: Case, version: QuestionnaireVersion, sign_in: SignIn
) -> None:
    session().commit()
    expert, vendor = sign_in(case.expert_user), sign_in(case.vendor_user)
    listed = f"/engagements/{case.engagement.id}/assessments"
    assert any("/assessments/new" in link for link in expert.get(listed).links)
    assert not any("/assessments/new" in link for link in vendor.get(listed).links)

    expert.post(f"{listed}/new")
    (assessment,) = queries.assessments_of(case.engagement)
    components = f"/assessments/{assessment.id}/components"
    vendor.post(f"{components}/new", {"name": "訂單"}, page=components)
    vendor.post(place(assessment, "business.charging"), {"options": "subscription"}, page=area(assessment))
    vendor.post(place(assessment, "business.outage"), {"number": "４"}, page=area(assessment))
    expert.post(f"/assessments/{assessment.id}/close")

    session().expire_all()
    assert assessment.state is AssessmentState.CLOSED
    assert assessment.done == 2
    page = vendor.get(f"/assessments/{assessment.id}")
    assert "結案" in page.text
    assert not vendor.get(area(assessment)).all("textarea")


def test_a_question_appears_once_its_condition_holds(assessment: Assessment, case: Case, sign_in: SignIn) -> None:
    client, path = sign_in(case.vendor_user), area(assessment, "tenancy")
    assert shown_questions(client.get(path)) == ["q-tenancy-shared-database-0"]

    page = client.post(place(assessment, "tenancy.shared-database"), {"options": "yes"}, page=path)

    assert shown_questions(page) == ["q-tenancy-shared-database-0", "q-tenancy-row-key-0"]


def test_a_stale_answer_is_refused_and_both_are_shown(assessment: Assessment, case: Case, sign_in: SignIn) -> None:
    vendor, expert = sign_in(case.vendor_user), sign_in(case.expert_user)
    action = place(assessment, "business.charging")
    opened = expert.get(area(assessment)).fields(action)
    vendor.post(action, {"options": "maintenance"}, page=area(assessment))

    page = expert.send(action, {**opened, "options": "subscription", "note": "我打的字"}, status=409)

    chosen = [
        one.get("value") for one in page.all("input") if one.get("checked") is not None and one.get("name") == "options"
    ]
    assert chosen == ["subscription"]
    assert "我打的字" in page.text
    assert {"維護費", "訂閱"} <= {" ".join(text.split()) for text in page.texts("td")}
    expert.send(action, {**page.fields(action), "options": "subscription"})
    row = queries.answer_row(assessment, ("business.charging", 0))
    assert row is not None
    assert row.options == ["subscription"]


def test_what_is_no_answer_is_said_at_its_question(assessment: Assessment, case: Case, sign_in: SignIn) -> None:
    client = sign_in(case.vendor_user)

    page = client.post(
        place(assessment, "business.outage"), {"number": "很久", "note": "約略"}, page=area(assessment), status=422
    )

    assert "請填寫整數。" in page.text
    assert [one.get("value") for one in page.all("input") if one.get("name") == "number"] == ["很久"]
    client.post(place(assessment, "business.charging"), {}, page=area(assessment), status=422)


def test_evidence_and_what_does_not_apply_by_plain_forms(assessment: Assessment, case: Case, sign_in: SignIn) -> None:
    client, action = sign_in(case.vendor_user), place(assessment, "business.charging")
    pdf = (io.BytesIO(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"), "價目表.pdf")

    page = client.post(f"{action}/evidence", {"file": pdf}, page=area(assessment))
    assert "價目表.pdf" in page.text
    proof = session().scalars(select(AssessmentProof)).one()
    client.post(f"/assessments/{assessment.id}/proofs/{proof.id}/remove", page=area(assessment))
    session().refresh(proof)
    assert proof.removed_at is not None

    client.post(f"{action}/evidence", {"url": "ftp://x.example"}, page=area(assessment), status=422)
    client.post(f"{action}/not-applicable", {"why": ""}, page=area(assessment), status=422)
    client.post(f"{action}/not-applicable", {"why": "尚未定價"}, page=area(assessment))
    assert queries.fill(assessment).sheet.standing(("business.charging", 0)) is Standing.NOT_APPLICABLE
    client.post(f"{action}/clear", page=area(assessment))
    assert queries.fill(assessment).sheet.standing(("business.charging", 0)) is Standing.BLANK


def test_components_are_renamed_and_removed(assessment: Assessment, case: Case, sign_in: SignIn) -> None:
    client = sign_in(case.vendor_user)
    (component,) = queries.components_of(assessment)
    path = f"/assessments/{assessment.id}/components"

    client.post(f"{path}/{component.id}", {"name": "訂單服務"})
    assert "訂單服務" in client.get(path).text
    client.post(f"{path}/new", {"name": "訂單服務"}, page=path)
    assert len(queries.components_of(assessment)) == 1
    client.post(f"{path}/{component.id}/remove", page=path)
    assert queries.components_of(assessment) == []


def test_the_result_tells_what_it_was_counted_from(assessment: Assessment, case: Case, sign_in: SignIn) -> None:
    assessments.answer(assessment, SETTLED)
    session().commit()

    page = sign_in(case.vendor_user).get(f"/assessments/{assessment.id}/result")

    assert "azure_saas" in page.text
    assert "Σ" in page.text
    assert any("radar" in str(svg.get("class")) for svg in page.tree.iter("{http://www.w3.org/2000/svg}svg"))
    assert "收入中斷" in page.text
    assert not any("/decisions/" in link for link in page.links)


def test_the_expert_changes_a_decision_and_takes_it_back(assessment: Assessment, case: Case, sign_in: SignIn) -> None:
    assessments.answer(assessment, SETTLED)
    session().commit()
    client, path = sign_in(case.expert_user), f"/assessments/{assessment.id}/decisions/cloud/0"

    client.post(path, {"value": "gcp", "reason": ""}, status=200)
    assert queries.read_result(assessment).by_decision["cloud", 0].value == "azure"
    page = client.post(path, {"value": "gcp", "reason": "客戶已有合約"})
    assert "客戶已有合約" in page.text
    assert queries.read_result(assessment).by_decision["cloud", 0].value == "gcp"
    client.post(f"{path}/restore", page=path)
    assert queries.read_result(assessment).by_decision["cloud", 0].value == "azure"
    number = f"/assessments/{assessment.id}/decisions/rto/0"
    client.post(number, {"value": "1,200", "reason": "合約"})
    assert queries.read_result(assessment).by_decision["rto", 0].value == 1200
    client.get(number)


def test_a_risk_becomes_an_action_by_its_button(assessment: Assessment, case: Case, sign_in: SignIn) -> None:
    assessments.answer(assessment, SETTLED)
    session().commit()
    client = sign_in(case.expert_user)
    path = f"/assessments/{assessment.id}/risks/business.charging/0/project-only/action"
    assert path in client.get(f"/assessments/{assessment.id}/result").links

    client.post(path, {"due": "2026-12-31"})

    action = session().scalars(select(ActionItem)).one()
    assert (action.text, action.engagement_id) == ("訂閱試點", case.engagement.id)
    assert path not in client.get(f"/assessments/{assessment.id}/result").links
    assert "已經有人在處理" in client.get(path).text


def test_the_second_is_compared_with_the_first_on_a_page(
    assessment: Assessment, case: Case, version: QuestionnaireVersion, sign_in: SignIn
) -> None:
    assessments.answer(assessment, SETTLED)
    operations.close_assessment(assessment, actor=case.expert)
    second = assessments.begin(case.engagement, version, takes_over=True)
    assessments.answer(second, {**SETTLED, "business.charging": "subscription"})
    session().commit()
    client = sign_in(case.vendor_user)

    page = client.get(f"/assessments/{second.id}/comparison")

    assert {"專案", "訂閱"} <= set(page.texts("td"))
    client.get(f"/assessments/{assessment.id}/comparison", status=404)
    assert "第 2 次評估" in client.get(f"/engagements/{case.engagement.id}").text


REPORT = [
    ("zh-Hant", ("雲端就緒度評估報告", "收入中斷", "訂閱試點")),
    ("en", ("Cloud readiness report", "Income stops")),
]
OWN_FONT = "NotoSansTC"


@pytest.mark.parametrize(("language", "words"), REPORT)
def test_the_report_reads_in_both_languages(
    assessment: Assessment, case: Case, sign_in: SignIn, language: str, words: tuple[str, ...]
) -> None:
    assessments.answer(assessment, SETTLED)
    session().commit()
    client = sign_in(case.vendor_user)
    client.browser.set_cookie("lang", language)

    answer = client.fetch(f"/assessments/{assessment.id}/report.pdf?lang={language}")

    reader = PdfReader(io.BytesIO(answer.get_data()))
    text = "".join(page.extract_text() for page in reader.pages).replace("\n", "")
    for word in words:
        assert word in text, text[:2000]
    assert 2 <= len(reader.pages) <= 5
    assert all(OWN_FONT in str(font["/BaseFont"]) for page in reader.pages for font in fonts(page))


def fonts(page: object) -> list[dict[str, object]]:
    resources = page["/Resources"]  # type: ignore[index]  # pypdf's pages are dictionaries
    return [font.get_object() for font in resources["/Font"].values()]


def test_no_page_asks_more_of_the_database_when_there_is_more(case: Case, tmp_path: Path, sign_in: SignIn) -> None:
    version = assessments.shipped_version()
    first = assessments.begin(case.engagement, version, components=["一"])
    assessments.answer(first, {"business.reason": "deadline"})
    operations.close_assessment(first, actor=case.expert)
    made = assessments.begin(case.engagement, version, takes_over=True)
    session().commit()
    client = sign_in(case.expert_user)
    paths = [
        f"/assessments/{made.id}{rest}"
        for rest in (
            "",
            "/result",
            "/components",
            "/comparison",
            "/close",
            "/areas/data",
            "/areas/application?component=1",
        )
    ]
    paths += [f"/engagements/{case.engagement.id}/assessments"]
    few = {path: counted(partial(client.get, path)) for path in paths}

    with unit_of_work():
        for name in ("二", "三", "四"):
            operations.add_component(made, ComponentDetails(name), actor=case.expert)
        assessments.answer_everything(made, actor=case.expert)
    many = {path: counted(partial(client.get, path)) for path in paths}

    assert all(count <= MOST_QUERIES for count in many.values()), many
    assert all(many[path] <= few[path] + 1 for path in paths), (few, many)


def test_an_assessment_is_found_by_its_components_by_those_who_may_see_it(
    assessment: Assessment, case: Case, sign_in: SignIn
) -> None:
    other = people.person(Role.VENDOR)
    session().commit()

    found = sign_in(case.vendor_user).get("/search?q=訂單")
    assert f"/assessments/{assessment.id}" in found.links
    assert f"/assessments/{assessment.id}" not in sign_in(other).get("/search?q=訂單").links

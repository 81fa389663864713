"""The pages of the journey, as people use them without JavaScript."""

import io
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import select

from tests.factories import journey, people, vendors
from tests.factories.journey import Case
from tests.support.pages import PageClient
from tests.support.queries import counted
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.core.db import session
from tracker.journey import operations, queries
from tracker.journey.models import Assignment, Engagement, Item
from tracker.journey.rules import AssignmentPart, EngagementState, ItemState, Step, StepState

SignIn = Callable[[User], PageClient]


def reload(item: Item) -> Item:
    session().expire_all()
    return session().get_one(Item, item.id)


def test_an_item_goes_from_file_to_verification_by_plain_forms(case: Case, sign_in: SignIn) -> None:
    item = case.item(".charging-model")
    vendor, expert = sign_in(case.vendor_user), sign_in(case.expert_user)
    page = f"/items/{item.id}"
    pdf = (io.BytesIO(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"), "方案.pdf")

    answer = vendor.post(f"{page}/submit", {"file": pdf}, page=page)
    assert any("undo" in (form.get("action") or "") for form in answer.all("form"))
    assert reload(item).state is ItemState.SUBMITTED

    expert.post(f"{page}/verify", page=page)
    item = reload(item)
    assert (item.state, item.verified_by_id) == (ItemState.VERIFIED, case.expert_user.id)


def test_a_refused_form_keeps_what_was_typed(case: Case, sign_in: SignIn) -> None:
    item = case.item(".charging-model")
    client = sign_in(case.vendor_user)

    page = client.post(
        f"/items/{item.id}/submit",
        {"url": "ftp://example.com/x", "title": "方案頁"},
        page=f"/items/{item.id}",
        status=422,
    )

    values = {element.get("name"): element.get("value") for element in page.all("input")}
    assert (values["url"], values["title"]) == ("ftp://example.com/x", "方案頁")
    assert reload(item).state is ItemState.OPEN


def test_nothing_is_handed_in_without_evidence(case: Case, sign_in: SignIn) -> None:
    item = case.item(".charging-model")
    page = sign_in(case.vendor_user).post(f"/items/{item.id}/submit", page=f"/items/{item.id}", status=422)
    assert any("需要佐證" in text for text in page.texts("li"))


def test_the_undo_button_takes_the_tick_back(case: Case, sign_in: SignIn) -> None:
    item = case.item(".charging-model")
    journey.link(item, actor=case.vendor)
    session().commit()
    client = sign_in(case.vendor_user)

    client.post(f"/items/{item.id}/submit", page=f"/items/{item.id}")
    client.post(f"/items/{item.id}/undo", page=f"/items/{item.id}")

    assert reload(item).state is ItemState.OPEN


def test_a_tick_in_the_checklist_leads_back_to_it(case: Case, sign_in: SignIn) -> None:
    item = case.item(".charging-model")
    journey.link(item, actor=case.vendor)
    session().commit()
    client = sign_in(case.vendor_user)

    page = client.post(f"/items/{item.id}/submit", page=f"/engagements/{case.engagement.id}")

    assert page.heading.startswith(case.engagement.organisation.name_zh)
    assert reload(item).state is ItemState.SUBMITTED


def test_comments_for_the_office_are_not_on_the_vendors_page(case: Case, sign_in: SignIn) -> None:
    item = case.item(".charging-model")
    page = f"/items/{item.id}"
    sign_in(case.expert_user).post(f"{page}/comments", {"text": "只給辦公室看", "internal": "y"}, page=page)

    assert "只給辦公室看" in sign_in(case.staff_user).get(page).text
    vendor = sign_in(case.vendor_user)
    assert "只給辦公室看" not in vendor.get(page).text
    vendor.post(f"{page}/comments", {"text": "收到", "internal": "y"}, page=page)
    assert [comment.internal for comment in queries.comments_of(item, actor=case.staff)] == [True, False]


def test_markup_in_a_comment_is_shown_as_text(case: Case, sign_in: SignIn) -> None:
    page = f"/items/{case.items[0].id}"
    answer = sign_in(case.vendor_user).post(f"{page}/comments", {"text": "<script>alert(1)</script>"}, page=page)
    assert "<script>alert(1)" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_a_gate_is_proposed_and_passed_by_two_people(case: Case, sign_in: SignIn) -> None:
    case.complete()
    session().commit()
    gate = f"/engagements/{case.engagement.id}/gates/assess"

    sign_in(case.expert_user).post(f"{gate}/propose", page=gate)
    sign_in(case.staff_user).post(f"{gate}/pass", page=gate)

    session().expire_all()
    assert case.engagement.step is Step.MIGRATE


def test_the_proposer_finds_no_button_to_pass(case: Case, sign_in: SignIn) -> None:
    case.complete()
    operations.propose_gate(case.step(), actor=case.expert)
    session().commit()
    gate = f"/engagements/{case.engagement.id}/gates/assess"

    assert f"{gate}/pass" in sign_in(case.staff_user).get(gate).text
    assert f"{gate}/pass" not in sign_in(case.expert_user).get(gate).text
    assert f"{gate}/pass" not in sign_in(case.vendor_user).get(gate).text


def test_an_override_shows_on_every_page_for_ever(case: Case, sign_in: SignIn) -> None:
    operations.propose_gate(case.step(), "先行切換", actor=case.expert)
    session().commit()
    gate = f"/engagements/{case.engagement.id}/gates/assess"
    client = sign_in(case.staff_user)

    client.post(f"{gate}/override", {"reason": "主機合約月底到期"}, page=gate)

    assert "主機合約月底到期" in client.get(gate).text
    for page in ("/engagements", f"/engagements/{case.engagement.id}", "/board"):
        assert "例外放行" in client.get(page).text, page


def test_a_gate_decided_from_an_old_page_is_refused(case: Case, sign_in: SignIn) -> None:
    case.complete()
    operations.propose_gate(case.step(), actor=case.expert)
    session().commit()
    gate = f"/engagements/{case.engagement.id}/gates/assess"
    client = sign_in(case.staff_user)
    values = client.get(gate).fields(f"{gate}/pass")
    operations.return_gate(case.step(), "再補", actor=case.lead)
    operations.propose_gate(case.step(), actor=case.expert)
    session().commit()

    client.send(f"{gate}/pass", values, status=409)

    assert case.step().state is StepState.PROPOSED


def test_holding_and_resuming_ask_for_the_reason(case: Case, sign_in: SignIn) -> None:
    client, page = sign_in(case.staff_user), f"/engagements/{case.engagement.id}"

    client.post(f"{page}/hold", {"reason": "  "})
    session().expire_all()
    assert case.engagement.state is EngagementState.ACTIVE

    client.post(f"{page}/hold", {"reason": "等待合約"})
    client.post(f"{page}/resume", {"reason": "合約完成"})
    session().expire_all()
    assert case.engagement.state is EngagementState.ACTIVE
    assert "等待合約" in client.get(page).text


def test_a_product_is_found_and_enrolled(case: Case, sign_in: SignIn) -> None:
    other = vendors.product(vendors.vendor("遠山示範有限公司"), "門市系統")
    session().commit()
    client = sign_in(case.staff_user)

    found = client.get("/engagements/new?q=遠山")
    address = next(link for link in found.links if f"product_id={other.id}" in link)
    client.post(address, {"anchor_on": "115/3/2", "lead_expert_id": str(case.expert_user.id)})

    engagement = session().scalars(select(Engagement).where(Engagement.product_id == other.id)).one()
    assert engagement.anchor_on.isoformat() == "2026-03-02"
    assert [one.part for one in engagement.assignments] == [AssignmentPart.LEAD]


@pytest.mark.parametrize(
    ("typed", "sentence"), [("115/2/30", "115/2/30"), ("", "This field"), ("119/1/1", "起算日不在")]
)
def test_a_wrong_anchor_day_is_refused_on_its_field(case: Case, sign_in: SignIn, typed: str, sentence: str) -> None:
    other = vendors.product(vendors.vendor("遠山示範有限公司"))
    session().commit()

    page = sign_in(case.staff_user).post(f"/engagements/new?product_id={other.id}", {"anchor_on": typed})

    assert page.all("form")
    assert session().scalars(select(Engagement).where(Engagement.product_id == other.id)).one_or_none() is None
    assert next(element for element in page.all("input") if element.get("name") == "anchor_on").get("aria-invalid")


def test_experts_are_assigned_and_released(case: Case, sign_in: SignIn) -> None:
    other = people.person(Role.EXPERT, name="第二位專家")
    session().commit()
    client, page = sign_in(case.staff_user), f"/engagements/{case.engagement.id}/experts"

    client.post(page, {"user_id": str(other.id), "part": "support"})
    assignment = session().scalars(select(Assignment).where(Assignment.user_id == other.id)).one()
    assert sign_in(other).get(f"/engagements/{case.engagement.id}").status == 200

    client.post(f"/assignments/{assignment.id}/end", page=page)
    sign_in(other).get(f"/engagements/{case.engagement.id}", status=404)


PLACES = (
    "/engagements/{engagement}",
    "/engagements/{engagement}/history",
    "/engagements/{engagement}/gates/assess",
    "/engagements/{engagement}/playbooks",
    "/items/{item}",
)


@pytest.mark.parametrize("place", PLACES)
def test_another_vendors_address_does_not_exist(case: Case, sign_in: SignIn, place: str) -> None:
    stranger = people.person(Role.VENDOR)
    people.join_organisation(stranger, vendors.vendor("別家示範有限公司"))
    session().commit()
    address = place.format(engagement=case.engagement.id, item=case.items[0].id)

    assert sign_in(case.vendor_user).get(address).status == 200
    sign_in(stranger).get(address, status=404)


def test_ids_that_no_row_can_have_are_not_found(case: Case, sign_in: SignIn) -> None:
    client = sign_in(case.staff_user)
    client.get("/engagements/99999999999999999999", status=404)
    client.get("/engagements?programme=99999999999999999999&expert=99999999999999999999")
    client.get("/engagements?after=x&before=y&sort=nonsense&view=nonsense&step=nonsense&state=nonsense")


def test_every_filter_narrows_the_list(case: Case, sign_in: SignIn) -> None:
    other = journey.engagement(of=vendors.product(vendors.vendor("遠山示範有限公司"), "門市系統"))
    operations.hold(other, "等待合約", actor=case.staff)
    session().commit()
    client = sign_in(case.staff_user)

    def shown(query: str) -> set[int]:
        links = client.get(f"/engagements?{query}").links
        return {
            int(link.rsplit("/", 1)[1]) for link in links if link.startswith("/engagements/") and link[13:].isdigit()
        }

    mine, others = case.engagement.id, other.id
    assert shown("") == {mine}
    assert shown("view=all") == {mine, others}
    assert shown("q=遠山") == {others}
    assert shown("q=遠山&sort=due") == {others}
    assert shown("q=門市系統") == {others}
    assert shown("state=on_hold") == {others}
    assert shown("step=migrate") == set()
    assert shown(f"expert={case.expert_user.id}") == {mine}
    assert shown(f"programme={case.engagement.programme_id}") == {mine, others}
    assert shown("view=gates") == set()


def test_pages_of_the_list_join_without_gap_or_double(case: Case, sign_in: SignIn) -> None:
    for number in range(58):
        journey.engagement(of=vendors.product(case.engagement.organisation, f"示範產品{number}"))
    session().commit()
    client = sign_in(case.staff_user)
    for query in ("view=all", "view=all&sort=due", "view=all&sort=-since", "q=示範"):
        first = client.get(f"/engagements?{query}")
        following = next(link for link in first.links if "after=" in link)
        second = client.get(following)
        seen = [
            [link for link in page.links if link.startswith("/engagements/") and link[13:].isdigit()]
            for page in (first, second)
        ]
        assert [len(page) for page in seen] == [50, 9], query
        assert len({*seen[0], *seen[1]}) == 59, query


def asked_by(client: PageClient, pages: list[str]) -> dict[str, int]:
    return {page: counted(partial(client.get, page)) for page in pages}


def test_no_page_asks_more_questions_of_the_database_when_there_is_more_to_show(case: Case, sign_in: SignIn) -> None:
    client = sign_in(case.staff_user)
    pages = ["/engagements", "/engagements?q=示範", "/board", f"/engagements/{case.engagement.id}", "/"]
    pages += [f"/items/{case.items[0].id}", f"/engagements/{case.engagement.id}/gates/assess", "/playbooks"]
    for number in range(2):
        journey.engagement(of=vendors.product(case.engagement.organisation, f"示範系統{number}"))
    session().commit()

    for page in pages:
        client.get(page)
    few = asked_by(client, pages)
    for number in range(57):
        journey.engagement(of=vendors.product(case.engagement.organisation, f"示範產品{number}"))
    for item in case.items:
        for _ in range(3):
            journey.link(item, actor=case.vendor)
            operations.comment_on_item(item, operations.CommentDetails("看過"), actor=case.expert)
    session().commit()
    many = asked_by(client, pages)

    assert {page: count for page, count in many.items() if count > few[page] + 1} == {}
    assert {page: count for page, count in many.items() if count > 12} == {}


def test_the_table_file_holds_no_formula_and_only_what_the_reader_may_see(case: Case, sign_in: SignIn) -> None:
    case.engagement.product.name_zh = "=HYPERLINK(1)"
    stranger = people.person(Role.EXPERT)
    session().commit()

    answer = sign_in(case.staff_user).get("/engagements.csv?view=all", buffered=True)
    assert "'=HYPERLINK(1)" in answer.text
    assert len(sign_in(stranger).get("/engagements.csv?view=all", buffered=True).text.strip().splitlines()) == 1


def test_the_board_leads_to_the_gate_and_moves_nothing_by_itself(case: Case, sign_in: SignIn) -> None:
    page = sign_in(case.staff_user).get("/board")
    forms = [form for form in page.all("form") if "gates" in (form.get("action") or "")]
    assert [(form.get("method"), form.get("action")) for form in forms] == [
        ("get", f"/engagements/{case.engagement.id}/gates/assess")
    ]

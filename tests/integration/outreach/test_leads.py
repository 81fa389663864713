"""Matches: noted with a next step, on somebody's list until its day, closed with what came of them."""

import csv
import io
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.factories import outreach, people, vendors
from tests.integration.outreach.conftest import Case, SignIn, fresh
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.core import clock
from tracker.core.db import session, unit_of_work
from tracker.core.errors import Refused, StaleRecord
from tracker.notifications.models import Notice
from tracker.notifications.reminders import gather
from tracker.outreach import operations
from tracker.outreach.models import Lead, LeadEntry
from tracker.outreach.queries import waiting_for
from tracker.outreach.rules import Counterpart, Industry, LeadOrigin, LeadState
from tracker.vendors import operations as vendor_operations
from tracker.vendors.models import Membership


def in_days(number: int) -> str:
    return (clock.today() + timedelta(days=number)).isoformat()


def only() -> Lead:
    fresh()
    return session().scalars(select(Lead)).one()


FORM = {
    "counterpart": "association",
    "name": "示範商業同業公會",
    "industry": "retail",
    "origin": "office",
    "contact_name": "王示範",
    "contact_email": "office@guild.example",
    "need": "會員門市想統一管理訂單",
    "next_step": "安排說明會",
}


def test_a_match_is_noted_stands_on_the_owners_list_and_is_closed_with_its_outcome(case: Case, sign_in: SignIn) -> None:
    staff, member = sign_in(case.staff), sign_in(case.member)

    staff.post(
        f"/vendors/{case.vendor.id}/leads/new",
        {**FORM, "product_id": str(case.product.id), "owner_id": str(case.member.id), "due_on": in_days(5)},
    )
    lead = only()
    address = f"/outreach/leads/{lead.id}"
    told = session().scalars(select(Notice).where(Notice.path == address)).all()
    assert (lead.counterpart, lead.industry, lead.state) == (Counterpart.ASSOCIATION, Industry.RETAIL, LeadState.NEW)
    assert [notice.user_id for notice in told] == [case.member.id]
    assert "安排說明會" in member.get("/").text
    assert "安排說明會" not in staff.get("/").text

    member.post(
        address, {"state": "talking", "done": "已在公會說明", "next_step": "提供試用帳號", "due_on": in_days(9)}
    )
    refused = member.post(address, {"state": "won"})
    assert "結案前請先填寫媒合結果" in refused.text
    member.post(address, {"state": "won", "outcome": "三家會員訂閱"})

    closed = only()
    assert (closed.state, closed.closed_on, closed.outcome) == (LeadState.WON, clock.today(), "三家會員訂閱")
    entries = session().scalars(select(LeadEntry).order_by(LeadEntry.id)).all()
    assert [entry.state for entry in entries] == [LeadState.NEW, LeadState.TALKING, LeadState.WON]
    assert "已在公會說明" in member.get(address).text
    assert "提供試用帳號" not in member.get("/").text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"next_step": ""}, "請填寫下一步要做什麼"),
        ({"due_on": ""}, "請填寫期限"),
        ({"due_on": "2020-01-01"}, "已經過了"),
        ({"owner_id": ""}, "請選擇負責人"),
        ({"ubn": "12345678"}, "統一編號"),
        ({"contact_email": "no address"}, "電子郵件"),
        ({"name": ""}, "請填寫名稱"),
    ],
)
def test_a_match_that_nobody_would_go_on_with_is_refused_and_what_was_typed_stays(
    case: Case, sign_in: SignIn, fields: dict[str, str], sentence: str
) -> None:
    typed = {**FORM, "owner_id": str(case.member.id), "due_on": in_days(5), **fields}

    page = sign_in(case.staff).post(f"/vendors/{case.vendor.id}/leads/new", typed)

    assert sentence in page.text
    assert "會員門市想統一管理訂單" in page.text
    assert session().scalars(select(Lead)).all() == []


def test_somebody_without_anything_to_do_with_the_vendor_owns_no_step(case: Case) -> None:
    stranger = people.person(Role.VENDOR)

    with pytest.raises(Refused, match="Choose who does it"):
        outreach.lead(case.vendor, stranger.id, actor=case.office)


def test_an_exposure_of_another_vendor_brings_no_match(case: Case) -> None:
    foreign = outreach.exposure(vendors.vendor("別家示範"))

    with pytest.raises(Refused, match="not the vendor's"):
        outreach.lead(case.vendor, case.staff.id, actor=case.office, exposure_id=foreign.id)


def test_a_closed_match_can_be_taken_up_again(case: Case) -> None:
    lead = outreach.lead(case.vendor, case.staff.id, actor=case.office)
    operations.note_step(lead, outreach.step(None, LeadState.LOST, outcome="預算不足"), actor=case.office)

    operations.note_step(lead, outreach.step(case.staff.id, LeadState.TALKING), actor=case.office)

    assert (lead.state, lead.closed_on) == (LeadState.TALKING, None)


def test_two_people_who_note_a_step_at_once_are_told(case: Case) -> None:
    lead = outreach.lead(case.vendor, case.staff.id, actor=case.office)
    version = lead.version
    operations.note_step(lead, outreach.step(case.staff.id, LeadState.TALKING, version=version), actor=case.office)
    session().flush()

    with pytest.raises(StaleRecord):
        operations.note_step(lead, outreach.step(case.staff.id, LeadState.LOST, version=version), actor=case.own)


def test_what_is_due_is_told_and_what_is_closed_is_not(case: Case) -> None:
    soon = outreach.lead(case.vendor, case.staff.id, "甲示範公司", actor=case.own)
    done = outreach.lead(case.vendor, case.staff.id, "乙示範公司", actor=case.own)
    operations.note_step(done, outreach.step(None, LeadState.LOST, outcome="無需求"), actor=case.office)
    session().commit()

    owed = [one for one in gather(clock.today()).get(case.staff.id, []) if one.path.startswith("/outreach/")]

    assert [(one.path, one.due_on) for one in owed] == [(f"/outreach/leads/{soon.id}", soon.due_on)]


def test_a_former_member_is_told_of_no_match_any_more(case: Case, sign_in: SignIn) -> None:
    outreach.lead(case.vendor, case.member.id, actor=case.office)
    session().commit()
    membership = session().scalars(select(Membership)).one()
    with unit_of_work():
        vendor_operations.end_membership(membership, actor=case.office)

    assert waiting_for(case.own, 8) == []
    assert "安排示範說明" not in sign_in(case.member).get("/").text


def test_lists_are_narrowed_to_the_vendors_that_the_reader_may_see(counselled: Case, sign_in: SignIn) -> None:
    other = vendors.vendor("別家示範")
    outreach.lead(counselled.vendor, counselled.staff.id, "自家媒合", actor=counselled.office)
    outreach.lead(other, counselled.staff.id, "別家媒合", actor=counselled.office)
    session().commit()

    def listed(user: User, query: str = "") -> set[str]:
        text = sign_in(user).get(f"/outreach/leads?{query}").text
        return {name for name in ("自家媒合", "別家媒合") if name in text}

    assert listed(counselled.staff) == {"自家媒合", "別家媒合"}
    assert listed(counselled.member) == listed(counselled.expert) == {"自家媒合"}
    assert listed(counselled.member, f"vendor={other.id}") == set()
    assert listed(counselled.staff, "owner=me&state=new") == {"自家媒合", "別家媒合"}
    assert listed(counselled.staff, "due=late") == set()
    assert listed(counselled.staff, "counterpart=association") == set()


def test_the_file_says_all_and_runs_no_formula(case: Case, sign_in: SignIn) -> None:
    outreach.lead(case.vendor, case.staff.id, "@SUM(A1)", actor=case.office, need="=1+1", industry=Industry.HEALTH)
    session().commit()

    text = sign_in(case.staff).fetch("/outreach/leads.csv").get_data(as_text=True)

    (row,) = list(csv.reader(io.StringIO(text[1:])))[1:]
    assert (row[4], row[6], row[9]) == ("'@SUM(A1)", "醫療與照護", "'=1+1")
    assert date.fromisoformat(row[12]) == clock.today() + timedelta(days=5)


def test_what_is_known_of_a_match_can_be_changed_and_names_of_people_stay_out_of_the_trail(
    counselled: Case, sign_in: SignIn
) -> None:
    exposure = outreach.exposure(counselled.vendor, "成果發表")
    lead = outreach.lead(counselled.vendor, counselled.staff.id, actor=counselled.office, contact_name="王示範")
    session().commit()

    sign_in(counselled.expert).post(
        f"/outreach/leads/{lead.id}/edit",
        {"contact_name": "李示範", "origin": "exposure", "exposure_id": str(exposure.id)},
    )

    changed = only()
    assert (changed.contact_name, changed.origin, changed.exposure_id) == ("李示範", LeadOrigin.EXPOSURE, exposure.id)
    history = sign_in(counselled.staff).get(f"/vendors/{counselled.vendor.id}/history").text
    assert "示範食品公司" in history
    assert "李示範" not in history

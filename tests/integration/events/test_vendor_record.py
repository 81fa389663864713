"""What attendance leads to on the vendor's record: hours, items handed in by themselves, who has not come for long."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from tests.factories import journey, people, vendors
from tests.factories.events import AFTER, BEGINS, came, event, registration, show
from tests.support.pages import PageClient
from tracker.accounts.access import SYSTEM
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.core import clock
from tracker.core.db import session
from tracker.events import operations
from tracker.events.models import Attendance
from tracker.events.operations import AttendanceDetails
from tracker.events.queries.attendance import hours_by_person, quiet_vendors, who_came
from tracker.events.rules.attendance import AttendanceState
from tracker.events.rules.events import EventState
from tracker.journey.models import Engagement, Item
from tracker.journey.rules import ItemState, Party

pytestmark = pytest.mark.usefixtures("db_session")
SignIn = Callable[[User], PageClient]


def vendor_item(case: Engagement) -> Item:
    return next(item for item in journey.items(case) if item.who is Party.VENDOR)


def state_of(item: Item) -> ItemState:
    session().refresh(item)
    return item.state


def test_taking_part_in_a_required_workshop_hands_in_the_item_by_itself() -> None:
    case = journey.engagement()
    item = vendor_item(case)
    one = event(item_keys=(item.key,))

    made = came(one, ubn=case.organisation.ubn)

    attendance = session().query(Attendance).one()
    session().refresh(item)
    assert made.organisation_id == case.organisation_id
    assert (item.state, item.proof_table, item.proof_id) == (ItemState.SUBMITTED, "event_attendance", attendance.id)


def test_a_workshop_of_two_days_counts_once_somebody_was_there_on_both() -> None:
    case = journey.engagement()
    item = vendor_item(case)
    one = event(days=2, item_keys=(item.key,))

    made = came(one, ubn=case.organisation.ubn)
    assert state_of(item) is ItemState.OPEN
    show(one, made, at=BEGINS + timedelta(days=1))

    assert state_of(item) is ItemState.SUBMITTED


def test_a_corrected_attendance_returns_the_item_that_waited_for_verification() -> None:
    case = journey.engagement()
    item = vendor_item(case)
    one = event(item_keys=(item.key,))
    made = came(one, ubn=case.organisation.ubn)

    with clock.at(AFTER):
        details = AttendanceDetails(AttendanceState.ABSENT, "代簽，本人未到")
        operations.correct_attendance(made, one.sessions[0], details, actor=SYSTEM)

    session().refresh(item)
    assert item.state is ItemState.RETURNED
    assert "活動出席紀錄已更正" in item.reason


def test_choosing_the_vendor_later_hands_the_item_in_then() -> None:
    case = journey.engagement()
    item = vendor_item(case)
    made = came(event(item_keys=(item.key,)), company="寫成簡稱")

    operations.choose_vendor(made, case.organisation_id, actor=SYSTEM)
    operations.settle([made])

    session().refresh(item)
    assert item.state is ItemState.SUBMITTED


def test_the_vendors_record_says_who_came_to_what_for_how_long() -> None:
    vendor, other = vendors.vendor("示範甲"), vendors.vendor("示範乙")
    first, second = event(), event(days=2)
    came(first, "甲先生", email="a@guests.example", ubn=vendor.ubn)
    came(second, "甲先生", email="a@guests.example", ubn=vendor.ubn)
    came(first, "乙小姐", ubn=vendor.ubn)
    came(first, "別家的人", ubn=other.ubn)
    registration(first, "沒來的人", ubn=vendor.ubn)

    people_of = {row.name: (row.events, row.hours) for row in hours_by_person(vendor.id)}

    assert people_of == {"甲先生": (2, Decimal(6)), "乙小姐": (1, Decimal(3))}
    assert {row.name for row in who_came(vendor.id, 10)} == {"甲先生", "乙小姐"}


def test_vendors_of_whom_nobody_came_for_ninety_days_are_listed_for_the_office() -> None:
    never, long_ago, lately = (journey.engagement(of=vendors.product(vendors.vendor(f"示範{n}"))) for n in range(3))
    staff = people.person(Role.STAFF)
    people.join_programme(staff, never.programme)
    came(event(), ubn=long_ago.organisation.ubn)
    with clock.at(AFTER):
        operations.move_event(event(), EventState.HELD, actor=SYSTEM)

    def names(days: int) -> list[str]:
        with clock.at(BEGINS + timedelta(days=days)):
            return [row.name_zh for row in quiet_vendors(people.acting(staff), 10)]

    assert names(89) == ["示範0", "示範2"]
    assert names(91) == ["示範0", "示範2", "示範1"]
    assert lately.organisation.name_zh == "示範2"


def test_the_vendors_page_shows_attendance_and_says_when_nobody_comes(sign_in: SignIn) -> None:
    case = journey.engagement()
    staff = people.person(Role.STAFF)
    people.join_programme(staff, case.programme)
    came(event(), "王小明", ubn=case.organisation.ubn)
    browser = sign_in(staff)
    address = f"/vendors/{case.organisation_id}"

    with time_machine.travel(AFTER, tick=False):
        soon, all_of_it = browser.get(address), browser.get(f"{address}/events")
    with time_machine.travel(BEGINS + timedelta(days=100), tick=False):
        later = sign_in(staff).get(address)

    assert "王小明" in soon.text
    assert "時數合計：3" in all_of_it.text
    assert "最近 90 天內沒有人參加活動" not in soon.text
    assert "最近 90 天內沒有人參加活動" in later.text

"""The door: each person once, whatever is shown twice, late, early, at another door or from another event."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import people, vendors
from tests.factories.events import AFTER, BEFORE, BEGINS, DURING, came, event, registration, show
from tracker.accounts.access import ANONYMOUS, SYSTEM
from tracker.accounts.rules import Role
from tracker.core import clock
from tracker.core.db import db, session, unit_of_work
from tracker.core.errors import Refused
from tracker.events import operations
from tracker.events.models import Attendance, AttendanceChange, DoorMessage, Event, Registration
from tracker.events.operations import AttendanceDetails, DoorDetails, WalkIn
from tracker.events.queries.attendance import door_counts, hours_by_person, hours_of
from tracker.events.rules.attendance import AttendanceState, Outcome, Way, self_code
from tracker.events.rules.events import EventState
from tracker.events.rules.registrations import RegistrationState, Source

pytestmark = pytest.mark.usefixtures("db_session")
SECRET = "a secret of the test"


def noted(of: Event) -> int:
    return (
        session().scalar(
            select(func.count()).select_from(Attendance).join(Registration).where(Registration.event_id == of.id)
        )
        or 0
    )


def test_a_ticket_that_is_shown_lets_its_owner_in() -> None:
    one = event()
    made = registration(one, "王小明")

    answer = show(one, made)

    attendance = session().scalars(select(Attendance)).one()
    assert (answer.outcome, answer.name) == (Outcome.ARRIVED, "王小明")
    assert (attendance.state, attendance.hours, attendance.arrived_at) == (AttendanceState.PRESENT, Decimal(3), DURING)


def test_the_code_is_read_from_the_link_and_typed_in_any_way() -> None:
    one = event()
    first, second = registration(one), registration(one)

    by_link = show(one, f"https://host.example/door/{first.door_code}")
    typed = show(one, f" {second.door_code[:4]}-{second.door_code[4:8]} {second.door_code[8:].lower()} ")

    assert (by_link.outcome, typed.outcome) == (Outcome.ARRIVED, Outcome.ARRIVED)


def test_a_copied_qr_code_is_counted_once_and_the_door_is_told_when_it_came_first() -> None:
    one = event()
    made = registration(one)
    show(one, made)

    copy = show(one, made, at=DURING + timedelta(minutes=20))

    assert (copy.outcome, copy.since) == (Outcome.ALREADY, DURING)
    assert noted(one) == 1


def test_a_cancelled_ticket_opens_nothing() -> None:
    one = event()
    made = registration(one)
    with clock.at(BEFORE):
        operations.cancel_registration(made, actor=ANONYMOUS)

    assert show(one, made).outcome is Outcome.CANCELLED
    assert noted(one) == 0


@pytest.mark.parametrize("facts", [{"capacity": 1}, {"needs_approval": True}])
def test_whoever_has_no_place_yet_is_not_let_in_by_a_ticket(facts: dict[str, Any]) -> None:
    one = event(**facts)
    registration(one)
    second = registration(one)

    assert show(one, second).outcome is Outcome.NO_PLACE


def test_a_ticket_of_another_event_is_told_apart_and_says_nothing_of_its_owner() -> None:
    one, other = event(), event()
    made = registration(other, "別場的人")

    answer = show(one, made)

    assert (answer.outcome, answer.name) == (Outcome.OTHER_EVENT, "")
    assert noted(other) == 0


def test_nobody_is_checked_in_before_the_day_or_after_the_session() -> None:
    one = event()
    made = registration(one)

    assert show(one, made, at=BEGINS - timedelta(days=1)).outcome is Outcome.TOO_EARLY
    assert show(one, made, at=BEGINS - timedelta(hours=3, seconds=1)).outcome is Outcome.TOO_EARLY
    assert show(one, made, at=AFTER).outcome is Outcome.OVER
    assert show(one, "ABCDEFGHJKLM").outcome is Outcome.UNKNOWN
    assert noted(one) == 0


def test_an_event_that_was_called_off_lets_nobody_in() -> None:
    one = event()
    made = registration(one)
    with clock.at(BEFORE):
        operations.move_event(one, EventState.CANCELLED, actor=SYSTEM)

    assert show(one, made).outcome is Outcome.NOT_HELD


def test_whoever_comes_late_is_credited_from_then_on() -> None:
    one = event()
    made = registration(one)

    show(one, made, at=BEGINS + timedelta(minutes=50))

    attendance = session().scalars(select(Attendance)).one()
    assert (attendance.state, attendance.hours) == (AttendanceState.LATE, Decimal(2))


# --- offline --------------------------------------------------------------------------------------------------------------


def test_a_check_in_that_is_sent_again_is_counted_once_and_answered_as_before() -> None:
    one = event()
    made = registration(one)

    first = show(one, made, nonce="device-one-nonce-1")
    again = show(one, made, nonce="device-one-nonce-1", at=DURING + timedelta(minutes=30))

    assert (first.outcome, again.outcome) == (Outcome.ARRIVED, Outcome.ARRIVED)
    assert noted(one) == 1
    assert session().scalar(select(func.count()).select_from(DoorMessage)) == 1


def test_what_waited_on_a_device_counts_from_when_it_happened() -> None:
    one = event()
    made = registration(one)

    answer = show(one, made, at=BEGINS + timedelta(days=2), age_seconds=timedelta(days=2).total_seconds() - 60)

    attendance = session().scalars(select(Attendance)).one()
    assert answer.outcome is Outcome.ARRIVED
    assert (attendance.state, attendance.arrived_at) == (AttendanceState.PRESENT, BEGINS + timedelta(seconds=60))


@pytest.mark.parametrize("age", [-3600.0, 0.0])
def test_a_device_whose_clock_is_off_by_an_hour_changes_nothing(age: float) -> None:
    one = event()
    made = registration(one)

    show(one, made, age_seconds=age)

    assert session().scalars(select(Attendance.arrived_at)).one() == DURING


def test_two_doors_that_let_the_same_person_in_count_once(app: Flask) -> None:
    with clock.at(BEFORE):
        one = event()
        made = registration(one)
        code, event_id = made.door_code, one.id
        db.session.commit()

    def at_door(number: int) -> str:
        with app.app_context(), clock.at(DURING):
            found = session().get_one(Event, event_id)
            with unit_of_work():
                answer = operations.check_in(
                    found, DoorDetails(Way.QR, code=code, nonce=f"door-{number}-nonce-0000"), actor=SYSTEM
                )
            return answer.outcome.value

    with ThreadPoolExecutor(6) as doors:
        answers = sorted(doors.map(at_door, range(12)))
    assert answers == ["already"] * 11 + ["arrived"]
    assert noted(session().get_one(Event, event_id)) == 1


# --- walk-ins -------------------------------------------------------------------------------------------------------------


def walk_in(
    of: Event, name: str = "現場來賓", company: str = "示範來賓", contact: str = "walk@guests.example", **more: Any
) -> operations.DoorAnswer:
    with clock.at(DURING):
        return operations.check_in(
            of, DoorDetails(Way.WALK_IN, walk_in=WalkIn(name, company, contact), **more), actor=SYSTEM
        )


def test_a_walk_in_is_registered_and_checked_in_in_three_fields_even_when_every_place_is_taken() -> None:
    one = event(capacity=1)
    registration(one)

    answer = walk_in(one, contact="0912-345-678")

    made = session().scalars(select(Registration).where(Registration.source == Source.WALK_IN)).one()
    assert answer.outcome is Outcome.WALKED_IN
    assert (made.state, made.phone, made.email) == (RegistrationState.CONFIRMED, "0912-345-678", "")
    assert one.taken == 2


def test_a_walk_in_who_is_registered_already_is_checked_in_on_that_registration() -> None:
    one = event(capacity=1)
    sure = registration(one, email="sure@guests.example")
    waits = registration(one, email="waits@guests.example")

    first, second = walk_in(one, contact="Sure@guests.example"), walk_in(one, contact="waits@guests.example")

    assert (first.registration_id, second.registration_id) == (sure.id, waits.id)
    assert waits.state is RegistrationState.CONFIRMED
    assert session().scalar(select(func.count()).select_from(Registration)) == 2


def test_a_walk_in_that_is_sent_twice_is_one_person() -> None:
    one = event()

    walk_in(one, nonce="walk-in-nonce-00001")
    walk_in(one, nonce="walk-in-nonce-00001")

    assert (noted(one), session().scalar(select(func.count()).select_from(Registration))) == (1, 1)


@pytest.mark.parametrize(
    ("name", "company", "contact"),
    [("", "公司", "0912345678"), ("人", "", "0912345678"), ("人", "公司", ""), ("人", "公司", "not@mail")],
)
def test_a_walk_in_with_a_field_left_empty_is_refused(name: str, company: str, contact: str) -> None:
    one = event()

    assert walk_in(one, name, company, contact).outcome is Outcome.REFUSED
    assert noted(one) == 0


# --- by oneself -----------------------------------------------------------------------------------------------------------


def test_somebody_in_the_room_checks_in_by_the_code_on_the_screen() -> None:
    one = event()
    made = registration(one, email="self@guests.example")
    code = self_code(SECRET, one.sessions[0].id, DURING)

    with clock.at(DURING + timedelta(seconds=50)):
        answer = operations.check_in_by_mail(
            one, f"{code[:3]} {code[3:].lower()}", "Self@guests.example", SECRET, actor=ANONYMOUS
        )

    assert (answer.outcome, answer.registration_id) == (Outcome.ARRIVED, made.id)


def test_an_old_code_and_an_unknown_mail_are_refused() -> None:
    one = event()
    made = registration(one)
    code = self_code(SECRET, one.sessions[0].id, DURING)

    with clock.at(DURING + timedelta(minutes=2)), pytest.raises(Refused, match="not the code"):
        operations.check_in_by_ticket(made, code, SECRET, actor=ANONYMOUS)
    with clock.at(DURING), pytest.raises(Refused, match="Nobody is registered"):
        operations.check_in_by_mail(one, code, "nobody@guests.example", SECRET, actor=ANONYMOUS)
    with clock.at(BEFORE), pytest.raises(Refused, match="has not begun"):
        operations.check_in_by_ticket(made, code, SECRET, actor=ANONYMOUS)
    assert noted(one) == 0


# --- entered and corrected ------------------------------------------------------------------------------------------------


def test_a_correction_keeps_what_was_there_with_who_when_and_why() -> None:
    one = event()
    made = came(one)
    office = people.acting(people.person(Role.STAFF))
    left = BEGINS + timedelta(hours=1, minutes=40)

    with clock.at(AFTER):
        details = AttendanceDetails(AttendanceState.LEFT_EARLY, "講師反映提早離席", left_at=left)
        operations.correct_attendance(made, one.sessions[0], details, actor=office)

    change = session().scalars(select(AttendanceChange)).one()
    assert (change.old, change.new, change.by_id, change.at) == (
        AttendanceState.PRESENT,
        AttendanceState.LEFT_EARLY,
        office.user_id,
        AFTER,
    )
    assert hours_of(made.id) == Decimal("1.5")


def test_a_correction_without_a_reason_or_with_an_impossible_time_is_refused() -> None:
    one = event()
    made = came(one)

    with clock.at(AFTER), pytest.raises(Refused, match="why"):
        operations.correct_attendance(
            made, one.sessions[0], AttendanceDetails(AttendanceState.ABSENT, " "), actor=SYSTEM
        )
    late = AttendanceDetails(AttendanceState.LEFT_EARLY, "原因", left_at=AFTER)
    with clock.at(AFTER), pytest.raises(Refused, match="when the person left"):
        operations.correct_attendance(made, one.sessions[0], late, actor=SYSTEM)


def test_attendance_from_a_paper_list_is_entered_after_the_event() -> None:
    one = event()
    made, away = registration(one), registration(one)

    with clock.at(AFTER):
        operations.correct_attendance(
            made, one.sessions[0], AttendanceDetails(AttendanceState.PRESENT, "紙本簽到"), actor=SYSTEM
        )
        operations.correct_attendance(
            away, one.sessions[0], AttendanceDetails(AttendanceState.EXCUSED, "來電請假"), actor=SYSTEM
        )

    assert (hours_of(made.id), hours_of(away.id)) == (Decimal(3), Decimal(0))


def test_the_rest_is_marked_as_absent_and_nobody_else() -> None:
    one = event()
    there = came(one)
    away = registration(one)

    with clock.at(AFTER):
        marked = operations.mark_absent(one, one.sessions[0], actor=SYSTEM)

    rows = dict(session().execute(select(Attendance.registration_id, Attendance.state)).all())
    assert (marked, rows) == (1, {there.id: AttendanceState.PRESENT, away.id: AttendanceState.ABSENT})


def test_the_live_counts_say_who_is_there() -> None:
    one = event()
    came(one)
    registration(one)
    walk_in(one)

    counts = door_counts(one, one.sessions[0])

    assert (counts.expected, counts.came, counts.walk_ins) == (3, 2, 1)


def test_each_day_of_an_event_has_an_attendance_of_its_own() -> None:
    one = event(days=2)
    made = registration(one)

    show(one, made)
    second = show(one, made, at=DURING + timedelta(days=1))

    assert (second.outcome, noted(one), hours_of(made.id)) == (Outcome.ARRIVED, 2, Decimal(6))


def test_one_person_with_two_mails_has_their_hours_once_when_that_is_known() -> None:
    vendor = vendors.vendor()
    one = event()
    first, second = came(one, "李四", ubn=vendor.ubn), came(one, "李四", ubn=vendor.ubn)
    assert sum(row.hours for row in hours_by_person(vendor.id)) == Decimal(6)

    with clock.at(BEFORE):
        operations.merge_people(first, second, actor=SYSTEM)

    assert [(row.name, row.events, row.hours) for row in hours_by_person(vendor.id)] == [("李四", 1, Decimal(3))]

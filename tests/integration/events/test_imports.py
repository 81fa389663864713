"""Attendance and registrations come in from the files that meetings and forms give."""

from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import events, imports, vendors
from tests.factories.events import AFTER, DURING
from tests.factories.imports import again, as_csv, ends, work_off
from tests.support import meeting_reports
from tracker.accounts.access import SYSTEM
from tracker.core import audit, clock
from tracker.core.db import session, unit_of_work
from tracker.events import operations as event_operations
from tracker.events.models import Attendance, Attendee, Event, Registration
from tracker.events.rules.attendance import AttendanceState
from tracker.events.rules.registrations import MatchReason, RegistrationState, Source
from tracker.events.rules.registrations import Source as RegistrationSource
from tracker.imports import messages, operations, queries
from tracker.imports.kinds import Decision
from tracker.imports.models import Batch, ImportRow
from tracker.imports.rules import BatchState, Confidence, Extent, Outcome
from tracker.imports.rules import Source as FileSource
from tracker.vendors.models import Organisation

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def vendor() -> Organisation:
    with unit_of_work():
        made = vendors.vendor("臺灣雲階科技股份有限公司", website="https://www.yunjie.example.tw")
        vendors.contact(made, "王小明", email="ming@yunjie.example.tw")
    return made


@pytest.fixture
def event(vendor: Organisation) -> Event:
    with unit_of_work():
        return events.event()


def rows_of(batch: Batch) -> list[ImportRow]:
    return list(queries.first_rows(batch, 1000))


def said(row: ImportRow) -> str:
    return " ".join(str(message) for message in messages.all_from(row.reasons))


def check(app: Flask, event: Event, content: bytes, kind: str = "attendance", name: str = "report.csv") -> Batch:
    target = event.sessions[0].id if kind == "attendance" else event.id
    with clock.at(AFTER + timedelta(days=5)):
        return imports.checked(app, content, name=name, kind=kind, target_id=target)


def apply(app: Flask, batch: Batch, extent: Extent = Extent.VALID) -> Batch:
    with unit_of_work():
        operations.apply_import(batch, extent, version=None, actor=SYSTEM)
    work_off(app)
    return again(batch)


def registrations() -> dict[str, Registration]:
    return {one.name: one for one in session().scalars(select(Registration).order_by(Registration.id))}


def attendance() -> dict[str, Attendance]:
    return {one.registration.name: one for one in session().scalars(select(Attendance))}


def test_a_teams_report_notes_who_came_when_and_how_long(app: Flask, event: Event, vendor: Organisation) -> None:
    batch = check(app, event, meeting_reports.teams())
    reading = again(batch).reading

    assert batch.source is FileSource.TEAMS
    assert (reading["encoding"], reading["not_read"]) == ("utf-16", 5)
    assert [outcome for _line, outcome in ends(batch)] == [Outcome.NEW] * 4 + [Outcome.REFUSED]
    assert "Whoever runs the meeting" in said(rows_of(batch)[4])
    apply(app, batch)
    there = attendance()
    assert {name: one.state for name, one in there.items()} == {
        "王小明": AttendanceState.PRESENT,
        "李大華": AttendanceState.LATE,
        "陳早退": AttendanceState.LEFT_EARLY,
        "訪客 (Guest)": AttendanceState.PRESENT,
    }
    assert there["陳早退"].hours == Decimal("1.25")
    ming = registrations()["王小明"]
    assert (ming.organisation_id, ming.source, ming.state) == (vendor.id, Source.IMPORT, RegistrationState.CONFIRMED)
    assert list(audit.verify(session())) == []


def test_a_meet_report_puts_names_together_and_finds_registrations_by_mail(app: Flask, event: Event) -> None:
    with unit_of_work():
        known = events.registration(event, "王小明", email="ming@yunjie.example.tw")

    batch = check(app, event, meeting_reports.meet())

    assert batch.source is FileSource.MEET
    assert [(row.outcome, row.subject) for row in rows_of(batch)] == [
        (Outcome.MATCHED, "王小明"),
        (Outcome.NEW, "Amy Lin"),
    ]
    assert (rows_of(batch)[0].subject_id, rows_of(batch)[0].confidence) == (known.id, Confidence.CERTAIN)
    apply(app, batch)
    assert {name: one.state for name, one in attendance().items()} == {
        "王小明": AttendanceState.PRESENT,
        "Amy Lin": AttendanceState.LATE,
    }


def test_a_webex_report_counts_who_came_back_once(app: Flask, event: Event) -> None:
    batch = check(app, event, meeting_reports.webex())

    assert batch.source is FileSource.WEBEX
    assert [outcome for _line, outcome in ends(batch)] == [Outcome.NEW, Outcome.MATCHED] * 2
    apply(app, batch)
    assert len(registrations()) == 2
    assert {name: (one.state, one.hours) for name, one in attendance().items()} == {
        "王小明": (AttendanceState.PRESENT, Decimal(3)),
        "來賓": (AttendanceState.PRESENT, Decimal(3)),
    }


def test_a_list_made_by_hand_in_big5_keeps_every_sign(app: Flask, event: Event, vendor: Organisation) -> None:
    batch = check(app, event, meeting_reports.by_hand())

    assert again(batch).reading["header_row"] == 3
    assert again(batch).reading["encoding"] == "cp950"
    apply(app, batch)
    assert {name: one.state for name, one in attendance().items()} == {
        "王小明": AttendanceState.PRESENT,
        "許功蓋": AttendanceState.LATE,
        "缺席者": AttendanceState.ABSENT,
    }
    ming = registrations()["王小明"]
    assert (ming.organisation_id, ming.match_reason) == (vendor.id, MatchReason.NAME)
    assert registrations()["許功蓋"].company == "碁粧裏資訊"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950"])
def test_google_forms_register_each_person_once(app: Flask, event: Event, vendor: Organisation, encoding: str) -> None:
    batch = check(app, event, meeting_reports.google_forms(encoding), "registrations")

    assert batch.source is FileSource.GOOGLE_FORMS
    assert [outcome for _line, outcome in ends(batch)] == [Outcome.NEW, Outcome.NEW, Outcome.MATCHED]
    apply(app, batch, Extent.ALL)
    assert {name: one.organisation_id for name, one in registrations().items()} == {"王小明": vendor.id, "新朋友": None}
    assert all(one.source is RegistrationSource.IMPORT for one in registrations().values())


def test_microsoft_forms_register_people_from_a_workbook(app: Flask, event: Event, vendor: Organisation) -> None:
    batch = check(app, event, meeting_reports.microsoft_forms(), "registrations", "answers.xlsx")

    assert batch.source is FileSource.MICROSOFT_FORMS
    apply(app, batch)
    assert {name: one.organisation_id for name, one in registrations().items()} == {"王小明": vendor.id, "第二位": None}


def test_the_same_report_twice_counts_nobody_twice(app: Flask, event: Event) -> None:
    apply(app, check(app, event, meeting_reports.teams()))

    second = apply(app, check(app, event, meeting_reports.teams()))

    assert second.state is BatchState.APPLIED
    assert (len(registrations()), len(attendance())) == (4, 4)
    assert session().get_one(Event, event.id, populate_existing=True).taken == 4


def test_what_the_door_has_noted_stays(app: Flask, event: Event) -> None:
    with unit_of_work():
        events.came(event, "王小明", email="ming@yunjie.example.tw")

    batch = check(app, event, meeting_reports.meet())

    assert "which stays" in said(rows_of(batch)[0])
    apply(app, batch)
    assert attendance()["王小明"].arrived_at == DURING
    assert len(registrations()) == 2


def test_the_list_of_another_event_is_answered_row_by_row(app: Flask, event: Event) -> None:
    with unit_of_work():
        other = events.event(name_zh="另一天的活動", sessions=events.details(days=3).sessions[2:])

    batch = check(app, other, meeting_reports.teams())

    assert {row.outcome for row in rows_of(batch)} == {Outcome.REFUSED}
    assert "another event" in said(rows_of(batch)[0])
    assert len(registrations()) == 0


def test_two_people_with_one_name_wait_for_a_decision(app: Flask, event: Event) -> None:
    with unit_of_work():
        first = events.registration(event, "王小明", email="a@one.example", company="甲公司")
        events.registration(event, "王小明", email="b@two.example", company="乙公司")
    content = as_csv((("姓名", "公司", "電子郵件"), ("王小明", "", ""), ("王小明", "甲公司", "new@one.example")))
    batch = check(app, event, content)
    waiting = rows_of(batch)

    assert [row.outcome for row in waiting] == [Outcome.WAITING, Outcome.WAITING]
    assert len(waiting[0].offers) == 2
    with unit_of_work():
        operations.decide_row(waiting[0], Decision(first.id), for_alike=False, actor=SYSTEM)
        operations.decide_row(waiting[1], Decision(), for_alike=False, actor=SYSTEM)
    apply(app, batch)
    assert session().scalar(select(func.count(Registration.id))) == 3
    assert {one.registration_id for one in session().scalars(select(Attendance))} >= {first.id}


def test_a_doubtful_vendor_is_decided_for_everybody_of_it(app: Flask, event: Event, vendor: Organisation) -> None:
    rows = [("姓名", "公司"), *((f"人{number}", "台灣雲階科技股份有限公司高雄分公司") for number in range(5))]
    batch = check(app, event, as_csv(rows))
    waiting = rows_of(batch)

    assert [row.outcome for row in waiting] == [Outcome.WAITING] * 5
    with unit_of_work():
        assert operations.decide_row(waiting[0], Decision(-vendor.id), for_alike=True, actor=SYSTEM) == 5
    apply(app, batch)
    assert {one.organisation_id for one in registrations().values()} == {vendor.id}
    assert {one.match_reason for one in registrations().values()} == {MatchReason.OFFICE}


def test_a_cancelled_registration_of_somebody_who_came_counts_again(app: Flask, event: Event) -> None:
    with unit_of_work():
        known = events.registration(event, "王小明", email="ming@yunjie.example.tw")
    with clock.at(events.BEFORE), unit_of_work():
        event_operations.cancel_registration(known, actor=SYSTEM)
    batch = check(app, event, meeting_reports.meet())
    assert "counts again" in said(rows_of(batch)[0])
    apply(app, batch)
    assert registrations()["王小明"].state is RegistrationState.CONFIRMED

    with unit_of_work():
        operations.undo_import(again(batch), version=None, actor=SYSTEM)
    work_off(app)

    assert registrations()["王小明"].state is RegistrationState.CANCELLED


def test_undoing_takes_back_people_and_attendance(app: Flask, event: Event) -> None:
    with unit_of_work():
        events.registration(event, "王小明", email="ming@yunjie.example.tw")
    batch = apply(app, check(app, event, meeting_reports.teams()))
    with unit_of_work():
        operations.undo_import(batch, version=None, actor=SYSTEM)
    work_off(app)

    assert again(batch).state is BatchState.UNDONE
    assert list(registrations()) == ["王小明"]
    assert session().scalar(select(func.count(Attendee.id))) == 1
    assert attendance() == {}
    assert session().get_one(Event, event.id, populate_existing=True).taken == 1


def test_registrations_beyond_the_places_go_to_the_waiting_list(app: Flask, vendor: Organisation) -> None:
    with unit_of_work():
        small = events.event(capacity=1)

    apply(app, check(app, small, meeting_reports.google_forms(), "registrations"))

    assert {one.name: one.state for one in registrations().values()} == {
        "王小明": RegistrationState.CONFIRMED,
        "新朋友": RegistrationState.WAITING,
    }

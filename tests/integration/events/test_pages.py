"""The pages of events as people use them: the public page in both languages, the ticket's link, the door, the survey."""

import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pypdf
import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.factories import people, programmes
from tests.factories.events import AFTER, BEFORE, BEGINS, DURING, came, event, registration
from tests.factories.journey import published
from tests.support.pages import Page, PageClient
from tests.support.queries import counted
from tracker.accounts.access import SYSTEM
from tracker.accounts.models import User
from tracker.core.db import session
from tracker.events import operations
from tracker.events.links import ticket_token
from tracker.events.models import Attendance, Event, Registration
from tracker.events.operations import QuestionDetails
from tracker.events.rules.attendance import AttendanceState
from tracker.events.rules.events import EventState
from tracker.events.rules.surveys import Purpose, QuestionKind
from tracker.notifications.models import OutboxMail

SignIn = Callable[[User], PageClient]
MOST_QUERIES = 12
TWO_DAYS = {
    "sessions-0-day": "115/11/20",
    "sessions-0-begins": "09:30",
    "sessions-0-ends": "12:00",
    "sessions-1-day": "2026-11-21",
    "sessions-1-begins": "13:30",
    "sessions-1-ends": "16:30",
    "sessions-1-title": "實作",
}


def travel(moment: datetime) -> time_machine.travel:
    """Let it be this moment for the pages too, which read the clock in a context of their own."""
    return time_machine.travel(moment, tick=False)


@pytest.fixture
def visitor(app: Flask, db_session: object) -> PageClient:
    """Give somebody without an account."""
    return PageClient(app)


@pytest.fixture
def door(staff: User, sign_in: SignIn) -> PageClient:
    """Give a phone at the door: an office member of the programme year."""
    people.join_programme(staff, programmes.programme())
    return sign_in(staff)


def register(visitor: PageClient, one: Event, **typed: str) -> Page:
    path = f"/events/{one.id}/register"
    fields = visitor.get(path).fields(path)
    values = {"name": "王小明", "email": "wang@guests.example", "company": "示範來賓有限公司", "consent": "y"}
    return visitor.post(path, {**fields, **values, **typed})


@pytest.mark.parametrize(
    ("language", "heading", "label"),
    [("zh-Hant", "示範雲端架構工作坊", "姓名"), ("en", "Demo workshop on cloud architecture", "Your name")],
)
def test_anybody_reads_the_public_page_in_both_languages(
    visitor: PageClient, language: str, heading: str, label: str
) -> None:
    one = event()

    with travel(BEFORE):
        page = visitor.get(f"/events/{one.id}/register?lang={language}")

    assert page.heading == heading
    assert any(text.startswith(label) for text in page.texts("label"))


def test_somebody_without_an_account_registers_changes_and_cancels(visitor: PageClient) -> None:
    one = event()

    with travel(BEFORE):
        done = register(visitor, one)
        made = session().scalars(select(Registration)).one()
        ticket = f"/tickets/{ticket_token(made)}"
        shown = visitor.get(ticket)
        path = f"{ticket}/change"
        visitor.post(path, {**visitor.get(path).fields(path), "job_title": "產品經理"})
        changed = visitor.get(ticket)
        visitor.post(f"{ticket}/cancel", page=ticket)
        after = visitor.get(ticket)

    assert "請" in done.text or done.status in {302, 303}
    assert made.door_code in shown.text
    assert "產品經理" in changed.text
    assert made.door_code not in after.text
    session().expire_all()
    assert session().scalars(select(Registration.state)).one() == "cancelled"


def test_without_consent_or_with_a_wrong_ubn_nothing_is_saved_and_what_was_typed_stays(visitor: PageClient) -> None:
    one = event()

    with travel(BEFORE):
        page = register(visitor, one, ubn="12345678", consent="")

    assert "王小明" in page.text
    assert len([element for element in page.all("p") if "field-error" in element.get("class", "")]) == 2
    assert session().scalar(select(func.count()).select_from(Registration)) == 0


def test_the_answer_is_the_same_whether_somebody_was_registered_before(visitor: PageClient) -> None:
    one = event()

    with travel(BEFORE):
        first, second = register(visitor, one), register(visitor, one)

    assert first.status == second.status
    assert session().scalar(select(func.count()).select_from(Registration)) == 1
    assert session().scalar(select(func.count()).select_from(OutboxMail)) == 2


def test_a_draft_has_no_public_page(visitor: PageClient) -> None:
    draft = event(state=EventState.DRAFT)

    assert visitor.browser.get(f"/events/{draft.id}/register").status_code == 404


def test_a_link_that_was_changed_or_withdrawn_opens_nothing(visitor: PageClient) -> None:
    made = registration(event())
    token = ticket_token(made)

    assert visitor.browser.get(f"/tickets/{token[:-2]}").status_code == 410
    made.link_key = "another"
    session().commit()
    assert visitor.browser.get(f"/tickets/{token}").status_code == 410


def test_the_events_questions_are_asked_on_the_public_page(visitor: PageClient) -> None:
    one = event()
    details = QuestionDetails(
        Purpose.REGISTRATION, QuestionKind.CHOICE, "飲食習慣", options=("葷", "素"), required=True
    )
    question = operations.add_question(one, details, actor=SYSTEM)

    with travel(BEFORE):
        refused = register(visitor, one)
        register(visitor, one, **{f"question_{question.id}": "素"})

    assert "請回答這一題" in refused.text
    assert session().scalars(select(Registration.answers)).one() == {str(question.id): "素"}


# --- the office -----------------------------------------------------------------------------------------------------------


def test_the_office_makes_an_event_of_two_days_and_copies_it_for_the_next_year(door: PageClient) -> None:
    published()
    with travel(BEFORE):
        fields = door.get("/events/new").fields("/events/new")
        texts = {
            "name_zh": "示範營隊",
            "kind": "camp",
            "capacity": "40",
            "speakers-0-name": "王講師",
            "consent_zh": "告知",
        }
        door.post("/events/new", {**fields, **TWO_DAYS, **texts})
        made = session().scalars(select(Event)).one()
        path = f"/events/{made.id}/duplicate"
        door.post(path, door.get(path).fields(path))

    copy = session().scalars(select(Event).where(Event.copied_from_id == made.id)).one()
    assert [one.title for one in made.sessions] == ["", "實作"]
    assert [one.starts_at - old.starts_at for one, old in zip(copy.sessions, made.sessions, strict=True)] == [
        timedelta(weeks=52)
    ] * 2
    assert (copy.state, copy.capacity, copy.speakers[0].name, copy.consents[0].text_zh) == (
        "draft",
        40,
        "王講師",
        "告知",
    )
    assert len(copy.questions) == len(made.questions)


def test_sessions_at_the_same_time_are_refused_in_a_sentence(door: PageClient) -> None:
    published()
    fields = door.get("/events/new").fields("/events/new")
    days = {**TWO_DAYS, "sessions-1-day": "115/11/20", "sessions-1-begins": "11:30"}

    page = door.post("/events/new", {**fields, **days, "name_zh": "重疊", "kind": "sig"})

    assert "有兩個場次時間重疊" in page.text
    assert session().scalar(select(func.count()).select_from(Event)) == 0


def test_the_door_checks_in_by_the_page_by_the_camera_and_by_name(door: PageClient) -> None:
    one = event()
    first, second, third = registration(one, "甲先生"), registration(one, "乙小姐"), registration(one, "丙同學")
    session().commit()
    path = f"/events/{one.id}/check-in"

    with travel(DURING):
        page = door.get(path)
        token = page.fields(path)["csrf_token"]
        door.post(path, {"csrf_token": token, "way": "code", "code": first.door_code, "nonce": "page-nonce-000000001"})
        camera = door.get(f"/door/{second.door_code}")
        door.post(path, camera.fields(path))
        found = door.get(f"{path}?q=丙同學")
        queued = {"way": "search", "registration_id": str(third.id), "nonce": "queue-nonce-00000001", "age": "90.5"}
        sent = door.browser.post(f"{path}/send", data={"csrf_token": token, **queued})
        counts = door.browser.get(f"{path}/counts")

    assert "丙同學" in found.text
    assert (sent.json or {})["outcome"] == "arrived"
    assert (sent.json or {})["sentence"].startswith("丙同學")
    assert session().scalar(select(func.count()).select_from(Attendance)) == 3
    assert ">3<" in re.sub(r"\s", "", counts.get_data(as_text=True)) or "3" in counts.get_data(as_text=True)


def test_the_qr_code_asks_who_is_not_at_the_door_to_sign_in(visitor: PageClient) -> None:
    made = registration(event())

    answer = visitor.browser.get(f"/door/{made.door_code}")

    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]


def test_somebody_checks_in_by_the_screens_code(visitor: PageClient, door: PageClient) -> None:
    one = event()
    registration(one, email="self@guests.example")
    session().commit()

    with travel(DURING):
        screen = door.get(f"/events/{one.id}/screen")
        [letters] = [
            text
            for element, text in zip(screen.all("p"), screen.texts("p"), strict=True)
            if "screen-letters" in element.get("class", "")
        ]
        path = f"/events/{one.id}/here"
        form = visitor.get(f"{path}?code={letters}")
        visitor.post(path, {**form.fields(), "email": "self@guests.example"})

    assert session().scalars(select(Attendance.way)).one() == "self"


# --- afterwards -----------------------------------------------------------------------------------------------------------


def test_a_participant_gets_a_certificate_that_anybody_can_verify(visitor: PageClient) -> None:
    made = came(event(), "王小明")
    session().commit()
    ticket = f"/tickets/{ticket_token(made)}"

    with travel(AFTER):
        visitor.post(f"{ticket}/certificate", page=ticket)
        file = visitor.browser.get(f"{ticket}/certificate.pdf")
        text = pypdf.PdfReader(io.BytesIO(file.data)).pages[0].extract_text()
        code = re.search(r"/certificates/([A-Z0-9]{12})", re.sub(r"[\s\u200b]", "", text))
        assert code is not None
        verified = visitor.get(f"/certificates/{code[1]}")

    assert "王小明" in text
    assert "王小明" in verified.text
    assert "這份證明為真且有效" in verified.text
    assert visitor.browser.get("/certificates/AAAAAAAAAAAA").status_code == 404


def test_a_correction_withdraws_the_certificate(visitor: PageClient) -> None:
    made = came(event())
    with travel(AFTER):
        certificate = operations.issue_certificate(made, actor=SYSTEM)
        absent = operations.AttendanceDetails(AttendanceState.ABSENT, "簽到有誤")
        operations.correct_attendance(made, made.event.sessions[0], absent, actor=SYSTEM)
    session().commit()

    assert "已於" in visitor.get(f"/certificates/{certificate.code}").text


def test_whoever_came_answers_the_survey_once_and_the_office_reads_it_without_names(
    visitor: PageClient, door: PageClient
) -> None:
    one = event()
    first, second = came(one, "甲先生"), came(one, "乙小姐")
    registration(one, "沒來的人")
    session().commit()
    with travel(AFTER):
        operations.send_survey(one.id)
        session().commit()
        for made, stars in ((first, "5"), (second, "4")):
            path = f"/tickets/{ticket_token(made)}/survey"
            fields = visitor.get(path).fields(path)
            rated = dict.fromkeys((f"question_{q.id}" for q in one.questions if q.kind is QuestionKind.RATING), stars)
            visitor.post(path, {**fields, **rated})
            visitor.post(path, {**fields, **rated, "once": "another-sending-of-it"})
        page = door.get(f"/events/{one.id}/survey")

    mails = session().scalars(select(OutboxMail.recipient).where(OutboxMail.subject.startswith("活動意見調查"))).all()
    assert set(mails) == {first.email, second.email}
    assert "4.5" in page.text
    assert "甲先生" not in page.text
    assert one.state is EventState.HELD


def test_the_list_of_people_is_a_file_without_formulas(door: PageClient) -> None:
    one = event()
    registration(one, "=HYPERLINK(1)")
    session().commit()

    file = door.browser.get(f"/events/{one.id}/registrations.csv").get_data(as_text=True)

    assert "'=HYPERLINK" in file


def test_pages_ask_the_database_no_more_however_many_people_there_are(door: PageClient) -> None:
    one = event(days=2)
    registration(one)
    session().commit()
    paths = [f"/events/{one.id}{page}" for page in ("", "/registrations", "/check-in?q=報名者", "/survey", "/register")]
    paths += ["/events", "/events/calendar?month=2026-11"]
    with travel(DURING):
        for path in paths:  # what a process reads once is read
            door.get(path)
        few = {path: counted(partial(door.get, path)) for path in paths}
        for _number in range(6):
            came(one)
            event()
        session().commit()
        many = {path: counted(partial(door.get, path)) for path in paths}

    assert many == few
    assert max(many.values()) <= MOST_QUERIES, many


def test_the_month_shows_each_day_of_an_event(door: PageClient) -> None:
    event(days=2)
    session().commit()

    page = door.get("/events/calendar?month=2026-11")

    assert sum("示範雲端架構工作坊" in text for text in page.texts("a")) == 4, "two days, in the grid and in the agenda"
    assert BEGINS.month == 11

"""Calendars: a stable UID, a sequence that grows with each update, and a cancellation that takes the event away."""

from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from tests.factories import events
from tests.factories.events import BEFORE, BEGINS, event, registration
from tests.factories.mail import mail_server
from tracker.accounts.access import ANONYMOUS, SYSTEM
from tracker.core import clock
from tracker.core.db import session
from tracker.events import invitations, operations
from tracker.events.models import Event, Registration
from tracker.events.operations import SessionDetails
from tracker.events.queries.events import public_events
from tracker.events.rules.events import Audience, EventState, Span
from tracker.notifications import smtp
from tracker.notifications.models import MailAttachment, OutboxMail

pytestmark = pytest.mark.usefixtures("db_session")


def sent(to: Registration) -> list[Calendar]:
    files = (
        select(MailAttachment)
        .join(OutboxMail, OutboxMail.id == MailAttachment.mail_id)
        .where(OutboxMail.recipient == to.email, MailAttachment.name.endswith(".ics"))
        .order_by(MailAttachment.id)
    )
    return [Calendar.from_ical(one.content) for one in session().scalars(files)]


def facts(calendar: Calendar) -> tuple[str, list[tuple[str, int, str]]]:
    entries = [(str(e["uid"]), int(str(e["sequence"])), str(e["status"])) for e in calendar.walk("VEVENT")]
    return str(calendar["method"]), entries


def move(one: Event, span: Span) -> None:
    kept = tuple(SessionDetails(span, "", session.id) for session in one.live_sessions[:1])
    with clock.at(BEFORE):
        operations.change_event(one, events.details(sessions=kept, version=one.version), actor=SYSTEM)


def test_an_invitation_keeps_its_uid_and_grows_its_sequence_until_it_is_cancelled() -> None:
    one = event()
    made = registration(one)

    move(one, Span(BEGINS + timedelta(hours=1), BEGINS + timedelta(hours=4)))
    with clock.at(BEFORE):
        operations.cancel_registration(made, actor=ANONYMOUS)

    uid = f"registration-{made.id}-{one.sessions[0].id}@localhost"
    assert [facts(calendar) for calendar in sent(made)] == [
        ("REQUEST", [(uid, 1, "CONFIRMED")]),
        ("REQUEST", [(uid, 2, "CONFIRMED")]),
        ("CANCEL", [(uid, 3, "CANCELLED")]),
    ]
    begins = [calendar.walk("VEVENT")[0].decoded("dtstart") for calendar in sent(made)]
    assert begins == [BEGINS, BEGINS + timedelta(hours=1), BEGINS + timedelta(hours=1)]


def test_a_session_that_is_dropped_is_cancelled_by_a_file_of_its_own() -> None:
    one = event(days=2)
    made = registration(one)

    move(one, one.sessions[0].span)

    update, cancelled = sent(made)[1:]
    assert (facts(update)[0], facts(cancelled)[0]) == ("REQUEST", "CANCEL")
    assert facts(cancelled)[1][0][0].startswith(f"registration-{made.id}-{one.sessions[1].id}@")


def test_an_event_that_is_called_off_is_taken_out_of_everybodys_calendar() -> None:
    one = event()
    made = registration(one)

    with clock.at(BEFORE):
        operations.move_event(one, EventState.CANCELLED, actor=SYSTEM)

    assert facts(sent(made)[-1])[0] == "CANCEL"


def test_whoever_registers_again_gets_a_higher_sequence() -> None:
    one = event()
    made = registration(one, email="again@guests.example")
    with clock.at(BEFORE):
        operations.cancel_registration(made, actor=ANONYMOUS)

    registration(one, email="again@guests.example")

    assert [facts(calendar)[1][0][1] for calendar in sent(made)] == [1, 2, 3]


def test_nobody_is_written_to_when_only_the_description_changes() -> None:
    one = event()
    made = registration(one)
    kept = tuple(SessionDetails(session.span, "", session.id) for session in one.live_sessions)

    with clock.at(BEFORE):
        operations.change_event(
            one, events.details(sessions=kept, summary_zh="新的說明", version=one.version), actor=SYSTEM
        )

    assert len(sent(made)) == 1


def test_the_public_feed_holds_what_everybody_may_know() -> None:
    open_to_all, gone = event(), event()
    event(audience=Audience.PROGRAMME)
    event(state=EventState.DRAFT)
    with clock.at(BEFORE):
        operations.move_event(gone, EventState.CANCELLED, actor=SYSTEM)

        body = invitations.feed(public_events(), "en", name="Events")

    written = {
        str(e["uid"]).split("-")[1]: (str(e["status"]), str(e["summary"]))
        for e in Calendar.from_ical(body).walk("VEVENT")
    }
    name = "Demo workshop on cloud architecture"
    assert written == {str(open_to_all.id): ("CONFIRMED", name), str(gone.id): ("CANCELLED", name)}
    assert b"TZID:Asia/Taipei" in body


def test_the_mail_that_goes_out_shows_the_ticket_and_carries_the_calendar_file() -> None:
    made = registration(event())
    mail = session().scalars(select(OutboxMail).where(OutboxMail.recipient == made.email)).one()

    with mail_server() as sink:
        smtp.send(smtp.compose(mail, "CloudSteps <no-reply@cloudsteps.example>", None), smtp.read_url(sink.url))

    [message] = sink.messages
    parts = {part.get_content_type(): part for part in message.walk()}
    assert parts["image/png"]["Content-ID"] == "<ticket>"
    assert 'src="cid:ticket"' in parts["text/html"].get_content()
    assert parts["text/calendar"].get_param("method") == "REQUEST"
    assert parts["image/png"].get_content().startswith(b"\x89PNG")

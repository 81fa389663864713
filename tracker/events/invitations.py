"""Events as iCalendar: the public feed, and the invitation of one person with its updates and its cancellation."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from email.utils import parseaddr
from functools import cache
from urllib.parse import urlsplit

from icalendar import Calendar, Timezone, vCalAddress
from icalendar import Event as Entry

from tracker.core import clock
from tracker.core.content import Bilingual, names_of
from tracker.events import links
from tracker.events.models import Event, EventSession, Registration
from tracker.events.rules.events import EventState
from tracker.events.rules.registrations import HOLDING
from tracker.notifications import letters
from tracker.notifications.letters import Attachment

REFRESH = timedelta(hours=1)
REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


def attachments(registration: Registration) -> list[Attachment]:
    """Give the calendar files of a registration as it stands, with a higher sequence than any before.

    Sessions that take place go out as a request, those that were dropped, and all of them once the registration or the event
    was cancelled, as a cancellation under the same UID.
    """
    event = registration.event
    holds = registration.state in HOLDING and event.state is not EventState.CANCELLED
    live = event.live_sessions if holds else []
    gone = [one for one in event.sessions if one not in live]
    registration.invite_sequence += 1
    files = []
    if live:
        content = _write(REQUEST, [_invitation(registration, one, "CONFIRMED") for one in live])
        files.append(Attachment("event.ics", f"text/calendar; method={REQUEST}", content))
    if gone:
        content = _write(CANCEL, [_invitation(registration, one, "CANCELLED") for one in gone])
        files.append(Attachment("cancelled.ics", f"text/calendar; method={CANCEL}", content))
    return files


def own_calendar(registration: Registration) -> bytes:
    """Give the calendar of a ticket to download, as it was sent last."""
    holds = registration.state in HOLDING and registration.event.state is not EventState.CANCELLED
    entries = [
        _invitation(registration, one, "CONFIRMED" if holds and one.cancelled_at is None else "CANCELLED")
        for one in registration.event.sessions
    ]
    return _write(PUBLISH, entries)


def feed(events: Iterable[Event], language: str, *, name: str) -> bytes:
    """Give the feed of events that everybody may know of."""
    entries = [_public(event, one, language) for event in events for one in event.sessions]
    return _write(PUBLISH, entries, name=name)


def _write(method: str, entries: Sequence[Entry], *, name: str = "") -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//CloudSteps//events//")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("x-wr-timezone", clock.TAIPEI.key)
        calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    for entry in entries:
        calendar.add_component(entry)
    calendar.add_component(_taipei())
    return bytes(calendar.to_ical())


@cache
def _taipei() -> Timezone:
    """Give the time zone that every time is in; computing it takes longer than all the rest."""
    return Timezone.from_tzid(clock.TAIPEI.key)


def _host() -> str:
    return urlsplit(letters.address("/")).hostname or "localhost"


def _entry(event: Event, one: EventSession, language: str) -> Entry:
    written = Entry()
    name = names_of(event).of(language)
    written.add("dtstamp", clock.now())
    written.add("last-modified", event.changed_at)
    written.add("dtstart", clock.in_taipei(one.starts_at))
    written.add("dtend", clock.in_taipei(one.ends_at))
    written.add("summary", f"{name} · {one.title}" if one.title else name)
    if event.place:
        written.add("location", event.place)
    return written


def _invitation(registration: Registration, one: EventSession, status: str) -> Entry:
    event = registration.event
    written = _entry(event, one, registration.language)
    written.add("uid", f"registration-{registration.id}-{one.id}@{_host()}")
    written.add("sequence", registration.invite_sequence)
    written.add("status", status)
    written.add("url", letters.address(links.ticket_path(registration)))
    if event.online_url:
        written.add("description", event.online_url)
    organiser_name, organiser_mail = parseaddr(letters.sender())
    organiser = vCalAddress(f"mailto:{organiser_mail}")
    organiser.params["cn"] = organiser_name
    written["organizer"] = organiser
    if registration.email:
        guest = vCalAddress(f"mailto:{registration.email}")
        guest.params["cn"] = registration.name
        guest.params["partstat"] = "ACCEPTED"
        guest.params["rsvp"] = "FALSE"
        written.add("attendee", guest, encode=False)
    return written


def _public(event: Event, one: EventSession, language: str) -> Entry:
    written = _entry(event, one, language)
    written.add("uid", f"event-{event.id}-{one.id}@{_host()}")
    written.add("sequence", event.calendar_sequence)
    gone = event.state is EventState.CANCELLED or one.cancelled_at is not None
    written.add("status", "CANCELLED" if gone else "CONFIRMED")
    written.add("url", letters.address(f"/events/{event.id}/register"))
    written.add("description", Bilingual(event.summary_zh, event.summary_en or event.summary_zh).of(language))
    return written

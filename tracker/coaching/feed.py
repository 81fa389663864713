"""A person's sessions and due actions as an iCalendar file."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.accounts.access import ANONYMOUS, Actor, load_actor
from tracker.coaching import meetings, permissions, queries
from tracker.coaching.models import ActionItem, CalendarFeed, CoachingSession, Meeting
from tracker.coaching.operations.feeds import hash_of
from tracker.coaching.rules import SessionState
from tracker.core import clock
from tracker.core.db import session
from tracker.core.errors import Gone, NotFound
from tracker.core.text import N_
from tracker.journey.models import Engagement

DAYS_BACK = 400
MOST_SESSIONS = 500
MOST_ACTIONS = 100
REFRESH = timedelta(hours=1)


@dataclass(frozen=True)
class FeedEvent:
    """An event as it is written, in the reader's words."""

    uid: str
    sequence: int
    changed_at: datetime
    starts: datetime | date
    ends: datetime | date
    summary: str
    description: str
    location: str
    url: str
    is_certain: bool = True


def reader_of(token: str) -> Actor:
    """Give whose feed this is, with the rights as they stand now; a link that was withdrawn is gone."""
    feed = session().scalars(select(CalendarFeed).where(CalendarFeed.token_hash == hash_of(token))).one_or_none()
    if feed is None:
        raise NotFound
    reader = load_actor(feed.user_id) if feed.revoked_at is None else ANONYMOUS
    if reader is ANONYMOUS:
        raise Gone(N_("This calendar link was withdrawn. Make a new one on the page of your calendar feed."))
    return reader


def live_feed(actor: Actor) -> CalendarFeed | None:
    """Find the actor's link that works now."""
    live = select(CalendarFeed).where(CalendarFeed.user_id == actor.user_id, CalendarFeed.revoked_at.is_(None))
    return session().scalars(live.order_by(CalendarFeed.id.desc()).limit(1)).one_or_none()


def sessions_for(reader: Actor) -> list[CoachingSession]:
    """List the sessions of about a year that the reader may see, the newest ones where there are very many."""
    wanted = (
        select(CoachingSession)
        .where(permissions.visible(reader), CoachingSession.starts_at > clock.now() - timedelta(days=DAYS_BACK))
        .options(
            joinedload(CoachingSession.engagement).options(
                joinedload(Engagement.organisation), joinedload(Engagement.product)
            ),
            joinedload(CoachingSession.expert),
        )
        .order_by(CoachingSession.starts_at.desc(), CoachingSession.id.desc())
    )
    return list(session().scalars(wanted.limit(MOST_SESSIONS)))


def actions_for(reader: Actor) -> list[ActionItem]:
    """List the actions that the reader owes."""
    return list(queries.actions_owed(reader, MOST_ACTIONS))


def meetings_for(reader: Actor) -> list[Meeting]:
    """List the meetings ahead that the reader may see."""
    first, last = clock.now(), clock.now() + timedelta(days=DAYS_BACK)
    return list(
        meetings.meetings_between(first, last, engagement_id=None, expert_id=None, actor=reader, limit=meetings.MOST)
    )


def is_certain(logged: CoachingSession) -> bool:
    """Tell whether the session is on record, not only drafted."""
    return logged.state is not SessionState.DRAFT


def write(events: Iterable[FeedEvent], *, name: str, product: str) -> bytes:
    """Write the calendar, with the time zone that its times are in."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{product}//coaching//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", clock.TAIPEI.key)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    for event in events:
        calendar.add_component(_component(event))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _component(event: FeedEvent) -> Event:
    written = Event()
    written.add("uid", event.uid)
    written.add("sequence", event.sequence)
    written.add("dtstamp", event.changed_at)
    written.add("last-modified", event.changed_at)
    written.add("dtstart", event.starts)
    written.add("dtend", event.ends)
    written.add("summary", event.summary)
    written.add("description", event.description)
    written.add("url", event.url)
    written.add("status", "CONFIRMED" if event.is_certain else "TENTATIVE")
    if event.location:
        written.add("location", event.location)
    if not isinstance(event.starts, datetime):
        written.add("transp", "TRANSPARENT")
    return written

"""Reads of events, narrowed to what the actor may see."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from tracker.accounts.access import Actor
from tracker.core import clock, keyset
from tracker.core.counts import capped_count
from tracker.core.db import session
from tracker.core.errors import NotFound
from tracker.core.keyset import Page, Sort
from tracker.events import permissions
from tracker.events.models import Event, EventSession, Material, Question, Speaker
from tracker.events.rules.events import Audience, EventKind, EventState
from tracker.evidence.models import Evidence

NEWEST = Sort((Event.begins_at, Event.id), descending=True)
FEED_BACK = timedelta(days=120)
MOST_IN_FEED = 300
_MONTH = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True)
class EventFilter:
    """What narrows the list, as its address says."""

    words: str = ""
    kind: EventKind | None = None
    state: EventState | None = None
    series: str = ""
    month: date | None = None

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "EventFilter":
        """Read the filter; what cannot be read narrows nothing."""
        return cls(
            words=" ".join(values.get("q", "").replace("\0", "").split())[:100],
            kind=EventKind.named(values.get("kind")),
            state=EventState.named(values.get("state")),
            series=values.get("series", "").replace("\0", "").strip()[:200],
            month=_month(values.get("month", "")),
        )

    @property
    def is_active(self) -> bool:
        """Tell whether anything is narrowed."""
        return self != EventFilter()

    def conditions(self) -> list[ColumnElement[bool]]:
        """Give the conditions on `Event`."""
        found: list[ColumnElement[bool]] = []
        for word in self.words.split():
            pattern = f"%{word.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
            found.append(or_(*(c.ilike(pattern, escape="!") for c in (Event.name_zh, Event.name_en, Event.series))))
        if self.kind is not None:
            found.append(Event.kind == self.kind)
        if self.series:
            found.append(Event.series == self.series)
        if self.state is not None:
            found.append(_in_state(self.state))
        return found


def _in_state(state: EventState) -> ColumnElement[bool]:
    full = and_(Event.capacity.is_not(None), Event.taken >= Event.capacity)
    if state is EventState.FULL:
        return and_(Event.state == EventState.OPEN, full)
    if state is EventState.OPEN:
        return and_(Event.state == EventState.OPEN, or_(Event.capacity.is_(None), Event.taken < Event.capacity))
    return Event.state == state


def _month(text: str) -> date | None:
    found = _MONTH.fullmatch(text)
    try:
        return date(int(found[1]), int(found[2]), 1) if found and 1911 < int(found[1]) < 2200 else None  # noqa: PLR2004 - calendars end somewhere
    except ValueError:
        return None


def get_event(event_id: int, *, actor: Actor) -> Event:
    """Give an event that the actor may see, with everything on it."""
    return _get(event_id, permissions.visible(actor))


def get_announced(event_id: int, *, actor: Actor) -> Event:  # noqa: ARG001 - whoever has the address may read it
    """Give an event that was announced, to anybody."""
    return _get(event_id, Event.state != EventState.DRAFT)


def _get(event_id: int, condition: ColumnElement[bool]) -> Event:
    wanted = (
        select(Event)
        .where(Event.id == event_id, condition)
        .options(
            joinedload(Event.programme),
            selectinload(Event.sessions),
            selectinload(Event.speakers),
            selectinload(Event.questions),
            selectinload(Event.consents),
        )
    )
    found = session().scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound
    return found


def page(
    wanted: EventFilter,
    *,
    actor: Actor,
    after: str | None = None,
    before: str | None = None,
    size: int = keyset.PAGE_SIZE,
) -> Page:
    """Give a page of the list, the latest first."""
    found = keyset.read_page(_listed(wanted, actor), NEWEST, after=after, before=before, size=size)
    return Page([row[0] for row in found.rows], found.before, found.after)


def count(wanted: EventFilter, *, actor: Actor) -> int:
    """Count the list, up to a thousand."""
    return capped_count(_listed(wanted, actor).with_only_columns(Event.id))


def _listed(wanted: EventFilter, actor: Actor) -> Select[Event]:
    return select(Event).where(permissions.visible(actor), Event.begins_at.is_not(None), *wanted.conditions())


def sessions_between(
    first: datetime, last: datetime, wanted: EventFilter, *, actor: Actor, limit: int
) -> Sequence[EventSession]:
    """List the sessions of some days, for the month and the agenda."""
    found = (
        select(EventSession)
        .join(Event, Event.id == EventSession.event_id)
        .where(EventSession.starts_at >= first, EventSession.starts_at < last, EventSession.cancelled_at.is_(None))
        .where(permissions.visible(actor), *wanted.conditions())
        .options(joinedload(EventSession.event))
        .order_by(EventSession.starts_at, EventSession.id)
    )
    return session().scalars(found.limit(limit)).all()


def coming(actor: Actor, limit: int) -> Sequence[Event]:
    """List the events ahead that take registrations."""
    wanted = select(Event).where(
        permissions.visible(actor), Event.state == EventState.OPEN, Event.begins_at > clock.now()
    )
    return session().scalars(wanted.order_by(Event.begins_at, Event.id).limit(limit)).all()


def public_events() -> Sequence[Event]:
    """List the events that everybody may know of, for the feed; those called off too, so that calendars drop them."""
    wanted = (
        select(Event)
        .where(Event.state != EventState.DRAFT, Event.audience == Audience.PUBLIC)
        .where(Event.begins_at > clock.now() - FEED_BACK)
        .options(selectinload(Event.sessions))
        .order_by(Event.begins_at, Event.id)
    )
    return session().scalars(wanted.limit(MOST_IN_FEED)).all()


def series_known() -> Sequence[str]:
    """List the series that events belong to."""
    return (
        session()
        .scalars(select(Event.series).where(Event.series != "").distinct().order_by(Event.series).limit(100))
        .all()
    )


def materials_of(event_id: int) -> Sequence[Material]:
    """List the materials that participants get."""
    wanted = select(Material).where(Material.event_id == event_id, Material.removed_at.is_(None))
    whole = joinedload(Material.evidence).joinedload(Evidence.stored_file)
    return session().scalars(wanted.options(whole).order_by(Material.id)).all()


def get_material(material_id: int, *, actor: Actor) -> Material:
    """Give a material of an event that the actor may see."""
    wanted = (
        select(Material)
        .join(Event, Event.id == Material.event_id)
        .where(Material.id == material_id, Material.removed_at.is_(None), permissions.visible(actor))
        .options(joinedload(Material.event), joinedload(Material.evidence).joinedload(Evidence.stored_file))
    )
    found = session().scalars(wanted).one_or_none()
    if found is None:
        raise NotFound
    return found


def get_question(question_id: int, *, actor: Actor) -> Question:
    """Give a question of an event that the actor may see."""
    wanted = select(Question).join(Event, Event.id == Question.event_id)
    found = (
        session()
        .scalars(
            wanted.where(Question.id == question_id, permissions.visible(actor)).options(joinedload(Question.event))
        )
        .one_or_none()
    )
    if found is None:
        raise NotFound
    return found


def get_session(event: Event, session_id: int | None) -> EventSession:
    """Give a session of the event that takes place."""
    found = next((one for one in event.live_sessions if one.id == session_id), None)
    if found is None:
        raise NotFound
    return found


def events_on(day: date) -> Sequence[Event]:
    """Give the events that have a session on a day and take place."""
    sessions = select(EventSession.event_id).where(
        EventSession.starts_at >= clock.start_of(day),
        EventSession.starts_at < clock.start_of(day + timedelta(days=1)),
        EventSession.cancelled_at.is_(None),
    )
    wanted = select(Event).where(Event.id.in_(sessions), Event.state.in_((EventState.OPEN, EventState.CLOSED)))
    return session().scalars(wanted.order_by(Event.id)).all()


def events_to_close(before: datetime) -> Sequence[int]:
    """Give the events whose last session has ended and of which nobody was asked how it was."""
    open_still = select(EventSession.event_id).where(EventSession.ends_at > before, EventSession.cancelled_at.is_(None))
    wanted = select(Event.id).where(
        Event.survey_sent_at.is_(None),
        Event.state.in_((EventState.OPEN, EventState.CLOSED, EventState.HELD)),
        Event.begins_at < before,
        Event.id.not_in(open_still),
    )
    return session().scalars(wanted.order_by(Event.id)).all()


def speaks(user_id: int, event_id: int) -> bool:
    """Tell whether a person speaks at an event."""
    wanted = select(Speaker.id).where(Speaker.event_id == event_id, Speaker.user_id == user_id)
    return session().scalar(wanted.limit(1)) is not None

"""What events are, where they stand, and which of their facts fit together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from tracker.core.errors import Refused
from tracker.core.text import N_, Labelled

QUARTER = timedelta(minutes=15)
LONGEST_SESSION = timedelta(hours=16)
MOST_SESSIONS = 12
QUIET_DAYS = 90
"""A vendor of whom nobody came to anything for so long is asked about."""


class EventKind(Labelled):
    """What kind of event it is."""

    WORKSHOP = "workshop", N_("Workshop")
    EXCHANGE = "exchange", N_("Exchange meeting")
    SHOWCASE = "showcase", N_("Result showcase")
    SIG = "sig", N_("SIG meeting")
    SUMMIT = "summit", N_("Industry summit")
    CAMP = "camp", N_("STEPS camp")


class EventState(Labelled):
    """Where an event stands. `FULL` is never stored: an open event with every place taken is full."""

    DRAFT = "draft", N_("Draft"), "neutral"
    OPEN = "open", N_("Open for registration"), "progress"
    FULL = "full", N_("Full"), "warning"
    CLOSED = "closed", N_("Registration closed"), "neutral"
    HELD = "held", N_("Held"), "done"
    CANCELLED = "cancelled", N_("Called off"), "danger"


class Audience(Labelled):
    """Whom an event is for; others who register wait for the office."""

    PUBLIC = "public", N_("Everybody")
    PROGRAMME = "programme", N_("Vendors of the programme year")


class Mode(Labelled):
    """How people come together."""

    ON_SITE = "on_site", N_("On site")
    ONLINE = "online", N_("Online")
    BOTH = "both", N_("On site and online")


MOVES: Mapping[EventState, frozenset[EventState]] = {
    EventState.DRAFT: frozenset({EventState.OPEN, EventState.CANCELLED}),
    EventState.OPEN: frozenset({EventState.CLOSED, EventState.HELD, EventState.CANCELLED}),
    EventState.CLOSED: frozenset({EventState.OPEN, EventState.HELD, EventState.CANCELLED}),
    EventState.HELD: frozenset(),
    EventState.CANCELLED: frozenset(),
}
ENDED = frozenset({EventState.HELD, EventState.CANCELLED})


@dataclass(frozen=True)
class Span:
    """From when until when a session lasts."""

    starts_at: datetime
    ends_at: datetime

    @property
    def length(self) -> timedelta:
        """Give how long it lasts."""
        return self.ends_at - self.starts_at


def shown_state(state: EventState, capacity: int | None, taken: int) -> EventState:
    """Give the state that people read."""
    full = state is EventState.OPEN and capacity is not None and taken >= capacity
    return EventState.FULL if full else state


def check_move(old: EventState, new: EventState, *, first: datetime | None, now: datetime) -> None:
    """Refuse a move that the state does not allow, or that lies before its time."""
    if new not in MOVES.get(old, frozenset()):
        raise Refused(
            N_(
                "This event is in the state “%(state)s” and cannot be moved there. Reload the page to see what it allows."
            ),
            state=old.value,
        )
    if new is EventState.OPEN and first is None:
        raise Refused(N_("The event has no session yet. Write when it takes place, then open it."))
    if new is EventState.OPEN and first is not None and first <= now:
        raise Refused(N_("The event has begun already. Change its times first, or mark it as held."))
    if new is EventState.HELD and (first is None or first > now):
        raise Refused(N_("The event has not begun yet. Mark it as held once it has taken place."))


def check_sessions(spans: Sequence[Span]) -> None:
    """Refuse sessions that are missing, end before they begin, last too long or run at the same time."""
    if not spans:
        raise Refused(N_("Write at least one session with its day and times."), field="sessions")
    for span in spans:
        if span.ends_at <= span.starts_at:
            raise Refused(N_("A session must end after it begins. Check its times."), field="sessions")
        if span.length > LONGEST_SESSION:
            raise Refused(
                N_("A session lasts at most 16 hours. Write each day as a session of its own."), field="sessions"
            )
    ordered = sorted(spans, key=lambda span: span.starts_at)
    for earlier, later in pairwise(ordered):
        if later.starts_at < earlier.ends_at:
            raise Refused(N_("Two sessions run at the same time. Change one of them."), field="sessions")


def check_capacity(capacity: int | None, taken: int) -> None:
    """Refuse fewer places than are taken."""
    if capacity is not None and capacity < max(taken, 1):
        raise Refused(
            N_("%(taken)s places are taken already. Write at least that many, or cancel registrations first."),
            field="capacity",
            taken=max(taken, 1),
        )


def is_quiet(last: datetime | None, *, now: datetime) -> bool:
    """Tell whether nobody of a vendor came to anything for long."""
    return last is None or now - last > timedelta(days=QUIET_DAYS)


def quarter_hours(length: timedelta) -> Decimal:
    """Give a length in hours, in whole quarters; a quarter that was begun does not count."""
    return Decimal(max(length, timedelta()) // QUARTER) / 4

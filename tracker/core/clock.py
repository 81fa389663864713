"""The one place that asks what time it is, so that a test, or the demo's history, can say so."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

TAIPEI = ZoneInfo("Asia/Taipei")
_told: ContextVar[datetime | None] = ContextVar("cloudsteps_clock", default=None)


def now() -> datetime:
    """Give the present moment in UTC."""
    return _told.get() or datetime.now(UTC)


def today() -> date:
    """Give today's date in Taipei, where every deadline of the programmes is counted."""
    return now().astimezone(TAIPEI).date()


def in_taipei(moment: datetime) -> datetime:
    """Give the moment on a clock in Taipei."""
    return moment.astimezone(TAIPEI)


def start_of(day: date) -> datetime:
    """Give the moment at which a day begins in Taipei."""
    return datetime.combine(day, time(), TAIPEI)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let it be this moment inside the block, for invented history that the real operations write."""
    token = _told.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _told.reset(token)

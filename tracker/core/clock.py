"""The one place that asks what time it is, so that a test can say so."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

TAIPEI = ZoneInfo("Asia/Taipei")


def now() -> datetime:
    """Give the present moment in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Give today's date in Taipei, where every deadline of the programmes is counted."""
    return now().astimezone(TAIPEI).date()


def in_taipei(moment: datetime) -> datetime:
    """Give the moment on a clock in Taipei."""
    return moment.astimezone(TAIPEI)

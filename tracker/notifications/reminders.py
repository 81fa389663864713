"""What features tell about who owes what; they register here from `app.py`, since they live above this package."""

from collections.abc import Callable, Iterable
from datetime import date

from tracker.core.calendar import NO_OVERRIDES, Overrides
from tracker.notifications.rules import Reminder

Source = Callable[[date], Iterable[Reminder]]
_sources: dict[str, Source] = {}
_calendars: list[Callable[[], Overrides]] = []


def register(source: Source) -> None:
    """Let a feature tell, for a day, everything that is owed and due until a week after it."""
    _sources[f"{source.__module__}.{source.__qualname__}"] = source


def register_calendar(overrides: Callable[[], Overrides]) -> None:
    """Say who knows the days that differ from the official calendar."""
    _calendars[:] = [overrides]


def gather(day: date) -> dict[int, list[Reminder]]:
    """Give what each person owes on a day."""
    owed: dict[int, list[Reminder]] = {}
    for source in _sources.values():
        for reminder in source(day):
            owed.setdefault(reminder.user_id, []).append(reminder)
    return owed


def calendar_overrides() -> Overrides:
    """Give the days that differ from the official calendar."""
    return _calendars[0]() if _calendars else NO_OVERRIDES

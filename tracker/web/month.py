"""A month as a grid of weeks and as an agenda of days."""

from calendar import Calendar
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from flask import g
from flask_babel import get_locale

from tracker.core.roc_date import roc_year
from tracker.core.text import Labelled

_SUNDAY = 6
_WEEK = 7


@dataclass(frozen=True)
class Entry:
    """Something on a day."""

    day: date
    time: str
    label: str
    url: str
    note: str = ""
    state: Labelled | None = None


@dataclass
class Day:
    """A day of the grid or the agenda."""

    date: date
    outside: bool = False
    today: bool = False
    entries: list[Entry] = field(default_factory=list)


def weeks_of(first: date, entries: Iterable[Entry], *, today: date) -> list[list[Day]]:
    """Give the weeks that a month touches, from Sunday as calendars in Taiwan do."""
    by_day = _by_day(entries)
    return [
        [Day(day, day.month != first.month, day == today, by_day.get(day, [])) for day in week]
        for week in Calendar(_SUNDAY).monthdatescalendar(first.year, first.month)
    ]


def agenda_of(entries: Iterable[Entry], *, today: date) -> list[Day]:
    """Give the days on which something is, in their order."""
    return [Day(day, today=day == today, entries=listed) for day, listed in sorted(_by_day(entries).items())]


def _by_day(entries: Iterable[Entry]) -> dict[date, list[Entry]]:
    days: dict[date, list[Entry]] = {}
    for entry in sorted(entries, key=lambda one: (one.day, one.time)):
        days.setdefault(entry.day, []).append(entry)
    return days


def name_of(first: date) -> str:
    """Write a month for the reader: in the calendar of the Republic, or by its English name."""
    if g.get("language") == "en":
        return f"{get_locale().months['format']['wide'][first.month]} {first.year}"
    return f"民國{roc_year(first)}年{first.month}月"


def weekdays() -> list[str]:
    """Name the days of a week from Sunday."""
    names = get_locale().days["stand-alone"]["abbreviated"]
    return [names[(number - 1) % _WEEK] for number in range(_WEEK)]

"""Working days (工作天) of Taiwan's government offices, which due dates are counted in.

Weekends and public holidays are free, make-up workdays (補班日) are not. `holidays.toml` holds them for the years it names; outside of
these, Monday to Friday are worked. What no calendar can know, such as a typhoon day (停班), comes in a table of overrides that the
caller passes.
"""

import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType

Overrides = Mapping[date, bool]
"""Days that differ from the official calendar: True is worked, False is free."""

NO_OVERRIDES: Overrides = MappingProxyType({})

_TABLE = Path(__file__).with_name("holidays.toml")
_FRIDAY = 5


def is_working_day(day: date, overrides: Overrides = NO_OVERRIDES) -> bool:
    """Tell whether offices work on a day."""
    overridden = overrides.get(day)
    return day in _year(day.year) if overridden is None else overridden


def add_working_days(day: date, amount: int, overrides: Overrides = NO_OVERRIDES) -> date:
    """Give the working day that is `amount` working days after a day (before it, where negative); 0 is the day itself."""
    step = timedelta(days=1 if amount > 0 else -1)
    left = abs(amount)
    while left:
        day += step
        left -= is_working_day(day, overrides)
    return day


def working_days_between(start: date, end: date, overrides: Overrides = NO_OVERRIDES) -> int:
    """Count the working days after `start` up to and including `end`; negative where `end` comes first."""
    if end < start:
        return -working_days_between(end, start, overrides)
    counted = sum(_worked_within(year, start, end) for year in range(start.year, end.year + 1))
    changed = ((day, worked) for day, worked in overrides.items() if start < day <= end)
    return counted + sum(worked - (day in _year(day.year)) for day, worked in changed)


@cache
def _year(year: int) -> frozenset[date]:
    """Give the official working days of a year."""
    free, worked = _announced()
    first = date(year, 1, 1)
    days = (first + timedelta(days=offset) for offset in range((date(year, 12, 31) - first).days + 1))
    return frozenset(day for day in days if day in worked or (day.isoweekday() <= _FRIDAY and day not in free))


@cache
def _announced() -> tuple[frozenset[date], frozenset[date]]:
    """Give the weekdays that are free and the weekend days that are worked."""
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    free, worked = (frozenset(map(date.fromisoformat, table[name])) for name in ("free", "worked"))
    return free, worked


@cache
def _ordinals(year: int) -> tuple[int, ...]:
    """Give the working days of a year as sorted numbers, to be counted by bisection."""
    return tuple(sorted(day.toordinal() for day in _year(year)))


def _worked_within(year: int, start: date, end: date) -> int:
    """Count the official working days of a year that lie after `start` and up to `end`."""
    return bisect_right(_ordinals(year), end.toordinal()) - bisect_right(_ordinals(year), start.toordinal())

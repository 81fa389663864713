"""Dates as people in Taiwan write them: 民國115年11月22日, 115/11/22, 1151122, and ISO beside them."""

import re
from datetime import date

from tracker.core.errors import Refused
from tracker.core.halfwidth import squeeze
from tracker.core.text import N_

EPOCH = 1911
"""The Gregorian year before the first year of the Republic."""

LAST_YEAR = 2100
"""No date of a programme lies beyond; a later one is a slip of the hand."""

_ROC_DIGITS = 3
_DATE = re.compile(
    r"""
    (?P<era>中華民國|民國|西元|公元)?
    (?: (?P<year>[0-9]{1,4}|元) (?P<sign>[-/.]|年) (?P<month>[0-9]{1,2}) (?:(?P=sign)|月) (?P<day>[0-9]{1,2}) 日?
    |   (?P<years>[0-9]{3,4}) (?P<months>[0-9]{2}) (?P<days>[0-9]{2})
    )
    """,
    re.VERBOSE,
)


def roc_year(day: date) -> int:
    """Give the year of the Republic; 1911 is 0, the years before are negative."""
    return day.year - EPOCH


def gregorian_year(year: int) -> int:
    """Give the Gregorian year of a year of the Republic."""
    return year + EPOCH


def format_roc(day: date) -> str:
    """Write a day in full in the calendar of the Republic."""
    year = roc_year(day)
    era = f"民國{year}年" if year > 0 else f"民國前{1 - year}年"
    return f"{era}{day.month}月{day.day}日"


def parse_date(text: str, *, field: str | None = None) -> date:
    """Read a day in the calendar of the Republic or in ISO; up to three digits of a year count from 1912."""
    found = _DATE.fullmatch(squeeze(text))
    if found is None:
        raise Refused(
            N_("“%(typed)s” is not a date. Write it as 115/11/22, 民國115年11月22日 or 2026-11-22."),
            field=field,
            typed=text.strip(),
        )
    year, month, day = _numbers(found)
    if not EPOCH < year <= LAST_YEAR:
        raise Refused(
            N_(
                "“%(typed)s” is not between 民國1年 (1912) and 民國189年 (2100). Check the year, as in 115/11/22 or 2026-11-22."
            ),
            field=field,
            typed=text.strip(),
        )
    try:
        return date(year, month, day)
    except ValueError:
        raise Refused(
            N_(
                "There is no day “%(typed)s” in the calendar. Write a date as 115/11/22, 民國115年11月22日 or 2026-11-22."
            ),
            field=field,
            typed=text.strip(),
        ) from None


def _numbers(found: re.Match[str]) -> tuple[int, int, int]:
    """Give Gregorian year, month and day as they were typed, possible or not."""
    year_text = (found["year"] or found["years"]).replace("元", "1")
    year = int(year_text)
    if _is_roc(found["era"], year_text):
        year = gregorian_year(year)
    return year, int(found["month"] or found["months"]), int(found["day"] or found["days"])


def _is_roc(era: str | None, year: str) -> bool:
    """Tell which calendar a year is counted in: the era where it is written, else the number of digits."""
    if era is None:
        return len(year) <= _ROC_DIGITS
    return era.endswith("民國")

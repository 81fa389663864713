"""Write tracker/core/holidays.toml from the package `holidays`, which the app itself does without.

Loading the package takes 45 MiB and a third of a second in every process; what is needed of it is a list of days.
"""

import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from holidays.countries.taiwan import Taiwan
from holidays.holiday_base import HolidayBase

TABLE = Path(__file__).resolve().parents[1] / "tracker" / "core" / "holidays.toml"
YEARS = range(2018, 2041)
FRIDAY = 5

HEAD = """\
# Days on which Taiwan's offices differ from the rule "Monday to Friday": holidays on weekdays and make-up workdays (補班日).
# Written by `make holidays` from the package `holidays`; later years follow the law, before the calendar of the year is announced.
# What the announced calendar says otherwise, such as a typhoon day, belongs into the office's overrides, not in here.
"""


def days_of(year: int) -> Iterator[date]:
    """Give every day of a year."""
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


def table() -> str:
    """Give the whole table as TOML."""
    official: HolidayBase = Taiwan(years=YEARS, language="zh_TW")  # type: ignore[no-untyped-call]  # The package leaves it without types.
    every = [day for year in YEARS for day in days_of(year)]
    free = [
        f'{day} = "{official.get(day) or "調整放假"}"'
        for day in every
        if day.isoweekday() <= FRIDAY and not official.is_working_day(day)
    ]
    worked = [f'{day} = "補行上班"' for day in every if day.isoweekday() > FRIDAY and official.is_working_day(day)]
    return "\n".join(
        [
            HEAD,
            "[years]",
            f"first = {YEARS[0]}",
            f"last = {YEARS[-1]}",
            "",
            "[free]",
            *free,
            "",
            "[worked]",
            *worked,
            "",
        ]
    )


def main(arguments: Sequence[str]) -> int:
    """Write the table; with --check only tell whether it is up to date."""
    wanted = table()
    if "--check" in arguments:
        if TABLE.read_text(encoding="utf-8") == wanted:
            return 0
        print("tracker/core/holidays.toml differs from the package holidays: make holidays", file=sys.stderr)
        return 1
    TABLE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

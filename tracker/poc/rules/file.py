"""What a proof of concept says of itself: its days, its measures, its milestones."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.poc.rules.funding import Period

MOST_PARTS = 40
"""More measures or milestones than this are no plan that people follow."""


def check_days(starts_on: date, ends_on: date, year: Period) -> None:
    """Refuse days that end before they start, or that lie outside the programme year."""
    if ends_on < starts_on:
        raise Refused(N_("The proof of concept ends before it starts. Compare both days."), field="ends_on")
    for field, day in (("starts_on", starts_on), ("ends_on", ends_on)):
        if not year.starts_on <= day <= year.ends_on:
            raise Refused(
                N_("%(day)s is outside the programme year, which runs from %(first)s to %(last)s."),
                field=field,
                day=day,
                first=year.starts_on,
                last=year.ends_on,
            )


def check_beginnable(*, has_one: bool) -> None:
    """Refuse a second proof of concept beside the one of the engagement."""
    if has_one:
        raise Refused(N_("This engagement has a proof of concept already. Open it and write on."))


def check_room(others: int) -> None:
    """Refuse more measures or milestones than people can follow."""
    if others >= MOST_PARTS:
        raise Refused(N_("There are %(most)s already, and no more fit. Put small ones together."), most=MOST_PARTS)


def check_named(name: str, others: Iterable[str]) -> str:
    """Give a name, or refuse one that is blank or taken."""
    text = " ".join(name.split())
    if not text:
        raise Refused(N_("Write what it is called."), field="name")
    if text.casefold() in {one.casefold() for one in others}:
        raise Refused(N_("There is one of this name already. Choose another name."), field="name")
    return text


def check_reading(value: Decimal | None, day: date | None, today: date, *, field: str) -> None:
    """Refuse a figure without its day, a day without its figure, and a figure that is still to come."""
    if value is not None and day is None:
        raise Refused(N_("Write the day on which this was measured."), field=f"{field}_on")
    if value is None and day is not None:
        raise Refused(N_("Write what was measured on this day."), field=field)
    if day is not None and day > today:
        raise Refused(N_("%(day)s is still to come. Write what was measured."), field=f"{field}_on", day=day)


def check_order(baseline_on: date | None, result_on: date | None) -> None:
    """Refuse a result that was measured before the baseline."""
    if baseline_on is not None and result_on is not None and result_on < baseline_on:
        raise Refused(N_("The result was measured before the baseline. Compare both days."), field="result_on")


def check_done_on(done_on: date | None, today: date) -> None:
    """Refuse a milestone that is reached in days to come."""
    if done_on is not None and done_on > today:
        raise Refused(N_("%(day)s is still to come. Write the day once it is reached."), field="done_on", day=done_on)


def change_in_percent(baseline: Decimal | None, result: Decimal | None) -> Decimal | None:
    """Give by how much the result differs from the baseline; of nothing there is no share."""
    if baseline is None or result is None or baseline == 0:
        return None
    return ((result - baseline) / abs(baseline) * 100).quantize(Decimal("0.1"))

"""Co-creation camps: their days, their groups, the order of the demo day."""

from collections.abc import Iterable, Mapping
from datetime import date

from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.poc.rules.funding import Period


def check_days(starts_on: date, demo_day_on: date, year: Period) -> None:
    """Refuse a demo day before the camp, or days outside the programme year."""
    if demo_day_on < starts_on:
        raise Refused(N_("The demo day is before the first day of the camp. Compare both days."), field="demo_day_on")
    for field, day in (("starts_on", starts_on), ("demo_day_on", demo_day_on)):
        if not year.starts_on <= day <= year.ends_on:
            raise Refused(
                N_("%(day)s is outside the programme year, which runs from %(first)s to %(last)s."),
                field=field,
                day=day,
                first=year.starts_on,
                last=year.ends_on,
            )


def check_turn(turn: int | None, others: Mapping[int, str]) -> None:
    """Refuse a turn on the demo day that another group has."""
    if turn is None:
        return
    if turn == 0:
        raise Refused(N_("The first group has turn 1."), field="demo_order")
    if turn in others:
        raise Refused(
            N_("Turn %(turn)s is that of “%(group)s”. Choose another one."),
            field="demo_order",
            turn=turn,
            group=others[turn],
        )


def check_result(result: str, demo_day_on: date, today: date) -> None:
    """Refuse a result before the demo day."""
    if result.strip() and today < demo_day_on:
        raise Refused(
            N_("The demo day is on %(day)s. Write the result once it has been held."), field="result", day=demo_day_on
        )


def check_member(poc_id: int, taken: Iterable[int], programme_id: int, camp_programme_id: int) -> None:
    """Refuse a proof that works in a group of the camp already, or that belongs to another programme year."""
    if programme_id != camp_programme_id:
        raise Refused(
            N_("This proof of concept belongs to another programme year. Choose one of the list."), field="poc"
        )
    if poc_id in set(taken):
        raise Refused(N_("This proof of concept works in a group of this camp already."), field="poc")

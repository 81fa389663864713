"""When a due date is worth a message."""

from datetime import date, timedelta

import pytest

from tracker.core.text import Message
from tracker.notifications.frozen import freeze, thaw
from tracker.notifications.rules import Reason, Reminder, is_worth_telling, message_of_the_day

TODAY = date(2026, 11, 24)


def owed(days: int | None, path: str = "/items/1") -> Reminder:
    return Reminder(1, Reason.DUE, Message("x"), path, None if days is None else TODAY + timedelta(days=days))


@pytest.mark.parametrize("days", [7, 3, 1, 0, -1, -3, -7, -14, -70])
def test_a_message_is_due_before_on_and_after_the_day(days: int) -> None:
    assert is_worth_telling(TODAY + timedelta(days=days), TODAY)


@pytest.mark.parametrize("days", [30, 8, 6, 5, 4, 2, -2, -4, -6, -8, -13])
def test_no_message_is_due_on_the_days_between(days: int) -> None:
    assert not is_worth_telling(TODAY + timedelta(days=days), TODAY)


def test_what_fell_on_a_day_off_is_told_on_the_next_working_day() -> None:
    monday, saturday = date(2026, 11, 23), date(2026, 11, 21)

    assert is_worth_telling(saturday, monday, days_covered=3)
    assert not is_worth_telling(saturday, monday, days_covered=1)


def test_what_waits_without_a_date_is_told_on_mondays() -> None:
    assert is_worth_telling(None, date(2026, 11, 23))
    assert not is_worth_telling(None, TODAY)


def test_one_thing_worth_telling_brings_everything_that_is_owed_soon() -> None:
    told = message_of_the_day([owed(5), owed(-2), owed(1), owed(None), owed(8)], TODAY)

    assert [reminder.due_on and (reminder.due_on - TODAY).days for reminder in told] == [-2, 1, 5, None]


def test_nothing_worth_telling_brings_no_message() -> None:
    assert message_of_the_day([owed(5), owed(-2), owed(None)], TODAY) == []


def test_values_of_a_kept_sentence_come_back_as_they_were() -> None:
    params = {"day": TODAY, "count": 3, "name": "示範", "step": Message("Migrate"), "part": None}

    assert thaw(freeze(params)) == params

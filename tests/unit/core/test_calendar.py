from datetime import date, timedelta

import pytest
from holidays.countries.taiwan import Taiwan
from holidays.holiday_base import HolidayBase
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.calendar import add_working_days, is_working_day, working_days_between

days = st.dates(date(2022, 1, 1), date(2030, 12, 31))
amounts = st.integers(0, 120)
overrides = st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.booleans(), max_size=12)


@pytest.mark.parametrize(
    "day",
    [
        date(2025, 1, 27),  # day off for the make-up workday before New Year
        date(2025, 1, 28),  # 除夕
        date(2025, 1, 31),
        date(2025, 4, 3),  # 兒童節, moved
        date(2025, 5, 30),  # 端午節, moved
        date(2025, 9, 29),  # 教師節, moved; a holiday since 2025
        date(2025, 10, 24),  # 臺灣光復節, moved; a holiday since 2025
        date(2025, 12, 25),  # 行憲紀念日; a holiday since 2025
        date(2026, 2, 16),
        date(2026, 2, 20),  # 小年夜, moved
        date(2026, 2, 27),  # 和平紀念日, moved
        date(2026, 5, 1),  # 勞動節; for everybody since 2026
        date(2026, 10, 26),
        date(2027, 2, 5),
        date(2027, 2, 9),
        date(2027, 12, 31),  # 開國紀念日 of 2028, moved into 2027
        date(2026, 11, 22),  # a Sunday
    ],
)
def test_a_holiday_is_free(day: date) -> None:
    assert not is_working_day(day)


@pytest.mark.parametrize(
    "day",
    [
        date(2023, 2, 4),  # 補班日, a Saturday
        date(2025, 2, 8),  # 補班日, a Saturday
        date(2025, 2, 3),
        date(2026, 2, 13),
        date(2026, 2, 23),
        date(2027, 2, 11),
        date(2026, 11, 23),
    ],
)
def test_a_make_up_workday_is_worked(day: date) -> None:
    assert is_working_day(day)


@pytest.mark.parametrize("year", range(2018, 2041))
def test_the_table_says_what_the_package_says(year: int) -> None:
    official: HolidayBase = Taiwan(years=year)  # type: ignore[no-untyped-call]  # The package leaves it without types.
    every = [date(year, 1, 1) + timedelta(days=offset) for offset in range(365)]

    assert [day for day in every if is_working_day(day)] == [day for day in every if official.is_working_day(day)]


@pytest.mark.parametrize(
    ("day", "worked"), [(date(2017, 1, 2), True), (date(2041, 1, 1), True), (date(2041, 1, 5), False)]
)
def test_outside_of_the_table_monday_to_friday_are_worked(day: date, worked: bool) -> None:
    assert is_working_day(day) == worked


def test_working_days_are_counted_over_the_new_year_holidays() -> None:
    assert add_working_days(date(2026, 2, 13), 1) == date(2026, 2, 23)
    assert working_days_between(date(2026, 2, 13), date(2026, 2, 23)) == 1
    assert add_working_days(date(2025, 2, 7), 1) == date(2025, 2, 8)


def test_working_days_are_counted_backwards_for_reminders() -> None:
    assert add_working_days(date(2026, 2, 23), -1) == date(2026, 2, 13)


def test_a_typhoon_day_is_taken_from_the_overrides() -> None:
    typhoon = {date(2026, 8, 6): False, date(2026, 8, 8): True}

    assert is_working_day(date(2026, 8, 6))
    assert not is_working_day(date(2026, 8, 6), typhoon)
    assert add_working_days(date(2026, 8, 5), 2, typhoon) == date(2026, 8, 8)
    assert working_days_between(date(2026, 8, 1), date(2026, 8, 31), typhoon) == working_days_between(
        date(2026, 8, 1), date(2026, 8, 31)
    )


@given(days, amounts, overrides)
def test_the_days_added_are_the_days_between(day: date, amount: int, changed: dict[date, bool]) -> None:
    assert working_days_between(day, add_working_days(day, amount, changed), changed) == amount


@given(days, st.integers(1, 120), overrides)
def test_adding_ends_on_a_working_day_and_later_for_more_days(
    day: date, amount: int, changed: dict[date, bool]
) -> None:
    end = add_working_days(day, amount, changed)

    assert is_working_day(end, changed)
    assert day < end < add_working_days(day, amount + 1, changed)
    assert add_working_days(end + timedelta(days=1), -1, changed) == end


@given(days, days, amounts)
def test_a_later_day_never_gives_an_earlier_due_day(one: date, other: date, amount: int) -> None:
    first, second = sorted((one, other))

    assert add_working_days(first, amount) <= add_working_days(second, amount)


@given(days, days, days)
def test_counts_of_parts_add_up(one: date, other: date, third: date) -> None:
    first, second, last = sorted((one, other, third))

    assert working_days_between(first, second) + working_days_between(second, last) == working_days_between(first, last)
    assert working_days_between(second, first) == -working_days_between(first, second)


@given(days, st.integers(0, 900), overrides)
def test_the_count_is_what_counting_day_by_day_gives(start: date, length: int, changed: dict[date, bool]) -> None:
    end = start + timedelta(days=length)
    counted = sum(is_working_day(start + timedelta(days=offset), changed) for offset in range(1, length + 1))

    assert working_days_between(start, end, changed) == counted

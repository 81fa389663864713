from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.errors import Refused
from tracker.core.roc_date import LAST_YEAR, format_roc, gregorian_year, parse_date, roc_year

days = st.dates(date(1912, 1, 1), date(LAST_YEAR, 12, 31))
NOVEMBER_22 = date(2026, 11, 22)


@pytest.mark.parametrize(
    "typed",
    [
        "115/11/22",
        "115-11-22",
        "115.11.22",
        "1151122",
        "民國115年11月22日",
        "中華民國 115 年 11 月 22 日",
        "115年11月22日",
        "民國115/11/22",
        "2026-11-22",
        "2026/11/22",
        "2026年11月22日",
        "西元2026年11月22日",
        "１１５／１１／２２",
        "民國１１５年１１月２２日",
        "\u3000115/11/22 ",
    ],
)
def test_a_day_is_read_however_people_write_it(typed: str) -> None:
    assert parse_date(typed) == NOVEMBER_22


def test_the_first_year_has_a_name() -> None:
    assert parse_date("民國元年1月1日") == date(1912, 1, 1)


@given(days)
def test_what_is_shown_can_be_typed_back(day: date) -> None:
    assert parse_date(format_roc(day)) == day
    assert parse_date(day.isoformat()) == day
    assert parse_date(f"{roc_year(day)}/{day.month}/{day.day}") == day
    assert parse_date(f"{roc_year(day):03d}{day:%m%d}") == day


@given(st.dates())
def test_years_convert_both_ways(day: date) -> None:
    assert gregorian_year(roc_year(day)) == day.year


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (NOVEMBER_22, "民國115年11月22日"),
        (date(1912, 1, 1), "民國1年1月1日"),
        (date(1911, 12, 31), "民國前1年12月31日"),
    ],
)
def test_a_day_is_shown_in_full(day: date, shown: str) -> None:
    assert format_roc(day) == shown


@given(st.dates())
def test_every_day_can_be_shown(day: date) -> None:
    assert format_roc(day).endswith(f"{day.month}月{day.day}日")


@pytest.mark.parametrize(
    "typed", ["民國115年2月30日", "115/13/01", "115/00/10", "2026-02-29", "1150431", "民國115年11月0日"]
)
def test_a_day_that_does_not_exist_is_refused_with_what_was_typed_and_an_example(typed: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_date(typed, field="due_on")

    assert refusal.value.field == "due_on"
    assert f"“{typed}”" in str(refusal.value)
    assert "115/11/22" in str(refusal.value)


@pytest.mark.parametrize(
    "typed", ["", "明天", "11/22/2026", "115/11", "115/11-22", "261122", "115年11/22日x", "1/2/3/4", "٢٠٢٦-١١-٢٢"]
)
def test_what_is_not_a_date_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Refused, match="115/11/22"):
        parse_date(typed)


@pytest.mark.parametrize("typed", ["1911-12-31", "0/1/1", "民國2026年11月22日", "2101-01-01", "西元115年11月22日"])
def test_a_year_outside_of_the_calendar_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="Check the year"):
        parse_date(typed)


@given(st.text() | st.text("0123456789年月日民國元/-. "))
def test_any_text_gives_a_date_or_a_refusal(text: str) -> None:
    with suppress(Refused):
        assert 1912 <= parse_date(text).year <= LAST_YEAR

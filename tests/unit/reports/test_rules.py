"""Rules of reports: what is counted, and shares."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.reports.kinds import KINDS, OF_CONVERSION, OF_EVENTS, OF_PROGRAMMES, OF_VENDORS, RATES
from tracker.reports.rules import MEASURES, share


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(1, 3, "33.3"), (2, 3, "66.7"), (1, 8, "12.5"), (1, 2000, "0.1"), (0, 5, "0.0"), (5, 5, "100.0"), (5, 4, "125.0")],
)
def test_a_share_is_given_to_a_tenth(part: int, whole: int, expected: str) -> None:
    assert share(part, whole) == Decimal(expected)


@pytest.mark.parametrize("whole", [0, -1])
def test_of_nothing_there_is_no_share(whole: int) -> None:
    assert share(0, whole) is None


@given(part=st.integers(0, 10**6), rest=st.integers(0, 10**6))
def test_a_part_and_the_rest_make_a_hundred(part: int, rest: int) -> None:
    shares = [share(one, part + rest) for one in (part, rest)]

    if part + rest == 0:
        assert shares == [None, None]
    else:
        together = sum((one for one in shares if one is not None), Decimal(0))
        assert abs(together - 100) <= Decimal("0.1")


def test_every_rate_is_made_of_figures_that_are_counted() -> None:
    known = {measure.key for measure in MEASURES}

    assert {key for rate in RATES.values() for key in (rate.part, rate.whole)} <= known


def test_every_report_has_a_name_of_its_own_and_every_column_a_meaning() -> None:
    assert len({kind.title for kind in KINDS.values()}) == len(KINDS)
    for columns in (OF_EVENTS, OF_VENDORS, OF_PROGRAMMES, OF_CONVERSION):
        assert all(column.meaning for column in columns)
        assert len({column.key for column in columns}) == len(columns)

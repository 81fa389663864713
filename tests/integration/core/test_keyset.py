"""Keyset pages: keys that people can spoil, and orders of every type."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Date, Integer, String, column

from tracker.core import keyset
from tracker.core.db import UtcTimestamp
from tracker.core.keyset import Sort

NAME, NUMBER = column("name", String), column("id", Integer)
MOMENT, DAY = column("at", UtcTimestamp()), column("day", Date)


@pytest.mark.parametrize(
    ("sort", "values"),
    [
        (Sort((NUMBER,)), (7,)),
        (Sort((NAME, NUMBER)), ("雲端示範", 7)),
        (Sort((MOMENT, NUMBER)), (datetime(2026, 11, 22, 8, 30, 1, 5, tzinfo=UTC), 7)),
        (Sort((DAY, NUMBER)), (date(2026, 2, 28), 7)),
    ],
)
def test_a_key_is_read_as_it_was_written(sort: Sort, values: tuple[object, ...]) -> None:
    assert keyset.decode(keyset.encode(values), sort) == values


@pytest.mark.parametrize(
    "key",
    [
        None,
        "",
        "spoilt",
        "é",
        "%%%",
        keyset.encode(["雲端"]),
        keyset.encode(["雲端", "seven"]),
        keyset.encode(["雲端", 7, 8]),
        keyset.encode(["雲端", 2**63]),
        keyset.encode(["雲端", True]),
        keyset.encode(["雲\0端", 7]),
        keyset.encode([7, 7]),
    ],
)
def test_a_spoilt_key_leads_to_the_first_page(key: str | None) -> None:
    assert keyset.decode(key, Sort((NAME, NUMBER))) is None


@pytest.mark.parametrize("typed", ["2026-11-22T08:30:00", "yesterday", 5])
def test_a_moment_without_a_zone_is_no_key(typed: object) -> None:
    assert keyset.decode(keyset.encode([typed, 7]), Sort((MOMENT, NUMBER))) is None

"""Dates stay on one line, and can be pasted back."""

from datetime import date
from itertools import pairwise

from tracker.core.roc_date import parse_date
from tracker.web.filters import unbroken


def test_a_browser_finds_no_place_to_break_a_date() -> None:
    shown = unbroken("2026-11-22")

    assert shown.replace("\u2060", "") == "2026-11-22"
    assert all(after == "\u2060" for before, after in pairwise(shown) if before == "-")


def test_a_date_copied_from_a_page_is_read() -> None:
    assert parse_date(unbroken("2026-11-22")) == date(2026, 11, 22)

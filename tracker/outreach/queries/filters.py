"""What the lists of outreach have in common: reading a filter from an address, and finding vendors by their names."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, false
from sqlalchemy.orm import InstrumentedAttribute

from tracker.core import search
from tracker.core.search import DocumentKind

LONGEST_WORDS = 100
LONGEST_NUMBER = 9


def words(values: Mapping[str, str]) -> str:
    """Read the words that are looked for."""
    return values.get("q", "").strip()[:LONGEST_WORDS]


def number(text: str | None) -> int | None:
    """Read an id; what is none narrows nothing."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None


def of_vendors_named(owner: InstrumentedAttribute[int], typed: str) -> ColumnElement[bool]:
    """Give the condition that a row belongs to a vendor that the words find."""
    found = search.matching_subjects(DocumentKind.VENDOR, typed)
    return false() if found is None else owner.in_(found.order_by(None))

"""The search index finds the same on both databases, and only what the scope allows."""

from typing import Any

import pytest
from sqlalchemy import ColumnElement, true

from tracker.core import search
from tracker.core.db import read, session, unit_of_work
from tracker.core.search import DocumentKind, Entry, SearchDocument

ALL = list(DocumentKind)


@pytest.fixture
def indexed(db_session: object) -> None:
    """Index a few things."""
    with unit_of_work():
        search.put(Entry(DocumentKind.VENDOR, 1, "雲端智造示範股份有限公司", "Cloud Works Demo", organisation_id=1))
        search.put(Entry(DocumentKind.VENDOR, 2, "青禾零售示範有限公司", "", organisation_id=2))
        search.put(Entry(DocumentKind.SESSION, 1, "雲端智造", "移轉端點到雲", organisation_id=1, engagement_id=7))


def find(query: str, scope: ColumnElement[bool]) -> list[Any]:
    """Search everything in a scope."""
    words = search.words_in(query)
    if words is None:
        return []
    return [*read(search.documents(scope, ALL, words, 10), search.values_of(query, *ALL))]


def found(query: str) -> list[tuple[str, int]]:
    """Search everything."""
    return [(doc.kind.value, doc.subject_id) for doc in find(query, true())]


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("雲端", [("session", 1), ("vendor", 1)]),
        ("禾", [("vendor", 2)]),
        ("雲端智", [("session", 1), ("vendor", 1)]),
        ("端雲", []),
        ("智造端", []),
        ("示範 零售", [("vendor", 2)]),
        ("clou", [("vendor", 1)]),
        ("WORKS", [("vendor", 1)]),
        ("' OR 1=1 --", []),
        ("%", []),
        ('"', []),
        ("", []),
    ],
)
def test_words_of_one_character_and_more_are_found(indexed: None, query: str, hits: list[tuple[str, int]]) -> None:
    assert found(query) == hits


def test_grams_that_lie_apart_are_no_match_for_a_longer_word(indexed: None) -> None:
    with unit_of_work():
        search.put(Entry(DocumentKind.VENDOR, 3, "端智和雲端", ""))

    assert ("vendor", 3) not in found("雲端智")


def test_the_scope_narrows(indexed: None) -> None:
    hits = find("雲端", SearchDocument.organisation_id == 2)

    assert hits == []


def test_a_changed_document_is_found_by_its_new_words_only(indexed: None) -> None:
    with unit_of_work():
        search.put(Entry(DocumentKind.VENDOR, 2, "遠山餐飲示範有限公司", "", organisation_id=2))

    assert (found("零售"), found("餐飲")) == ([], [("vendor", 2)])


def test_a_removed_document_is_not_found(indexed: None) -> None:
    with unit_of_work():
        search.remove(DocumentKind.VENDOR, 2)

    assert found("零售") == []


def test_subjects_come_newest_first_and_go_on_before_a_key(db_session: object) -> None:
    with unit_of_work():
        for number in range(1, 8):
            search.put(Entry(DocumentKind.ENGAGEMENT, number, f"倉儲系統{number}"))
    matches = search.matching_subjects(DocumentKind.ENGAGEMENT, "倉儲", before=5)
    assert matches is not None

    assert list(session().scalars(matches.limit(3))) == [4, 3, 2]

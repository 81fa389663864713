"""Lists are counted no further than their heads say."""

import pytest

from tracker.core import counts, search
from tracker.core.db import unit_of_work
from tracker.core.search import DocumentKind, Entry


def test_counts_stop_one_after_the_cap(db_session: object) -> None:
    with unit_of_work():
        for number in range(1, 8):
            search.put(Entry(DocumentKind.ENGAGEMENT, number, "倉儲"))
    matches = search.matching_subjects(DocumentKind.ENGAGEMENT, "倉儲")
    assert matches is not None

    assert (counts.capped_count(matches, cap=5), counts.capped_count(matches)) == (6, 7)


@pytest.mark.parametrize(("count", "shown"), [(0, "0"), (1000, "1,000"), (1001, "1,000+")])
def test_a_count_past_the_cap_is_shown_as_more(count: int, shown: str) -> None:
    assert counts.shown_count(count) == shown

"""CSV files that are safe to open in a spreadsheet."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tracker.core.csv_file import BYTE_ORDER_MARK, cell, write


@pytest.mark.parametrize(
    "text", ["=1+1", "+886 2", "-1", "@sum", "\t=1", "\r=1", "  =1", "\u3000=1", "\n=1", "＝1", "＋1", "－1", "＠1"]
)
def test_text_that_begins_like_a_formula_is_marked_as_text(text: str) -> None:
    assert cell(text) == f"'{text}"


def test_numbers_stay_numbers() -> None:
    assert [cell(-5), cell(Decimal("-1.50")), cell(None)] == ["-5", "-1.5", ""]


def test_moments_are_written_in_taipei() -> None:
    assert cell(datetime(2026, 11, 22, 20, 30, tzinfo=UTC)) == "2026-11-23 04:30"
    assert cell(date(2026, 11, 22)) == "2026-11-22"


def test_a_file_of_many_rows_comes_in_chunks_and_reads_back() -> None:
    chunks = list(write(["名稱", "=數"], ([f"列{n}", n] for n in range(1200))))

    rows = list(csv.reader(io.StringIO("".join(chunks).removeprefix(BYTE_ORDER_MARK))))

    assert len(chunks) == 3
    assert rows[0] == ["名稱", "'=數"]
    assert rows[-1] == ["列1199", "1199"]

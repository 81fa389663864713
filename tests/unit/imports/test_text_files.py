"""Text files come in with every sign, or the row says which it lost."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.core.errors import Refused
from tracker.imports.reading import text_file
from tracker.imports.reading.grid import FORMULA, LOST, MOST_COLUMNS, MOST_ROWS, UNREADABLE, Grid
from tracker.imports.rules import Encoding

HARD = "碁粧裏恒許功蓋"
"""In code page 950, not in Python's Big5; the last three end in a backslash's byte."""
HONG_KONG = "堃喆犇"
ROWS = [["姓名", "公司", "備註"], [HARD, "雲階, 股份", '他說"好"\n第二行'], ["王小明", "", '="0912"']]


def written(rows: list[list[str]], encoding: str, delimiter: str = ",") -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    return buffer.getvalue().encode(encoding)


def cells(grid: Grid) -> list[list[str]]:
    return [line.cells for line in grid.lines]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize(
    ("codec", "expected"),
    [
        ("utf-8", Encoding.UTF8),
        ("utf-8-sig", Encoding.UTF8_MARK),
        ("utf-16", Encoding.UTF16),
        ("cp950", Encoding.CP950),
    ],
)
def test_every_encoding_is_told_and_read_with_every_sign(codec: str, expected: Encoding, delimiter: str) -> None:
    grid = text_file.read(written(ROWS, codec, delimiter))

    assert (grid.encoding, grid.delimiter) == (expected.value, delimiter)
    assert cells(grid) == [ROWS[0], ROWS[1], ["王小明", "", "0912"]]
    assert not any(line.faults for line in grid.lines)
    assert expected.value in grid.readable_as


def test_signs_of_hong_kong_are_found_in_their_own_encoding() -> None:
    grid = text_file.read(written([["姓名", "公司"], [HONG_KONG, HARD]], "big5hkscs"))

    assert grid.encoding == Encoding.HKSCS.value
    assert cells(grid)[1] == [HONG_KONG, HARD]


@pytest.mark.parametrize(("codec", "expected"), [("utf-16-le", Encoding.UTF16_LE), ("utf-16-be", Encoding.UTF16_BE)])
def test_utf_16_is_told_without_its_mark(codec: str, expected: Encoding) -> None:
    data = written([["Name", "Email"], ["王小明", "ming@example.com"]], codec, "\t")

    assert text_file.read(data).encoding == expected.value


def test_a_wrong_encoding_marks_what_it_cannot_read() -> None:
    grid = text_file.read(written([["姓名", "公司"], [HONG_KONG, "x"]], "big5hkscs"), Encoding.CP950)

    assert LOST in grid.lines[1].cells[0]
    assert grid.lines[1].faults == {0: UNREADABLE}
    assert Encoding.CP950.value not in grid.readable_as


def test_two_encodings_in_one_file_are_told_row_by_row() -> None:
    data = written([["姓名", "公司"], ["王小明", "雲階"]], "utf-8") + "李大華,雲階科技股份有限公司\r\n".encode("cp950")

    grid = text_file.read(data, Encoding.UTF8)

    assert [bool(line.faults) for line in grid.lines] == [False, False, True]


def test_a_sign_that_was_lost_before_is_not_passed_on_in_silence() -> None:
    grid = text_file.read("姓名,公司\n王\ufffd明,雲階\n張\0三,雲階\n".encode())

    assert [line.faults for line in grid.lines] == [{}, {0: UNREADABLE}, {0: UNREADABLE}]


def test_a_formula_is_told_and_a_guarded_text_is_text() -> None:
    grid = text_file.read('a,b,c\n=1+1,"=""0912345678""",\'=錯號\n'.encode())

    assert grid.lines[1].cells == ["=1+1", "0912345678", "=錯號"]
    assert grid.lines[1].faults == {0: FORMULA}


def test_rows_keep_the_numbers_that_an_editor_shows() -> None:
    grid = text_file.read(b'a,b\n\n"x\ny",z\n,\nlast,1\n')

    assert [line.number for line in grid.lines] == [1, 3, 6]
    assert grid.last == 6


@pytest.mark.parametrize("data", [b'a,b\n"open,1\nx,2\n', b'a,b\nx,"y"z\n'])
def test_a_quotation_mark_that_is_not_closed_is_told_with_its_row(data: bytes) -> None:
    with pytest.raises(Refused, match="row 2"):
        text_file.read(data)


def test_tabs_without_quoting_are_read_as_they_stand() -> None:
    grid = text_file.read('Name\tEmail\n"Amy" Lin\ta@example.com\n'.encode("utf-16"))

    assert grid.lines[1].cells == ['"Amy" Lin', "a@example.com"]


def test_one_endless_line_is_refused() -> None:
    with pytest.raises(Refused, match="signs"):
        text_file.read(b"a,b\n" + b"x" * 1_000_000 + b",y\n")


def test_too_many_columns_are_answered_with_their_number() -> None:
    with pytest.raises(Refused, match="300 columns"):
        text_file.read(",".join(f"c{number}" for number in range(300)).encode())
    assert len(text_file.read(",".join("c" * MOST_COLUMNS).encode()).lines) == 1


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(Refused, match="rows"):
        text_file.read(b"a,b\n" * (MOST_ROWS + 1))


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(Refused, match="no table of text"):
        text_file.read(bytes(range(0x80, 0x100)) * 40)


ONE_WAY = "¢£¥•‾∼☉♁､"
"""Python writes them in code page 950, but reads others there."""
SIGNS = st.characters(
    codec="cp950", exclude_categories=["Cc", "Cf", "Zs", "Zl", "Zp"], exclude_characters=f"=＝'\ufffd{ONE_WAY}"
)
TEXT = st.text(SIGNS, min_size=1, max_size=12)
TABLES = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(TEXT, min_size=width, max_size=width), min_size=2, max_size=20)
)


@settings(max_examples=150, deadline=None)
@given(rows=TABLES, codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp950"]), delimiter=st.sampled_from(",\t"))
def test_no_row_and_no_sign_is_lost_whatever_the_encoding(rows: list[list[str]], codec: str, delimiter: str) -> None:
    encoding = {
        "utf-8": Encoding.UTF8,
        "utf-8-sig": Encoding.UTF8_MARK,
        "utf-16": Encoding.UTF16,
        "cp950": Encoding.CP950,
    }

    grid = text_file.read(written(rows, codec, delimiter), encoding[codec])

    if grid.delimiter == delimiter:
        assert cells(grid) == rows
    else:
        assert sum(len("".join(row)) for row in rows) <= sum(len("".join(row)) for row in cells(grid))


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=400), encoding=st.sampled_from(Encoding))
def test_any_bytes_are_read_or_refused_in_a_sentence(data: bytes, encoding: Encoding) -> None:
    try:
        grid = text_file.read(data, encoding)
    except Refused:
        return

    assert all("\0" not in cell for row in cells(grid) for cell in row)

"""Workbooks of every kind are read, and what is no table is refused in a sentence."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.core.errors import Refused
from tracker.imports.reading import child, reader, workbook
from tracker.imports.reading.grid import ERROR, FORMULA, Grid

SHEET = "xl/worksheets/sheet1.xml"
MOMENT = datetime.fromisoformat("2026-11-22 14:03:11")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def made(fill: Callable[[Any, Any], None], **options: Any) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, **options})
    fill(book, book.add_worksheet("名單"))
    book.close()
    return buffer.getvalue()


def changed(content: bytes, **parts: bytes | Callable[[bytes], bytes]) -> bytes:
    """Write the package anew with some of its parts changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data, change = old.read(name), parts.get(Path(name).stem)
            new.writestr(name, data if change is None else change(data) if callable(change) else change)
    return buffer.getvalue()


@pytest.fixture
def read(tmp_path: Path) -> Callable[[bytes], Grid]:
    def read_content(content: bytes, sheet: int | None = None) -> Grid:
        path = tmp_path / "book.xlsx"
        path.write_bytes(content)
        return workbook.read(path, sheet)

    return read_content


def of_values(_book: Any, sheet: Any) -> None:
    sheet.write_row(0, 0, ["姓名", "統編", "時間"])
    sheet.write_row(1, 0, ["王小明", 12345675, True])


def test_texts_numbers_and_yes_are_read_as_they_are_seen(read: Callable[[bytes], Grid]) -> None:
    grid = read(made(of_values))

    assert [line.cells for line in grid.lines] == [["姓名", "統編", "時間"], ["王小明", "12345675", "TRUE"]]
    assert (grid.sheets, grid.encoding) == (["名單"], "")


def test_days_moments_times_and_leading_zeros_are_read_as_they_are_meant(read: Callable[[bytes], Grid]) -> None:
    def fill(book: Any, sheet: Any) -> None:
        form = {
            code: book.add_format({"num_format": code})
            for code in (
                "yyyy/m/d",
                "yyyy/m/d hh:mm",
                "hh:mm",
                "[h]:mm:ss",
                "00000000",
                '[$-404]e"年"m"月"d"日"',
                "0.00",
                "#,##0",
            )
        }
        sheet.write_datetime(0, 0, date(2026, 11, 22), form["yyyy/m/d"])
        sheet.write_datetime(0, 1, MOMENT, form["yyyy/m/d hh:mm"])
        sheet.write_datetime(0, 2, time(9, 30), form["hh:mm"])
        sheet.write_datetime(0, 3, timedelta(hours=27, minutes=5), form["[h]:mm:ss"])
        sheet.write_number(0, 4, 12345, form["00000000"])
        sheet.write_datetime(0, 5, date(2026, 11, 22), form['[$-404]e"年"m"月"d"日"'])
        sheet.write_number(0, 6, 0.1, form["0.00"])
        sheet.write_number(0, 7, 1234567, form["#,##0"])

    cells = read(made(fill)).lines[0].cells

    assert cells == [
        "2026-11-22",
        "2026-11-22 14:03:11",
        "09:30:00",
        "27:05:00",
        "00012345",
        "2026-11-22",
        "0.1",
        "1234567",
    ]


def test_days_count_from_1904_where_the_workbook_says_so(read: Callable[[bytes], Grid]) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_datetime(0, 0, date(2026, 11, 22), book.add_format({"num_format": "yyyy-mm-dd"}))

    assert read(made(fill, date_1904=True)).lines[0].cells == ["2026-11-22"]


def test_formulas_give_their_kept_value_and_say_where_there_is_none(read: Callable[[bytes], Grid]) -> None:
    def fill(_book: Any, sheet: Any) -> None:
        sheet.write_formula(0, 0, "=1+1", None, 2)
        sheet.write_formula(0, 1, '="a"&"b"', None, "ab")
        sheet.write_formula(0, 2, "=NOW()", None, "")
        sheet.write_formula(0, 3, "=1/0", None, "#DIV/0!")
        sheet.write_string(0, 4, "=1+1")

    grid = read(made(fill))

    assert grid.lines[0].cells == ["2", "ab", "", "#DIV/0!", "=1+1"]
    assert grid.lines[0].faults == {2: FORMULA, 3: ERROR}
    assert grid.formulas == 4


def test_every_row_under_a_merged_company_has_it(read: Callable[[bytes], Grid]) -> None:
    def fill(_book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["公司", "姓名"])
        sheet.merge_range(1, 0, 3, 0, "雲階")
        sheet.write_column(1, 1, ["甲", "乙", "丙"])

    assert [line.cells for line in read(made(fill)).lines[1:]] == [["雲階", "甲"], ["雲階", "乙"], ["雲階", "丙"]]


def test_the_first_shown_sheet_with_rows_is_read_and_another_can_be_chosen(read: Callable[..., Grid]) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.hide()
        sheet.write(0, 0, "hidden")
        book.add_worksheet("空的")
        book.add_worksheet("這個").write(4, 0, "here")
        book.worksheets()[1].activate()

    content = made(fill)

    assert (read(content).sheet, read(content).lines[0].number) == (2, 5)
    assert read(content, 0).lines[0].cells == ["hidden"]
    with pytest.raises(Refused, match="no such sheet"):
        read(content, 9)


def test_rich_text_escapes_and_phonetic_runs(read: Callable[[bytes], Grid]) -> None:
    strings = f'<sst xmlns="{MAIN}"><si><r><t>王</t></r><r><t>小明</t></r><rPh sb="0" eb="1"><t>ㄨㄤˊ</t></rPh></si><si><t>a_x000D_b</t></si><si><t/></si></sst>'
    content = changed(
        made(of_values),
        sharedStrings=strings.encode(),
        sheet1=(
            f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c t="s"><v>0</v></c><c t="s"><v>1</v></c>'
            '<c t="inlineStr"><is><t>內嵌</t></is></c></row></sheetData></worksheet>'
        ).encode(),
    )

    assert read(content).lines[0].cells == ["王小明", "ab", "內嵌"]


def test_names_with_a_prefix_are_read_too(read: Callable[[bytes], Grid]) -> None:
    sheet = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="3"><x:c r="C3"><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>'

    grid = read(changed(made(of_values), sheet1=sheet.encode()))

    assert (grid.lines[0].number, grid.lines[0].cells) == (3, ["", "", "7"])


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet xmlns="'
    + MAIN.encode()
    + b'"><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>'
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><worksheet/>'


@pytest.mark.parametrize("sheet", [ENTITIES, OUTSIDE])
def test_a_document_type_is_refused_before_anything_is_fetched_or_unfolded(
    read: Callable[[bytes], Grid], sheet: bytes
) -> None:
    with pytest.raises(Refused, match="document type"):
        read(changed(made(of_values), sheet1=sheet))


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 and nothing more",
        made(of_values)[:-200],
        changed(made(of_values), sheet1=b"<worksheet><sheetData><row>"),
        changed(made(of_values), workbook=b"<workbook/>"),
        changed(
            made(of_values),
            sheet1=f'<worksheet xmlns="{MAIN}"><sheetData><row r="x"/></sheetData></worksheet>'.encode(),
        ),
        changed(
            made(of_values),
            sheet1=f'<worksheet xmlns="{MAIN}"><sheetData><row><c t="s"><v>99</v></c></row></sheetData></worksheet>'.encode(),
        ),
    ],
)
def test_a_damaged_workbook_is_refused_in_a_sentence(read: Callable[[bytes], Grid], content: bytes) -> None:
    with pytest.raises(Refused):
        read(content)


def test_a_bomb_is_stopped_at_its_limit_by_the_child_process() -> None:
    row = b"<row><c><v>1</v></c></row>" * 4_000
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>'.encode() + row * 1_100 + b"</sheetData></worksheet>"
    bomb = changed(made(of_values), sheet1=sheet)

    with pytest.raises(Refused, match=r"rows|MB"):
        reader.read_file(bomb)
    assert len(bomb) < 1_000_000
    assert len(sheet) > 100_000_000


def test_three_hundred_columns_are_answered_with_their_number() -> None:
    with pytest.raises(Refused, match="300 columns"):
        reader.read_file(made(lambda _book, sheet: sheet.write_row(0, 0, [f"c{number}" for number in range(300)])))


def test_a_child_process_gets_no_more_memory_than_its_limit() -> None:
    greedy = "from tracker.imports.reading import child; child.limit(); bytearray(child.MEMORY)"

    done = subprocess.run([sys.executable, "-c", greedy], capture_output=True, check=False)

    assert b"MemoryError" in done.stderr


@pytest.mark.parametrize(("head", "said"), [(b"\xd0\xcf\x11\xe0", "xls"), (b"%PDF-1.4", "PDF"), (b"", "empty")])
def test_other_kinds_of_files_are_named(tmp_path: Path, head: bytes, said: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(head)

    with pytest.raises(Refused, match=said):
        child.read(path, {})


CELLS = st.one_of(
    st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Co", "Cn"]), max_size=8),
    st.integers(-(10**12), 10**12),
)


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=15))
def test_no_row_of_a_workbook_is_dropped(rows: list[list[str | int]], tmp_path_factory: pytest.TempPathFactory) -> None:
    def fill(_book: Any, sheet: Any) -> None:
        for number, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                (sheet.write_string if isinstance(cell, str) else sheet.write_number)(number, place, cell)

    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    path.write_bytes(made(fill))
    expected = [[str(cell) for cell in cells] for cells in rows]
    trimmed = [cells[: max((at + 1 for at, cell in enumerate(cells) if cell), default=0)] for cells in expected]
    if not any(trimmed):
        return

    assert [line.cells for line in workbook.read(path).lines] == [cells for cells in trimmed if cells]

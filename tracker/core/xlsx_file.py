"""Workbooks that people open in a spreadsheet: text stays text, so that no cell is ever calculated or followed."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from tracker.core.clock import in_taipei

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NARROW, WIDE = 12, 40
LONGEST_CELL = 32_767
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}


@dataclass(frozen=True)
class Sheet:
    """A sheet with its heading and rows."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[object]]


def write(sheets: Iterable[Sheet]) -> bytes:
    """Give a workbook; numbers and days are what they are, everything else is text."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        bold = book.add_format({"bold": True})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name), sheet, bold, moment)
    return out.getvalue()


def _write_sheet(page: Any, sheet: Sheet, bold: Any, moment: Any) -> None:
    widths = [max(NARROW, len(name) * 2) for name in sheet.header]
    for column, name in enumerate(sheet.header):
        page.write_string(0, column, _text(name), bold)
    for row, values in enumerate(sheet.rows, start=1):
        for column, value in enumerate(values):
            _write_cell(page, row, column, value, moment)
            widths[column] = min(WIDE, max(widths[column], len(str(value))))
    for column, width in enumerate(widths):
        page.set_column(column, column, width)
    page.freeze_panes(1, 0)


def _write_cell(page: Any, row: int, column: int, value: object, moment: Any) -> None:
    if value is None:
        page.write_blank(row, column, None)
    elif isinstance(value, datetime):
        page.write_datetime(row, column, in_taipei(value).replace(tzinfo=None), moment)
    elif isinstance(value, date):
        page.write_datetime(row, column, value)
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        page.write_number(row, column, value)
    else:
        page.write_string(row, column, _text(value))


def _text(value: object) -> str:
    return "".join(c for c in str(value) if c.isprintable() or c in "\n\t")[:LONGEST_CELL]

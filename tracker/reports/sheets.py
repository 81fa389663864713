"""A report as XLSX: numbers as numbers, text as text, and no cell that a spreadsheet would calculate."""

import io
from collections.abc import Sequence
from decimal import Decimal

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
WIDE, NARROW = 36, 16
LONGEST_SHEET_NAME = 31

SheetValue = str | int | Decimal | None


def write(sheets: Sequence[tuple[str, Sequence[str], Sequence[Sequence[SheetValue]]]]) -> bytes:
    """Write a workbook of sheets, each with its name, its header and its rows."""
    buffer = io.BytesIO()
    with Workbook(buffer, OPTIONS) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for name, header, rows in sheets:
            sheet = book.add_worksheet(name[:LONGEST_SHEET_NAME])
            sheet.set_column(0, 0, WIDE)
            sheet.set_column(1, max(1, len(header) - 1), NARROW)
            sheet.freeze_panes(1, 1)
            for column, text in enumerate(header):
                sheet.write_string(0, column, text, bold)
            _write_rows(sheet, rows)
    return buffer.getvalue()


def _write_rows(sheet: Worksheet, rows: Sequence[Sequence[SheetValue]]) -> None:
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(number, column, value)
            elif value is not None:
                sheet.write_number(number, column, float(value) if isinstance(value, Decimal) else value)

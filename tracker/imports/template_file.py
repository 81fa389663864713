"""The workbook that people fill in: one empty table whose cells are text, and a sheet that explains its columns."""

import io
from collections.abc import Sequence

import xlsxwriter

WIDTH = 22


def write_template(columns: Sequence[tuple[str, str, str]], headings: Sequence[str], sheets: tuple[str, str]) -> bytes:
    """Give the workbook; `columns` are name, whether it is needed, and an example."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head, text = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "@"})
    table, explained = (book.add_worksheet(name) for name in sheets)
    table.set_column(0, len(columns) - 1, WIDTH, text)  # as text, so that no leading zero is lost
    table.freeze_panes(1, 0)
    for place, (name, _needed, _example) in enumerate(columns):
        table.write_string(0, place, name, head)
    explained.set_column(0, len(headings) - 1, WIDTH)
    for place, heading in enumerate(headings):
        explained.write_string(0, place, heading, head)
    for row, cells in enumerate(columns, start=1):
        for place, cell in enumerate(cells):
            explained.write_string(row, place, cell, text)
    book.close()
    return buffer.getvalue()

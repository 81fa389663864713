"""Text files with rows: which encoding, which sign between the cells, and no sign lost in silence."""

import codecs
import csv
import io
from collections import Counter
from typing import TYPE_CHECKING

from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.imports.reading.grid import LOST, MOST_CELLS, MOST_SIGNS, Grid, Line, clean_cell
from tracker.imports.rules import Encoding

if TYPE_CHECKING:
    import _csv

TAB, DELIMITERS = "\t", (",", ";")
SAMPLE_ROWS = 200
MOST_LOST, FEW_LOST = 0.05, 20
"""A larger part of unreadable signs than this, and more than a few, and the file is no text at all."""
_MARKS = (
    (codecs.BOM_UTF8, Encoding.UTF8_MARK),
    (codecs.BOM_UTF16_LE, Encoding.UTF16),
    (codecs.BOM_UTF16_BE, Encoding.UTF16),
)
_CODECS = {
    Encoding.UTF8: "utf-8",
    Encoding.UTF8_MARK: "utf-8-sig",
    Encoding.UTF16: "utf-16",
    Encoding.UTF16_LE: "utf-16-le",
    Encoding.UTF16_BE: "utf-16-be",
    Encoding.CP950: "cp950",
    Encoding.HKSCS: "big5hkscs",
}
_SAMPLE = 4096


def _mark_lost(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return LOST, error.end


codecs.register_error("cloudsteps-mark", _mark_lost)


def read(data: bytes, encoding: Encoding | None = None) -> Grid:
    """Read the rows; without an encoding, in the one in which most can be read."""
    chosen = encoding or detect(data)
    text = decode(data, chosen)
    if encoding is None and text.count(LOST) > max(FEW_LOST, MOST_LOST * len(text)):
        raise Refused(
            N_(
                "This file is no table of text. Hand in an Excel workbook (.xlsx), or a file with commas or tabs (.csv, .tsv)."
            )
        )
    delimiter = find_delimiter(text)
    grid = Grid(encoding=chosen.value, delimiter=delimiter, readable_as=[one.value for one in readable(data)])
    cells = 0
    for number, row in _rows(text, delimiter):
        line = Line(number, [])
        for column, raw in enumerate(row):
            cell, fault = clean_cell(raw)
            line.cells.append(cell)
            if fault:
                line.faults[column] = fault
        cells += len(row)
        if cells > MOST_CELLS:
            raise Refused(
                N_("The file has more than %(most)s cells. Split it, and import one part after the other."),
                most=MOST_CELLS,
            )
        grid.take(line)
    return grid


def decode(data: bytes, encoding: Encoding) -> str:
    """Give the text; what cannot be read is marked, never left out."""
    return data.decode(_CODECS[encoding], errors="cloudsteps-mark")


def detect(data: bytes) -> Encoding:
    """Tell the encoding: by its mark, by the pattern of zero bytes, or by what leaves no sign unread."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    if wide := _without_mark(data[:_SAMPLE]):
        return wide
    candidates = (Encoding.UTF8, Encoding.CP950, Encoding.HKSCS)
    return min(candidates, key=lambda encoding: decode(data, encoding).count(LOST))


def _without_mark(sample: bytes) -> Encoding | None:
    """Tell UTF-16 without its mark: every second byte of plain letters is zero."""
    if len(sample) < 4:  # noqa: PLR2004 - two signs tell nothing
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) < len(sample) // 10:
        return None
    return Encoding.UTF16_LE if odd > even else Encoding.UTF16_BE


def readable(data: bytes) -> list[Encoding]:
    """Give the encodings in which every sign of the file can be read."""
    marked = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    if marked:
        return [marked]
    wide = _without_mark(data[:_SAMPLE])
    candidates = (wide,) if wide else (Encoding.UTF8, Encoding.CP950, Encoding.HKSCS)
    return [encoding for encoding in candidates if LOST not in decode(data, encoding)]


def find_delimiter(text: str) -> str:
    """Tell the sign between the cells: tabs where they are in most lines, else what gives most rows the same number of cells."""
    lines = [line for line, _ in zip(io.StringIO(text, newline=""), range(SAMPLE_ROWS), strict=False) if line.strip()]
    head = "".join(lines)
    if 2 * sum(TAB in line for line in lines) >= max(len(lines), 1):
        return TAB

    def worth(delimiter: str) -> int:
        try:
            rows = list(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter))
        except csv.Error:
            return 0
        widths = Counter(len(row) for row in rows if len(row) > 1)
        width, amount = max(widths.items(), key=lambda found: (found[1], found[0]), default=(0, 0))
        return amount * 1000 + width

    return max(DELIMITERS, key=worth)


def _rows(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Split the text into numbered rows of cells; a quotation mark that never ends is told, not guessed."""
    csv.field_size_limit(MOST_SIGNS + 1)
    try:
        return _split(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        if delimiter == TAB and "limit" not in str(error):  # programs that write tabs often do not quote at all
            return _split(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=csv.QUOTE_NONE))
        line = _line_of_fault(text, delimiter)
        if "limit" in str(error):
            raise Refused(
                N_(
                    "Row %(row)s holds a cell of more than %(most)s signs. Look for a quotation mark that is not closed."
                ),
                row=line,
                most=MOST_SIGNS,
            ) from error
        raise Refused(
            N_("The quotation marks of row %(row)s do not fit together. Correct the row, or save the file as .xlsx."),
            row=line,
        ) from error


def _split(reader: "_csv.Reader") -> list[tuple[int, list[str]]]:
    rows, begins = [], 1
    for row in reader:
        rows.append((begins, row))
        begins = reader.line_num + 1
    return rows


def _line_of_fault(text: str, delimiter: str) -> int:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for _row in reader:
            begins = reader.line_num + 1
    except csv.Error:
        pass
    return begins

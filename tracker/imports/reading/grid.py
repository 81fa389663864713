"""What a file gives: rows of text with their numbers in the file, and what was wrong with single cells."""

import re
from dataclasses import dataclass, field
from typing import Any

from tracker.core.csv_file import FORMULA_STARTS
from tracker.core.errors import Refused
from tracker.core.text import N_

MOST_BYTES = 10 * 1024 * 1024
"""As the file lies on the disk."""
MOST_UNPACKED = 100 * 1024 * 1024
"""What the parts of a workbook may unpack to; counted while unpacking, whatever the package says of itself."""
MOST_ROWS = 50_000
MOST_COLUMNS = 200
MOST_CELLS = 2_000_000
MOST_SIGNS = 32_767
"""In one cell; no spreadsheet holds more."""

LOST = "\ufffd"
"""Stands where signs could not be read, here or by the program that wrote the file."""
FORMULA, ERROR, UNREADABLE = "formula", "error", "unreadable"
_GUARDED = re.compile(r'="((?:[^"]|"")*)"')
_ERROR = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!)")
_UNSEEN = dict.fromkeys((*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0), 0x200B, 0x2060, 0xFEFF))


@dataclass
class Line:
    """A row of the file that holds something."""

    number: int
    """As a spreadsheet or an editor counts it, from 1."""
    cells: list[str]
    faults: dict[int, str] = field(default_factory=dict)
    """By column: a formula without a value, an error value, or signs that could not be read."""

    def trimmed(self) -> "Line":
        """Give the row without empty cells at its end."""
        end = len(self.cells)
        while end and not self.cells[end - 1] and end - 1 not in self.faults:
            end -= 1
        return Line(self.number, self.cells[:end], self.faults)


@dataclass
class Grid:
    """The rows of a file or of one sheet."""

    lines: list[Line] = field(default_factory=list)
    encoding: str = ""
    """Empty for a workbook, which says itself how it is encoded."""
    readable_as: list[str] = field(default_factory=list)
    """The encodings in which every sign of the file can be read."""
    delimiter: str = ""
    sheets: list[str] = field(default_factory=list)
    sheet: int = 0
    formulas: int = 0
    """How many cells show what a formula had given when the file was saved."""
    last: int = 0
    """The number of the file's last row, empty ones counted."""

    def take(self, line: Line) -> None:
        """Add a row unless it is empty, and refuse what is too much to be meant."""
        self.last = max(self.last, line.number)
        line = line.trimmed()
        if not line.cells:
            return
        if len(line.cells) > MOST_COLUMNS:
            raise Refused(
                N_(
                    "Row %(row)s has %(columns)s columns; at most %(most)s are read. Delete the columns that are not needed and hand the file in again."
                ),
                row=line.number,
                columns=len(line.cells),
                most=MOST_COLUMNS,
            )
        if len(self.lines) >= MOST_ROWS:
            raise Refused(
                N_("The file has more than %(most)s rows. Split it, and import one part after the other."),
                most=MOST_ROWS,
            )
        self.lines.append(line)

    def as_plain(self) -> dict[str, Any]:
        """Give the grid as JSON holds it."""
        rows = [
            [line.number, line.cells, {str(key): value for key, value in line.faults.items()}] for line in self.lines
        ]
        return {**vars(self), "lines": rows}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "Grid":
        """Read the grid as the child process wrote it."""
        lines = [
            Line(number, cells, {int(key): value for key, value in faults.items()})
            for number, cells, faults in plain.pop("lines")
        ]
        return cls(lines=lines, **plain)


def clean_cell(text: str) -> tuple[str, str | None]:
    """Give a cell without signs that nobody can see, and what is wrong with it."""
    if len(text) > MOST_SIGNS:
        raise Refused(
            N_("A cell of the file is longer than %(most)s signs. This is no table of people."), most=MOST_SIGNS
        )
    if "\0" in text:
        text = text.replace("\0", LOST)
    shown = text.translate(_UNSEEN).strip()
    if shown.startswith("'") and shown[1:].lstrip(" \u3000").startswith(FORMULA_STARTS):
        return shown[1:], None  # our own files of tables guard such a cell by an apostrophe
    if guarded := _GUARDED.fullmatch(shown):
        shown = guarded[1].replace('""', '"').strip()
    elif shown.startswith("=") and len(shown) > 1:
        return shown, FORMULA
    if LOST in shown:
        return shown, UNREADABLE
    return shown, ERROR if _ERROR.fullmatch(shown) else None

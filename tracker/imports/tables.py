"""Where in a file the table begins: reports of meetings put a summary before it, and further tables after it."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from tracker.imports.reading.grid import Grid, Line
from tracker.imports.rules import Source

LOOKED_AT = 80
"""Rows from the top among which the first header is looked for."""
ENOUGH = 2
"""Known names of columns that make a row a header."""
_SIGNS: tuple[tuple[Source, frozenset[str]], ...] = (
    (Source.TEAMS, frozenset({"firstjoin", "lastleave"})),
    (Source.TEAMS, frozenset({"第一次加入", "最後離開"})),
    (Source.TEAMS, frozenset({"首次加入", "最後離開"})),
    (Source.TEAMS, frozenset({"participantid(upn)"})),
    (Source.TEAMS, frozenset({"fullname", "useraction", "timestamp"})),
    (Source.MEET, frozenset({"timejoined", "timeexited"})),
    (Source.MEET, frozenset({"加入時間", "退出時間"})),
    (Source.WEBEX, frozenset({"attendeeemail", "attendanceduration"})),
    (Source.WEBEX, frozenset({"attendeeemail", "jointime"})),
    (Source.MICROSOFT_FORMS, frozenset({"starttime", "completiontime"})),
    (Source.MICROSOFT_FORMS, frozenset({"開始時間", "完成時間"})),
    (Source.GOOGLE_FORMS, frozenset({"timestamp"})),
    (Source.GOOGLE_FORMS, frozenset({"時間戳記"})),
)
"""Names of columns that only one program writes; the first set that is there decides."""


def fold(name: str) -> str:
    """Give the name of a column as it is compared: one width, one case, no spaces, no mark for what must be filled in."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split()).strip("*:：﹡()（）-_ ")


NAMES_OF_SOURCES = frozenset(
    fold(name)
    for name in (
        *(sign for _source, signs in _SIGNS for sign in signs),
        "Name",
        "Full Name",
        "First Name",
        "Last Name",
        "Email",
        "Email Address",
        "Duration",
        "In-Meeting Duration",
        "Join Time",
        "Leave Time",
        "Role",
        "Attendee Email",
        "Display Name",
        "ID",
        "姓名",
        "電子郵件",
        "電子郵件地址",
        "公司",
        "單位",
        "識別碼",
    )
)


@dataclass(frozen=True)
class Table:
    """A table of a file: its header and its rows; what lies before it is its preamble."""

    title: str
    header: Line
    rows: Sequence[Line] = ()
    preamble: Sequence[Line] = ()


@dataclass(frozen=True)
class Found:
    """The tables of a file, and which program wrote it."""

    tables: tuple[Table, ...] = field(default_factory=tuple)
    source: Source = Source.OTHER


def find(grid: Grid, known: AbstractSet[str], header_row: int | None = None) -> Found:
    """Find the tables; a row that a person named as the header is it, and everything after it is its table."""
    lines = grid.lines
    if header_row is not None:
        at = next((place for place, line in enumerate(lines) if line.number >= header_row), None)
        heads = [] if at is None else [at]
    else:
        heads = _heads(lines, known | NAMES_OF_SOURCES)
    tables = tuple(_table(lines, heads, place) for place in range(len(heads)))
    return Found(tables, source_of(tables[0].header.cells) if tables else Source.OTHER)


def source_of(header: Iterable[str]) -> Source:
    """Tell which program wrote a table from the names of its columns."""
    names = [fold(name) for name in header]
    for source, signs in _SIGNS:
        if source is Source.GOOGLE_FORMS:
            if names and names[0] in signs:
                return source
        elif signs <= set(names):
            return source
    return Source.OTHER


def _heads(lines: Sequence[Line], known: AbstractSet[str]) -> list[int]:
    """Give the places of the headers: the first row that reads like one, and later ones under a title of their own."""
    scores = [sum(fold(cell) in known for cell in line.cells if cell) for line in lines]
    first = next((place for place, score in enumerate(scores[:LOOKED_AT]) if score >= ENOUGH), None)
    if first is None:
        return [_first_wide(lines, scores)] if lines else []
    later = [
        place
        for place in range(first + 2, len(lines))
        if scores[place] >= ENOUGH and _is_title(lines[place - 1]) and len(lines[place].cells) > 1
    ]
    return [first, *later]


def _is_title(line: Line) -> bool:
    return len(line.cells) == 1


def _first_wide(lines: Sequence[Line], scores: Sequence[int]) -> int:
    """Give the first row that is as wide as most rows, where no name of a column is known; a list of one column begins at its top."""
    widths = Counter(len([cell for cell in line.cells if cell]) for line in lines)
    usual = max(widths.items(), key=lambda found: (found[1], found[0]))[0]
    known = next((place for place, score in enumerate(scores[:LOOKED_AT]) if score), None)
    if known is not None and usual == 1:
        return known
    return next(place for place, line in enumerate(lines) if len([cell for cell in line.cells if cell]) >= usual)


def _table(lines: Sequence[Line], heads: Sequence[int], place: int) -> Table:
    head = heads[place]
    before = heads[place - 1] + 1 if place else 0
    end = len(lines)
    if place + 1 < len(heads):
        end = heads[place + 1] - 1  # the title of the next table is none of this one's rows
    title = lines[head - 1].cells[0] if head and _is_title(lines[head - 1]) else ""
    return Table(title, lines[head], lines[head + 1 : end], lines[before:head] if place == 0 else ())

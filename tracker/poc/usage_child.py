"""Reads a usage log inside a process of its own: `python -m tracker.poc.usage_child FILE FORMAT`, the mapping as JSON on stdin.

What comes from strangers is read here, under limits that the process sets for itself first. It answers one JSON object.
"""

import csv
import io
import json
import re
import resource
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from tracker.core.clock import TAIPEI
from tracker.core.errors import Refused
from tracker.core.halfwidth import squeeze
from tracker.core.roc_date import parse_date
from tracker.poc.usage_columns import DAY, EVENTS, USER, USERS, guess

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 20
MOST_ROWS = 300_000
MOST_COLUMNS = 60
MOST_TOLD = 20
SAMPLE_ROWS = 5
LONGEST_CELL = 200
LONGEST_LINE = 1_000_000
LARGEST = 10_000_000
EPOCH_MILLISECONDS = 100_000_000_000
DELIMITERS = ",\t;|"
_MOMENT = re.compile(r"(?P<day>[^\sT]+)[\sT]+(?P<time>(?:上午|下午|AM|PM|am|pm)?\s*\d{1,2}:\d{2}.*)")
Rows = Iterator[tuple[int, list[Any]]]


class Unreadable(Exception):
    """The file cannot be read as what it says it is; the text is a code that the caller says in a sentence."""


def limit() -> None:
    """Take from this process what reading a table does not need."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    csv.field_size_limit(LONGEST_LINE)


# --- text ---------------------------------------------------------------------------------------------------------------


def decode(data: bytes) -> tuple[list[str], Counter[str], list[int]]:
    """Give the lines, how many were written in which encoding, and the numbers of those that none fits.

    Programs append to each other's logs, so that one file holds lines of several encodings: each is read by itself. Neither
    UTF-8 nor Big5 uses the byte of a new line within a character.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise Unreadable("encoding") from error
        lines = text.splitlines()
        return lines, Counter({"UTF-16": len(lines)}), []
    found: Counter[str] = Counter()
    lines, bad = [], []
    for number, raw in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if len(raw) > LONGEST_LINE:
            raise Unreadable("line")
        line, encoding = _decode_line(raw.removesuffix(b"\r").removeprefix(b"\xef\xbb\xbf"))
        if encoding:
            found[encoding] += 1
        else:
            bad.append(number)
        lines.append(line)
    return lines, found, bad


def _decode_line(raw: bytes) -> tuple[str, str]:
    for encoding, name in (("utf-8", "UTF-8"), ("cp950", "Big5 (CP950)"), ("big5hkscs", "Big5-HKSCS")):
        try:
            return raw.decode(encoding), "ASCII" if raw.isascii() else name
        except UnicodeDecodeError:
            continue
    return "", ""


def read_csv(lines: Sequence[str], bad: Sequence[int]) -> Rows:
    """Give the rows of delimited text with the numbers of their lines."""
    head = next((line for line in lines if line.strip()), "")
    delimiter = max(DELIMITERS, key=head.count)
    unreadable = set(bad)
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter)
    try:
        for row in reader:
            if reader.line_num not in unreadable and any(cell.strip() for cell in row):
                yield reader.line_num, list(row)
    except csv.Error as error:
        raise Unreadable("table") from error


# --- workbooks and JSON -------------------------------------------------------------------------------------------------


def read_xlsx(path: Path) -> Rows:
    """Give the rows of a workbook's first sheet; formulas are read as their kept values."""
    from openpyxl import load_workbook  # noqa: PLC0415 - only this kind of file needs it

    try:
        with path.open("rb") as file:  # by its bytes: what is stored has no ending that the package could look at
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            for number, row in enumerate(book.worksheets[0].iter_rows(max_col=MOST_COLUMNS, values_only=True), start=1):
                cells = list(row)
                while cells and cells[-1] in (None, ""):
                    cells.pop()
                if cells:
                    yield number, cells
    except (MemoryError, Unreadable):
        raise
    except Exception as error:
        raise Unreadable("table") from error


def read_json(lines: Sequence[str]) -> Rows:
    """Give the rows of a list of objects, of one below a key, or of one object a line."""
    try:
        records = _records(json.loads("\n".join(lines)))
    except RecursionError as error:
        raise Unreadable("table") from error
    except ValueError:
        records = list(_one_a_line(lines))
    if not records:
        raise Unreadable("table")
    names = list(dict.fromkeys(str(name) for record in records[:MOST_ROWS] for name in record))[:MOST_COLUMNS]
    yield 0, list(names)
    for number, record in enumerate(records, start=1):
        yield number, [record.get(name) for name in names]


def _records(found: Any) -> list[dict[str, Any]]:
    if isinstance(found, dict):
        found = next((value for value in found.values() if isinstance(value, list)), [found])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Unreadable("table")
    return found


def _one_a_line(lines: Sequence[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line.strip():
            try:
                one = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise Unreadable("table") from error
            if not isinstance(one, dict):
                raise Unreadable("table")
            yield one


# --- days and users -----------------------------------------------------------------------------------------------------


def day_of(value: Any) -> date:
    """Give the day in Taipei on which something happened; a moment without a zone was written in Taipei."""
    if isinstance(value, datetime):
        return _in_taipei(value)
    if isinstance(value, date):
        return value
    if isinstance(value, bool) or value is None:
        raise ValueError(value)
    if isinstance(value, int | float):
        return _of_seconds(value)
    return _of_text(str(value).strip())


def _of_text(text: str) -> date:
    digits = squeeze(text)
    if digits.isascii() and digits.isdigit() and len(digits) in (10, 13):
        return _of_seconds(int(digits))
    found = _MOMENT.fullmatch(text)
    if found is None:
        return parse_date(text)
    try:
        return _in_taipei(datetime.fromisoformat(text))
    except ValueError:
        return parse_date(found["day"])


def _in_taipei(moment: datetime) -> date:
    return moment.astimezone(TAIPEI).date() if moment.tzinfo else moment.date()


def _of_seconds(value: float) -> date:
    seconds = value / 1000 if value >= EPOCH_MILLISECONDS else value
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).astimezone(TAIPEI).date()


def number_of(value: Any) -> int:
    """Give a whole number from zero on."""
    if isinstance(value, bool) or value is None:
        raise ValueError(value)
    text = squeeze(str(value)).replace(",", "")
    number = float(text)
    if number != int(number) or not 0 <= number <= LARGEST:
        raise ValueError(value)
    return int(number)


class Days:
    """Days with their users, gathered row by row."""

    def __init__(self, mapping: dict[str, int]) -> None:
        """Take which column holds what."""
        self.mapping = mapping
        self.names: dict[date, set[str]] = {}
        self.users: Counter[date] = Counter()
        self.events: Counter[date] = Counter()
        self.taken = 0
        self.problems: list[dict[str, Any]] = []
        self.unread = 0

    def take(self, number: int, row: Sequence[Any]) -> None:
        """Count one row, or note why it cannot be counted."""
        try:
            day = day_of(self._cell(row, DAY))
            events = number_of(self._cell(row, EVENTS)) if EVENTS in self.mapping else 1
            if USERS in self.mapping:
                self.users[day] = max(self.users[day], number_of(self._cell(row, USERS)))
            else:
                name = str(self._cell(row, USER) or "").strip().casefold()
                if not name:
                    raise ValueError(name)
                self.names.setdefault(day, set()).add(name)
        except (ValueError, Refused, OverflowError):
            self.unread += 1
            if len(self.problems) < MOST_TOLD:
                self.problems.append({"line": number, "text": _short(row)})
        else:
            self.events[day] += events
            self.taken += 1

    def _cell(self, row: Sequence[Any], role: str) -> Any:
        place = self.mapping[role]
        return row[place] if place < len(row) else None

    def plain(self) -> list[list[Any]]:
        """Give each day with its users and uses."""
        days = sorted(self.events)
        return [
            [day.isoformat(), self.users[day] if USERS in self.mapping else len(self.names[day]), self.events[day]]
            for day in days
        ]


def _short(row: Sequence[Any]) -> str:
    return " | ".join("" if cell is None else str(cell) for cell in row)[:LONGEST_CELL]


def read(path: Path, kind: str, mapping: dict[str, int] | None) -> dict[str, Any]:
    """Read a log: its columns and first rows, and with a mapping its days."""
    encodings: Counter[str] = Counter()
    bad: list[int] = []
    lines: list[str] = []
    if kind != "xlsx":
        lines, encodings, bad = decode(path.read_bytes())
        if any("\0" in line for line in lines):
            raise Unreadable("table")
    rows = read_xlsx(path) if kind == "xlsx" else read_json(lines) if kind == "json" else read_csv(lines, bad)
    _line, head = next(rows, (0, []))
    columns = [str(cell if cell is not None else "").strip()[:LONGEST_CELL] for cell in head[:MOST_COLUMNS]]
    if not any(columns):
        raise Unreadable("empty")
    return {
        "columns": columns,
        "guess": guess(columns),
        "encodings": dict(encodings.most_common()),
        "undecoded": bad[:MOST_TOLD],
        "undecoded_rows": len(bad),
        **_walk(rows, mapping),
    }


def _walk(rows: Iterable[tuple[int, list[Any]]], mapping: dict[str, int] | None) -> dict[str, Any]:
    sample: list[list[str]] = []
    days = Days(mapping) if mapping is not None else None
    count = 0
    for count, (number, row) in enumerate(rows, start=1):
        if count > MOST_ROWS:
            raise Unreadable("rows")
        if len(sample) < SAMPLE_ROWS:
            sample.append(["" if cell is None else str(cell)[:LONGEST_CELL] for cell in row[:MOST_COLUMNS]])
        if days is not None:
            days.take(number, row)
    if count == 0:
        raise Unreadable("empty")
    found: dict[str, Any] = {"rows": count, "sample": sample}
    if days is not None:
        found |= {"days": days.plain(), "taken": days.taken, "unread": days.unread, "problems": days.problems}
    return found


def main() -> None:
    """Read what the command line names and answer in JSON."""
    path, kind = Path(sys.argv[1]), sys.argv[2]
    mapping = json.load(sys.stdin)
    if kind == "xlsx":
        import openpyxl  # noqa: F401, PLC0415 - loaded before the limits, which its own files would meet
    limit()
    try:
        answer: dict[str, Any] = read(path, kind, mapping)
    except Unreadable as error:
        answer = {"fault": str(error)}
    except MemoryError:
        answer = {"fault": "size"}
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8")
    json.dump(answer, out, ensure_ascii=False)
    out.flush()


if __name__ == "__main__":
    main()

"""How the numbers of a workbook are written as the reader sees them: dates, times, leading zeros."""

import re
from datetime import datetime, timedelta

from tracker.core.errors import Refused
from tracker.core.text import N_

_LETTERS = re.compile(r"[A-Z]{1,3}")
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.')
_SECTION = re.compile(r"\[(?!h|m|s)[^\]]*\]", re.IGNORECASE)
_ZEROS = re.compile(r"0{2,}")
_BUILT_IN_DATES = frozenset({14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)})
_BUILT_IN_TIMES = frozenset({18, 19, 20, 21, 45, 47})
_BUILT_IN_LENGTHS = frozenset({46})
DAY, MOMENT, TIME, LENGTH = "day", "moment", "time", "length"
FIRST_DAY, FIRST_DAY_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - days without a zone, as in the file
_LAST_SERIAL = 2_958_465
_EXACT = 10**15
"""Whole numbers up to here are kept exactly by a workbook."""


def column_of(reference: str) -> int:
    """Give a column's number, from 0, of a reference such as AB12."""
    found = _LETTERS.match(reference.upper())
    if found is None:
        raise ValueError(reference)
    number = 0
    for letter in found[0]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


class Formats:
    """How the cells of a workbook are formatted, by the number of their style."""

    def __init__(self) -> None:
        """Begin with the formats that every workbook has."""
        self._codes: dict[int, str] = {}
        self._styles: list[tuple[str, int]] = []
        self.is_1904 = False

    def begin(self, *, is_1904: bool) -> None:
        """Say with which day the workbook begins to count."""
        self.is_1904 = is_1904

    def name(self, number: int, code: str) -> None:
        """Take in a format of the workbook's own."""
        self._codes[number] = code

    def add(self, number: int) -> None:
        """Take in the next style."""
        self._styles.append(self._kind_of(number))

    def of(self, style: int) -> tuple[str, int, bool]:
        """Give what a style shows, with how many digits at least, and which calendar counts."""
        kind, digits = self._styles[style] if style < len(self._styles) else ("", 0)
        return kind, digits, self.is_1904

    def _kind_of(self, number: int) -> tuple[str, int]:
        if number in self._codes:
            return _kind_of_code(self._codes[number])
        if number in _BUILT_IN_DATES:
            return (MOMENT if number == 22 else DAY), 0  # noqa: PLR2004 - the one built-in format with both
        if number in _BUILT_IN_TIMES:
            return TIME, 0
        return (LENGTH if number in _BUILT_IN_LENGTHS else ""), 0


def _kind_of_code(code: str) -> tuple[str, int]:
    plain = _QUOTED.sub("", _SECTION.sub("", code.split(";", maxsplit=1)[0])).casefold()
    if _ZEROS.fullmatch(plain):
        return "", len(plain)
    if "[h" in plain or "[m" in plain or "[s" in plain:
        return LENGTH, 0
    has_day = any(sign in plain for sign in "dyeb") or ("m" in plain and "h" not in plain and "s" not in plain)
    has_time = "h" in plain or "s" in plain
    if plain == "general" or (has_day and "0" in plain and "y" not in plain and "d" not in plain):
        return "", 0
    return (MOMENT if has_day and has_time else DAY if has_day else TIME if has_time else ""), 0


def write_number(raw: str, shown_as: tuple[str, int, bool]) -> str:
    """Write a number as it is meant: a day, a moment, a time, or digits."""
    kind, digits, is_1904 = shown_as
    value = float(raw)
    if kind and 0 <= value <= _LAST_SERIAL:
        return _write_time(value, kind, FIRST_DAY_1904 if is_1904 else FIRST_DAY)
    if value.is_integer() and abs(value) < _EXACT:
        return str(int(value)).zfill(digits)
    if value != value or abs(value) == float("inf"):  # noqa: PLR0124 - what is not a number is not itself
        raise Refused(N_("A cell of the workbook holds no number where one is said to be."))
    return repr(value)


def _write_time(value: float, kind: str, first: datetime) -> str:
    seconds = round(value * 86_400)
    if kind == LENGTH:
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if kind == TIME and value < 1:
        return f"{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    moment = first + timedelta(seconds=seconds)
    if kind == DAY and seconds % 86_400 == 0:
        return moment.date().isoformat()
    return moment.isoformat(sep=" ")

"""Content files that people write: two languages, TOML, and faults that name file and line."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Protocol, TypeAlias

from tracker.core.text import N_, Message

LANGUAGES = ("zh-Hant", "en")
"""The original first; every text exists in each of them."""

KeyPath: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True)
class Bilingual:
    """A text in both languages."""

    zh_hant: str
    en: str

    def of(self, locale: str) -> str:
        """Give the text for a locale such as zh_Hant_TW or en."""
        return self.en if locale.startswith("en") else self.zh_hant

    def __str__(self) -> str:
        return self.en


class Named(Protocol):
    """What has a Chinese name, and perhaps an English one."""

    @property
    def name_zh(self) -> str:
        """Give the Chinese name."""

    @property
    def name_en(self) -> str | None:
        """Give the English name, if there is one."""


def names(chinese: str, english: str | None) -> Bilingual:
    """Give a name in both languages; where there is no English one, the Chinese stands for it."""
    return Bilingual(chinese, english or chinese)


def names_of(record: Named) -> Bilingual:
    """Give the name of a vendor, product or programme in both languages."""
    return names(record.name_zh, record.name_en)


@dataclass(frozen=True)
class Fault:
    """What is wrong in a content file, and where."""

    file: str
    line: int
    sentence: Message
    key: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}"


class ContentFaults(Exception):
    """A content file that cannot be used, with everything found wrong in it."""

    def __init__(self, faults: Collection[Fault]) -> None:
        """Keep the faults and show them as the message."""
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass
class TomlTable:
    """One table of a TOML file, read key by key; what does not fit is noted as a fault with its line."""

    file: str
    data: Mapping[str, Any]
    lines: Mapping[KeyPath, int]
    faults: list[Fault]
    path: KeyPath = ()
    seen: set[str] = field(default_factory=set)

    def text(self, key: str) -> str:
        """Read a text that must be there and not be empty."""
        value = self._take(key, str, N_("“%(key)s” must be a text in quotation marks."))
        if isinstance(value, str) and not value.strip():
            self.fault(key, N_("“%(key)s” is empty."))
        return value or ""

    def optional_text(self, key: str) -> str | None:
        """Read a text that may be left out."""
        return self.text(key) if key in self.data else None

    def positive(self, key: str) -> int:
        """Read a whole number above zero."""
        value = self._take(key, int, N_("“%(key)s” must be a whole number."))
        if value is not None and value <= 0:
            self.fault(key, N_("“%(key)s” must be greater than zero."))
        return value or 0

    def flag(self, key: str, *, default: bool) -> bool:
        """Read true or false, or take the default when the key is left out."""
        if key not in self.data:
            return default
        return bool(self._take(key, bool, N_("“%(key)s” must be true or false.")))

    def one_of(self, key: str, allowed: Collection[str]) -> str:
        """Read a text that must be one of the known words."""
        value = self.text(key)
        if value.strip() and value not in allowed:
            self._unknown(key, value, allowed)
        return value

    def texts(self, key: str, allowed: Collection[str] | None = None) -> tuple[str, ...]:
        """Read a list of texts, empty when the key is left out."""
        if key not in self.data:
            return ()
        values = self._take(key, list, N_("“%(key)s” must be a list of texts."))
        if not all(isinstance(value, str) for value in values or ()):
            self.fault(key, N_("“%(key)s” must be a list of texts."))
            return ()
        for value in values or ():
            if allowed is not None and value not in allowed:
                self._unknown(key, value, allowed)
        return tuple(values or ())

    def bilingual(self, key: str) -> Bilingual:
        """Read a table with one text per language."""
        table = self.table(key)
        texts = [table.text(language) for language in LANGUAGES]
        table.finish()
        return Bilingual(*texts)

    def value(self, key: str) -> object:
        """Read whatever stands there; the caller checks what it is."""
        self.seen.add(key)
        return self.data.get(key)

    def skip(self, *keys: str) -> None:
        """Pass over keys that another fault makes unreadable."""
        self.seen.update(keys)

    def table(self, key: str) -> "TomlTable":
        """Read a table inside this one; a missing one is a fault and reads as empty."""
        data = self._take(key, dict, N_("“%(key)s” must be a table."))
        return self._inside(data or {}, key)

    def optional_table(self, key: str) -> "TomlTable | None":
        """Read a table that may be left out."""
        return self.table(key) if key in self.data else None

    def tables(self, key: str) -> list["TomlTable"]:
        """Read an array of tables, empty when there is none."""
        if key not in self.data:
            return []
        entries = self._take(key, list, N_("“%(key)s” must be a list of tables."))
        if not all(isinstance(entry, dict) for entry in entries or ()):
            self.fault(key, N_("“%(key)s” must be a list of tables."))
            return []
        return [self._inside(entry, key, index) for index, entry in enumerate(entries or ())]

    def finish(self) -> None:
        """Note every key that nobody asked for."""
        for key in self.data:
            if key not in self.seen:
                self.fault(key, N_("“%(key)s” is not a key that is known here."))

    def line(self, key: str = "") -> int:
        """Tell the line of a key, or of the table when the key is not there."""
        path = (*self.path, key) if key else self.path
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def fault(self, key: str, msgid: str, **params: object) -> None:
        """Note a fault at a key."""
        name = ".".join(str(part) for part in (*self.path, key) if part != "" and not isinstance(part, int))
        self.faults.append(Fault(self.file, self.line(key), Message(msgid, {"key": name, **params}), name))

    def _take(self, key: str, kind: type, wrong: str) -> Any:
        self.seen.add(key)
        if key not in self.data:
            self.fault(key, N_("“%(key)s” is missing."))
            return None
        value = self.data[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.fault(key, wrong)
            return None
        return value

    def _unknown(self, key: str, value: str, allowed: Collection[str]) -> None:
        self.fault(
            key,
            N_("“%(value)s” is not known for “%(key)s”; use one of: %(allowed)s."),
            value=value,
            allowed=", ".join(sorted(allowed)),
        )

    def _inside(self, data: Mapping[str, Any], *path: str | int) -> "TomlTable":
        return TomlTable(self.file, data, self.lines, self.faults, (*self.path, *path))


def read_toml(text: str, file: str, *, first_line: int = 1) -> TomlTable:
    """Read TOML whose first line is `first_line` of its file; raise ContentFaults where it is not TOML."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        reason = re.sub(r" \(at .*\)$", "", str(error))
        sentence = Message(N_("This is not valid TOML: %(reason)s."), {"reason": reason})
        raise ContentFaults([Fault(file, line + first_line - 1, sentence)]) from error
    return TomlTable(file, data, _Lines(text, first_line), [])


@dataclass
class _Lines(Mapping[KeyPath, int]):
    """The line of each key, found only when a fault asks for it: a sound file is read in half the time."""

    text: str
    first_line: int

    @cached_property
    def found(self) -> dict[KeyPath, int]:
        return {path: line + self.first_line - 1 for path, line in key_lines(self.text).items()}

    def __getitem__(self, path: KeyPath) -> int:
        return self.found[path]

    def __iter__(self) -> Iterator[KeyPath]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)


def key_lines(text: str) -> dict[KeyPath, int]:
    """Find the line on which each table and key of a valid TOML text is written.

    Keys inside an inline table are reported at the line of that table's own key.
    """
    found: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    here: KeyPath = ()
    skip_until = 0
    rows = text.split("\n")
    for number, row in enumerate(rows, start=1):
        if number <= skip_until:
            continue
        header = re.match(r"\s*(\[\[?)\s*([^\]]+?)\s*\]", row)
        if header and not _KEY.match(row):
            here = _enter(_split_key(header[2]), counts, repeated=header[1] == "[[")
            found.setdefault(here, number)
            continue
        key = _KEY.match(row)
        if key is None:
            continue
        parts = _split_key(key[1])
        for depth in range(1, len(parts) + 1):
            found.setdefault((*here, *parts[:depth]), number)
        skip_until = number + _rows_of_value(rows, number - 1, key.end()) - 1
    return found


_PART = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_KEY = re.compile(rf"\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")


def _split_key(key: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(_PART, key))


def _enter(parts: tuple[str, ...], counts: dict[KeyPath, int], *, repeated: bool) -> KeyPath:
    """Give the path of a table header; a repeated one begins a new element of its list."""
    path: KeyPath = ()
    for depth, part in enumerate(parts, start=1):
        path = (*path, part)
        if repeated and depth == len(parts):
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _rows_of_value(rows: list[str], start: int, column: int) -> int:
    """Count the rows over which a value reaches, so that what it holds is not taken for keys."""
    depth = 0
    quote = ""
    for offset, row in enumerate(rows[start:]):
        position = column if offset == 0 else 0
        while position < len(row):
            rest = row[position:]
            if quote:
                if quote.startswith('"') and rest.startswith("\\"):
                    position += 2
                elif rest.startswith(quote):
                    position += len(quote)
                    quote = ""
                else:
                    position += 1
                continue
            if rest.startswith("#"):
                break
            opening = re.match(r'"""|\'\'\'|"|\'', rest)
            if opening:
                quote = opening[0]
                position += len(quote)
                continue
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(rest[0], 0)
            position += 1
        if quote not in ('"""', "'''") and depth <= 0:
            return offset + 1
    return len(rows) - start


def as_date(value: object) -> date | None:
    """Give a plain date, and nothing for a moment or another value."""
    return value if isinstance(value, date) and not isinstance(value, datetime) else None

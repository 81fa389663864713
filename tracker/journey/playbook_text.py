"""The text of one playbook file: front matter, body and checklist lines, with the line each stands on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent

from tracker.core.content import ContentFaults, Fault, TomlTable, read_toml
from tracker.core.text import N_, Message


@dataclass(frozen=True)
class ItemText:
    """One checklist line as it is written, with the help below it."""

    key: str
    text: str
    help: str
    settings: dict[str, str]
    """`who`, `evidence`, `days`, `by`, and `gate` with an empty value."""
    line: int


@dataclass(frozen=True)
class Link:
    """A link or image of a body."""

    address: str
    line: int


@dataclass(frozen=True)
class FileText:
    """One playbook file, taken apart."""

    file: str
    front: TomlTable
    body: str
    first_line: int
    """The line of the file on which the body begins."""
    before: str
    items: tuple[ItemText, ...]
    after: str
    faults: tuple[Fault, ...]

    def links(self) -> Iterator[Link]:
        """List links and images outside code."""
        for number, row in _outside_code(self.body.split("\n"), self.first_line):
            for found in _LINK.finditer(_CODE.sub("", row)):
                yield Link(found[1], number)

    def headings(self) -> Iterator[tuple[int, int]]:
        """List the line and the level of each heading."""
        for number, row in _outside_code(self.body.split("\n"), self.first_line):
            found = _HEADING.match(row)
            if found:
                yield number, len(found[1])

    def item_line(self, key: str) -> int:
        """Tell the line of an item."""
        return next((item.line for item in self.items if item.key == key), 1)


_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+[\"'][^)]*)?\s*\)")
_CODE = re.compile(r"`[^`]*`")
_HEADING = re.compile(r"(#{1,6})\s+\S")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_ITEM = re.compile(r"[-*+] \[.?\]")
_WELL_FORMED = re.compile(r"- \[ \] (?P<text>\S.*?)\s*\{:\s*#(?P<key>[^\s}]+)(?P<settings>[^}]*)\}\s*")
KEY = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_SETTINGS = ("who", "evidence", "gate", "days", "by")


def file_name(place: str, language: str) -> str:
    """Name the file of a playbook in one language."""
    return f"{place}.{language}.md"


def read_text(text: str, file: str) -> FileText:
    """Take a playbook file apart, or raise ContentFaults where its front matter cannot be read."""
    rows = text.replace("\r\n", "\n").removeprefix("\ufeff").split("\n")
    end = next((index for index, row in enumerate(rows) if index and row.rstrip() == "+++"), None)
    if rows[0].rstrip() != "+++" or end is None:
        sentence = Message(N_("The file begins with front matter between two lines “+++”."))
        raise ContentFaults([Fault(file, 1, sentence)])
    front = read_toml("\n".join(rows[1:end]), file, first_line=2)
    return _read_body(front, rows[end + 1 :], end + 2, file)


def _read_body(front: TomlTable, rows: list[str], first_line: int, file: str) -> FileText:
    faults: list[Fault] = []
    items: list[ItemText] = []
    starts = [number - first_line for number, row in _outside_code(rows, first_line) if _ITEM.match(row)]
    end = starts[0] if starts else len(rows)
    for start in starts:
        if start > end:
            sentence = Message(N_("All items stand in one list; this one stands apart from the others."))
            faults.append(Fault(file, start + first_line, sentence))
        stop = next((index for index in range(start + 1, len(rows)) if _ends_item(rows[index])), len(rows))
        item = _read_item(rows[start], "\n".join(rows[start + 1 : stop]), start + first_line, file, faults)
        if item:
            items.append(item)
        end = stop
    before = "\n".join(rows[: starts[0]] if starts else rows).strip("\n")
    after = "\n".join(rows[end:]).strip("\n") if starts else ""
    return FileText(file, front, "\n".join(rows), first_line, before, tuple(items), after, tuple(faults))


def _ends_item(row: str) -> bool:
    return row.strip() != "" and not row.startswith("  ")


def _read_item(row: str, below: str, line: int, file: str, faults: list[Fault]) -> ItemText | None:
    found = _WELL_FORMED.fullmatch(row)
    if found is None:
        sentence = Message(N_("An item is written “- [ ] text {: #id … }” on one line, and is not ticked."))
        faults.append(Fault(file, line, sentence))
        return None
    if not KEY.fullmatch(found["key"]):
        sentence = Message(
            N_("“%(id)s” is no item id: use small letters, digits and single hyphens."), {"id": found["key"]}
        )
        faults.append(Fault(file, line, sentence))
    settings: dict[str, str] = {}
    for word in found["settings"].split():
        name, _, value = word.partition("=")
        if name not in _SETTINGS or name in settings or ("=" in word) is (name == "gate"):
            sentence = Message(N_("“%(word)s” is not understood after an item's id."), {"word": word})
            faults.append(Fault(file, line, sentence))
        settings[name] = value
    return ItemText(found["key"], found["text"], dedent(below).strip(), settings, line)


def _outside_code(rows: list[str], first_line: int) -> Iterator[tuple[int, str]]:
    """Walk the rows that are not part of a fenced code block."""
    fence = ""
    for number, row in enumerate(rows, start=first_line):
        mark = _FENCE.match(row)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and row.strip() == mark[1]:
            fence = ""
        elif not fence:
            yield number, row

"""Excel workbooks (.xlsx) read as a stream: one pass, limits counted on the way, no document type, no formula run.

A general reader builds every cell as an object and trusts what the package says of its size; this one keeps text only, tells a
formula from a value, and stops at the first byte, row or cell beyond its limit (docs/adr/0023-own-reader-of-tables.md).
"""

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.parsers import expat

from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.imports.reading.cells import Formats, column_of, write_number
from tracker.imports.reading.grid import ERROR, FORMULA, MOST_CELLS, MOST_UNPACKED, Grid, Line, clean_cell

CHUNK = 256 * 1024
Attributes = dict[str, str]
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MERGED = re.compile(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})")
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships id"
STRICT_RELATION = "http://purl.oclc.org/ooxml/officeDocument/relationships id"
HIDDEN = frozenset({"hidden", "veryHidden"})


def not_sound() -> Refused:
    """Refuse a workbook that is broken."""
    return Refused(
        N_("This workbook is damaged. Open it in the program that made it, save it as .xlsx again, and hand in that.")
    )


class Package:
    """The parts of a workbook; what they unpack to is counted and bounded over all of them."""

    def __init__(self, path: Path) -> None:
        """Open the package."""
        self._zip = zipfile.ZipFile(path)
        self._names = {name.casefold(): name for name in self._zip.namelist()}
        self._left = MOST_UNPACKED

    def __contains__(self, name: str) -> bool:
        """Tell whether there is such a part."""
        return name.casefold() in self._names

    def parse(self, name: str, parser: "Parser") -> None:
        """Feed a part to a parser."""
        if name not in self:
            raise not_sound()
        with self._zip.open(self._names[name.casefold()]) as part:
            while chunk := part.read(CHUNK):
                self._left -= len(chunk)
                if self._left < 0:
                    raise Refused(
                        N_(
                            "This workbook unpacks to more than %(most)s MB and is not read. Copy the table alone into a new workbook."
                        ),
                        most=MOST_UNPACKED // 1024**2,
                    )
                parser.feed(chunk)
        parser.feed(b"", last=True)


class Parser:
    """A parser of one part: `on_start` and `on_end` by the local name of an element, text of the elements named in `texts`."""

    def __init__(self, texts: frozenset[str] = frozenset()) -> None:
        """Set up expat without document types."""
        self._expat = expat.ParserCreate(namespace_separator=" ")
        self._expat.buffer_text = True
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._data
        self._expat.StartDoctypeDeclHandler = self._refuse_doctype
        self._texts, self._within, self._text = texts, 0, [""]
        self.on_start: dict[str, Callable[[Attributes], None]] = {}
        self.on_end: dict[str, Callable[[str], None]] = {}

    def feed(self, data: bytes, *, last: bool = False) -> None:
        """Parse some bytes."""
        self._expat.Parse(data, last)

    def _start(self, name: str, attributes: Attributes) -> None:
        local = name.rpartition(" ")[2]
        if local in self._texts:
            self._within += 1
            self._text = []
        if handler := self.on_start.get(local):
            handler(attributes)

    def _data(self, data: str) -> None:
        if self._within:
            self._text.append(data)

    def _end(self, name: str) -> None:
        local = name.rpartition(" ")[2]
        if local in self._texts:
            self._within -= 1
        if handler := self.on_end.get(local):
            handler("".join(self._text))

    def _refuse_doctype(self, *_about: object) -> None:
        raise Refused(N_("This workbook declares a document type, which no spreadsheet does. It is not read."))


def read(path: Path, sheet: int | None = None) -> Grid:
    """Read a sheet: the asked one, else the first that is shown and holds rows."""
    try:
        package = Package(path)
        sheets, formats = _sheets(package), Formats()
        if not sheets:
            raise not_sound()
        _read_formats(package, formats)
        strings = _shared_strings(package)
        names = [name for name, _part, _shown in sheets]
        for number in _in_question(sheets, sheet):
            grid = _SheetReader(strings, formats).read(package, sheets[number][1])
            grid.sheets, grid.sheet = names, number
            if grid.lines or sheet is not None:
                return grid
    except (
        zipfile.BadZipFile,
        expat.ExpatError,
        NotImplementedError,
        LookupError,
        ValueError,
        EOFError,
        OSError,
    ) as error:
        raise not_sound() from error
    except RuntimeError as error:  # what zipfile says of a part that is locked
        raise Refused(N_("This workbook is locked by a password. Hand in a copy without one.")) from error
    raise Refused(N_("No sheet of this workbook holds a row."))


def _in_question(sheets: list[tuple[str, str, bool]], asked: int | None) -> list[int]:
    if asked is not None:
        if not 0 <= asked < len(sheets):
            raise Refused(N_("The workbook has no such sheet. Choose another."))
        return [asked]
    return [number for number, (_name, _part, shown) in enumerate(sheets) if shown]


def _sheets(package: Package) -> list[tuple[str, str, bool]]:
    """Give the sheets with their parts, and whether they are shown."""
    found: list[tuple[str, str, bool]] = []
    home, relations = _workbook(package)
    parser = Parser()

    def note(attributes: Attributes) -> None:
        key = attributes.get(RELATION) or attributes.get(STRICT_RELATION) or ""
        if target := relations.get(key):
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(home, target))
            found.append((attributes.get("name", ""), part, attributes.get("state") not in HIDDEN))

    parser.on_start["sheet"] = note
    package.parse(posixpath.join(home, "workbook.xml"), parser)
    return [(name, part, shown) for name, part, shown in found if "worksheets/" in part.casefold()]


def _workbook(package: Package) -> tuple[str, dict[str, str]]:
    """Give the folder of the workbook and where its relations lead."""
    home = "xl" if "xl/workbook.xml" in package else ""
    relations: dict[str, str] = {}
    parser = Parser()
    parser.on_start["Relationship"] = lambda one: relations.update({one.get("Id", ""): one.get("Target", "")})
    package.parse(posixpath.join(home, "_rels/workbook.xml.rels"), parser)
    return home, relations


def _read_formats(package: Package, formats: Formats) -> None:
    book = Parser()
    book.on_start["workbookPr"] = lambda one: formats.begin(is_1904=one.get("date1904") in {"1", "true"})
    package.parse("xl/workbook.xml" if "xl/workbook.xml" in package else "workbook.xml", book)
    if "xl/styles.xml" not in package:
        return
    styles, within = Parser(), [False]
    styles.on_start["numFmt"] = lambda one: formats.name(int(one["numFmtId"]), one.get("formatCode", ""))
    styles.on_start["cellXfs"] = lambda _one: within.__setitem__(0, True)
    styles.on_end["cellXfs"] = lambda _text: within.__setitem__(0, False)
    styles.on_start["xf"] = lambda one: formats.add(int(one.get("numFmtId", "0"))) if within[0] else None
    package.parse("xl/styles.xml", styles)


def _shared_strings(package: Package) -> list[str]:
    strings: list[str] = []
    if "xl/sharedStrings.xml" not in package:
        return strings
    parser, pieces = Parser(frozenset({"t"})), Pieces()
    pieces.listen(parser)
    parser.on_end["si"] = lambda _text: strings.append(pieces.take())
    package.parse("xl/sharedStrings.xml", parser)
    return strings


class Pieces:
    """The runs of a rich text, put together; how it is read aloud (phonetic runs) is no part of it."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._parts: list[str] = []
        self._aloud = 0

    def listen(self, parser: Parser) -> None:
        """Gather what a parser meets."""
        parser.on_start["rPh"] = lambda _one: self._step(1)
        parser.on_end["rPh"] = lambda _text: self._step(-1)
        parser.on_end["t"] = self._add

    def _step(self, by: int) -> None:
        self._aloud += by

    def _add(self, text: str) -> None:
        if not self._aloud:
            self._parts.append(text)

    def take(self) -> str:
        """Give the text, and begin anew."""
        text, self._parts = "".join(self._parts), []
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


class _SheetReader:
    """Gathers the rows of one sheet."""

    def __init__(self, strings: list[str], formats: Formats) -> None:
        self._strings, self._formats = strings, formats
        self._grid = Grid()
        self._row, self._column, self._cells = 0, -1, 0
        self._kind, self._style, self._value = "", 0, ""
        self._is_formula = False
        self._line = Line(0, [])
        self._inline = Pieces()
        self._merged: list[tuple[int, int, int]] = []

    def read(self, package: Package, part: str) -> Grid:
        parser = Parser(frozenset({"v", "t", "f"}))
        self._inline.listen(parser)
        parser.on_start |= {"row": self._begin_row, "c": self._begin_cell, "mergeCell": self._note_merged}
        parser.on_start["f"] = lambda _one: setattr(self, "_is_formula", True)
        parser.on_end |= {"v": lambda text: setattr(self, "_value", text), "c": self._end_cell, "row": self._end_row}
        package.parse(part, parser)
        self._fill_merged()
        return self._grid

    def _begin_row(self, attributes: Attributes) -> None:
        self._row = int(attributes.get("r", self._row + 1))
        self._line, self._column = Line(self._row, []), -1

    def _begin_cell(self, attributes: Attributes) -> None:
        self._column = column_of(attributes["r"]) if "r" in attributes else self._column + 1
        self._kind, self._style = attributes.get("t", "n"), int(attributes.get("s", "0"))
        self._value, self._is_formula = "", False
        self._cells += 1
        if self._cells > MOST_CELLS:
            raise Refused(
                N_("The file has more than %(most)s cells. Split it, and import one part after the other."),
                most=MOST_CELLS,
            )

    def _end_cell(self, _text: str) -> None:
        text = self._text_of_cell()
        shown, fault = clean_cell(text)
        if self._is_formula:
            self._grid.formulas += 1
            fault = FORMULA if not text else fault
        elif fault == FORMULA:
            fault = None  # in a workbook, text that begins with = is text
        if not shown and not fault:
            return
        cells = self._line.cells
        if self._column > len(cells) + MOST_CELLS:
            raise not_sound()
        cells.extend([""] * (self._column + 1 - len(cells)))
        cells[self._column] = shown
        if fault:
            self._line.faults[self._column] = fault

    def _text_of_cell(self) -> str:
        match self._kind:
            case "s":
                return self._strings[int(self._value)] if self._value else ""
            case "inlineStr":
                return self._inline.take()
            case "b":
                return "TRUE" if self._value == "1" else "FALSE" if self._value else ""
            case "n":
                return write_number(self._value, self._formats.of(self._style)) if self._value else ""
            case _:  # str: a formula's text; e: an error; d: a date in ISO
                return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), self._value)

    def _end_row(self, _text: str) -> None:
        self._grid.take(self._line)

    def _note_merged(self, attributes: Attributes) -> None:
        if found := _MERGED.fullmatch(attributes.get("ref", "")):
            first, last = int(found[2]), int(found[4])
            if last > first:
                self._merged.append((column_of(found[1]), first, last))

    def _fill_merged(self) -> None:
        """Let every row under a merged cell have its text: a company over the rows of its people."""
        lines = {line.number: line for line in self._grid.lines} if self._merged else {}
        for column, first, last in self._merged:
            top = lines.get(first)
            if top is None or column >= len(top.cells):
                continue
            for line in self._below(lines, first, last):
                line.cells.extend([""] * (column + 1 - len(line.cells)))
                line.cells[column] = line.cells[column] or top.cells[column]

    @staticmethod
    def _below(lines: dict[int, Line], first: int, last: int) -> Iterator[Line]:
        if last - first > len(lines):
            return (line for number, line in lines.items() if first < number <= last)
        return (lines[number] for number in range(first + 1, last + 1) if number in lines)


__all__ = ["ERROR", "Package", "read"]

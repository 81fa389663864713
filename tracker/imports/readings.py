"""How a file was read, as its import keeps it and its pages show it."""

from dataclasses import dataclass, field
from typing import Any

from tracker.imports.reading.grid import Grid
from tracker.imports.tables import Found, Table

SHOWN_PREAMBLE = 30
LONGEST_SHOWN = 200


@dataclass(frozen=True)
class Reading:
    """What was found in a file, and which of its tables is imported."""

    encoding: str = ""
    readable_as: tuple[str, ...] = ()
    delimiter: str = ""
    sheets: tuple[str, ...] = ()
    sheet: int = 0
    tables: tuple[tuple[str, int], ...] = ()
    """Title and number of rows of each table."""
    table: int = 0
    header_row: int = 0
    header: tuple[str, ...] = ()
    preamble: tuple[tuple[str, ...], ...] = ()
    rows: int = 0
    formulas: int = 0
    unreadable: int = 0
    """Rows with signs that could not be read."""
    last: int = 0
    """The number of the file's last row."""
    not_read: int = field(default=0)
    """Rows that belong to other tables of the file."""

    def as_plain(self) -> dict[str, Any]:
        """Give the reading as JSON holds it."""
        return dict(vars(self))

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "Reading":
        """Read it as it was kept."""
        lists = {name: tuple(plain.get(name, ())) for name in ("readable_as", "sheets", "header")}
        tables = tuple((str(title), int(rows)) for title, rows in plain.get("tables", ()))
        preamble = tuple(tuple(cells) for cells in plain.get("preamble", ()))
        return cls(**{**plain, **lists, "tables": tables, "preamble": preamble})

    @classmethod
    def of(cls, grid: Grid, found: Found, table: int) -> "Reading":
        """Put together what is kept of a grid whose table was chosen."""
        chosen = found.tables[table]
        others = sum(len(one.rows) for place, one in enumerate(found.tables) if place != table)
        return cls(
            encoding=grid.encoding,
            readable_as=tuple(grid.readable_as),
            delimiter=grid.delimiter,
            sheets=tuple(grid.sheets),
            sheet=grid.sheet,
            tables=tuple((one.title, len(one.rows)) for one in found.tables),
            table=table,
            header_row=chosen.header.number,
            header=header_of(chosen),
            preamble=tuple(_short(line.cells) for line in found.tables[0].preamble[:SHOWN_PREAMBLE]),
            rows=len(chosen.rows),
            formulas=grid.formulas,
            unreadable=sum("unreadable" in line.faults.values() for line in chosen.rows),
            last=grid.last,
            not_read=others,
        )


def header_of(table: Table) -> tuple[str, ...]:
    """Give the header, as wide as the widest row, so that no cell is without a column."""
    width = max((len(line.cells) for line in (table.header, *table.rows)), default=0)
    cells = [cell[:LONGEST_SHOWN] for cell in table.header.cells]
    return (*cells, *[""] * (width - len(cells)))


def _short(cells: list[str]) -> tuple[str, ...]:
    return tuple(cell[:LONGEST_SHOWN] for cell in cells[:10])

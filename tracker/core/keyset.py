"""Keyset pages: a list is read from where the last page ended, so that its hundredth page costs what its first does."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, literal, select, tuple_, union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from tracker.core.db import UtcTimestamp, session

PAGE_SIZE = 50
Column: TypeAlias = ColumnElement[Any] | InstrumentedAttribute[Any]
AnySelect: TypeAlias = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Sort:
    """An order of a list: columns that are never null, the last of them unique."""

    columns: tuple[Column, ...]
    descending: bool = False


@dataclass(frozen=True)
class Page:
    """The rows of a page, and the keys that lead to the pages beside it (none where there is nothing)."""

    rows: Sequence[Any]
    before: str | None = None
    after: str | None = None


def read_page(
    statement: AnySelect,
    sort: Sort,
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_SIZE,
    values: Mapping[str, Any] | None = None,
) -> Page:
    """Read the page after or before a key, or the first one; a key that cannot be read gives the first page."""
    window = _Window.at(sort, after, before, size)
    return window.page(session().execute(window.of(statement), values).all())


def first_page(statement: AnySelect, sort: Sort, size: int = PAGE_SIZE) -> AnySelect:
    """Select the first page, by a statement that can be written once; `page_of` makes the page of its rows."""
    return _Window(sort, None, False, size).of(statement)


def page_of(rows: Sequence[Any], sort: Sort, size: int = PAGE_SIZE) -> Page:
    """Make the first page of what its statement has found."""
    return _Window(sort, None, False, size).page(rows)


def read_merged_page(
    statements: Sequence[AnySelect],
    sort: Sort,
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_SIZE,
) -> Page:
    """Read a page of the keys of several statements that share no row, each walked along an index of its own."""
    window = _Window.at(sort, after, before, size)
    parts = [select(window.of(statement.with_only_columns()).subquery()) for statement in statements]
    together = union_all(*parts).subquery()
    keys = [together.columns[f"keyset_{number}"] for number in range(len(sort.columns))]
    ordered = select(*keys).order_by(*(_ordered(key, window.descending) for key in keys))
    return window.page(session().execute(ordered.limit(size + 1)).all())


@dataclass(frozen=True)
class _Window:
    """Where a page begins, and which way it is read."""

    sort: Sort
    edge: tuple[Any, ...] | None
    backwards: bool
    size: int

    @classmethod
    def at(cls, sort: Sort, after: str | None, before: str | None, size: int) -> "_Window":
        start = decode(after, sort)
        end = decode(before, sort) if start is None else None
        return cls(sort, start if end is None else end, end is not None, size)

    @property
    def descending(self) -> bool:
        return self.sort.descending != self.backwards

    def of(self, statement: AnySelect) -> AnySelect:
        """Give the rows of a statement inside the window, and one more when there are further ones."""
        if self.edge is not None:
            statement = statement.where(_beyond(self.sort, self.edge, descending=self.descending))
        ordered = statement.add_columns(*key_columns(self.sort)).order_by(None)
        return ordered.order_by(*(_ordered(column, self.descending) for column in self.sort.columns)).limit(
            self.size + 1
        )

    def page(self, found: Sequence[Any]) -> Page:
        more, rows = len(found) > self.size, found[: self.size]
        if self.backwards:
            return make_page(rows[::-1], self.sort, has_before=more, has_after=True)
        return make_page(rows, self.sort, has_before=self.edge is not None, has_after=more)


class EachRow(FunctionElement[Any]):
    """A column of which a condition is asked row by row."""

    name = "each_row"
    inherit_cache = True


@compiles(EachRow)
def _without_index(element: EachRow, compiler: SQLCompiler, **options: Any) -> str:
    return f"coalesce({compiler.process(element.clauses, **options)}, NULL)"


@compiles(EachRow, "postgresql")
def _as_it_is(element: EachRow, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


def of_each_row(column: Column) -> ColumnElement[Any]:
    """Give a column of which the condition is asked row by row while the order's index is walked.

    For conditions that many rows meet: SQLite would gather all of them by an index of the column itself, only to sort them.
    PostgreSQL weighs that by its statistics, which it has for plain columns only.
    """
    asked = EachRow(column)
    asked.type = column.type
    return asked


def key_columns(sort: Sort) -> list[ColumnElement[Any]]:
    """Give the columns of the key, which stand last in every row of a page."""
    return [column.label(f"keyset_{number}") for number, column in enumerate(sort.columns)]


def make_page(rows: Sequence[Any], sort: Sort, *, has_before: bool, has_after: bool) -> Page:
    """Make a page of rows that end in the key's columns."""
    if not rows:
        return Page(())
    width = len(sort.columns)
    first, last = tuple(rows[0])[-width:], tuple(rows[-1])[-width:]
    return Page(rows, encode(first) if has_before else None, encode(last) if has_after else None)


def _ordered(column: Column, descending: bool) -> ColumnElement[Any]:
    return column.desc() if descending else column.asc()


def _beyond(sort: Sort, edge: Sequence[Any], *, descending: bool) -> ColumnElement[bool]:
    columns = tuple_(*sort.columns)
    values = tuple_(*(literal(value, column.type) for value, column in zip(edge, sort.columns, strict=True)))
    return columns < values if descending else columns > values


def encode(values: Sequence[Any]) -> str:
    """Write the values of a row's key so that they can stand in an address."""
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(key: str | None, sort: Sort) -> tuple[Any, ...] | None:
    """Read a key for this order; None when there is none or somebody has changed it."""
    if not key:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        if not isinstance(values, list) or len(values) != len(sort.columns):
            return None
        return tuple(_read(value, column) for value, column in zip(values, sort.columns, strict=True))
    except (ValueError, TypeError, binascii.Error):
        return None


def _read(value: Any, column: Column) -> Any:
    wanted = column.type.python_type
    if isinstance(column.type, UtcTimestamp):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("A moment needs a time zone.")
        return moment
    if issubclass(wanted, date):
        return date.fromisoformat(value)
    if wanted is int and (isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**63):
        raise ValueError("This key is no number.")
    if wanted is str and (not isinstance(value, str) or "\0" in value):
        raise ValueError("This key is no text.")
    return wanted(value)

"""Several statements read in one query, for pages that compose what several features know."""

from collections import namedtuple
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Integer, Select, literal, select, union_all

from tracker.core.db import read


class Together:
    """Statements written once as one; writing takes longer than reading, so a page keeps it in a constant or by `for_actors`.

    A list of numbers is joined with one statement per number, so that each row holds a row of one of them.
    """

    def __init__(self, *statements: Any) -> None:
        """Write the statements as one."""
        parts = [select(statement.subquery(), literal(1).label("is_there")).subquery() for statement in statements]
        number = union_all(*(select(literal(n, Integer).label("number")) for n in range(len(parts)))).subquery()
        chosen: Select[Any] = select(number.c.number, *(column for part in parts for column in part.c))
        joined: Any = number
        for n, part in enumerate(parts):
            joined = joined.outerjoin(part, number.c.number == n)
        self._statement = chosen.select_from(joined)
        self._places: list[tuple[int, int, Any]] = []
        """Where the columns of each statement begin and end in a row, and what its rows are made of."""
        begins = 1
        for statement, part in zip(statements, parts, strict=True):
            ends = begins + len(part.c) - 1
            names = [column.key or "" for column in statement.selected_columns]
            self._places.append((begins, ends, namedtuple("Row", names, rename=True)))
            begins = ends + 1

    def read(self, values: Mapping[str, Any] | None = None) -> list[list[Any]]:
        """Read the rows of each statement, by the names of its columns; they come in no order, so whoever needs one sorts them."""
        found: list[list[Any]] = [[] for _place in self._places]
        for row in read(self._statement, values):
            begins, ends, named = self._places[row[0]]
            if row[ends] is not None:
                found[row[0]].append(named._make(row[begins:ends]))
        return found

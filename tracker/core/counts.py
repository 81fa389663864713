"""Counts for the heads of lists: no further than people need, so that no page does work that grows with the table."""

from typing import Any

from sqlalchemy import Select, func, select

from tracker.core.db import session

CAP = 1000
"""How far the rows of a list are counted; whoever has more of them than that filters, and does not count."""


def capped(statement: Select[Any], cap: int | None = None) -> Select[int]:
    """Select the number of rows up to one more than the cap."""
    return select(func.count()).select_from(
        statement.order_by(None).limit((CAP if cap is None else cap) + 1).subquery()
    )


def capped_count(statement: Select[Any], cap: int | None = None) -> int:
    """Count rows up to one more than the cap, whatever the table holds."""
    return session().scalar(capped(statement, cap)) or 0


def shown_count(count: int) -> str:
    """Write a capped count: “1,000+” where there are more."""
    return f"{CAP:,}+" if count > CAP else f"{count:,}"

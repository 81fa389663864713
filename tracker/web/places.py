"""Where a stored subject is shown: the page that a repeated form or a notice leads to."""

from collections.abc import Callable
from typing import Any

from flask import url_for

_pages: dict[str, Callable[[int], str]] = {}


def register(table: str, endpoint: str, name: str) -> None:
    """Say which page shows the rows of a table; called from `app.py`."""

    def page(key: int) -> str:
        values: dict[str, Any] = {name: key}
        return url_for(endpoint, **values)

    _pages[table] = page


def page_of(table: str, key: int) -> str | None:
    """Find the page that shows a row."""
    page = _pages.get(table)
    return page(key) if page else None

"""Counting the statements that reach the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


class Counted(list[str]):
    """The statements of a block, in order."""

    @property
    def reads(self) -> int:
        """Count the SELECTs."""
        return sum(statement.lstrip().upper().startswith(("SELECT", "WITH")) for statement in self)


@contextmanager
def count_queries() -> Iterator[Counted]:
    """Gather every statement that any engine runs inside the block."""
    counted = Counted()

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA")):
            counted.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield counted
    finally:
        event.remove(Engine, "before_cursor_execute", note)

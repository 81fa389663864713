"""How migrations run: one transaction each run on both databases, foreign keys checked at the end on SQLite."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from tracker.core.db import WRITER, UtcTimestamp
from tracker.core.settings import Settings
from tracker.tables import metadata


def is_ours(_thing: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
    """Leave the search index out of comparisons: its tables are raw DDL of each database."""
    return not (
        name is not None
        and (name.startswith(("search_gram", "ix_search_gram")) or (kind == "table" and name == "alembic_version"))
    )


def render(kind: str, thing: Any, _context: object) -> str | Literal[False]:
    """Write our column types as the plain types they are stored in, so that a migration never changes with the code."""
    if kind == "type" and isinstance(thing, UtcTimestamp):
        return "sa.TIMESTAMP(timezone=True)"
    if kind == "type" and type(thing).__name__ == "Enum":
        return f"sa.String(length={thing.length})"
    return False


def run(connection: Connection) -> None:
    """Run the wanted migrations on a connection."""
    on_sqlite = connection.dialect.name == "sqlite"
    raw = connection.connection.dbapi_connection
    if raw is None:
        raise RuntimeError("The database connection is closed.")
    if on_sqlite:
        raw.cursor().execute("PRAGMA foreign_keys=OFF")  # tables are rebuilt by name; checked below before the commit
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_object=is_ours,
        render_item=render,
        render_as_batch=on_sqlite,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        if not on_sqlite:
            connection.exec_driver_sql(
                "SELECT pg_advisory_xact_lock(7265319)"
            )  # two hosts that start at once take turns
        context.run_migrations()
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first() if on_sqlite else None
        if broken is not None:
            raise RuntimeError(f"A migration left rows of {broken[0]} that refer to nothing.")
    if on_sqlite:
        raw.cursor().execute("PRAGMA foreign_keys=ON")


url = context.config.get_main_option("sqlalchemy.url") or Settings().database_url
engine = create_engine(url, poolclass=NullPool)
with engine.connect().execution_options(**{WRITER: True}) as opened:
    run(opened)

"""The database: base class, column types, engine settings and the one unit of work that commits."""

import enum
import select as lines
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar, TypeVarTuple, cast
from weakref import WeakKeyDictionary

import psycopg
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    CursorResult,
    Date,
    Dialect,
    Engine,
    Enum,
    Executable,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    bindparam,
    event,
    func,
    select,
)
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column, registry
from sqlalchemy.pool import ConnectionPoolEntry, Pool
from sqlalchemy.sql.selectable import TypedReturnsRows
from sqlalchemy.types import TIMESTAMP, TypeDecorator

from tracker.core import clock
from tracker.core.errors import StaleRecord
from tracker.core.text import Labelled

WRITER = "cloudsteps_writer"
Ts = TypeVarTuple("Ts")

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcTimestamp(TypeDecorator[datetime]):
    """A moment, aware, in UTC, on databases with and without time zones."""

    impl = TIMESTAMP(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store the moment in UTC; refuse one without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A stored moment needs a time zone.")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give the moment back with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Moment = Annotated[datetime, mapped_column(UtcTimestamp)]
Day = Annotated[date, mapped_column(Date)]
ShortText = Annotated[str, mapped_column(String(200))]
Code = Annotated[str, mapped_column(String(64))]
LongText = Annotated[str, mapped_column(Text)]
Digest = Annotated[str, mapped_column(String(64))]
Hours = Annotated[Decimal, mapped_column(Numeric(5, 2))]
Json = Annotated[dict[str, Any], mapped_column(JSON)]


# StrEnum comes before Enum in a member's line of ancestors only by way of str, so each base is named here.
_ENUM = Enum(enum.Enum, native_enum=False, length=32, values_callable=lambda members: [m.value for m in members])


class Base(DeclarativeBase):
    """Every table: an integer key, names by one convention."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={enum.Enum: _ENUM, enum.StrEnum: _ENUM, Labelled: _ENUM},
    )

    id: Mapped[int] = mapped_column(primary_key=True)


class Timed:
    """Rows that know when they were made and last changed."""

    created_at: Mapped[Moment] = mapped_column(default=clock.now)
    changed_at: Mapped[Moment] = mapped_column(default=clock.now, onupdate=clock.now)


class Versioned(Timed):
    """Rows that people edit: a save made from an older version is refused."""

    id: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy calls it on the class
        """Let every UPDATE name the version that was read."""
        return {"version_id_col": cls.version}


def check_version(record: Versioned, version: int | None) -> None:
    """Refuse a save made from another version than the stored one."""
    if version is not None and record.version != version:
        raise StaleRecord(record)


db = SQLAlchemy(model_class=Base, session_options={"autoflush": True, "expire_on_commit": False})


def session() -> Session:
    """Give the session of this request or job."""
    return cast(Session, db.session())


class CompiledOnce:
    """What one statement was compiled to: SQLAlchemy's cache behind a look-up that does not walk the whole statement each time."""

    def __init__(self, shared: MutableMapping[Any, Any]) -> None:
        """Stand before the engine's cache."""
        self._shared, self._known = shared, dict[Any, Any]()

    def get(self, key: tuple[Any, ...]) -> Any:
        """Find by what else decides: the dialect and the names of the values, for the statement is always the same."""
        here = (key[0], *key[2:])
        found = self._known.get(here)
        if found is None and (found := self._shared.get(key)) is not None:
            self._known[here] = found
        return found

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        self._shared[key] = self._known[key[0], *key[2:]] = compiled


_compiled: WeakKeyDictionary[Any, CompiledOnce] = WeakKeyDictionary()


def read(statement: TypedReturnsRows[*Ts], values: Mapping[str, Any] | None = None) -> CursorResult[*Ts]:
    """Read columns as plain rows: without the session's bookkeeping for entities, which costs more than a short query."""
    work = session()
    work.flush()  # as the session itself does before it reads
    connection = work.connection()
    known = _compiled.get(statement)
    if known is None:
        known = _compiled[statement] = CompiledOnce(cast(Any, connection.engine)._compiled_cache)  # noqa: SLF001 - what SQLAlchemy uses itself without the option
    return connection.execute(statement, values, execution_options={"compiled_cache": known})


_TURN = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("key"), 0)))


def take_turn(key: str) -> None:
    """Wait until no other transaction works under this key; SQLite lets in one writer at a time anyway."""
    if session().get_bind().dialect.name == "postgresql":
        read(_TURN, {"key": key})


def table_of(model: type[Base]) -> Table:
    """Give the table of a model, to write rows that nobody needs as entities."""
    return cast(Table, model.__table__)


def write(statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None) -> None:
    """Write plain rows in the transaction of the session, after what the session still holds."""
    work = session()
    work.flush()
    if isinstance(values, Sequence) and len(values) == 1:
        values = values[0]  # PostgreSQL's driver asks the server three times for a list, and once for a row
    work.connection().execute(statement, values)


# --- SQLite -------------------------------------------------------------------------------------------------------------

BUSY_SECONDS = 15
_PATIENT, _AT_ONCE = f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}", "PRAGMA busy_timeout=0"
_LOOK_AGAIN_SECONDS = 0.0005
_next_writer = threading.Lock()


@event.listens_for(Engine, "connect")
def _set_up_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # SQLAlchemy's "begin" event below says BEGIN
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA synchronous=FULL")  # an acknowledged write survives a power cut
    cursor.execute(_PATIENT)
    cursor.execute("PRAGMA cache_size=-16000")
    cursor.execute("PRAGMA temp_store=MEMORY")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    if not connection.get_execution_options().get(WRITER, False):
        connection.exec_driver_sql("BEGIN")
    elif not _begin_writing(connection.connection.driver_connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # what it raises is what a caller expects


def _begin_writing(connection: Any) -> bool:
    """Begin to write as soon as the writer before has ended; tells whether it came to that in time.

    SQLite itself looks again after pauses that grow to 100 ms, while writers that come later pass by. Here one thread of each
    process looks, and often.
    """
    until = time.monotonic() + BUSY_SECONDS
    if not _next_writer.acquire(timeout=BUSY_SECONDS):
        return False
    try:
        connection.execute(_AT_ONCE)
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    return False
                time.sleep(_LOOK_AGAIN_SECONDS)
            else:
                return True
    finally:
        connection.execute(_PATIENT)
        _next_writer.release()


# --- PostgreSQL ---------------------------------------------------------------------------------------------------------

_SURE_SECONDS = 5.0
_GIVEN_BACK = "given_back"


@event.listens_for(Pool, "checkin")
def _remember_when(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info[_GIVEN_BACK] = time.monotonic()


@event.listens_for(Pool, "checkout")
def _look_whether_it_lives(connection: Any, record: ConnectionPoolEntry, _lent: object) -> None:
    """Lend no connection that its server has ended: ask the server after a pause, or when something has come on the line unasked.

    SQLAlchemy's own `pool_pre_ping` asks each time, which a short page pays for as for another statement.
    """
    given_back = record.info.get(_GIVEN_BACK)
    if given_back is None or not isinstance(connection, psycopg.Connection):
        return
    if time.monotonic() - given_back < _SURE_SECONDS and not _has_come(connection):
        return
    usual = connection.autocommit
    try:
        connection.autocommit = True
        connection.execute("SELECT 1")
        connection.autocommit = usual
    except psycopg.Error as error:
        connection.close()
        raise DisconnectionError from error  # the pool makes a new one


def _has_come(connection: psycopg.Connection[Any]) -> bool:
    """Tell whether the line of a connection that nobody uses holds something: its end, or the server's last words."""
    try:
        watched = lines.poll()
        watched.register(connection.fileno(), lines.POLLIN)
        return bool(watched.poll(0))
    except psycopg.Error:
        return True


# --- unit of work -------------------------------------------------------------------------------------------------------

Hook = Callable[[Session], None]
_before_work: list[Hook] = []
_before_commit: list[Hook] = []
H = TypeVar("H", bound=Hook)


def before_work(hook: H) -> H:
    """Run the hook first in every unit of work, under the write lock."""
    _before_work.append(hook)
    return hook


def before_commit(hook: H) -> H:
    """Run the hook last in every unit of work, before its commit."""
    _before_commit.append(hook)
    return hook


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Run the block as one transaction that commits at its end or leaves nothing behind.

    What was read before is read again when it is used inside, so that a decision is made on rows as they stand under the
    write lock (SQLite: BEGIN IMMEDIATE; PostgreSQL: the version of each row guards its UPDATE).
    """
    work = session()
    if work.info.get("in_work"):
        raise RuntimeError("A unit of work cannot stand inside another: operations never commit.")
    work.rollback()
    work.connection(execution_options={WRITER: True})
    work.info["in_work"] = True
    try:
        for hook in _before_work:
            hook(work)
        yield work
        work.flush()
        for hook in _before_commit:
            hook(work)
        work.commit()
    except BaseException:
        work.rollback()
        raise
    finally:
        work.info.pop("in_work", None)
        for name in ("audit", "audited", "submission"):
            work.info.pop(name, None)

"""The audit trail: append-only, written in the transaction of the change, chained by hash.

Records are gathered while an operation runs and written last, so that the chain's head row is locked only for the moment
before the commit. `details` holds what changed, as `{field: [before, after]}` or plain facts; names of people are not
written, their ids are.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from sqlalchemy import BigInteger, Index, String, TextClause, bindparam, func, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.core import clock
from tracker.core.db import Base, Code, Digest, Json, Moment, before_commit, read, session, table_of, write
from tracker.core.text import N_, Message

GENESIS = "0" * 64
ONLY_HEAD = 1
BATCH = 1000
"""How many records a verification reads at a time."""
AUDITED = "audited"
"""Where the transaction keeps the subject of its first record: `(table, id)`."""


class Acting(Protocol):
    """Whoever does something: a person or, with no id, the system itself."""

    @property
    def user_id(self) -> int | None:
        """The person's id."""


class AuditHead(Base):
    """The end of the chain: its one row is locked by each writer in turn."""

    __tablename__ = "audit_head"

    sequence: Mapped[int] = mapped_column(BigInteger, default=0)
    hash: Mapped[Digest] = mapped_column(default=GENESIS)


class AuditRecord(Base):
    """One change: who, what, when, on which subject."""

    __tablename__ = "audit_record"
    __table_args__ = (
        Index("ix_audit_record_subject", "subject_type", "subject_id", "id"),
        Index("ix_audit_record_engagement", "engagement_id", "id"),
        Index("ix_audit_record_organisation", "organisation_id", "id"),
        Index("ix_audit_record_at", "at", "id"),
        Index("ix_audit_record_action", "action", "at", "id"),
        Index("ix_audit_record_actor", "actor_id", "at", "id"),
    )

    at: Mapped[Moment]
    actor_id: Mapped[int | None]
    action: Mapped[Code]
    subject_type: Mapped[Code]
    subject_id: Mapped[int | None]
    engagement_id: Mapped[int | None]
    organisation_id: Mapped[int | None]
    details: Mapped[Json]
    request_id: Mapped[str | None] = mapped_column(String(64))
    previous_hash: Mapped[Digest]
    hash: Mapped[Digest]


class AuditCheck(Base):
    """A verification of the chain that somebody asked for, and what it found."""

    __tablename__ = "audit_check"

    asked_by_id: Mapped[int | None]
    """Nobody where the schedule asked."""
    asked_at: Mapped[Moment] = mapped_column(default=clock.now)
    total: Mapped[int] = mapped_column(BigInteger, default=0)
    """How many records the chain had when the walk began."""
    checked: Mapped[int] = mapped_column(BigInteger, default=0)
    finished_at: Mapped[Moment | None]
    faults: Mapped[int | None]
    """Nothing as long as it has not come to its end."""
    told: Mapped[Json] = mapped_column(default=dict)
    """The first faults as sentences: `{"faults": [[msgid, values], …]}`, or why it could not be made: `{"error": text}`."""


@dataclass(frozen=True)
class Fault:
    """A place where the chain does not hold."""

    sequence: int
    message: Message


@dataclass
class _Pending:
    at: datetime
    actor_id: int | None
    action: str
    subject: Any
    engagement_id: int | None
    organisation_id: int | None
    details: dict[str, Any]

    def columns(self) -> dict[str, Any]:
        """Give what is known of the record before it has a place in the chain."""
        return {
            "at": self.at,
            "actor_id": self.actor_id,
            "action": self.action,
            "subject_type": self.subject.__tablename__ if self.subject is not None else "system",
            "subject_id": self.subject.id if self.subject is not None else None,
            "engagement_id": self.engagement_id,
            "organisation_id": self.organisation_id,
            "details": self.details,
        }


def record(
    action: str,
    subject: Base | None,
    *,
    actor: Acting,
    engagement_id: int | None = None,
    organisation_id: int | None = None,
    **details: object,
) -> None:
    """Note a change; it is written with the transaction that makes it.

    `action` is `noun.verb` in the past, such as `gate.passed`. Values of `details` must be plain: text, numbers, lists.
    """
    pending = session().info.setdefault("audit", [])
    pending.append(
        _Pending(clock.now(), actor.user_id, action, subject, engagement_id, organisation_id, _plain(details))
    )


@contextmanager
def apart() -> Iterator[None]:
    """Run a block so that an error in it takes back what it changed and noted, and nothing else of the unit of work."""
    work = session()
    pending: list[_Pending] = work.info.setdefault("audit", [])
    before = len(pending)
    try:
        with work.begin_nested():
            yield
    except BaseException:
        del pending[before:]
        raise


def changes(record_: Base, **values: object) -> dict[str, list[Any]]:
    """Set the attributes that differ and give them as `{name: [before, after]}`."""
    changed: dict[str, list[Any]] = {}
    for name, value in values.items():
        before = getattr(record_, name)
        if before != value:
            changed[name] = [_plain_value(before), _plain_value(value)]
            setattr(record_, name, value)
    return changed


def _plain_value(value: object) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(k): _plain_value(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain_value(v) for v in value]
    return str(value)


def _plain(details: Mapping[str, object]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in details.items()}


def body_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the hash of a record is taken of, from its columns."""
    return {
        "sequence": row["id"],
        "at": row["at"].isoformat(timespec="microseconds"),
        "actor": row["actor_id"],
        "action": row["action"],
        "subject": [row["subject_type"], row["subject_id"]],
        "engagement": row["engagement_id"],
        "organisation": row["organisation_id"],
        "details": row["details"],
        "request": row["request_id"],
        "previous": row["previous_hash"],
    }


def _digest(row: Mapping[str, Any]) -> str:
    """Give the hash of a record from its columns."""
    body = body_of(row)
    return hashlib.sha256(
        json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    ).hexdigest()


_HEAD = select(AuditHead.sequence, AuditHead.hash).where(AuditHead.id == ONLY_HEAD).with_for_update()
FEW = 4
"""As many records most changes leave; more are appended in a list, for which the database is asked more often."""


@cache
def _append_at_once(number: int) -> TextClause:
    """Write the statement that appends so many records; as text, since SQLAlchemy compiles an INSERT of several rows anew each time."""
    columns = table_of(AuditRecord).columns
    rows = [[(f"{column.name}_{place}", column.type) for column in columns] for place in range(number)]
    values = ", ".join(f"({', '.join(f':{name}' for name, _type in row)})" for row in rows)
    statement = text(f"INSERT INTO audit_record ({', '.join(columns.keys())}) VALUES {values}")  # noqa: S608  # nosec B608 - names of this file
    return statement.bindparams(*(bindparam(name, type_=kind) for row in rows for name, kind in row))


def _append(rows: Sequence[Mapping[str, Any]]) -> None:
    if len(rows) <= FEW:
        values = {f"{name}_{place}": value for place, row in enumerate(rows) for name, value in row.items()}
        write(_append_at_once(len(rows)), values)
    else:
        write(insert(table_of(AuditRecord)), rows)


_MOVE_HEAD = (
    update(table_of(AuditHead))
    .where(AuditHead.id == ONLY_HEAD)
    .values(sequence=bindparam("end"), hash=bindparam("tip"))
)


@before_commit
def _write(work: Session) -> None:
    """Append what was gathered to the chain."""
    pending: list[_Pending] = work.info.pop("audit", [])
    if not pending:
        return
    head = read(_HEAD).one_or_none()
    if head is None:
        write(insert(table_of(AuditHead)), {"id": ONLY_HEAD, "sequence": 0, "hash": GENESIS})
    sequence, previous = head or (0, GENESIS)
    first = pending[0].subject
    work.info[AUDITED] = (first.__tablename__, first.id) if first is not None else ("system", None)
    rows = []
    for number, entry in enumerate(pending, sequence + 1):
        row = {**entry.columns(), "id": number, "request_id": work.info.get("request_id"), "previous_hash": previous}
        row["hash"] = previous = _digest(row)
        rows.append(row)
    _append(rows)
    write(_MOVE_HEAD, {"end": sequence + len(rows), "tip": previous})


@dataclass(frozen=True)
class End:
    """Where the chain ends: as its head says, and the last record that there is."""

    sequence: int
    hash: str
    last: int


def end_of_chain(work: Session) -> End:
    """Read where the chain ends, in one statement, since others write meanwhile."""
    last = select(func.coalesce(func.max(AuditRecord.id), 0)).scalar_subquery()
    head = work.execute(select(AuditHead.sequence, AuditHead.hash, last).where(AuditHead.id == ONLY_HEAD)).one_or_none()
    return End(*head) if head else End(0, GENESIS, work.scalar(select(last)) or 0)


class Walk:
    """A walk along the chain from its first record to where it ended when the walk began, some records at a time."""

    def __init__(self, end: End) -> None:
        """Begin before the first record."""
        self.end = end
        self.checked = 0
        """How many records were read."""
        self.done = False
        self._expected, self._previous = 1, GENESIS

    def step(self, work: Session) -> Iterator[Fault]:
        """Read the next records and yield each that was changed, removed or moved; after the last, compare the head."""
        ahead = select(AuditRecord).where(AuditRecord.id >= self._expected, AuditRecord.id <= self.end.sequence)
        rows = work.scalars(ahead.order_by(AuditRecord.id).limit(BATCH).execution_options(populate_existing=True)).all()
        for row in rows:
            yield from self._faults_of(row)
            work.expunge(row)
        self.checked += len(rows)
        if len(rows) < BATCH:
            self.done = True
            yield from self._faults_of_end()

    def _faults_of(self, row: AuditRecord) -> Iterator[Fault]:
        if row.id != self._expected:
            missing = N_("Audit record %(expected)s is missing (the next one found is %(found)s).")
            yield Fault(self._expected, Message(missing, {"expected": self._expected, "found": row.id}))
        if row.previous_hash != self._previous:
            moved = N_("Audit record %(sequence)s does not follow the one before it.")
            yield Fault(row.id, Message(moved, {"sequence": row.id}))
        if row.hash != _digest(vars(row)):
            changed = N_("Audit record %(sequence)s was changed after it was written.")
            yield Fault(row.id, Message(changed, {"sequence": row.id}))
        self._expected, self._previous = row.id + 1, row.hash

    def _faults_of_end(self) -> Iterator[Fault]:
        found = max(self._expected - 1, self.end.last)
        if found != self.end.sequence or self._previous != self.end.hash:
            torn = N_("The audit trail ends at record %(found)s, but its head says %(expected)s.")
            yield Fault(self._expected, Message(torn, {"found": found, "expected": self.end.sequence}))


def verify(work: Session) -> Iterator[Fault]:
    """Walk the whole chain and yield each record that was changed, removed or moved."""
    walk = Walk(end_of_chain(work))
    while not walk.done:
        yield from walk.step(work)

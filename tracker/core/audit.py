"""The audit trail: append-only, written in the transaction of the change, chained by hash.

Records are gathered while an operation runs and written last, so that the chain's head row is locked only for the moment
before the commit. `details` holds what changed, as `{field: [before, after]}` or plain facts; names of people are not
written, their ids are.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import BigInteger, Index, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.core import clock
from tracker.core.db import Base, Code, Digest, Json, Moment, before_commit, session
from tracker.core.text import N_, Message

GENESIS = "0" * 64
ONLY_HEAD = 1
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
        Index("ix_audit_record_actor", "actor_id", "id"),
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


def _digest(row: AuditRecord, sequence: int) -> str:
    body = {
        "sequence": sequence,
        "at": row.at.isoformat(timespec="microseconds"),
        "actor": row.actor_id,
        "action": row.action,
        "subject": [row.subject_type, row.subject_id],
        "engagement": row.engagement_id,
        "organisation": row.organisation_id,
        "details": row.details,
        "request": row.request_id,
        "previous": row.previous_hash,
    }
    return hashlib.sha256(
        json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    ).hexdigest()


@before_commit
def _write(work: Session) -> None:
    """Append what was gathered to the chain."""
    pending: list[_Pending] = work.info.pop("audit", [])
    if not pending:
        return
    head = work.scalars(
        select(AuditHead).where(AuditHead.id == ONLY_HEAD).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if head is None:
        head = AuditHead(id=ONLY_HEAD, sequence=0, hash=GENESIS)
        work.add(head)
        work.flush()
    sequence, previous = head.sequence, head.hash
    first = pending[0].subject
    work.info[AUDITED] = (first.__tablename__, first.id) if first is not None else ("system", None)
    for entry in pending:
        sequence += 1
        row = AuditRecord(
            id=sequence,
            at=entry.at,
            actor_id=entry.actor_id,
            action=entry.action,
            subject_type=entry.subject.__tablename__ if entry.subject is not None else "system",
            subject_id=entry.subject.id if entry.subject is not None else None,
            engagement_id=entry.engagement_id,
            organisation_id=entry.organisation_id,
            details=entry.details,
            request_id=work.info.get("request_id"),
            previous_hash=previous,
        )
        row.hash = previous = _digest(row, sequence)
        work.add(row)
    work.flush()
    work.execute(update(AuditHead).where(AuditHead.id == ONLY_HEAD).values(sequence=sequence, hash=previous))


def verify(work: Session) -> Iterator[Fault]:
    """Walk the whole chain and yield each record that was changed, removed or moved."""
    expected, previous = 1, GENESIS
    for row in work.scalars(select(AuditRecord).order_by(AuditRecord.id).execution_options(yield_per=1000)):
        if row.id != expected:
            yield Fault(
                expected,
                Message(
                    N_("Audit record %(expected)s is missing (the next one found is %(found)s)."),
                    {"expected": expected, "found": row.id},
                ),
            )
        if row.previous_hash != previous:
            yield Fault(
                row.id,
                Message(N_("Audit record %(sequence)s does not follow the one before it."), {"sequence": row.id}),
            )
        if row.hash != _digest(row, row.id):
            yield Fault(
                row.id, Message(N_("Audit record %(sequence)s was changed after it was written."), {"sequence": row.id})
            )
        expected, previous = row.id + 1, row.hash
    head = work.get(AuditHead, ONLY_HEAD)
    end, tip = (head.sequence, head.hash) if head else (0, GENESIS)
    if expected - 1 != end or previous != tip:
        yield Fault(
            expected,
            Message(
                N_("The audit trail ends at record %(found)s, but its head says %(expected)s."),
                {"found": expected - 1, "expected": end},
            ),
        )

"""Which operation a worker may take: first come, first served within a priority, at most so many per host and per cloud.

A claim bears a token that grows each time. Whoever was paused past its lease holds an old one, and its late writes are refused.
"""

import os
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from tracker.core import clock
from tracker.core.db import take_turn
from tracker.sandboxes.engine.session import Leader, leader_of
from tracker.sandboxes.models import SandboxOperation
from tracker.sandboxes.rules.states import HELD, OperationKind, OperationState

MOST_ATTEMPTS = 10
"""How often an operation is begun anew after it was cut off, before people have to look."""
_WINDOW = 50


class Fenced(Exception):
    """The operation is another worker's now; nothing may be written for it any more."""


@dataclass(frozen=True)
class Worker:
    """Who claims: a host, and a process on it that is told apart from a later one of the same number."""

    host: str
    name: str

    @classmethod
    def here(cls, host: str) -> "Worker":
        """Give this process."""
        leader = leader_of(os.getpid())
        return cls(host, f"{host}:{leader.pid}:{leader.started}")


@dataclass(frozen=True)
class Claimed:
    """An operation in the hands of one worker, until its lease runs out."""

    operation_id: int
    kind: OperationKind
    token: int
    attempts: int
    is_cut_off: bool
    """Somebody had it before and did not bring it to its end."""
    host_before: str = ""
    session_before: Leader | None = None


def claim(work: Session, worker: Worker, *, lease: timedelta, cloud_cap: int) -> Claimed | None:
    """Take the next operation inside a unit of work: first what was cut off, then what waits."""
    take_turn("sandbox-claims")  # on PostgreSQL, so that two hosts together do not exceed a cap
    row = _cut_off(work, worker) or _waiting(work, cloud_cap)
    if row is None:
        return None
    was_held = row.state in HELD
    before = Leader(row.session_id, row.session_started) if row.session_id else None
    claimed = Claimed(
        row.id,
        row.kind,
        row.token + 1,
        row.attempts + 1,
        is_cut_off=was_held,
        host_before=row.host or "" if was_held else "",
        session_before=before if was_held else None,
    )
    now = clock.now()
    row.state = OperationState.RECOVERING if was_held else OperationState.RUNNING
    row.host, row.worker, row.token, row.attempts = worker.host, worker.name, claimed.token, claimed.attempts
    row.lease_until, row.heartbeat_at, row.started_at = now + lease, now, row.started_at or now
    if not was_held:
        row.session_id, row.session_started = None, ""
    return claimed


def _cut_off(work: Session, worker: Worker) -> SandboxOperation | None:
    """Find an operation whose lease ran out, or whose worker on this very host is gone."""
    rows = work.scalars(
        select(SandboxOperation)
        .where(SandboxOperation.state.in_(HELD), _is_free_of(worker, clock.now()))
        .order_by(SandboxOperation.id)
        .limit(_WINDOW)
        .with_for_update(skip_locked=True)
    ).all()
    return next((row for row in rows if _lease_is_over(row) or not _is_alive(row.worker or "")), None)


def _is_free_of(worker: Worker, now: datetime) -> ColumnElement[bool]:
    here = and_(SandboxOperation.host == worker.host, SandboxOperation.worker != worker.name)
    return or_(SandboxOperation.lease_until < now, here)


def _lease_is_over(row: SandboxOperation) -> bool:
    return row.lease_until is None or row.lease_until < clock.now()


def _is_alive(name: str) -> bool:
    """Tell whether a worker of this host still runs."""
    pid, _, started = name.partition(":")[2].partition(":")
    return pid.isdigit() and Path(f"/proc/{pid}").exists() and leader_of(int(pid)).started == started


def _waiting(work: Session, cloud_cap: int) -> SandboxOperation | None:
    busy = Counter(work.scalars(select(SandboxOperation.cloud).where(SandboxOperation.state.in_(HELD))))
    full = [cloud for cloud, count in busy.items() if count >= cloud_cap]
    return work.scalars(
        select(SandboxOperation)
        .where(
            SandboxOperation.state == OperationState.QUEUED,
            SandboxOperation.run_at <= clock.now(),
            SandboxOperation.cloud.not_in(full),
        )
        .order_by(SandboxOperation.priority, SandboxOperation.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()


def has_work(work: Session, worker: Worker) -> bool:
    """Tell, without any lock, whether something may be there to claim."""
    now = clock.now()
    waits = and_(SandboxOperation.state == OperationState.QUEUED, SandboxOperation.run_at <= now)
    cut_off = and_(SandboxOperation.state.in_(HELD), _is_free_of(worker, now))
    return work.scalar(select(SandboxOperation.id).where(or_(waits, cut_off)).limit(1)) is not None


def _held(claimed: Claimed) -> ColumnElement[bool]:
    return and_(
        SandboxOperation.id == claimed.operation_id,
        SandboxOperation.token == claimed.token,
        SandboxOperation.state.in_(HELD),
    )


def hold(work: Session, claimed: Claimed) -> SandboxOperation:
    """Give the operation for writing, its row locked; refuse where it is not ours any more.

    Nothing that was read before is used again: people extend, rename or withdraw while an engine runs.
    """
    work.expire_all()
    found = select(SandboxOperation).where(_held(claimed)).with_for_update().execution_options(populate_existing=True)
    row = work.scalars(found).one_or_none()
    if row is None:
        raise Fenced
    return row


def renew(work: Session, claimed: Claimed, lease: timedelta) -> None:
    """Prolong the lease; refuse where it is not ours any more."""
    now = clock.now()
    beat = update(SandboxOperation).where(_held(claimed)).values(lease_until=now + lease, heartbeat_at=now)
    if not getattr(work.execute(beat.execution_options(synchronize_session=False)), "rowcount", 0):
        raise Fenced

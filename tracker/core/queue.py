"""Durable work: rows enqueued in the caller's transaction, claimed under a lease, retried, at last set aside.

A row is claimed by one worker at a time. `token` grows with each claim and fences a worker that was paused past its
lease: its late writes name an old token and change nothing.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Index, String, Text, and_, delete, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.core import clock
from tracker.core.db import Base, Code, Json, Moment, session
from tracker.core.text import N_, Labelled


class WorkState(Labelled):
    """Where a piece of work stands."""

    QUEUED = "queued", N_("Waiting"), "neutral"
    RUNNING = "running", N_("Running"), "progress"
    DONE = "done", N_("Done"), "done"
    DEAD = "dead", N_("Set aside"), "danger"
    DROPPED = "dropped", N_("Dropped for good"), "neutral"


class Work(Base):
    """A piece of work for a worker."""

    __tablename__ = "work"
    __table_args__ = (Index("ix_work_claim", "state", "run_at", "id"),)

    kind: Mapped[Code]
    payload: Mapped[Json]
    state: Mapped[WorkState] = mapped_column(default=WorkState.QUEUED)
    unique_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    """Work with the same key is enqueued once, for ever: such as a job of one due time."""
    run_at: Mapped[Moment] = mapped_column(default=clock.now)
    attempts: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=8)
    token: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None] = mapped_column(String(120))
    lease_until: Mapped[Moment | None]
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[Moment] = mapped_column(default=clock.now)
    finished_at: Mapped[Moment | None] = mapped_column(index=True)


@dataclass(frozen=True)
class Claim:
    """A piece of work in the hands of one worker, until its lease runs out."""

    work_id: int
    kind: str
    payload: Mapping[str, Any]
    attempt: int
    token: int
    exhausted: bool = False
    """It was tried as often as it may be, and each worker was lost over it."""


def enqueue(
    kind: str,
    payload: Mapping[str, Any],
    *,
    run_at: datetime | None = None,
    unique_key: str | None = None,
    max_attempts: int = 8,
) -> bool:
    """Add work to the caller's transaction; False when work with the same key was enqueued before."""
    work = session()
    if unique_key is not None and work.scalar(select(Work.id).where(Work.unique_key == unique_key)) is not None:
        return False
    work.add(
        Work(
            kind=kind,
            payload=dict(payload),
            run_at=run_at or clock.now(),
            unique_key=unique_key,
            max_attempts=max_attempts,
        )
    )
    work.flush()
    return True


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(Work.state == WorkState.QUEUED, Work.run_at <= now),
        and_(Work.state == WorkState.RUNNING, Work.lease_until < now),
    )


def has_due(work: Session) -> bool:
    """Tell, without any lock, whether some work waits for a worker."""
    return work.scalar(select(Work.id).where(_is_due(clock.now())).limit(1)) is not None


def claim(work: Session, *, worker: str, lease: timedelta, kinds: list[str] | None = None) -> Claim | None:
    """Take the oldest due piece of work, or one whose worker's lease ran out; None when there is none.

    Call it inside a unit of work: SQLite's write lock or PostgreSQL's SKIP LOCKED keep two workers apart.
    """
    now = clock.now()
    query = select(Work).where(_is_due(now)).order_by(Work.run_at, Work.id).limit(1).with_for_update(skip_locked=True)
    if kinds is not None:
        query = query.where(Work.kind.in_(kinds))
    row = work.scalars(query).one_or_none()
    if row is None:
        return None
    row.state, row.worker, row.lease_until = WorkState.RUNNING, worker, now + lease
    row.attempts += 1
    row.token += 1
    return Claim(row.id, row.kind, row.payload, row.attempts, row.token, exhausted=row.attempts > row.max_attempts)


def _held(claim_: Claim) -> Any:
    return and_(Work.id == claim_.work_id, Work.token == claim_.token, Work.state == WorkState.RUNNING)


def heartbeat(work: Session, claim_: Claim, *, lease: timedelta) -> bool:
    """Prolong the lease; False when the work is no longer this worker's."""
    return _changed(work, update(Work).where(_held(claim_)).values(lease_until=clock.now() + lease))


def still_held(work: Session, claim_: Claim) -> bool:
    """Tell whether the claim is still this worker's; take the row's lock until the transaction ends."""
    return work.scalar(select(Work.id).where(_held(claim_)).with_for_update()) is not None


def finish(work: Session, claim_: Claim) -> bool:
    """Mark the work as done; False when it is no longer this worker's."""
    return _changed(
        work,
        update(Work)
        .where(_held(claim_))
        .values(state=WorkState.DONE, finished_at=clock.now(), lease_until=None, error=None),
    )


def fail(work: Session, claim_: Claim, error: str, *, final: bool = False) -> bool:
    """Give the work back for a later try, with growing pauses; after the last one it is set aside."""
    row = work.scalars(select(Work).where(_held(claim_)).with_for_update()).one_or_none()
    if row is None:
        return False
    row.error, row.lease_until = error[:4000], None
    if final or row.attempts >= row.max_attempts:
        row.state, row.finished_at = WorkState.DEAD, clock.now()
    else:
        row.state, row.run_at = WorkState.QUEUED, clock.now() + pause(row.attempts)
    return True


def is_dead(work: Session, claim_: Claim) -> bool:
    """Tell whether the work was set aside for good."""
    return work.scalar(select(Work.id).where(Work.id == claim_.work_id, Work.state == WorkState.DEAD)) is not None


def pause(attempts: int) -> timedelta:
    """Give the wait before the next try: 10 s doubling up to an hour, a tenth of it random."""
    seconds = min(10 * 2 ** (attempts - 1), 3600)
    return timedelta(seconds=seconds * random.uniform(0.9, 1.1))  # noqa: S311 - spreading load, not a secret


def retry_dead(row: Work) -> None:
    """Put work that was set aside back into the queue."""
    row.state, row.attempts, row.run_at, row.finished_at = WorkState.QUEUED, 0, clock.now(), None


def drop_dead(row: Work) -> None:
    """Give up work that was set aside; it is not tried again."""
    row.state, row.finished_at = WorkState.DROPPED, clock.now()


def counts(work: Session) -> dict[WorkState, int]:
    """Count the unfinished work by state."""
    states = (WorkState.QUEUED, WorkState.RUNNING, WorkState.DEAD)
    rows = work.execute(select(Work.state, func.count()).where(Work.state.in_(states)).group_by(Work.state)).all()
    return {**dict.fromkeys(states, 0), **dict(rows)}


def forget_done(work: Session, days: int = 60) -> int:
    """Delete the rows of work that was done or dropped long ago; what was set aside stays until somebody has looked at it."""
    over = (WorkState.DONE, WorkState.DROPPED)
    done = delete(Work).where(Work.state.in_(over), Work.finished_at < clock.now() - timedelta(days=days))
    return int(getattr(work.execute(done), "rowcount", 0))


def _changed(work: Session, statement: Any) -> bool:
    return bool(getattr(work.execute(statement), "rowcount", 0))

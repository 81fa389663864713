"""The life of sandboxes: extended with a reason, told of in time, removed when it is over; all from rows, a page at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Select, select

from tracker.accounts.access import SYSTEM, Actor
from tracker.core import audit, clock
from tracker.core.db import session, unit_of_work
from tracker.core.errors import CloudStepsError, Refused
from tracker.core.text import N_
from tracker.journey.operations.telling import tell_at
from tracker.journey.queries.people import office_ids
from tracker.notifications.rules import Reason
from tracker.sandboxes.models import CloudAccount, Sandbox, SandboxClock, SandboxExtension, SandboxOperation
from tracker.sandboxes.operations.removal import destroy_sandbox
from tracker.sandboxes.operations.requests import limits_for, take
from tracker.sandboxes.operations.trail import note
from tracker.sandboxes.rules.life import (
    MOST_AT_ONCE,
    REMIND_ALARM,
    REMOVABLE,
    Life,
    due_notice,
    extended,
    has_jumped,
    is_alarming,
    is_due,
)
from tracker.sandboxes.rules.states import OPEN, STANDING, SandboxState

PAGE = 200
TICK = timedelta(minutes=5)
"""How often the schedule looks; longer silence, or a step back, is a clock that nobody believes."""
EXTENDABLE = frozenset({SandboxState.RUNNING, SandboxState.FAILED, SandboxState.DEPLOYING})


@dataclass
class Sweep:
    """What one pass did, or would do."""

    is_dry: bool = False
    jumped: bool = False
    told: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    alarmed: list[str] = field(default_factory=list)
    left_for_later: int = 0
    """Due as well, but over what one pass may begin."""


def extend_sandbox(sandbox: Sandbox, hours: int, reason: str, *, actor: Actor) -> None:
    """Let a sandbox live longer, within what its programme allows from its beginning on."""
    take(sandbox)
    if sandbox.state not in EXTENDABLE or sandbox.expires_at is None or sandbox.live_since is None:
        raise Refused(N_("Only a sandbox that stands can be extended. Open it again to see what it is doing now."))
    life = Life(sandbox.live_since, sandbox.expires_at, limits_for(sandbox.engagement).longest_days)
    before, until = sandbox.expires_at, extended(life, hours, reason, clock.now())
    sandbox.expires_at, sandbox.told_minutes, sandbox.alarmed_at = until, None, None
    session().add(
        SandboxExtension(sandbox_id=sandbox.id, hours=hours, until=until, reason=reason.strip(), by_id=actor.user_id)
    )
    note("sandbox.extended", sandbox, actor, until=[before.isoformat(), until.isoformat()], reason=reason.strip())


def confirm_clock(*, actor: Actor) -> None:
    """Say that the clock is right again after it jumped, so that what is over is removed."""
    row = _clock()
    if row.jumped_to is None:
        raise Refused(N_("The clock has not jumped, or was confirmed already."))
    audit.record("sandbox.clock_confirmed", row, actor=actor, jumped_from=str(row.jumped_from), to=str(row.jumped_to))
    row.jumped_from = row.jumped_to = None
    row.ticked_at, row.confirmed_by_id = clock.now(), actor.user_id


def sweep(*, is_dry: bool = False, note_tick: bool = True) -> Sweep:
    """Look at every sandbox once: tell of ends that come near, begin what is due, sound the alarm over what should be gone."""
    now, done = clock.now(), Sweep(is_dry=is_dry)
    done.jumped = _tick(now, writes=note_tick and not is_dry)
    if done.jumped:
        return done
    for sandbox_id in _pages(_expiring(now)):
        _each(sandbox_id, done, lambda sandbox: _tell_in_time(sandbox, now, done))
    due = list(_pages(_removable(now)))
    for sandbox_id in due:
        if len(done.removed) >= MOST_AT_ONCE:
            done.left_for_later += 1
            continue
        _each(sandbox_id, done, lambda sandbox: _remove(sandbox, now, done))
    for sandbox_id in _pages(_overdue(now)):
        _each(sandbox_id, done, lambda sandbox: _alarm(sandbox, now, done))
    return done


def _tick(now: datetime, *, writes: bool) -> bool:
    """Note the time, and tell whether the clock is not to be believed until somebody has confirmed it."""
    with unit_of_work():
        row = _clock()
        if row.jumped_to is not None:
            return True
        jumped = has_jumped(row.ticked_at, now, TICK)
        if writes:
            if jumped:
                row.jumped_from, row.jumped_to = row.ticked_at, now
                audit.record("sandbox.clock_jumped", row, actor=SYSTEM, jumped_from=str(row.ticked_at), to=str(now))
            row.ticked_at = now
        return jumped


def _clock() -> SandboxClock:
    row = session().scalars(select(SandboxClock).limit(1).with_for_update()).one_or_none()
    if row is None:
        row = SandboxClock(ticked_at=clock.now())
        session().add(row)
        session().flush()
    return row


def _pages(statement: Select[int, datetime]) -> Iterator[int]:
    """Go through all rows by their expiry, a page at a time, however many there are."""
    last: tuple[datetime, int] | None = None
    while True:
        page = statement.order_by(Sandbox.expires_at, Sandbox.id).limit(PAGE)
        if last is not None:
            moment, number = last
            later = (Sandbox.expires_at > moment) | ((Sandbox.expires_at == moment) & (Sandbox.id > number))
            page = page.where(later)
        rows = session().execute(page).all()
        session().rollback()
        for sandbox_id, _moment in rows:
            yield sandbox_id
        if len(rows) < PAGE:
            return
        last = (rows[-1][1], rows[-1][0])


def _columns() -> Select[int, datetime]:
    return select(Sandbox.id, Sandbox.expires_at).where(Sandbox.expires_at.is_not(None))  # type: ignore[return-value]  # not null by this


def _expiring(now: datetime) -> Select[int, datetime]:
    return _columns().where(Sandbox.state.in_(STANDING), Sandbox.expires_at <= now + timedelta(days=30))


def _removable(now: datetime) -> Select[int, datetime]:
    busy = select(SandboxOperation.sandbox_id).where(SandboxOperation.state.in_(OPEN))
    own_account = select(CloudAccount.id).where(CloudAccount.active)
    return _columns().where(
        Sandbox.state.in_(REMOVABLE),
        (Sandbox.expires_at <= now) | (Sandbox.state == SandboxState.LEFTOVERS),
        (Sandbox.next_attempt_at.is_(None)) | (Sandbox.next_attempt_at <= now),
        Sandbox.account_id.is_(None) | Sandbox.account_id.in_(own_account),
        Sandbox.id.not_in(busy),
    )


def _overdue(now: datetime) -> Select[int, datetime]:
    silent = Sandbox.alarmed_at.is_(None) | (Sandbox.alarmed_at <= now - REMIND_ALARM)
    return _columns().where(Sandbox.state.in_(STANDING), Sandbox.expires_at <= now, silent)


def _each(sandbox_id: int, done: Sweep, act: Callable[[Sandbox], None]) -> None:
    """Deal with one sandbox in a transaction of its own; one that refuses does not stand in the way of the others."""
    try:
        with unit_of_work() as work:
            sandbox = work.get_one(Sandbox, sandbox_id)
            act(sandbox)
            if done.is_dry:
                work.rollback()
    except CloudStepsError as refusal:
        done.refused.append(f"{sandbox_id}: {refusal}")


def _tell_in_time(sandbox: Sandbox, now: datetime, done: Sweep) -> None:
    if sandbox.expires_at is None:
        return
    told = timedelta(minutes=sandbox.told_minutes) if sandbox.told_minutes is not None else None
    if sandbox.expires_at <= now:
        if told == timedelta():
            return
        left, msgid = timedelta(), N_("%(vendor)s: the sandbox “%(title)s” has expired. It is removed at %(until)s unless it is extended.")  # fmt: skip
        until = sandbox.destroy_due
    else:
        notice = due_notice(sandbox.expires_at, now, told, limits_for(sandbox.engagement).notices)
        if notice is None:
            return
        left, msgid = notice, N_("%(vendor)s: the sandbox “%(title)s” expires at %(until)s. Extend it, or let it end.")
        until = sandbox.expires_at
    sandbox.told_minutes = int(left.total_seconds() // 60)
    done.told.append(sandbox.code)
    people = {sandbox.owner_id, sandbox.requested_by_id}
    tell_at(
        f"/sandboxes/{sandbox.id}",
        people,
        Reason.DUE,
        msgid,
        sandbox.engagement,
        actor=SYSTEM,
        title=sandbox.title,
        until=until,
    )


def _remove(sandbox: Sandbox, now: datetime, done: Sweep) -> None:
    since, until = sandbox.live_since, sandbox.expires_at
    wanted_gone = sandbox.state is SandboxState.LEFTOVERS
    if since is None or until is None or not (wanted_gone or is_due(sandbox.state, since, until, sandbox.grace, now)):
        return
    destroy_sandbox(sandbox, "", actor=SYSTEM)
    done.removed.append(sandbox.code)


def _alarm(sandbox: Sandbox, now: datetime, done: Sweep) -> None:
    due = sandbox.destroy_due
    if due is None or not is_alarming(due, sandbox.state, now):
        return
    sandbox.alarmed_at = now
    done.alarmed.append(sandbox.code)
    note("sandbox.alarmed", sandbox, SYSTEM, state=sandbox.state.value)
    tell_at(
        f"/sandboxes/{sandbox.id}",
        office_ids(sandbox.engagement),
        Reason.SAFETY,
        N_("%(vendor)s: the sandbox “%(title)s” should have been gone since %(due)s and still stands. Look at it."),
        sandbox.engagement,
        actor=SYSTEM,
        title=sandbox.title,
        due=due,
    )

"""How many sandboxes there are, what they cost, what is left over, and who carries out the work."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased, joinedload

from tracker.accounts.access import Actor
from tracker.core import clock, keyset
from tracker.core.counts import capped_count
from tracker.core.db import read, session
from tracker.core.heartbeats import Heartbeat
from tracker.core.keyset import AnySelect, Page, Sort, of_each_row
from tracker.journey import permissions as journey_permissions
from tracker.journey.models import Engagement
from tracker.journey.rules import EngagementState
from tracker.programmes.models import Programme
from tracker.sandboxes import permissions
from tracker.sandboxes.models import (
    Sandbox,
    SandboxClock,
    SandboxDrill,
    SandboxHost,
    SandboxOperation,
)
from tracker.sandboxes.rules.quotas import Used
from tracker.sandboxes.rules.states import (
    ALIVE,
    OPEN,
    STANDING,
    DrillResult,
    OperationKind,
    OperationState,
    SandboxState,
)
from tracker.vendors.models import Organisation, Product

MOST = 500


def used_by(engagement: Engagement, cloud: str, *, besides: int | None = None) -> Used:
    """Count the sandboxes that count for the quotas of an engagement, one of them left out if it is asked anew."""
    mine = Sandbox.organisation_id == engagement.organisation_id
    there = Sandbox.cloud == cloud
    statement = select(
        func.coalesce(func.sum(case((mine, 1), else_=0)), 0),
        func.count(),
        func.coalesce(func.sum(case((there, 1), else_=0)), 0),
    ).where(Sandbox.programme_id == engagement.programme_id, Sandbox.state.in_(ALIVE))
    if besides is not None:
        statement = statement.where(Sandbox.id != besides)
    return Used(*(int(one) for one in session().execute(statement).one()))


def capacity(*, actor: Actor) -> Sequence[Any]:
    """Count the sandboxes by programme and cloud that the reader may see, with what those that stand cost a month."""
    standing = Sandbox.state.in_(STANDING)
    statement = (
        select(
            Sandbox.programme_id,
            Sandbox.cloud,
            func.count().label("alive"),
            func.sum(case((standing, 1), else_=0)).label("standing"),
            func.sum(case((standing, Sandbox.monthly_low), else_=0)).label("low"),
            func.sum(case((standing, Sandbox.monthly_high), else_=0)).label("high"),
            func.sum(Sandbox.monthly_budget).label("budget"),
        )
        .where(permissions.visible(actor), Sandbox.state.in_(ALIVE))
        .group_by(Sandbox.programme_id, Sandbox.cloud)
        .order_by(Sandbox.programme_id, Sandbox.cloud)
    )
    return read(statement).all()


def costs(*, actor: Actor) -> Sequence[Any]:
    """Read what is needed to count the cost so far of every sandbox that was ever built, by programme."""
    statement = select(
        Sandbox.programme_id, Sandbox.monthly_low, Sandbox.monthly_high, Sandbox.live_since, Sandbox.destroyed_at
    ).where(permissions.visible(actor), Sandbox.live_since.is_not(None))
    return read(statement).all()


def programmes_of(ids: set[int]) -> dict[int, Programme]:
    """Give the programme years by id."""
    found = session().scalars(select(Programme).where(Programme.id.in_(ids)))
    return {one.id: one for one in found}


def with_leftovers(*, actor: Actor) -> Sequence[Sandbox]:
    """List the sandboxes of which something is left, longest first."""
    statement = (
        select(Sandbox)
        .where(permissions.visible(actor), Sandbox.state == SandboxState.LEFTOVERS)
        .options(joinedload(Sandbox.engagement).joinedload(Engagement.organisation))
        .order_by(Sandbox.state_since, Sandbox.id)
        .limit(MOST)
    )
    return session().scalars(statement).all()


def overdue(now: datetime, *, actor: Actor) -> Sequence[Sandbox]:
    """List the sandboxes that have expired and are not destroyed, longest first."""
    statement = (
        select(Sandbox)
        .where(permissions.visible(actor), Sandbox.state.in_(STANDING), Sandbox.expires_at < now)
        .options(joinedload(Sandbox.engagement).joinedload(Engagement.organisation))
        .order_by(Sandbox.expires_at, Sandbox.id)
        .limit(MOST)
    )
    return session().scalars(statement).all()


def hosts() -> Sequence[SandboxHost]:
    """List the machines that carry out operations."""
    return session().scalars(select(SandboxHost).order_by(SandboxHost.name)).all()


def preparing() -> SandboxHost | None:
    """Give the machine whose set-up has come furthest as long as none is ready; an unnamed one where there is none yet."""
    known = hosts()
    if any(host.ready for host in known):
        return None
    return max(
        known, key=lambda host: (host.total > 0, host.done), default=SandboxHost(name="", slots=0, done=0, total=0)
    )


def heartbeats() -> Sequence[Heartbeat]:
    """List the workers by their last heartbeat."""
    statement = select(Heartbeat).where(Heartbeat.role.like("%work%")).order_by(Heartbeat.process)
    return session().scalars(statement).all()


def queue(*, actor: Actor) -> Sequence[SandboxOperation]:
    """List what waits or runs, in the order in which it is carried out."""
    statement = (
        select(SandboxOperation)
        .join(Sandbox, Sandbox.id == SandboxOperation.sandbox_id)
        .where(permissions.visible(actor), SandboxOperation.state.in_(OPEN))
        .options(joinedload(SandboxOperation.sandbox))
        .order_by(
            case((SandboxOperation.state == OperationState.QUEUED, 1), else_=0),
            SandboxOperation.priority,
            SandboxOperation.id,
        )
        .limit(MOST)
    )
    return session().scalars(statement).all()


def waiting_before_id(operation_id: int) -> int:
    """Count the operations that a queued one waits behind."""
    mine = select(SandboxOperation.priority, SandboxOperation.id).where(SandboxOperation.id == operation_id).subquery()
    earlier = (SandboxOperation.priority < mine.c.priority) | (
        (SandboxOperation.priority == mine.c.priority) & (SandboxOperation.id < mine.c.id)
    )
    statement = select(func.count(SandboxOperation.id)).where(SandboxOperation.state == OperationState.QUEUED, earlier)
    return session().scalar(statement) or 0


def clock_of_removals() -> SandboxClock | None:
    """Give the clock by which expired sandboxes are removed."""
    return session().scalars(select(SandboxClock).order_by(SandboxClock.id).limit(1)).first()


OLDEST_DRILL = Sort((SandboxDrill.id,))
OLDEST_ENGAGEMENT = Sort((Engagement.id,))


def drill_coverage(result: DrillResult, *, actor: Actor, after: str | None = None, before: str | None = None) -> Page:
    """Read a page of the active engagements whose newest drill came to this, what has waited longest first."""
    order = OLDEST_ENGAGEMENT if result is DrillResult.NONE else OLDEST_DRILL
    return keyset.read_page(_covered(result, actor), order, after=after, before=before)


def count_drilled(*, actor: Actor) -> dict[DrillResult, int]:
    """Count the active engagements by what their newest drill came to, up to one more than the cap."""
    return {result: capped_count(_covered(result, actor).with_only_columns(Engagement.id)) for result in DrillResult}


def _covered(result: DrillResult, actor: Actor) -> AnySelect:
    other = aliased(SandboxDrill)
    sandbox = aliased(Sandbox)
    drills = (
        select(other.id)
        .join(sandbox, sandbox.id == other.sandbox_id)
        .where(sandbox.engagement_id == Engagement.id)
        .correlate(Engagement, SandboxDrill)
    )
    names = (
        Engagement.id.label("engagement_id"),
        Organisation.name_zh.label("organisation_zh"),
        Organisation.name_en.label("organisation_en"),
        Product.name_zh.label("product_zh"),
        Product.name_en.label("product_en"),
    )
    held = (SandboxDrill.created_at, SandboxDrill.rpo_seconds, SandboxDrill.rto_seconds)
    if result is DrillResult.NONE:
        statement: AnySelect = select(*names).select_from(Engagement).where(~drills.exists())
    else:
        statement = (
            select(*names, *held)
            .select_from(SandboxDrill)
            .join(Sandbox, Sandbox.id == SandboxDrill.sandbox_id)
            .join(Engagement, Engagement.id == Sandbox.engagement_id)
            .where(
                SandboxDrill.passed.is_(result is DrillResult.PASSED),
                ~drills.where(other.id > SandboxDrill.id).exists(),
            )
        )
    return (
        statement.join(Organisation, Organisation.id == Engagement.organisation_id)
        .join(Product, Product.id == Engagement.product_id)
        .where(journey_permissions.visible(actor), of_each_row(Engagement.state) == EngagementState.ACTIVE)
    )


def expired_of(engagement: Engagement) -> Sequence[Sandbox]:
    """List the sandboxes of an engagement that have expired and still stand."""
    statement = select(Sandbox).where(
        Sandbox.engagement_id == engagement.id, Sandbox.state.in_(STANDING), Sandbox.expires_at < clock.now()
    )
    return session().scalars(statement.order_by(Sandbox.expires_at)).all()


def last_drill_operation(sandbox: Sandbox) -> SandboxOperation | None:
    """Find the newest drill that was begun on a sandbox."""
    statement = select(SandboxOperation).where(
        SandboxOperation.sandbox_id == sandbox.id, SandboxOperation.kind == OperationKind.DRILL
    )
    return session().scalars(statement.order_by(SandboxOperation.id.desc()).limit(1)).first()

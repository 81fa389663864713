"""Work on sandboxes that the schedule asks for: their ends, differences, drills."""

from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from tracker.accounts.access import SYSTEM, Actor
from tracker.core import clock
from tracker.core.db import session, unit_of_work
from tracker.core.errors import CloudStepsError
from tracker.core.tasks import Payload, outside
from tracker.sandboxes.models import Sandbox, SandboxDrill, SandboxOperation
from tracker.sandboxes.operations import drift, drills, life
from tracker.sandboxes.rules.states import OPEN, SandboxState

log = structlog.get_logger()

SWEEP = "sandboxes.sweep"
DRIFT = "sandboxes.drift"
DRILLS = "sandboxes.drills"
PAGE = 200
DRILL_EVERY = timedelta(days=30)
DRIFT_EVERY = timedelta(hours=20)


def sweep(_payload: Payload) -> None:
    """Look at the ends of all sandboxes."""
    done = life.sweep()
    if done.jumped:
        log.error("clock jumped: nothing is removed until somebody has confirmed it")
    elif done.told or done.removed or done.alarmed or done.refused or done.left_for_later:
        log.info(
            "sandboxes swept",
            told=len(done.told),
            removed=len(done.removed),
            alarmed=len(done.alarmed),
            refused=done.refused,
            later=done.left_for_later,
        )


def look_for_drift(_payload: Payload) -> None:
    """Have every sandbox that runs compared with its cloud."""
    long_ago = clock.now() - DRIFT_EVERY
    old = or_(Sandbox.drift_at.is_(None), Sandbox.drift_at < long_ago)
    _each(and_(old, Sandbox.live_since < long_ago), drift.look_for_drift)


def hold_drills(_payload: Payload) -> None:
    """Hold a drill of every sandbox that runs and has had none for a month."""
    drill = aliased(SandboxDrill)
    lately = select(drill.sandbox_id).where(drill.created_at > clock.now() - DRILL_EVERY)
    _each(Sandbox.id.not_in(lately), drills.start_drill)


def _each(condition: ColumnElement[bool], act: Callable[..., SandboxOperation]) -> None:
    """Begin something on every sandbox that runs and is free, a page at a time; what refuses is passed over."""
    last, actor = 0, SYSTEM
    busy = select(SandboxOperation.sandbox_id).where(SandboxOperation.state.in_(OPEN))
    while True:
        found = select(Sandbox.id).where(
            Sandbox.state == SandboxState.RUNNING, Sandbox.id > last, Sandbox.id.not_in(busy), condition
        )
        ids = list(session().scalars(found.order_by(Sandbox.id).limit(PAGE)))
        session().rollback()
        for sandbox_id in ids:
            _begin(sandbox_id, act, actor)
        if len(ids) < PAGE:
            return
        last = ids[-1]


def _begin(sandbox_id: int, act: Callable[..., SandboxOperation], actor: Actor) -> None:
    try:
        with unit_of_work() as work:
            act(work.get_one(Sandbox, sandbox_id), actor=actor)
    except CloudStepsError as refusal:
        log.info("sandbox passed over", sandbox_id=sandbox_id, reason=str(refusal))


TASKS = {SWEEP: outside(sweep), DRIFT: outside(look_for_drift), DRILLS: outside(hold_drills)}

"""Work on stacks as rows: queued in the caller's transaction, one per stack at a time."""

from collections.abc import Mapping

from sqlalchemy import select

from tracker.accounts.access import Actor
from tracker.core import clock
from tracker.core.db import session
from tracker.sandboxes.models import Sandbox, SandboxOperation, SandboxPlan
from tracker.sandboxes.operations.trail import note
from tracker.sandboxes.rules.states import (
    OPEN,
    OPERATION_MOVES,
    OperationKind,
    OperationState,
    check_free,
    check_kind,
    check_move,
)

PRACTICE = "practice"
PRIORITIES: Mapping[OperationKind, int] = {
    OperationKind.DESTROY: 20,
    OperationKind.REFRESH: 30,
    OperationKind.REPAIR: 30,
    OperationKind.UP: 40,
    OperationKind.PREVIEW: 50,
    OperationKind.DRILL: 70,
    OperationKind.DRIFT: 80,
}
"""Smaller is sooner: what frees money goes first, what only looks goes last."""


def queue_operation(
    sandbox: Sandbox, kind: OperationKind, *, actor: Actor, plan: SandboxPlan | None = None, reason: str = ""
) -> SandboxOperation:
    """Put an operation on the sandbox's stack into the queue, unless another one of it has not ended."""
    work = session()
    check_kind(kind, sandbox.state)
    busy = select(SandboxOperation.id).where(
        SandboxOperation.sandbox_id == sandbox.id, SandboxOperation.state.in_(OPEN)
    )
    check_free(work.scalar(busy.limit(1)) is not None)
    operation = SandboxOperation(
        sandbox=sandbox,
        plan=plan,
        kind=kind,
        priority=PRIORITIES[kind],
        stack_slot=sandbox.id,
        cloud=PRACTICE if sandbox.account_id is None else sandbox.cloud,
        asked_by_id=actor.user_id,
        reason=reason,
    )
    work.add(operation)
    work.flush()
    note("sandbox.operation_queued", sandbox, actor, subject=operation, kind=kind.value, reason=reason)
    return operation


def end_operation(operation: SandboxOperation, state: OperationState, error: str = "") -> None:
    """Bring an operation to its end, and free its stack for the next one."""
    operation.state = check_move(OPERATION_MOVES, operation.state, state)
    operation.finished_at, operation.lease_until, operation.stack_slot = clock.now(), None, None
    operation.error = error

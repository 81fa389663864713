"""What is cancelled while it waits leaves its sandbox where people, or the schedule, can go on."""

import pytest
from sqlalchemy import select

from tests.factories import stacks
from tests.factories.journey import Case
from tracker.accounts.access import SYSTEM
from tracker.core.db import session, unit_of_work
from tracker.sandboxes.models import SandboxOperation
from tracker.sandboxes.operations.cancelling import cancel_operation
from tracker.sandboxes.operations.work import queue_operation
from tracker.sandboxes.rules.states import OperationKind, OperationState, SandboxState


@pytest.mark.parametrize(
    ("before", "kind", "after"),
    [
        (SandboxState.REQUESTED, OperationKind.PREVIEW, SandboxState.BLOCKED),
        (SandboxState.DEPLOYING, OperationKind.UP, SandboxState.FAILED),
        (SandboxState.DESTROYING, OperationKind.DESTROY, SandboxState.LEFTOVERS),
    ],
)
def test_no_sandbox_is_stuck_when_its_waiting_operation_is_cancelled(
    case: Case, before: SandboxState, kind: OperationKind, after: SandboxState
) -> None:
    with unit_of_work() as work:
        made = stacks.sandbox(of=case.engagement)
        if kind is not OperationKind.PREVIEW:
            first = work.scalars(select(SandboxOperation).where(SandboxOperation.sandbox_id == made.id)).one()
            first.state, first.stack_slot = OperationState.SUCCEEDED, None
            made.state = before
            work.flush()
            queue_operation(made, kind, actor=SYSTEM)
    newest = select(SandboxOperation).order_by(SandboxOperation.id.desc()).limit(1)
    with unit_of_work() as work:
        cancel_operation(work.scalars(newest).one(), actor=SYSTEM)

    session().refresh(made)
    assert (session().scalars(newest).one().state, made.state) == (OperationState.CANCELLED, after)

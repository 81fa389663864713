"""Cancelling work on stacks: at once where it waits, by asking the worker where it runs."""

from tracker.accounts.access import Actor
from tracker.core.db import session
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.sandboxes.models import SandboxOperation
from tracker.sandboxes.operations import outcomes
from tracker.sandboxes.operations.trail import note
from tracker.sandboxes.rules.states import OPEN, CancelStage, OperationState


def cancel_operation(operation: SandboxOperation, *, actor: Actor) -> None:
    """Cancel what waits at once; ask the worker to stop what runs, which it does and tells step by step."""
    session().refresh(operation, with_for_update={"of": SandboxOperation})  # not of what is loaded beside it
    if operation.state is OperationState.QUEUED:
        outcomes.finish(operation, {"ok": False, "cancelled": True, "error": ""})  # so that its sandbox moves on too
        operation.cancel_stage = CancelStage.RELEASED
    elif operation.state not in OPEN:
        raise Refused(N_("This operation has ended already. There is nothing left to cancel."))
    elif operation.cancel_stage is CancelStage.NONE:
        operation.cancel_stage = CancelStage.ASKED
    else:
        return
    operation.cancelled_by_id = actor.user_id
    note("sandbox.operation_cancelled", operation.sandbox, actor, subject=operation, kind=operation.kind.value)

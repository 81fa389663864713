"""Destroying a sandbox because somebody wants it gone."""

from tracker.accounts.access import Actor
from tracker.core.db import session
from tracker.core.text import N_
from tracker.sandboxes.models import Sandbox, SandboxOperation
from tracker.sandboxes.operations.requests import move, take, void_plans
from tracker.sandboxes.operations.trail import note
from tracker.sandboxes.operations.work import queue_operation
from tracker.sandboxes.queries.sandboxes import find_open_operation
from tracker.sandboxes.rules.states import SANDBOX_MOVES, OperationKind, SandboxState, check_free, check_move


def destroy_sandbox(sandbox: Sandbox, reason: str = "", *, actor: Actor) -> SandboxOperation:
    """Have everything of a sandbox removed; it is destroyed once two searches have found nothing of it."""
    take(sandbox)
    new = check_move(SANDBOX_MOVES, sandbox.state, SandboxState.DESTROYING)
    check_free(find_open_operation(sandbox) is not None)
    void_plans(sandbox, N_("The sandbox is being destroyed."))
    move(sandbox, new)
    session().flush()
    note("sandbox.destroy_asked", sandbox, actor, reason=reason)
    return queue_operation(sandbox, OperationKind.DESTROY, actor=actor, reason=reason)

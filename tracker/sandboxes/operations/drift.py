"""Differences between what was approved and what the cloud has: looked for, taken over, or put right."""

from tracker.accounts.access import Actor
from tracker.sandboxes.models import Sandbox, SandboxOperation
from tracker.sandboxes.operations.requests import take
from tracker.sandboxes.operations.trail import note
from tracker.sandboxes.operations.work import queue_operation
from tracker.sandboxes.rules.states import OperationKind


def look_for_drift(sandbox: Sandbox, *, actor: Actor) -> SandboxOperation:
    """Compare a sandbox with its cloud, and change nothing."""
    take(sandbox)
    return queue_operation(sandbox, OperationKind.DRIFT, actor=actor)


def accept_drift(sandbox: Sandbox, *, actor: Actor) -> SandboxOperation:
    """Take over how the cloud is now."""
    return _decide(sandbox, OperationKind.REFRESH, "sandbox.drift_accepted", actor)


def repair_drift(sandbox: Sandbox, *, actor: Actor) -> SandboxOperation:
    """Bring the cloud back to what was approved."""
    return _decide(sandbox, OperationKind.REPAIR, "sandbox.drift_repaired", actor)


def _decide(sandbox: Sandbox, kind: OperationKind, action: str, actor: Actor) -> SandboxOperation:
    take(sandbox)
    operation = queue_operation(sandbox, kind, actor=actor)
    note(action, sandbox, actor, subject=operation, changes=len(sandbox.drift.get("changes", ())))
    return operation

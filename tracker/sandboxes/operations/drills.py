"""Backup drills of a sandbox: started by people, or once a month by the schedule."""

from tracker.accounts.access import Actor
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.sandboxes.models import Sandbox, SandboxOperation
from tracker.sandboxes.operations.requests import take
from tracker.sandboxes.operations.work import queue_operation
from tracker.sandboxes.rules.states import OperationKind


def start_drill(sandbox: Sandbox, *, actor: Actor) -> SandboxOperation:
    """Hold a backup drill between the clouds of a sandbox."""
    take(sandbox)
    if not sandbox.parameters.get("backup_cloud"):
        raise Refused(N_("This sandbox has no second cloud for its backups, so that no drill can be held."))
    return queue_operation(sandbox, OperationKind.DRILL, actor=actor)

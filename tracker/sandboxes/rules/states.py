"""What sandboxes, plans and operations go through: every state, every allowed move, in one table each."""

from collections.abc import Mapping
from typing import TypeVar

from tracker.core.errors import Refused
from tracker.core.text import N_, Labelled


class SandboxState(Labelled):
    """Where a sandbox stands."""

    REQUESTED = "requested", N_("Its plan is being made"), "progress"
    PLANNED = "planned", N_("Its plan waits for approval"), "warning"
    BLOCKED = "blocked", N_("It cannot be built as it was asked for"), "danger"
    REFUSED = "refused", N_("Refused"), "neutral"
    WITHDRAWN = "withdrawn", N_("Request taken back"), "neutral"
    DEPLOYING = "deploying", N_("Being built"), "progress"
    RUNNING = "running", N_("Running"), "done"
    FAILED = "failed", N_("Building failed"), "danger"
    DESTROYING = "destroying", N_("Being destroyed"), "progress"
    LEFTOVERS = "leftovers", N_("Something is left"), "danger"
    DESTROYED = "destroyed", N_("Destroyed, nothing is left"), "done"


class PlanState(Labelled):
    """Where a plan stands."""

    MAKING = "making", N_("Being made"), "progress"
    FAILED = "failed", N_("Could not be made"), "danger"
    BLOCKED = "blocked", N_("Blocked by a rule"), "danger"
    READY = "ready", N_("Waits for approval"), "warning"
    APPROVED = "approved", N_("Approved"), "progress"
    REFUSED = "refused", N_("Refused"), "neutral"
    VOID = "void", N_("Void"), "neutral"
    DONE = "done", N_("Carried out"), "done"


class OperationKind(Labelled):
    """What is done with a stack."""

    PREVIEW = "preview", N_("Plan")
    UP = "up", N_("Build")
    REFRESH = "refresh", N_("Compare and take over")
    DRIFT = "drift", N_("Look for differences")
    REPAIR = "repair", N_("Put right")
    DESTROY = "destroy", N_("Destroy")
    DRILL = "drill", N_("Backup drill")


class OperationState(Labelled):
    """Where an operation stands."""

    QUEUED = "queued", N_("Waiting for a worker"), "neutral"
    RUNNING = "running", N_("Running"), "progress"
    RECOVERING = "recovering", N_("Being put in order after an interruption"), "warning"
    SUCCEEDED = "succeeded", N_("Done"), "done"
    FAILED = "failed", N_("Failed"), "danger"
    CANCELLED = "cancelled", N_("Cancelled"), "neutral"


class CancelStage(Labelled):
    """What a cancellation is doing."""

    NONE = "none", N_("Not cancelled"), "neutral"
    ASKED = "asked", N_("The worker is being told"), "progress"
    WAITING = "waiting", N_("Waiting for the engine to finish the step in hand"), "progress"
    KILLED = "killed", N_("The engine did not end and was stopped"), "warning"
    RELEASED = "released", N_("Stopped; the stack is released"), "done"


class EventKind(Labelled):
    """What a line of the log tells."""

    LOG = "log", N_("Log")
    RESOURCE = "resource", N_("Resource")
    STAGE = "stage", N_("Stage")
    WARNING = "warning", N_("Warning")
    ERROR = "error", N_("Error")


class ResourceState(Labelled):
    """Where one resource of an operation stands."""

    PENDING = "pending", N_("Under way"), "progress"
    DONE = "done", N_("Done"), "done"
    FAILED = "failed", N_("Failed"), "danger"
    UNKNOWN = "unknown", N_("Interrupted"), "warning"


class DrillResult(Labelled):
    """What the newest drill of an engagement came to."""

    NONE = "none", N_("No drill yet"), "warning"
    FAILED = "failed", N_("Failed"), "danger"
    PASSED = "passed", N_("Passed"), "done"


class SetupStage(Labelled):
    """What the set-up of a host is doing."""

    LOOKING = "looking", N_("Looking at what is here"), "progress"
    PACKAGES = "packages", N_("Getting the SDKs of the clouds and their emulators (about 1.3 GB)"), "progress"
    ENGINE = "engine", N_("Getting the engine; where it must be built this takes some minutes"), "progress"
    READY = "ready", N_("Ready"), "done"
    FAILED = "failed", N_("Could not be set up; it is tried again"), "danger"


class ExportMoment(Labelled):
    """When a stack's state was set aside."""

    BEFORE = "before", N_("Before the operation")
    AFTER = "after", N_("After the operation")
    RECOVERY = "recovery", N_("Before a recovery")


SANDBOX_MOVES: Mapping[SandboxState, frozenset[SandboxState]] = {
    SandboxState.REQUESTED: frozenset({SandboxState.PLANNED, SandboxState.BLOCKED, SandboxState.WITHDRAWN}),
    SandboxState.PLANNED: frozenset(
        {
            SandboxState.REQUESTED,
            SandboxState.REFUSED,
            SandboxState.WITHDRAWN,
            SandboxState.DEPLOYING,
            SandboxState.BLOCKED,
        }
    ),
    SandboxState.BLOCKED: frozenset(
        {SandboxState.REQUESTED, SandboxState.PLANNED, SandboxState.WITHDRAWN, SandboxState.REFUSED}
    ),
    SandboxState.REFUSED: frozenset({SandboxState.REQUESTED}),
    SandboxState.WITHDRAWN: frozenset(),
    SandboxState.DEPLOYING: frozenset({SandboxState.RUNNING, SandboxState.FAILED, SandboxState.DESTROYING}),
    SandboxState.RUNNING: frozenset({SandboxState.DEPLOYING, SandboxState.DESTROYING, SandboxState.FAILED}),
    SandboxState.FAILED: frozenset({SandboxState.DEPLOYING, SandboxState.RUNNING, SandboxState.DESTROYING}),
    SandboxState.DESTROYING: frozenset({SandboxState.DESTROYED, SandboxState.LEFTOVERS}),
    SandboxState.LEFTOVERS: frozenset({SandboxState.DESTROYING}),
    SandboxState.DESTROYED: frozenset(),
}

PLAN_MOVES: Mapping[PlanState, frozenset[PlanState]] = {
    PlanState.MAKING: frozenset({PlanState.READY, PlanState.BLOCKED, PlanState.FAILED, PlanState.VOID}),
    PlanState.BLOCKED: frozenset({PlanState.READY, PlanState.REFUSED, PlanState.VOID}),
    PlanState.READY: frozenset({PlanState.APPROVED, PlanState.REFUSED, PlanState.VOID, PlanState.BLOCKED}),
    PlanState.APPROVED: frozenset({PlanState.DONE, PlanState.VOID, PlanState.FAILED}),
    PlanState.FAILED: frozenset(),
    PlanState.REFUSED: frozenset(),
    PlanState.VOID: frozenset(),
    PlanState.DONE: frozenset(),
}

OPERATION_MOVES: Mapping[OperationState, frozenset[OperationState]] = {
    OperationState.QUEUED: frozenset({OperationState.RUNNING, OperationState.CANCELLED, OperationState.FAILED}),
    OperationState.RUNNING: frozenset(
        {OperationState.SUCCEEDED, OperationState.FAILED, OperationState.CANCELLED, OperationState.RECOVERING}
    ),
    OperationState.RECOVERING: frozenset(
        {
            OperationState.QUEUED,
            OperationState.RECOVERING,
            OperationState.SUCCEEDED,
            OperationState.FAILED,
            OperationState.CANCELLED,
        }
    ),
    OperationState.SUCCEEDED: frozenset(),
    OperationState.FAILED: frozenset(),
    OperationState.CANCELLED: frozenset(),
}

HELD = frozenset({OperationState.RUNNING, OperationState.RECOVERING})
"""A worker has it in hand, under a lease."""
OPEN = frozenset({OperationState.QUEUED, OperationState.RUNNING, OperationState.RECOVERING})
"""It has not come to its end; a stack has at most one of them."""
ENDED = frozenset({OperationState.SUCCEEDED, OperationState.FAILED, OperationState.CANCELLED})

STANDING = frozenset(
    {SandboxState.DEPLOYING, SandboxState.RUNNING, SandboxState.FAILED, SandboxState.DESTROYING, SandboxState.LEFTOVERS}
)
"""There may be resources: it costs, it expires, and a gate cannot pass over it once it has expired."""
ALIVE = STANDING | {SandboxState.REQUESTED, SandboxState.PLANNED, SandboxState.BLOCKED}
"""It counts for the quotas."""
OVER = frozenset({SandboxState.REFUSED, SandboxState.WITHDRAWN, SandboxState.DESTROYED})

WRITES = frozenset({OperationKind.UP, OperationKind.REFRESH, OperationKind.REPAIR, OperationKind.DESTROY})
"""Kinds that change a stack or its state; what is cut off of them has to be put in order."""

ALLOWED: Mapping[OperationKind, frozenset[SandboxState]] = {
    OperationKind.PREVIEW: frozenset({SandboxState.REQUESTED}),
    OperationKind.UP: frozenset({SandboxState.DEPLOYING}),
    OperationKind.REFRESH: frozenset({SandboxState.RUNNING, SandboxState.FAILED}),
    OperationKind.DRIFT: frozenset({SandboxState.RUNNING}),
    OperationKind.REPAIR: frozenset({SandboxState.RUNNING, SandboxState.FAILED}),
    OperationKind.DESTROY: frozenset({SandboxState.DESTROYING}),
    OperationKind.DRILL: frozenset({SandboxState.RUNNING}),
}
"""In which states of the sandbox a kind of operation may be queued."""

M = TypeVar("M", SandboxState, PlanState, OperationState)


def check_move(moves: Mapping[M, frozenset[M]], old: M, new: M) -> M:
    """Give the new state, or refuse a move that the table does not have."""
    if new not in moves[old]:
        raise Refused(
            N_("This cannot be done while its state is “%(state)s”. Open it again to see what it is doing now."),
            state=old.label,
        )
    return new


def check_kind(kind: OperationKind, state: SandboxState) -> None:
    """Refuse an operation that the sandbox is in no state for."""
    if state not in ALLOWED[kind]:
        raise Refused(
            N_("“%(kind)s” is not possible while the state of the sandbox is “%(state)s”."),
            kind=kind.label,
            state=state.label,
        )


def check_free(is_busy: bool) -> None:
    """Refuse a second operation on a stack."""
    if is_busy:
        raise Refused(
            N_("Another operation of this sandbox has not ended. Wait for it, or cancel it first."),
        )

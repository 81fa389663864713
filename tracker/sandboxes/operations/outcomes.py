"""What operations brought: written by the worker in the transaction that also ends the operation, so that it happens once."""

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from tracker.accounts.access import SYSTEM
from tracker.core import clock
from tracker.core.db import session
from tracker.core.text import N_
from tracker.evidence import operations as evidence
from tracker.journey.operations import fulfil_by
from tracker.journey.operations.telling import tell_at
from tracker.journey.queries.people import office_ids
from tracker.journey.rules import Deed
from tracker.notifications.rules import Reason
from tracker.sandboxes import vault
from tracker.sandboxes.models import Sandbox, SandboxDrill, SandboxOperation, SandboxPlan
from tracker.sandboxes.operations.trail import note
from tracker.sandboxes.operations.work import end_operation
from tracker.sandboxes.rules.life import is_gone, pause_after
from tracker.sandboxes.rules.plans import Finding, Mode, open_findings
from tracker.sandboxes.rules.states import (
    PLAN_MOVES,
    SANDBOX_MOVES,
    OperationKind,
    OperationState,
    PlanState,
    SandboxState,
)

Result = Mapping[str, Any]
PLAN_DIGEST_PARTS = ("program_digest", "configuration_digest", "plan_digest")


def begin(operation: SandboxOperation, settings: Callable[[], dict[str, Any]]) -> None:
    """Note that a worker begins: a preview gets the row of its plan, a life begins with its first building."""
    sandbox, now = operation.sandbox, clock.now()
    if operation.kind is OperationKind.PREVIEW and operation.plan_id is None:
        last = select(func.max(SandboxPlan.number)).where(SandboxPlan.sandbox_id == sandbox.id)
        operation.plan = SandboxPlan(
            sandbox=sandbox,
            number=(session().scalar(last) or 0) + 1,
            settings=settings(),
            asked_by_id=operation.asked_by_id,
        )
        session().flush()
    if operation.kind is OperationKind.UP and sandbox.live_since is None:
        sandbox.live_since, sandbox.expires_at = now, now + timedelta(hours=sandbox.lifetime_hours)


def finish(operation: SandboxOperation, result: Result) -> None:
    """Bring an operation to its end with what its child told, and move its sandbox and its plan."""
    state = _end_state(result)
    end_operation(operation, state, str(result.get("error") or "")[:4000])
    operation.changes = dict(result.get("changes") or {})
    if rows := result.get("interrupted"):
        operation.pending = {"rows": rows}
    _WORK[operation.kind](operation, result, state is OperationState.SUCCEEDED)
    note(
        f"sandbox.{operation.kind.value}_{state.value}",
        operation.sandbox,
        SYSTEM,
        subject=operation,
        changes=operation.changes,
        error=operation.error[:300],
    )


def _end_state(result: Result) -> OperationState:
    if result.get("ok"):
        return OperationState.SUCCEEDED
    return OperationState.CANCELLED if result.get("cancelled") else OperationState.FAILED


def _preview(operation: SandboxOperation, result: Result, succeeded: bool) -> None:
    plan, sandbox = operation.plan, operation.sandbox
    if plan is None:  # it was cancelled while it waited
        _move(sandbox, SandboxState.BLOCKED)
        return
    if not succeeded or sandbox.state is not SandboxState.REQUESTED:
        failed = operation.state is OperationState.FAILED
        _move_plan(plan, PlanState.FAILED if failed else PlanState.VOID)
        plan.error = operation.error
        _move(sandbox, SandboxState.BLOCKED)
        _tell(sandbox, N_("%(vendor)s: the plan of the sandbox “%(title)s” could not be made."), Reason.PROGRESS)
        return
    _keep_plan(plan, result)
    blocked = bool(open_findings(Finding.read(row, set()) for row in plan.findings.get("rows", ())))
    _move_plan(plan, PlanState.BLOCKED if blocked else PlanState.READY)
    _move(sandbox, SandboxState.BLOCKED if blocked else SandboxState.PLANNED)
    if not blocked:
        fulfil_by(sandbox.engagement, Deed.PLAN, proof=plan, actor=SYSTEM)
    if sandbox.mode == Mode.PRODUCTION:
        _tell(sandbox, N_("%(vendor)s: the production plan “%(title)s” can be read."), Reason.PROGRESS)
        return
    msgid = N_("%(vendor)s: the plan of the sandbox “%(title)s” waits for your decision.")
    _tell_office(sandbox, msgid)


def _keep_plan(plan: SandboxPlan, result: Result) -> None:
    rows = list(result.get("resources") or ())
    plan.resources = {"rows": rows}
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["type"]] = counts.get(row["type"], 0) + 1
    plan.counts = counts
    plan.program_digest, plan.configuration_digest, plan.plan_digest = (str(result[part]) for part in PLAN_DIGEST_PARTS)
    whole = "\n".join(str(result[part]) for part in PLAN_DIGEST_PARTS)
    plan.digest = hashlib.sha256(whole.encode()).hexdigest()
    plan.plan_file = vault.seal_pack(str(result["plan"]).encode(), f"{plan.sandbox.code}/plan")
    plan.findings = {"rows": list(result.get("findings") or ())}
    plan.price = dict(result.get("price") or {})
    plan.picture = str(result.get("picture") or "")
    plan.made_at = clock.now()


def _up(operation: SandboxOperation, result: Result, succeeded: bool) -> None:
    sandbox, plan = operation.sandbox, operation.plan
    if not succeeded:
        _take_facts(sandbox, result)
        _move(sandbox, SandboxState.FAILED)
        if plan is not None:
            _move_plan(plan, PlanState.FAILED)
        _tell(sandbox, N_("%(vendor)s: the sandbox “%(title)s” could not be built to its end."), Reason.PROGRESS)
        return
    _take_outputs(sandbox, result)
    _move(sandbox, SandboxState.RUNNING)
    if plan is not None:
        _move_plan(plan, PlanState.DONE)
        sandbox.monthly_low = _money(plan.price.get("low"))
        sandbox.monthly_high = _money(plan.price.get("high"))
    fulfil_by(sandbox.engagement, Deed.DEPLOYMENT, proof=operation, actor=SYSTEM)
    _tell(sandbox, N_("%(vendor)s: the sandbox “%(title)s” is ready."), Reason.PROGRESS)


def _refresh(operation: SandboxOperation, result: Result, succeeded: bool) -> None:
    if succeeded:
        _take_outputs(operation.sandbox, result)
        operation.sandbox.drift, operation.sandbox.drift_at = {}, clock.now()


def _repair(operation: SandboxOperation, result: Result, succeeded: bool) -> None:
    sandbox = operation.sandbox
    if succeeded:
        _refresh(operation, result, succeeded)
        _move(sandbox, SandboxState.RUNNING)
    else:
        _take_facts(sandbox, result)
        _move(sandbox, SandboxState.FAILED)


def _drift(operation: SandboxOperation, result: Result, succeeded: bool) -> None:
    if not succeeded:
        return
    sandbox, changes = operation.sandbox, list(result.get("drift") or ())
    sandbox.drift, sandbox.drift_at = ({"changes": changes} if changes else {}), clock.now()
    if changes:
        msgid = N_("%(vendor)s: %(count)s resources of the sandbox “%(title)s” differ from what was approved.")
        _tell(sandbox, msgid, Reason.DECISION, count=len(changes))


def _destroy(operation: SandboxOperation, result: Result, succeeded: bool) -> None:
    sandbox, now = operation.sandbox, clock.now()
    pending, searches = list(result.get("pending") or ()), list(result.get("searches") or ())
    left = int(result.get("resources_left") or 0)
    if is_gone(succeeded=succeeded, resources=left, pending=len(pending), searches=searches):
        proof = {"resources": 0, "pending": 0, "searches": searches, "at": now.isoformat(), "operation": operation.id}
        proof["digest"] = hashlib.sha256(json.dumps(proof, sort_keys=True).encode()).hexdigest()
        sandbox.proof, sandbox.leftovers, sandbox.destroyed_at, sandbox.next_attempt_at = proof, {}, now, None
        sandbox.outputs, sandbox.secret_outputs, sandbox.drift = {}, "", {}
        _move(sandbox, SandboxState.DESTROYED)
        fulfil_by(sandbox.engagement, Deed.DESTROY, proof=operation, actor=SYSTEM)
        _tell(sandbox, N_("%(vendor)s: the sandbox “%(title)s” is destroyed, and nothing is left."), Reason.PROGRESS)
        return
    sandbox.destroy_attempts += 1
    sandbox.next_attempt_at = now + pause_after(sandbox.destroy_attempts)
    sandbox.leftovers = {"found": list(result.get("found") or ()), "state": left, "pending": len(pending)}
    _move(sandbox, SandboxState.LEFTOVERS)
    msgid = N_("%(vendor)s: something of the sandbox “%(title)s” is left after it was destroyed. It is tried again.")
    _tell_office(sandbox, msgid)


def _drill(operation: SandboxOperation, result: Result, succeeded: bool) -> None:
    if not succeeded:
        return
    sandbox, report = operation.sandbox, str(result["signed"])
    file = evidence.keep_file(
        io.BytesIO(report.encode()),
        f"drill-{sandbox.code}-{operation.id}.json",
        organisation_id=sandbox.organisation_id,
        engagement_id=sandbox.engagement_id,
        actor=SYSTEM,
    )
    drill = SandboxDrill(
        sandbox=sandbox,
        operation_id=operation.id,
        evidence=file,
        passed=bool(result["passed"]),
        digest=hashlib.sha256(report.encode()).hexdigest(),
        rpo_seconds=Decimal(str(result["rpo_seconds"])),
        rto_seconds=Decimal(str(result["rto_seconds"])),
        digits={"rows": list(result["digits"])},
        refusals={"rows": list(result["refusals"])},
    )
    session().add(drill)
    session().flush()
    if drill.passed:
        fulfil_by(sandbox.engagement, Deed.DRILL, proof=drill, actor=SYSTEM)
        _tell(sandbox, N_("%(vendor)s: the backup drill of the sandbox “%(title)s” passed."), Reason.PROGRESS)
    else:
        _tell(sandbox, N_("%(vendor)s: the backup drill of the sandbox “%(title)s” failed."), Reason.DECISION)


_WORK: Mapping[OperationKind, Callable[[SandboxOperation, Result, bool], None]] = {
    OperationKind.PREVIEW: _preview,
    OperationKind.UP: _up,
    OperationKind.REFRESH: _refresh,
    OperationKind.REPAIR: _repair,
    OperationKind.DRIFT: _drift,
    OperationKind.DESTROY: _destroy,
    OperationKind.DRILL: _drill,
}


def _take_outputs(sandbox: Sandbox, result: Result) -> None:
    """Keep what the stack exports; what is secret is sealed, and only its name stays readable."""
    outputs: Mapping[str, Any] = result.get("outputs") or {}
    sandbox.outputs = {name: None if one["secret"] else one["value"] for name, one in outputs.items()}
    hidden = {name: one["value"] for name, one in outputs.items() if one["secret"]}
    sandbox.secret_outputs = vault.seal_text(json.dumps(hidden), f"{sandbox.code}/outputs") if hidden else ""
    _take_facts(sandbox, result)


def _take_facts(sandbox: Sandbox, result: Result) -> None:
    sandbox.emulated = int(result.get("emulated") or 0)
    sandbox.recorded = int(result.get("recorded") or 0)


def _money(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def _move(sandbox: Sandbox, new: SandboxState) -> None:
    """Move the sandbox where its table allows it; a request that was withdrawn meanwhile stays so."""
    if new in SANDBOX_MOVES[sandbox.state]:
        sandbox.state, sandbox.state_since = new, clock.now()


def _move_plan(plan: SandboxPlan, new: PlanState) -> None:
    if new in PLAN_MOVES[plan.state]:
        plan.state = new


def _tell(sandbox: Sandbox, msgid: str, reason: Reason, **params: object) -> None:
    people = {sandbox.owner_id, sandbox.requested_by_id}
    path = f"/sandboxes/{sandbox.id}"
    tell_at(path, people, reason, msgid, sandbox.engagement, actor=SYSTEM, title=sandbox.title, **params)


def _tell_office(sandbox: Sandbox, msgid: str) -> None:
    people = set(office_ids(sandbox.engagement)) | {sandbox.owner_id}
    tell_at(
        f"/sandboxes/{sandbox.id}",
        people,
        Reason.DECISION,
        msgid,
        sandbox.engagement,
        actor=SYSTEM,
        title=sandbox.title,
    )

"""Sandboxes, asked for and approved by the operations; what a worker would have brought is told by hand."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from tracker.accounts.access import SYSTEM, Actor
from tracker.core import clock
from tracker.core.db import session
from tracker.journey.models import Engagement
from tracker.sandboxes.models import Sandbox, SandboxDrill, SandboxEvent, SandboxOperation, SandboxPlan, SandboxResource
from tracker.sandboxes.operations import approvals, drift, drills, outcomes, removal, requests
from tracker.sandboxes.operations.requests import RequestDetails
from tracker.sandboxes.rules.states import EventKind, OperationState, ResourceState

SETTINGS: Mapping[str, Any] = {"region": "ap-east-2", "backup_cloud": "gcp"}
BUCKET = "urn:pulumi:sandbox::aws_saas::aws:s3/bucketV2:BucketV2::files"
WAIVABLE = {
    "rule": "public-entry",
    "severity": "waivable",
    "subject": "entry",
    "reason": {"zh-Hant": "入口對外開放。", "en": "The entry is open to the world."},
    "remedy": {"zh-Hant": "限制來源。", "en": "Narrow the sources."},
}
BLOCKING = {**WAIVABLE, "rule": "unencrypted", "severity": "blocking", "subject": "files"}
PLANNED: Mapping[str, Any] = {
    "ok": True,
    "plan": "{}",
    "program_digest": "a" * 64,
    "configuration_digest": "b" * 64,
    "plan_digest": "c" * 64,
    "resources": [
        {
            "urn": BUCKET,
            "type": "aws:s3/bucketV2:BucketV2",
            "name": "files",
            "action": "create",
            "practice": "emulated",
        },
        {
            "urn": f"{BUCKET}2",
            "type": "aws:wafv2/webAcl:WebAcl",
            "name": "wall",
            "action": "create",
            "practice": "recorded",
        },
    ],
    "price": {"low": "40.00", "high": "65.50", "currency": "USD", "lines": [], "unpriced": []},
    "picture": '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"></svg>',
}
SECRET = "Sesam-ohne-Echo-42"
BUILT: Mapping[str, Any] = {
    "ok": True,
    "changes": {"create": 2},
    "outputs": {
        "address": {"value": "https://demo.sandbox.example", "secret": False},
        "password": {"value": SECRET, "secret": True},
    },
    "emulated": 1,
    "recorded": 1,
}
GONE: Mapping[str, Any] = {"ok": True, "changes": {"delete": 2}, "searches": [0, 0], "resources_left": 0}
DRILLED: Mapping[str, Any] = {
    "ok": True,
    "rpo_seconds": 12.5,
    "rto_seconds": 40,
    "digits": [
        {
            "figure": "3",
            "state": "met",
            "title": {"zh-Hant": "三份", "en": "Three copies"},
            "reason": {"zh-Hant": "都在", "en": "All there"},
        }
    ],
    "refusals": [],
}
LEFT: Mapping[str, Any] = {
    **GONE,
    "searches": [1, 1],
    "found": [{"provider": "aws", "type": "s3:bucket", "id": "files-1", "region": "ap-east-2", "emulated": True}],
}


def details(**changes: Any) -> RequestDetails:
    """Give a request that every programme of the tests allows."""
    usual: dict[str, Any] = {
        "title": "負載測試",
        "purpose": "量測訂單系統的尖峰",
        "template": "aws_saas",
        "settings": SETTINGS,
        "budget": 100,
    }
    return RequestDetails(**{**usual, **changes})


def requested(engagement: Engagement, *, actor: Actor = SYSTEM, **changes: Any) -> Sandbox:
    """Ask for a sandbox."""
    made = requests.request_sandbox(engagement, details(**changes), actor=actor)
    session().flush()
    return made


def planned(
    engagement: Engagement, *, actor: Actor = SYSTEM, findings: tuple[Mapping[str, Any], ...] = (), **changes: Any
) -> Sandbox:
    """Ask for a sandbox whose plan a worker has made."""
    made = requested(engagement, actor=actor, **changes)
    carry_out(made, {**PLANNED, "findings": list(findings)})
    return made


def approved(engagement: Engagement, *, second: Actor, actor: Actor = SYSTEM, **changes: Any) -> Sandbox:
    """Ask for a sandbox whose plan a second person has approved, so that building waits for a worker."""
    made = planned(engagement, actor=actor, **changes)
    plan = plan_of(made)
    approvals.approve_plan(plan, plan.digest, actor=second)
    session().flush()
    return made


def running(
    engagement: Engagement,
    *,
    second: Actor,
    actor: Actor = SYSTEM,
    built: Mapping[str, Any] = BUILT,
    **changes: Any,
) -> Sandbox:
    """Give a sandbox that was built."""
    made = approved(engagement, second=second, actor=actor, **changes)
    carry_out(made, built)
    return made


def drilled(sandbox: Sandbox, report: str = "{}", *, actor: Actor = SYSTEM, passed: bool = True) -> SandboxDrill:
    """Hold a backup drill in a sandbox that runs."""
    drills.start_drill(sandbox, actor=actor)
    operation = carry_out(sandbox, {**DRILLED, "signed": report, "passed": passed})
    statement = select(SandboxDrill).where(SandboxDrill.operation_id == operation.id)
    return session().scalars(statement).one()


def differing(sandbox: Sandbox, name: str = "files", *, actor: Actor = SYSTEM) -> None:
    """Let a look find that a resource was changed by hand."""
    drift.look_for_drift(sandbox, actor=actor)
    change = {
        "urn": BUCKET,
        "type": "aws:s3/bucketV2:BucketV2",
        "name": name,
        "action": "update",
        "properties": ["tags"],
    }
    carry_out(sandbox, {"ok": True, "drift": [change]})


def destroyed(engagement: Engagement, *, second: Actor, actor: Actor = SYSTEM, **changes: Any) -> Sandbox:
    """Give a sandbox that was built and destroyed with proof."""
    made = running(engagement, second=second, actor=actor, **changes)
    removal.destroy_sandbox(made, actor=second)
    carry_out(made, GONE)
    return made


def with_leftovers(engagement: Engagement, *, second: Actor, actor: Actor = SYSTEM, **changes: Any) -> Sandbox:
    """Give a sandbox of which a search still finds something."""
    made = running(engagement, second=second, actor=actor, **changes)
    removal.destroy_sandbox(made, actor=second)
    carry_out(made, LEFT)
    return made


def operation_of(sandbox: Sandbox) -> SandboxOperation:
    """Give the newest operation of a sandbox."""
    statement = select(SandboxOperation).where(SandboxOperation.sandbox_id == sandbox.id)
    return session().scalars(statement.order_by(SandboxOperation.id.desc())).first() or _none()


def plan_of(sandbox: Sandbox) -> SandboxPlan:
    """Give the newest plan of a sandbox."""
    statement = select(SandboxPlan).where(SandboxPlan.sandbox_id == sandbox.id)
    return session().scalars(statement.order_by(SandboxPlan.id.desc())).first() or _none()


def begin(sandbox: Sandbox) -> SandboxOperation:
    """Let a worker begin the operation that waits."""
    operation = operation_of(sandbox)
    operation.state, operation.started_at, operation.token = OperationState.RUNNING, clock.now(), 1
    operation.worker = operation.host = "示範主機"
    outcomes.begin(operation, lambda: {"cloud": sandbox.cloud})
    session().flush()
    return operation


def carry_out(sandbox: Sandbox, result: Mapping[str, Any]) -> SandboxOperation:
    """Let a worker begin and end the operation that waits."""
    operation = begin(sandbox)
    outcomes.finish(operation, result)
    session().flush()
    return operation


def log(operation: SandboxOperation, *texts: str, kind: EventKind = EventKind.LOG, urn: str = "") -> list[SandboxEvent]:
    """Write lines into the log of an operation."""
    rows = [SandboxEvent(operation_id=operation.id, at=clock.now(), kind=kind, text=text, urn=urn) for text in texts]
    for row in rows:
        session().add(row)
        session().flush()
    return rows


def resource(operation: SandboxOperation, name: str, state: ResourceState = ResourceState.DONE) -> SandboxResource:
    """Let an operation deal with a resource."""
    urn = f"urn:pulumi:s::p::aws:s3/bucketV2:BucketV2::{name}"
    (event,) = log(operation, f"{name} creating", kind=EventKind.RESOURCE, urn=urn)
    row = SandboxResource(
        operation_id=operation.id,
        urn=urn,
        type="aws:s3/bucketV2:BucketV2",
        name=name,
        action="create",
        state=state,
        started_at=clock.now(),
        event_id=event.id,
    )
    session().add(row)
    session().flush()
    return row


def _none() -> Any:
    raise LookupError("There is none.")

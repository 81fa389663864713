"""Deciding on a plan: findings let pass by a lead, approval of exactly this plan by a second person, refusal."""

from collections.abc import Iterable
from typing import Any

from tracker.accounts.access import Actor
from tracker.core import clock
from tracker.core.db import session
from tracker.core.text import N_
from tracker.journey.operations.telling import tell_at
from tracker.journey.rules import check_active, check_reason
from tracker.notifications.rules import Reason
from tracker.sandboxes.models import Sandbox, SandboxPlan, SandboxWaiver
from tracker.sandboxes.operations.requests import move, take
from tracker.sandboxes.operations.trail import note
from tracker.sandboxes.operations.work import queue_operation
from tracker.sandboxes.rules.plans import (
    Finding,
    check_buildable,
    check_digest,
    check_price,
    check_second_person,
    check_waivable,
    open_findings,
)
from tracker.sandboxes.rules.states import (
    PLAN_MOVES,
    SANDBOX_MOVES,
    OperationKind,
    PlanState,
    SandboxState,
    check_move,
)


def findings_of(plan: SandboxPlan) -> list[Finding]:
    """Read the findings of a plan with who has let them pass."""
    waived = {(waiver.rule, waiver.subject) for waiver in plan.waivers}
    return [Finding.read(row, waived) for row in plan.findings.get("rows", ())]


def waive_finding(plan: SandboxPlan, rule: str, subject: str, reason: str, *, actor: Actor) -> None:
    """Let a finding that may be waived pass, with the reason; a plan without open findings then waits for approval."""
    take_plan(plan)
    check_active(plan.engagement.state)
    check_waivable(plan.state, findings_of(plan), rule, subject)
    text = check_reason(reason)
    plan.waivers.append(SandboxWaiver(rule=rule, subject=subject, reason=text, by_id=actor.user_id))
    note("sandbox.finding_waived", plan.sandbox, actor, subject=plan, rule=rule, about=subject, reason=text)
    if not open_findings(findings_of(plan)):
        plan.state = check_move(PLAN_MOVES, plan.state, PlanState.READY)
        if plan.sandbox.state is SandboxState.BLOCKED:
            move(plan.sandbox, SandboxState.PLANNED)


def approve_plan(plan: SandboxPlan, digest: str, *, actor: Actor) -> None:
    """Approve exactly the plan of this digest, as another person than those who asked for it; building is queued."""
    take_plan(plan)
    sandbox = plan.sandbox
    check_active(sandbox.engagement.state)
    check_move(PLAN_MOVES, plan.state, PlanState.APPROVED)
    check_buildable(sandbox.mode)
    check_digest(plan.digest, digest)
    check_second_person(actor.user_id, (plan.asked_by_id, sandbox.requested_by_id))
    check_price(plan.price.get("low"), sandbox.monthly_budget)
    _decide(plan, PlanState.APPROVED, "", actor)
    move(sandbox, check_move(SANDBOX_MOVES, sandbox.state, SandboxState.DEPLOYING))
    session().flush()
    queue_operation(sandbox, OperationKind.UP, actor=actor, plan=plan)
    note("sandbox.plan_approved", sandbox, actor, subject=plan, digest=plan.digest)
    msgid = N_("%(vendor)s: the plan of the sandbox “%(title)s” was approved; it is being built.")
    _tell(sandbox, Reason.PROGRESS, msgid, actor)


def refuse_plan(plan: SandboxPlan, reason: str, *, actor: Actor) -> None:
    """Refuse a plan, with what has to be different."""
    take_plan(plan)
    check_move(PLAN_MOVES, plan.state, PlanState.REFUSED)
    text = check_reason(reason)
    _decide(plan, PlanState.REFUSED, text, actor)
    move(plan.sandbox, check_move(SANDBOX_MOVES, plan.sandbox.state, SandboxState.REFUSED))
    note("sandbox.plan_refused", plan.sandbox, actor, subject=plan, reason=text)
    msgid = N_("%(vendor)s: the plan of the sandbox “%(title)s” was refused: %(reason)s")
    _tell(plan.sandbox, Reason.RETURNED, msgid, actor, reason=text)


def take_plan(plan: SandboxPlan) -> None:
    """Take plan and sandbox in hand, as they are stored now."""
    take(plan.sandbox)
    session().refresh(plan)


def _decide(plan: SandboxPlan, state: PlanState, reason: str, actor: Actor) -> None:
    plan.state, plan.reason = state, reason
    plan.decided_by_id, plan.decided_at = actor.user_id, clock.now()


def _tell(sandbox: Sandbox, why: Reason, msgid: str, actor: Actor, **params: Any) -> None:
    people: Iterable[int | None] = {sandbox.owner_id, sandbox.requested_by_id} - {None}
    path = f"/sandboxes/{sandbox.id}"
    tell_at(path, people, why, msgid, sandbox.engagement, actor=actor, title=sandbox.title, **params)

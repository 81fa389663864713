"""The plan of a sandbox, and what a second person decides about it."""

import base64

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import can, current_actor, requires
from tracker.core.db import unit_of_work
from tracker.core.errors import NotFound, Refused
from tracker.sandboxes import permissions
from tracker.sandboxes.forms import ApproveForm, ReasonForm
from tracker.sandboxes.models import SandboxPlan
from tracker.sandboxes.operations import approvals
from tracker.sandboxes.queries import sandboxes
from tracker.sandboxes.routes.blueprint import bp, cost_of_all
from tracker.sandboxes.rules.plans import Finding, Mode, Severity, open_findings
from tracker.sandboxes.rules.states import PlanState


@bp.route("/sandboxes/plans/<int:plan_id>")
@requires(permissions.VIEW_SANDBOX, on=sandboxes.get_plan)
def plan(plan: SandboxPlan) -> ResponseReturnValue:
    """Show a plan: what would be built, what the guardrails say of it, what it costs, and its hash."""
    actor, findings = current_actor(), approvals.findings_of(plan)
    is_open = plan.state in {PlanState.READY, PlanState.BLOCKED}
    may_decide = is_open and can(actor, permissions.APPROVE_PLAN, plan)
    is_second = actor.user_id not in {plan.asked_by_id, plan.sandbox.requested_by_id}
    return render_template(
        "sandboxes/plan.html",
        plan=plan,
        sandbox=plan.sandbox,
        findings=sorted(enumerate(findings), key=_weight),
        waivers={(one.rule, one.subject): one for one in plan.waivers},
        blocked=len(open_findings(findings)),
        rows=plan.resources.get("rows", ()),
        counts=sorted(plan.counts.items(), key=lambda one: (-one[1], one[0])),
        picture=_address_of(plan.picture),
        life_cost=cost_of_all(plan.sandbox, plan.price),
        may_decide=may_decide,
        is_second=is_second,
        is_production=plan.sandbox.mode == Mode.PRODUCTION,
        may_approve=may_decide and is_second and plan.state is PlanState.READY and plan.sandbox.mode == Mode.SANDBOX,
        may_waive=is_open and can(actor, permissions.WAIVE_FINDING, plan),
    )


def _weight(numbered: tuple[int, Finding]) -> tuple[int, int]:
    return list(Severity).index(numbered[1].severity), numbered[0]


def _address_of(picture: str) -> str:
    """Give a picture as an address: shown as an image, whatever stands in it cannot run."""
    return f"data:image/svg+xml;base64,{base64.b64encode(picture.encode()).decode()}" if picture else ""


@bp.route("/sandboxes/plans/<int:plan_id>/approve", methods=["POST"])
@requires(permissions.APPROVE_PLAN, on=sandboxes.get_plan)
def approve(plan: SandboxPlan) -> ResponseReturnValue:
    """Approve exactly the plan that was read."""
    form = ApproveForm()
    with unit_of_work():
        approvals.approve_plan(plan, form.digest.data or "", actor=current_actor())
    flash(_("Approved. It is built as soon as a worker is free."))
    return redirect(url_for(".show", sandbox_id=plan.sandbox_id), 303)


@bp.route("/sandboxes/plans/<int:plan_id>/refuse", methods=["GET", "POST"])
@requires(permissions.APPROVE_PLAN, on=sandboxes.get_plan)
def refuse(plan: SandboxPlan) -> ResponseReturnValue:
    """Refuse a plan with the reason."""
    form = ReasonForm()
    if form.submitted():
        try:
            with unit_of_work():
                approvals.refuse_plan(plan, form.reason.data or "", actor=current_actor())
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Refused. Who asked for it has been told why."))
            return redirect(url_for(".show", sandbox_id=plan.sandbox_id), 303)
    return render_template("sandboxes/refuse.html", plan=plan, sandbox=plan.sandbox, form=form)


@bp.route("/sandboxes/plans/<int:plan_id>/findings/<int:position>/waive", methods=["GET", "POST"])
@requires(permissions.WAIVE_FINDING, on=sandboxes.get_plan)
def waive(plan: SandboxPlan, position: int) -> ResponseReturnValue:
    """Let a finding of the plan pass, with the reason."""
    findings = approvals.findings_of(plan)
    if position >= len(findings):
        raise NotFound
    finding = findings[position]
    form = ReasonForm()
    if form.submitted():
        try:
            with unit_of_work():
                approvals.waive_finding(
                    plan, finding.rule, finding.subject, form.reason.data or "", actor=current_actor()
                )
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Let pass. The reason is kept with the plan."))
            return redirect(url_for(".plan", plan_id=plan.id), 303)
    return render_template("sandboxes/waive.html", plan=plan, sandbox=plan.sandbox, finding=finding, form=form)

"""A second person approves exactly the plan that was read; findings are let pass by a lead, with the reason."""

from collections.abc import Callable

import pytest

from tests.factories import sandboxes
from tests.factories.journey import Case
from tests.support.pages import PageClient
from tracker.accounts.access import can
from tracker.accounts.models import User
from tracker.core.db import session
from tracker.core.errors import Refused
from tracker.sandboxes import permissions
from tracker.sandboxes.operations import approvals
from tracker.sandboxes.queries.sandboxes import find_open_operation
from tracker.sandboxes.rules.plans import Mode
from tracker.sandboxes.rules.states import OperationKind, PlanState, SandboxState


def test_an_approved_plan_is_queued_to_be_built(case: Case) -> None:
    sandbox = sandboxes.planned(case.engagement, actor=case.vendor)
    plan = sandboxes.plan_of(sandbox)

    approvals.approve_plan(plan, plan.digest, actor=case.staff)

    operation = find_open_operation(sandbox)
    assert operation is not None
    assert (operation.kind, operation.plan_id) == (OperationKind.UP, plan.id)
    assert (plan.state, sandbox.state) == (PlanState.APPROVED, SandboxState.DEPLOYING)
    assert plan.decided_by_id == case.staff.user_id


def test_who_asked_does_not_approve(case: Case) -> None:
    sandbox = sandboxes.planned(case.engagement, actor=case.staff)
    plan = sandboxes.plan_of(sandbox)

    with pytest.raises(Refused, match="second person"):
        approvals.approve_plan(plan, plan.digest, actor=case.staff)

    approvals.approve_plan(plan, plan.digest, actor=case.lead)
    assert plan.state is PlanState.APPROVED


def test_only_the_plan_that_was_read_is_approved(case: Case) -> None:
    plan = sandboxes.plan_of(sandboxes.planned(case.engagement, actor=case.vendor))

    with pytest.raises(Refused, match="has changed since"):
        approvals.approve_plan(plan, "0" * 64, actor=case.staff)


def test_a_plan_above_its_budget_is_not_approved(case: Case) -> None:
    plan = sandboxes.plan_of(sandboxes.planned(case.engagement, actor=case.vendor, budget=39))

    with pytest.raises(Refused, match=r"at least US\$40.00 a month; the budget is US\$39"):
        approvals.approve_plan(plan, plan.digest, actor=case.staff)


def test_a_production_plan_is_read_and_never_built(case: Case, sign_in: Callable[[User], PageClient]) -> None:
    settings = {**sandboxes.SETTINGS, "backup_days": 14}
    sandbox = sandboxes.planned(case.engagement, actor=case.vendor, mode=Mode.PRODUCTION, settings=settings)
    plan = sandboxes.plan_of(sandbox)
    session().commit()

    page = sign_in(case.staff_user).get(f"/sandboxes/plans/{plan.id}")
    assert "正式環境的部署計畫只供閱讀" in page.text
    assert f"/sandboxes/plans/{plan.id}/approve" not in page.text
    assert sandbox.title not in sign_in(case.staff_user).get("/sandboxes?phase=waiting").text
    with pytest.raises(Refused, match="is for reading"):
        approvals.approve_plan(plan, plan.digest, actor=case.staff)
    assert find_open_operation(sandbox) is None


def test_a_waivable_finding_blocks_until_a_lead_has_let_it_pass(case: Case) -> None:
    sandbox = sandboxes.planned(case.engagement, actor=case.vendor, findings=(sandboxes.WAIVABLE,))
    plan = sandboxes.plan_of(sandbox)
    assert (plan.state, sandbox.state) == (PlanState.BLOCKED, SandboxState.BLOCKED)
    assert can(case.lead, permissions.WAIVE_FINDING, plan)
    assert not can(case.staff, permissions.WAIVE_FINDING, plan)

    approvals.waive_finding(plan, "public-entry", "entry", "只在演練期間開放", actor=case.lead)

    assert (plan.state, sandbox.state) == (PlanState.READY, SandboxState.PLANNED)
    (finding,) = approvals.findings_of(plan)
    assert finding.is_waived


def test_a_blocking_finding_is_never_let_pass(case: Case) -> None:
    plan = sandboxes.plan_of(
        sandboxes.planned(case.engagement, actor=case.vendor, findings=(sandboxes.BLOCKING, sandboxes.WAIVABLE))
    )

    with pytest.raises(Refused, match="cannot be let pass"):
        approvals.waive_finding(plan, "unencrypted", "files", "沒關係", actor=case.lead)
    approvals.waive_finding(plan, "public-entry", "entry", "只在演練期間開放", actor=case.lead)

    assert plan.state is PlanState.BLOCKED
    with pytest.raises(Refused):
        approvals.approve_plan(plan, plan.digest, actor=case.lead)


def test_a_refusal_needs_its_reason_and_is_told(case: Case) -> None:
    sandbox = sandboxes.planned(case.engagement, actor=case.vendor)
    plan = sandboxes.plan_of(sandbox)

    with pytest.raises(Refused):
        approvals.refuse_plan(plan, " ", actor=case.staff)
    approvals.refuse_plan(plan, "規模太大", actor=case.staff)

    assert (plan.state, plan.reason, sandbox.state) == (PlanState.REFUSED, "規模太大", SandboxState.REFUSED)

"""Requests for sandboxes: prefilled, limited by the programme's numbers, changed, withdrawn."""

import pytest
from sqlalchemy import select

from tests.factories import sandboxes
from tests.factories.journey import Case
from tracker.core.audit import AuditRecord
from tracker.core.db import session, unit_of_work
from tracker.core.errors import Refused
from tracker.journey import operations as journey
from tracker.sandboxes.models import Sandbox
from tracker.sandboxes.operations import approvals, requests
from tracker.sandboxes.queries.sandboxes import find_open_operation
from tracker.sandboxes.rules.states import OperationKind, OperationState, PlanState, SandboxState

PER_VENDOR = 2


def test_a_request_is_planned_at_once(case: Case) -> None:
    with unit_of_work():
        sandbox = sandboxes.requested(case.engagement, actor=case.vendor)

    operation = find_open_operation(sandbox)
    assert operation is not None
    assert (operation.kind, operation.state) == (OperationKind.PREVIEW, OperationState.QUEUED)
    assert sandbox.parameters["region"] == "ap-east-2"
    assert sandbox.parameters["size"] == "small"
    assert sandbox.lifetime_hours == 7 * 24
    recorded = session().scalars(select(AuditRecord.action)).all()
    assert "sandbox.requested" in recorded


def test_the_quota_of_a_vendor_is_refused_with_the_numbers(case: Case) -> None:
    for _number in range(PER_VENDOR):
        sandboxes.requested(case.engagement, actor=case.vendor)

    with pytest.raises(Refused, match="has 2 of at most 2 sandboxes"):
        sandboxes.requested(case.engagement, actor=case.vendor)

    assert len(session().scalars(select(Sandbox)).all()) == PER_VENDOR


def test_a_withdrawn_request_gives_its_place_back(case: Case) -> None:
    first, _second = (sandboxes.requested(case.engagement, actor=case.vendor) for _number in range(PER_VENDOR))

    requests.withdraw_request(first, actor=case.vendor)

    assert first.state is SandboxState.WITHDRAWN
    assert find_open_operation(first) is None
    assert sandboxes.requested(case.engagement, actor=case.vendor).state is SandboxState.REQUESTED


def test_a_change_voids_the_plan_and_has_another_made(case: Case) -> None:
    sandbox = sandboxes.planned(case.engagement, actor=case.vendor)
    plan = sandboxes.plan_of(sandbox)

    requests.change_request(sandbox, sandboxes.details(budget=200, version=sandbox.version), actor=case.vendor)

    assert plan.state is PlanState.VOID
    assert sandbox.state is SandboxState.REQUESTED
    with pytest.raises(Refused):
        approvals.approve_plan(plan, plan.digest, actor=case.staff)


def test_what_is_being_built_is_not_changed(case: Case) -> None:
    sandbox = sandboxes.approved(case.engagement, actor=case.vendor, second=case.staff)

    with pytest.raises(Refused, match="cannot be done"):
        requests.change_request(sandbox, sandboxes.details(version=sandbox.version), actor=case.vendor)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"days": 31}, "1 to 30 days"),
        ({"budget": 501}, "1 to 500 US dollars"),
        ({"template": "nowhere_saas"}, "no such template"),
        ({"settings": {**sandboxes.SETTINGS, "region": "moon"}}, "no such choice"),
        ({"settings": {**sandboxes.SETTINGS, "colour": "red"}}, "has no setting"),
        ({"account_id": 99}, "not of the template's cloud"),
        ({"mode": "staging"}, "no such mode"),
        ({"mode": "production"}, "at least 14 days"),
    ],
)
def test_what_programme_or_template_does_not_allow_is_refused(
    case: Case, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        sandboxes.requested(case.engagement, actor=case.vendor, **changes)


def test_an_engagement_on_hold_gets_no_sandbox(case: Case) -> None:
    journey.hold(case.engagement, "等候補件", actor=case.staff)

    with pytest.raises(Refused, match="nothing can be changed"):
        sandboxes.requested(case.engagement, actor=case.vendor)

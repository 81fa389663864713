"""Sandboxes of a small program, whose operations the tests carry out themselves."""

from sqlalchemy import Select, select

from tests.factories import journey
from tracker.accounts.access import SYSTEM, Actor
from tracker.core import clock
from tracker.core.db import session, unit_of_work
from tracker.core.settings import Settings
from tracker.journey.models import Engagement
from tracker.sandboxes.models import Sandbox, SandboxOperation, SandboxPlan
from tracker.sandboxes.operations.work import queue_operation
from tracker.sandboxes.rules.states import OperationKind, PlanState, SandboxState
from tracker.sandboxes.runner.assembly import Program, Workshop

SMALL = {
    f"small_{cloud}": Program(f"tests.infra.programs.small_stack:on_{cloud}", "small", second=False)
    for cloud in ("aws", "gcp")
}


AS_SMALL = {"gcp_saas": SMALL["small_gcp"]}
"""A template that people can ask for on the page, carried out as the small program, so that many fit into a test."""


def workshop(settings: Settings, **more: object) -> Workshop:
    """Give a workshop that knows the small program."""
    return Workshop(settings, programs=SMALL | AS_SMALL, **more)  # type: ignore[arg-type]  # its own fields


def sandbox(*, of: Engagement | None = None, cloud: str = "gcp", **more: object) -> Sandbox:
    """Ask for a sandbox of the small program; its plan waits in the queue."""
    engagement = of or journey.engagement()
    region = {"aws": "ap-northeast-1", "gcp": "asia-east1"}[cloud]
    second = {"aws": "gcp", "gcp": "aws"}[cloud]
    values: dict[str, object] = {
        "title": "試用環境",
        "purpose": "給測試用的小環境",
        "template": f"small_{cloud}",
        "mode": "sandbox",
        "parameters": {"region": region, "rto_minutes": 480, "rpo_minutes": 1440, "backup_cloud": second},
        "monthly_budget": 100,
        "lifetime_hours": 48,
    }
    made = Sandbox(
        engagement=engagement,
        organisation_id=engagement.organisation_id,
        programme_id=engagement.programme_id,
        cloud=cloud,
        **values | more,
    )
    session().add(made)
    session().flush()
    queue_operation(made, OperationKind.PREVIEW, actor=SYSTEM)
    return made


def approve(made: Sandbox, actor: Actor = SYSTEM) -> SandboxPlan:
    """Approve the newest plan as it stands, and queue the building; what approval asks of people is tested elsewhere."""
    with unit_of_work() as work:
        work.refresh(made)
        plan = session().scalars(newest_plan(made)).one()
        plan.state = PlanState.APPROVED
        made.state, made.state_since = SandboxState.DEPLOYING, clock.now()
        queue_operation(made, OperationKind.UP, actor=actor, plan=plan)
    return plan


def newest_plan(made: Sandbox) -> Select[SandboxPlan]:
    """Select the newest plan of a sandbox."""
    return select(SandboxPlan).where(SandboxPlan.sandbox_id == made.id).order_by(SandboxPlan.id.desc()).limit(1)


def begin_destroy(made: Sandbox) -> SandboxOperation:
    """Queue the removal of a sandbox."""
    with unit_of_work() as work:
        work.refresh(made)
        made.state, made.state_since = SandboxState.DESTROYING, clock.now()
        return queue_operation(made, OperationKind.DESTROY, actor=SYSTEM)

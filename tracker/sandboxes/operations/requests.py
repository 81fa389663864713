"""Asking for a sandbox, changing what was asked for, planning it anew, and withdrawing the request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from tracker.accounts.access import Actor
from tracker.core import audit, clock
from tracker.core.content import names_of
from tracker.core.db import check_version, session, take_turn
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.journey.models import Engagement
from tracker.journey.rules import check_active
from tracker.programmes.queries import rulebook_of
from tracker.sandboxes import catalogue
from tracker.sandboxes.catalogue import Template
from tracker.sandboxes.models import CloudAccount, Sandbox, SandboxPlan
from tracker.sandboxes.operations.cancelling import cancel_operation
from tracker.sandboxes.operations.trail import index, note
from tracker.sandboxes.operations.work import queue_operation
from tracker.sandboxes.queries.figures import used_by
from tracker.sandboxes.queries.sandboxes import find_open_operation
from tracker.sandboxes.rules import quotas
from tracker.sandboxes.rules.plans import Mode, check_mode
from tracker.sandboxes.rules.quotas import Limits
from tracker.sandboxes.rules.states import (
    ALIVE,
    PLAN_MOVES,
    SANDBOX_MOVES,
    OperationKind,
    PlanState,
    SandboxState,
    check_move,
)

PRACTICE = 0
"""Stands for the practice cloud where an account is chosen."""
HOURS_A_DAY = 24


@dataclass(frozen=True)
class RequestDetails:
    """What is asked for."""

    title: str
    purpose: str
    template: str
    settings: Mapping[str, Any]
    budget: int
    days: int | None = None
    account_id: int = PRACTICE
    mode: str = Mode.SANDBOX
    version: int | None = None


def request_sandbox(engagement: Engagement, details: RequestDetails, *, actor: Actor) -> Sandbox:
    """Ask for a sandbox; its plan is made at once, and it is built when a second person has approved exactly that plan."""
    take_turn(f"sandboxes:{engagement.programme_id}")
    asked = _check(engagement, details, None)
    sandbox = Sandbox(
        engagement=engagement,
        organisation_id=engagement.organisation_id,
        programme_id=engagement.programme_id,
        owner_id=actor.user_id,
        requested_by_id=actor.user_id,
        state=SandboxState.REQUESTED,
        **asked,
    )
    session().add(sandbox)
    session().flush()
    index(sandbox)
    note("sandbox.requested", sandbox, actor, template=sandbox.template, settings=sandbox.parameters)
    queue_operation(sandbox, OperationKind.PREVIEW, actor=actor)
    return sandbox


def change_request(sandbox: Sandbox, details: RequestDetails, *, actor: Actor) -> None:
    """Change what was asked for; every plan of it is void, and a new one is made."""
    check_version(sandbox, details.version)
    take_turn(f"sandboxes:{sandbox.programme_id}")
    take(sandbox)
    check_move(SANDBOX_MOVES, sandbox.state, SandboxState.REQUESTED)
    changed = audit.changes(sandbox, **_check(sandbox.engagement, details, sandbox))
    index(sandbox)
    note("sandbox.changed", sandbox, actor, changed=changed)
    _plan(sandbox, N_("The request was changed."), actor)


def plan_again(sandbox: Sandbox, *, actor: Actor) -> None:
    """Make the plan anew, such as after the template or the prices have changed."""
    take_turn(f"sandboxes:{sandbox.programme_id}")
    take(sandbox)
    check_active(sandbox.engagement.state)
    check_move(SANDBOX_MOVES, sandbox.state, SandboxState.REQUESTED)
    if sandbox.state not in ALIVE:
        _check_quota(sandbox.engagement, limits_for(sandbox.engagement), catalogue.get_template(sandbox.template))
    note("sandbox.replanned", sandbox, actor)
    _plan(sandbox, N_("A new plan was asked for."), actor)


def withdraw_request(sandbox: Sandbox, *, actor: Actor) -> None:
    """Take a request back before anything was built."""
    take(sandbox)
    check_move(SANDBOX_MOVES, sandbox.state, SandboxState.WITHDRAWN)
    operation = find_open_operation(sandbox)
    if operation is not None:
        cancel_operation(operation, actor=actor)
    void_plans(sandbox, N_("The request was withdrawn."))
    move(sandbox, SandboxState.WITHDRAWN)
    note("sandbox.withdrawn", sandbox, actor)


def take(sandbox: Sandbox) -> None:
    """Take the sandbox in hand: one writer at a time, on what is stored now."""
    work = session()
    work.execute(select(Sandbox.id).where(Sandbox.id == sandbox.id).with_for_update())
    work.refresh(sandbox)


def move(sandbox: Sandbox, new: SandboxState) -> None:
    """Set the state, and since when it holds."""
    sandbox.state, sandbox.state_since = new, clock.now()


def limits_for(engagement: Engagement) -> Limits:
    """Give what the engagement's programme allows."""
    return quotas.limits_of(rulebook_of(engagement.programme))


def void_plans(sandbox: Sandbox, reason: str) -> None:
    """Take every plan that waits or was approved out of force."""
    plans = session().scalars(select(SandboxPlan).where(SandboxPlan.sandbox_id == sandbox.id))
    for plan in plans:
        if PlanState.VOID in PLAN_MOVES[plan.state]:
            plan.state, plan.reason = PlanState.VOID, reason


def _plan(sandbox: Sandbox, reason: str, actor: Actor) -> None:
    void_plans(sandbox, reason)
    move(sandbox, SandboxState.REQUESTED)
    session().flush()
    queue_operation(sandbox, OperationKind.PREVIEW, actor=actor)


def _check(engagement: Engagement, details: RequestDetails, stored: Sandbox | None) -> dict[str, Any]:
    """Hold what is asked against template and programme, and give it as the row keeps it."""
    check_active(engagement.state)
    limits, template = limits_for(engagement), catalogue.get_template(details.template)
    account = _account(details.account_id, template)
    if stored is None or stored.state not in ALIVE or stored.cloud != template.cloud:
        _check_quota(engagement, limits, template, stored)
    mode = check_mode(details.mode)
    settings = catalogue.check_settings(template, details.settings, production=mode is Mode.PRODUCTION)
    return {
        "title": details.title.strip(),
        "purpose": details.purpose.strip(),
        "template": template.id,
        "cloud": template.cloud,
        "mode": mode,
        "account_id": account.id if account is not None else None,
        "parameters": {name: list(value) if isinstance(value, tuple) else value for name, value in settings.items()},
        "monthly_budget": quotas.check_budget(limits, details.budget),
        "lifetime_hours": quotas.check_days(limits, details.days) * HOURS_A_DAY,
        "grace_hours": int(limits.grace.total_seconds() // 3600),
    }


def _check_quota(engagement: Engagement, limits: Limits, template: Template, stored: Sandbox | None = None) -> None:
    used = used_by(engagement, template.cloud, besides=stored.id if stored is not None else None)
    quotas.check_quota(limits, used, {"vendor": names_of(engagement.organisation), "cloud": template.cloud_name})


def _account(account_id: int, template: Template) -> CloudAccount | None:
    if account_id == PRACTICE:
        return None
    account = session().get(CloudAccount, account_id)
    if account is None or not account.active or account.cloud != template.cloud:
        raise Refused(
            N_("This account is not of the template's cloud, or is no longer used. Choose another place."),
            field="account",
        )
    return account

"""Who may do what with sandboxes."""

from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select, true

from tracker.accounts.access import SYSTEM, Actor, Permission, has_role
from tracker.accounts.rules import OFFICE, Role
from tracker.core.text import N_
from tracker.journey.permissions import AUDITS, is_assigned, of_office, of_vendor
from tracker.sandboxes.models import Sandbox


def visible(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on `Sandbox` for what the actor may see."""
    if actor is SYSTEM or actor.has(Role.AUDITOR):
        return true()
    parts: list[ColumnElement[bool]] = []
    if actor.is_office:
        parts.append(Sandbox.programme_id.in_(actor.scope("programme")))
    if actor.has(Role.EXPERT):
        parts.append(Sandbox.engagement_id.in_(actor.scope("engagement")))
    if actor.has(Role.VENDOR):
        parts.append(Sandbox.organisation_id.in_(actor.scope("organisation")))
    return or_(*parts) if parts else false()


def visible_ids(actor: Actor) -> Select[int]:
    """Select the sandboxes that the actor may see, for rows that hang on them."""
    return select(Sandbox.id).where(visible(actor))


def leads_office(actor: Actor, subject: Any) -> bool:
    """Tell whether the actor leads the office that runs the engagement's programme year."""
    return actor.has(Role.LEAD) and of_office(actor, subject)


READERS = has_role(*OFFICE, Role.AUDITOR, Role.EXPERT, Role.VENDOR)
LIST_SANDBOXES = Permission("sandboxes.list", N_("List sandboxes"), (READERS,))
VIEW_SANDBOX = Permission("sandboxes.view", N_("Read a sandbox"), (of_office, is_assigned, of_vendor, AUDITS))
REQUEST_SANDBOX = Permission(
    "sandboxes.request", N_("Ask for a sandbox in an engagement"), (of_office, is_assigned, of_vendor)
)
START_REQUEST = Permission(
    "sandboxes.start_request", N_("Ask for sandboxes"), (has_role(*OFFICE, Role.EXPERT, Role.VENDOR),)
)
CHANGE_SANDBOX = Permission(
    "sandboxes.change", N_("Change, withdraw or extend a sandbox"), (of_office, is_assigned, of_vendor)
)
APPROVE_PLAN = Permission("sandboxes.approve", N_("Approve or refuse the plan of a sandbox"), (of_office,))
WAIVE_FINDING = Permission("sandboxes.waive", N_("Let a finding of a plan pass, with the reason"), (leads_office,))
OPERATE_SANDBOX = Permission(
    "sandboxes.operate", N_("Compare, repair, drill or cancel work on a sandbox"), (of_office, is_assigned, of_vendor)
)
DESTROY_SANDBOX = Permission("sandboxes.destroy", N_("Destroy a sandbox"), (of_office, is_assigned, of_vendor))
REVEAL_OUTPUT = Permission(
    "sandboxes.reveal", N_("Reveal a secret output of a sandbox"), (of_office, is_assigned, of_vendor)
)
VIEW_WORKERS = Permission(
    "sandboxes.workers", N_("Read hosts, leftovers and capacity"), (has_role(*OFFICE, Role.AUDITOR),)
)
KEEP_ACCOUNTS = Permission(
    "sandboxes.accounts", N_("Keep the accounts that sandboxes stand in"), (has_role(Role.LEAD),)
)
CHANGE_MANY = Permission(
    "sandboxes.change_many",
    N_("Extend or destroy several sandboxes together"),
    (has_role(*OFFICE, Role.EXPERT, Role.VENDOR),),
)
VIEW_COVERAGE = Permission("sandboxes.coverage", N_("Read which engagements have drilled their backups"), (READERS,))
CONFIRM_CLOCK = Permission("sandboxes.clock", N_("Confirm the clock after it jumped"), (has_role(*OFFICE),))

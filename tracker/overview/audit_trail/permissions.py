"""Who may read the audit trail, and how much of it."""

from sqlalchemy import ColumnElement, or_, true

from tracker.accounts.access import Actor, Permission, has_role
from tracker.accounts.rules import Role
from tracker.core.audit import AuditRecord
from tracker.core.text import N_
from tracker.journey import permissions as journey_permissions
from tracker.overview.audit_trail.rules import OF_ADMINISTRATORS, Family

READ_AUDIT = Permission(
    "audit.read", N_("Read the audit trail"), (has_role(Role.AUDITOR, Role.LEAD, Role.ADMINISTRATOR),)
)
VERIFY_AUDIT = Permission(
    "audit.verify",
    N_("Have the chain of the audit trail verified"),
    (has_role(Role.AUDITOR, Role.LEAD, Role.ADMINISTRATOR),),
)


def visible_families(actor: Actor) -> frozenset[Family]:
    """Give the families that the actor may read of: an administrator reads of accounts and of the running alone."""
    return frozenset(Family) if actor.has(Role.AUDITOR, Role.LEAD) else OF_ADMINISTRATORS


def visible(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on records joined to their engagement: a lead reads of its own programme years."""
    if not actor.has(Role.LEAD) or actor.has(Role.AUDITOR):
        return true()
    return or_(AuditRecord.engagement_id.is_(None), journey_permissions.visible(actor))

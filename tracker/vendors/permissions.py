"""Who may do what with vendors."""

from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select, true

from tracker.accounts.access import Actor, Permission, has_role
from tracker.accounts.rules import OFFICE, Role
from tracker.core.text import N_
from tracker.vendors.models import Membership, Organisation


def organisations_of(user_id: int) -> Select[int]:
    """Select the organisations that a person belongs to now."""
    return select(Membership.organisation_id).where(Membership.user_id == user_id, Membership.ended_at.is_(None))


def visible(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on `Organisation` for what the actor may see."""
    if actor.is_office or actor.has(Role.AUDITOR):
        return true()
    own = [Organisation.id.in_(ids) for name in ("organisation", "counselled") if (ids := actor.scope(name))]
    return or_(*own) if own else false()


def is_office(actor: Actor, _vendor: Any) -> bool:
    """Tell whether the actor is of the programme office."""
    return actor.is_office


def belongs_to(actor: Actor, vendor: Any) -> bool:
    """Tell whether the actor is a member of the vendor."""
    return isinstance(vendor, Organisation) and actor.has(Role.VENDOR) and vendor.id in actor.scope("organisation")


def counsels(actor: Actor, vendor: Any) -> bool:
    """Tell whether the actor is an expert assigned to an engagement of the vendor."""
    return isinstance(vendor, Organisation) and actor.has(Role.EXPERT) and vendor.id in actor.scope("counselled")


LIST_VENDORS = Permission("vendors.list", N_("List vendors"), (has_role(*OFFICE, Role.AUDITOR, Role.EXPERT, Role.VENDOR),))
VIEW_VENDOR = Permission("vendors.view", N_("Read a vendor's record"), (is_office, belongs_to, counsels, has_role(Role.AUDITOR)))
ADD_VENDOR = Permission("vendors.add", N_("Add vendors"), (is_office,))
EDIT_VENDOR = Permission("vendors.edit", N_("Change a vendor's record"), (is_office, belongs_to))
READ_INTERNAL = Permission("vendors.read_internal", N_("Read the office's notes on a vendor"), (is_office, has_role(Role.AUDITOR)))
MANAGE_MEMBERS = Permission("vendors.manage_members", N_("Invite and remove a vendor's members"), (is_office,))

"""Who may do what with vendors."""

from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select, true

from tracker.accounts.access import SYSTEM, Actor, Permission, has_role
from tracker.accounts.rules import OFFICE, Role
from tracker.core.text import N_
from tracker.vendors.models import Contact, Customer, Membership, Organisation, Product


def organisations_of(user_id: int) -> Select[int]:
    """Select the organisations that a person belongs to now."""
    return select(Membership.organisation_id).where(Membership.user_id == user_id, Membership.ended_at.is_(None))


def visible_ids(actor: Actor) -> frozenset[int] | None:
    """Give the ids of the vendors that the actor may see; None where that is all of them."""
    if actor is SYSTEM or actor.is_office or actor.has(Role.AUDITOR):
        return None
    own = actor.scope("organisation") if actor.has(Role.VENDOR) else frozenset[int]()
    return own | (actor.scope("counselled") if actor.has(Role.EXPERT) else frozenset())


def visible(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on `Organisation` for what the actor may see."""
    if actor is SYSTEM or actor.is_office or actor.has(Role.AUDITOR):
        return true()
    parts: list[ColumnElement[bool]] = []
    if actor.has(Role.VENDOR):
        parts.append(Organisation.id.in_(actor.scope("organisation")))
    if actor.has(Role.EXPERT):
        parts.append(Organisation.id.in_(actor.scope("counselled")))
    return or_(*parts) if parts else false()


def organisation_id_of(subject: Any) -> int | None:
    """Give the vendor that a subject is or belongs to."""
    if isinstance(subject, Organisation):
        return subject.id
    if isinstance(subject, Contact | Product | Customer | Membership):
        return subject.organisation_id
    return None


def is_office(actor: Actor, _subject: Any) -> bool:
    """Tell whether the actor is of the programme office."""
    return actor.is_office


def belongs_to(actor: Actor, subject: Any) -> bool:
    """Tell whether the actor is a member of the vendor."""
    return actor.has(Role.VENDOR) and organisation_id_of(subject) in actor.scope("organisation")


def counsels(actor: Actor, subject: Any) -> bool:
    """Tell whether the actor is an expert assigned to an engagement of the vendor."""
    return actor.has(Role.EXPERT) and organisation_id_of(subject) in actor.scope("counselled")


LIST_VENDORS = Permission(
    "vendors.list", N_("List vendors"), (has_role(*OFFICE, Role.AUDITOR, Role.EXPERT, Role.VENDOR),)
)
VIEW_VENDOR = Permission(
    "vendors.view", N_("Read a vendor's record"), (is_office, belongs_to, counsels, has_role(Role.AUDITOR))
)
ADD_VENDOR = Permission("vendors.add", N_("Add vendors"), (is_office,))
EDIT_VENDOR = Permission("vendors.edit", N_("Change a vendor's record"), (is_office, belongs_to))
EDIT_UBN = Permission("vendors.edit_ubn", N_("Correct a vendor's UBN"), (is_office,))
READ_INTERNAL = Permission(
    "vendors.read_internal", N_("Read the office's notes on a vendor"), (is_office, has_role(Role.AUDITOR))
)
WRITE_INTERNAL = Permission("vendors.write_internal", N_("Write the office's notes on a vendor"), (is_office,))
MANAGE_MEMBERS = Permission("vendors.manage_members", N_("Invite and remove a vendor's members"), (is_office,))

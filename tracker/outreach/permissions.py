"""Who may do what with exposures, leads and public pages."""

from typing import Any

from sqlalchemy import ColumnElement, false, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from tracker.accounts.access import SYSTEM, Actor, Permission, has_role
from tracker.accounts.rules import OFFICE, Role
from tracker.core.text import N_
from tracker.outreach.models import Exposure, Lead, SolutionPage
from tracker.vendors import permissions as vendors
from tracker.vendors.models import Organisation, Product


def visible(actor: Actor, owner: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Give the condition on what belongs to a vendor: the same reach as that of the vendor's record."""
    if actor is SYSTEM or actor.is_office or actor.has(Role.AUDITOR):
        return true()
    parts: list[ColumnElement[bool]] = []
    if actor.has(Role.VENDOR):
        parts.append(owner.in_(actor.scope("organisation")))
    if actor.has(Role.EXPERT):
        parts.append(owner.in_(actor.scope("counselled")))
    return or_(*parts) if parts else false()


def _vendor_of(subject: Any) -> int | None:
    if isinstance(subject, Exposure | Lead | SolutionPage | Product):
        return subject.organisation_id
    return subject.id if isinstance(subject, Organisation) else None


def of_vendor(actor: Actor, subject: Any) -> bool:
    """Tell whether the actor is a member of the vendor that the subject belongs to."""
    return actor.has(Role.VENDOR) and _vendor_of(subject) in actor.scope("organisation")


def counsels(actor: Actor, subject: Any) -> bool:
    """Tell whether the actor is an expert of the vendor that the subject belongs to."""
    return actor.has(Role.EXPERT) and _vendor_of(subject) in actor.scope("counselled")


READERS = has_role(*OFFICE, Role.AUDITOR, Role.EXPERT, Role.VENDOR)
AUDITS = has_role(Role.AUDITOR)
LIST_OUTREACH = Permission("outreach.list", N_("List exposures, matches and public pages"), (READERS,))
VIEW_EXPOSURE = Permission("exposures.view", N_("Read an exposure"), (vendors.is_office, of_vendor, counsels, AUDITS))
EDIT_EXPOSURE = Permission(
    "exposures.edit", N_("Note an exposure and its proofs"), (vendors.is_office, of_vendor, counsels)
)
CONFIRM_EXPOSURE = Permission("exposures.confirm", N_("Confirm an exposure"), (vendors.is_office,))
VIEW_LEAD = Permission("leads.view", N_("Read a match"), (vendors.is_office, of_vendor, counsels, AUDITS))
EDIT_LEAD = Permission("leads.edit", N_("Note a match and what comes of it"), (vendors.is_office, of_vendor, counsels))
VIEW_PAGE = Permission(
    "solution_pages.view",
    N_("Read a public page before it is public"),
    (vendors.is_office, of_vendor, counsels, AUDITS),
)
EDIT_PAGE = Permission("solution_pages.edit", N_("Write a public page"), (vendors.is_office, of_vendor))
ASK_FOR_AGREEMENT = Permission(
    "solution_pages.ask", N_("Ask the vendor to agree to its public page"), (vendors.is_office,)
)
AGREE = Permission("solution_pages.agree", N_("Agree to a public page for the vendor"), (of_vendor,))
WITHDRAW = Permission("solution_pages.withdraw", N_("Close a public page"), (vendors.is_office, of_vendor))

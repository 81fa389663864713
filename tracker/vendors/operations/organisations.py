"""Changes of the organisation itself."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError

from tracker.accounts.access import SYSTEM, Actor, can
from tracker.core import audit
from tracker.core.db import check_version, session
from tracker.core.errors import NotAllowed, Refused
from tracker.core.text import N_
from tracker.core.ubn import check_ubn
from tracker.vendors import permissions, queries
from tracker.vendors.models import Organisation
from tracker.vendors.operations.parts import index_vendor
from tracker.vendors.rules import VendorKind, check_website


@dataclass(frozen=True)
class VendorDetails:
    """What is known of a vendor. `ubn` and `internal_note` of None leave what is stored as it is."""

    name_zh: str
    kind: VendorKind
    ubn: str | None = None
    name_en: str = ""
    capital: int | None = None
    employees: int | None = None
    established_on: date | None = None
    address: str = ""
    website: str = ""
    phone: str = ""
    profile: str = ""
    internal_note: str | None = None
    version: int | None = None


class KnownVendor(Refused):
    """A UBN that is already kept; `vendor_id` leads to the record where the actor may see it."""

    def __init__(self, vendor: Organisation, actor: Actor) -> None:
        """Name the record to those who may know of it."""
        ids = permissions.visible_ids(actor)
        self.vendor_id = vendor.id if ids is None or vendor.id in ids else None
        if self.vendor_id is None:
            super().__init__(N_("This UBN is already registered. Ask the programme office."), field="ubn")
        else:
            super().__init__(
                N_("%(name)s (UBN %(ubn)s) is already registered. Open that record instead of adding it again."),
                field="ubn",
                name=vendor.name_zh,
                ubn=vendor.ubn,
            )


def add_vendor(details: VendorDetails, *, actor: Actor) -> Organisation:
    """Add a vendor."""
    ubn = check_ubn(details.ubn or "", field="ubn")
    _check_unknown(ubn, actor)
    vendor = Organisation(ubn=ubn, **_facts(details), internal_note=_note(details, actor) or "")
    try:
        with session().begin_nested():
            session().add(vendor)
    except IntegrityError:  # somebody added the same UBN in the same moment
        _check_unknown(ubn, actor)
        raise
    audit.record(
        "vendor.added", vendor, actor=actor, organisation_id=vendor.id, ubn=ubn, name=vendor.name_zh, kind=vendor.kind
    )
    index_vendor(vendor)
    return vendor


def change_vendor(vendor: Organisation, details: VendorDetails, *, actor: Actor) -> None:
    """Change what is known of a vendor."""
    check_version(vendor, details.version)
    changed: dict[str, Any] = audit.changes(vendor, **_facts(details))
    if details.ubn is not None and (ubn := check_ubn(details.ubn, field="ubn")) != vendor.ubn:
        changed |= _change_ubn(vendor, ubn, actor)
    if (note := _note(details, actor)) is not None and note != vendor.internal_note:
        vendor.internal_note = note
        audit.record("vendor.noted", vendor, actor=actor, organisation_id=vendor.id)
    if changed:
        audit.record("vendor.changed", vendor, actor=actor, organisation_id=vendor.id, **changed)
        index_vendor(vendor)


def _change_ubn(vendor: Organisation, ubn: str, actor: Actor) -> dict[str, Any]:
    if actor is not SYSTEM and not can(actor, permissions.EDIT_UBN, vendor):
        raise NotAllowed(N_("Only the programme office corrects a UBN. Ask it to."), field="ubn")
    _check_unknown(ubn, actor)
    before = vendor.ubn
    try:
        with session().begin_nested():
            vendor.ubn = ubn
    except IntegrityError:
        _check_unknown(ubn, actor)
        raise
    return {"ubn": [before, ubn]}


def _check_unknown(ubn: str, actor: Actor) -> None:
    """Refuse a UBN that another record has."""
    with session().no_autoflush:
        known = queries.find_by_ubn(ubn)
    if known is not None:
        raise KnownVendor(known, actor)


def _facts(details: VendorDetails) -> dict[str, Any]:
    return {
        "name_zh": details.name_zh,
        "name_en": details.name_en,
        "kind": details.kind,
        "capital": details.capital,
        "employees": details.employees,
        "established_on": details.established_on,
        "address": details.address,
        "website": check_website(details.website, field="website"),
        "phone": details.phone,
        "profile": details.profile,
    }


def _note(details: VendorDetails, actor: Actor) -> str | None:
    """Give the office's note where the actor may write it."""
    if details.internal_note is not None and actor is not SYSTEM and not can(actor, permissions.WRITE_INTERNAL):
        raise NotAllowed(N_("Only the programme office writes this note."), field="internal_note")
    return details.internal_note

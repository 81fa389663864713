"""Many vendors, contacts and products at once, as an import brings them: what one by one would take minutes.

The rules and the records in the audit trail are those of the operations one by one. What is known already is never overwritten;
only what is empty is filled in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tracker.accounts.access import Actor
from tracker.core import audit, search
from tracker.core.db import session
from tracker.core.errors import Refused
from tracker.core.text import N_, Message
from tracker.evidence.models import Evidence
from tracker.vendors.models import Contact, Organisation, Product
from tracker.vendors.names import fold_mail, fold_person
from tracker.vendors.operations import parts
from tracker.vendors.operations.organisations import VendorDetails
from tracker.vendors.operations.parts import ContactDetails, ProductDetails

FILLED = ("name_en", "capital", "employees", "established_on", "address", "website", "phone", "profile")
"""Facts that are filled in where they are empty."""


@dataclass(frozen=True)
class Bringing:
    """What one row brings: a vendor, known by its id or by its UBN, with at most one contact and one product."""

    vendor_id: int | None
    details: VendorDetails
    contact: ContactDetails | None = None
    product: ProductDetails | None = None
    may_make: bool = True
    """Whether it says enough to add the vendor where it is not known."""


@dataclass
class Brought:
    """What became of a row, as its undoing needs it."""

    vendor: Organisation
    is_new: bool = False
    contact: Contact | None = None
    product: Product | None = None
    filled: dict[str, Any] = field(default_factory=dict)

    def as_plain(self) -> dict[str, Any]:
        """Give it as JSON holds it."""
        return {
            "vendor_id": self.vendor.id,
            "is_new": self.is_new,
            "contact_id": self.contact.id if self.contact else None,
            "product_id": self.product.id if self.product else None,
            "filled": {name: str(value) for name, value in self.filled.items()},
        }


class _Known:
    """The vendors that rows speak of, with their contacts and products, read at once."""

    def __init__(self, rows: Sequence[Bringing], before: datetime | None) -> None:
        ids = {row.vendor_id for row in rows if row.vendor_id is not None}
        ubns = {row.details.ubn for row in rows if row.details.ubn}
        found = session().scalars(select(Organisation).where(Organisation.id.in_(ids) | Organisation.ubn.in_(ubns)))
        self.by_id = {vendor.id: vendor for vendor in found}
        self.by_ubn = {vendor.ubn: vendor for vendor in self.by_id.values()}
        self._meant = {key for key, vendor in self.by_id.items() if before is None or vendor.created_at <= before}
        self.contacts: dict[int, list[Contact]] = {key: [] for key in self.by_id}
        self.products: dict[int, list[Product]] = {key: [] for key in self.by_id}
        for contact in session().scalars(_of(Contact, self.by_id)):
            self.contacts[contact.organisation_id].append(contact)
        for product in session().scalars(_of(Product, self.by_id)):
            self.products[product.organisation_id].append(product)

    def find(self, row: Bringing) -> Organisation | None:
        if row.vendor_id is not None:
            return self.by_id[row.vendor_id] if row.vendor_id in self._meant else None
        return self.by_ubn.get(row.details.ubn or "")

    def add(self, vendor: Organisation) -> None:
        self.by_id[vendor.id] = self.by_ubn[vendor.ubn] = vendor
        self.contacts[vendor.id], self.products[vendor.id] = [], []


def _of(model: Any, ids: Iterable[int]) -> Any:
    return select(model).where(model.organisation_id.in_(list(ids)), model.removed_at.is_(None)).order_by(model.id)


def bring_in(rows: Sequence[Bringing], *, actor: Actor, before: datetime | None = None) -> list[Brought | None]:
    """Add vendors that are not known yet, and to known ones what they lack; nothing for a row whose vendor is not there.

    A vendor that was made after `before` is not the one that an id of that time meant: ids of deleted rows are given again.
    """
    known = _Known(rows, before)
    missing = {
        row.details.ubn: row.details
        for row in reversed(rows)
        if row.may_make and row.vendor_id is None and row.details.ubn and known.find(row) is None
    }
    added = _add_vendors(list(missing.values())[::-1], actor)
    fresh = {vendor.id for vendor in added}
    for vendor in added:
        known.add(vendor)
    results: list[Brought | None] = []
    for row in rows:
        meant = known.find(row)
        if meant is None:
            results.append(None)
            continue
        one = Brought(meant, is_new=meant.id in fresh)
        fresh.discard(meant.id)  # only its first row has made it
        if not one.is_new:
            one.filled = _fill(meant, row.details, actor)
        one.contact = _add_contact(known.contacts[meant.id], meant, row.contact)
        one.product = _add_product(known.products[meant.id], meant, row.product)
        results.append(one)
    session().flush()
    brought = [one for one in results if one is not None]
    _record(brought, actor)
    _index(brought, known)
    return results


def _add_vendors(details: Sequence[VendorDetails], actor: Actor) -> list[Organisation]:
    made = [Organisation(**_all_facts(one)) for one in details]
    session().add_all(made)
    session().flush()
    for vendor in made:
        audit.record(
            "vendor.added",
            vendor,
            actor=actor,
            organisation_id=vendor.id,
            ubn=vendor.ubn,
            name=vendor.name_zh,
            kind=vendor.kind,
        )
    return made


def _all_facts(details: VendorDetails) -> dict[str, Any]:
    return {name: value for name, value in vars(details).items() if name not in {"version", "internal_note"}}


def _fill(vendor: Organisation, details: VendorDetails, actor: Actor) -> dict[str, Any]:
    """Fill in what is not known yet."""
    missing = {
        name: value for name in FILLED if (value := getattr(details, name)) and getattr(vendor, name) in {None, ""}
    }
    if missing:
        changed: dict[str, Any] = audit.changes(vendor, **missing)
        audit.record("vendor.changed", vendor, actor=actor, organisation_id=vendor.id, **changed)
    return missing


def is_known_contact(contacts: Iterable[Contact], details: ContactDetails) -> bool:
    """Tell whether a vendor has this contact: by mail address, else by name."""
    mail, name = fold_mail(details.email), fold_person(details.name)
    return any(
        (mail and fold_mail(one.email) == mail) or (not (mail and one.email) and fold_person(one.name) == name)
        for one in contacts
    )


def _add_contact(have: list[Contact], vendor: Organisation, details: ContactDetails | None) -> Contact | None:
    if details is None or is_known_contact(have, details):
        return None
    facts = {name: value for name, value in vars(details).items() if name != "version"}
    contact = Contact(organisation_id=vendor.id, **{**facts, "is_main": not have})
    session().add(contact)
    have.append(contact)
    return contact


def _add_product(have: list[Product], vendor: Organisation, details: ProductDetails | None) -> Product | None:
    if details is None or any(one.name_zh == details.name_zh for one in have):
        return None
    product = Product(
        organisation_id=vendor.id, **{name: value for name, value in vars(details).items() if name != "version"}
    )
    session().add(product)
    have.append(product)
    return product


def _record(brought: Sequence[Brought], actor: Actor) -> None:
    for one in brought:
        if one.contact is not None:
            audit.record("contact.added", one.contact, actor=actor, organisation_id=one.vendor.id)
        if (made := one.product) is not None:
            facts: dict[str, Any] = {"title": made.name_zh, "charging_model": made.charging_model.value}
            audit.record("product.added", made, actor=actor, organisation_id=one.vendor.id, **facts)


def _index(brought: Sequence[Brought], known: _Known) -> None:
    """Let the search find what was brought; who follows the names of vendors hears of those that were known before."""
    new = {one.vendor.id: one.vendor for one in brought if one.is_new}
    search.put_many(
        [parts.entry_of(vendor, known.products[vendor.id], known.contacts[vendor.id]) for vendor in new.values()]
    )
    changed = {
        one.vendor.id: one.vendor
        for one in brought
        if one.vendor.id not in new and (one.contact or one.product or "name_en" in one.filled)
    }
    for vendor in changed.values():
        parts.index_vendor(vendor)


# --- taken back -----------------------------------------------------------------------------------------------------------

_IN_USE = N_("“%(name)s” stays: other records stand on it by now.")
_CHANGED = N_("“%(name)s” stays: it was changed after the import.")


def take_back(undo: Mapping[str, Any], *, actor: Actor) -> Message | None:
    """Take back what one row has brought; a sentence says what stays and why."""
    vendor = session().get(Organisation, undo["vendor_id"])
    if vendor is None:
        return None
    try:
        _take_back_parts(undo, actor)
    except Refused as refusal:
        return refusal.message
    if undo["is_new"]:
        return _remove_vendor(vendor, actor)
    changed = {
        name: None if getattr(Organisation, name).nullable else ""
        for name, value in undo["filled"].items()
        if str(getattr(vendor, name)) == value
    }
    if changed:
        said: dict[str, Any] = audit.changes(vendor, **changed)
        audit.record("vendor.changed", vendor, actor=actor, organisation_id=vendor.id, **said)
    parts.index_vendor(vendor)
    return None


def _take_back_parts(undo: Mapping[str, Any], actor: Actor) -> None:
    product = session().get(Product, undo["product_id"]) if undo["product_id"] else None
    if product is not None and product.removed_at is None:
        _check_untouched(product, product.name_zh)
        parts.remove_product(product, actor=actor)
    contact = session().get(Contact, undo["contact_id"]) if undo["contact_id"] else None
    if contact is not None and contact.removed_at is None:
        _check_untouched(contact, contact.name)
        parts.remove_contact(contact, actor=actor)


def _check_untouched(part: Contact | Product, name: str) -> None:
    if part.version != 1:
        raise Refused(_CHANGED, name=name)


def _remove_vendor(vendor: Organisation, actor: Actor) -> Message | None:
    """Delete a vendor that the import made, unless something was done with it since."""
    if session().scalar(select(Evidence.id).where(Evidence.organisation_id == vendor.id).limit(1)):
        return Message(_IN_USE, {"name": vendor.name_zh})
    if vendor.version != 1:
        return Message(_CHANGED, {"name": vendor.name_zh})
    left = [part for model in (Contact, Product) for part in session().scalars(_any_of(model, vendor.id))]
    if any(part.removed_at is None for part in left):
        return Message(_IN_USE, {"name": vendor.name_zh})
    name, ubn, key = vendor.name_zh, vendor.ubn, vendor.id
    try:
        with session().begin_nested():
            for part in left:
                session().delete(part)
            session().flush()
            session().delete(vendor)
    except IntegrityError:
        return Message(_IN_USE, {"name": name})
    search.remove(search.DocumentKind.VENDOR, key)
    audit.record("vendor.taken_back", None, actor=actor, ubn=ubn, name=name, vendor_id=key)
    return None


def _any_of(model: Any, organisation_id: int) -> Any:
    return select(model).where(model.organisation_id == organisation_id)

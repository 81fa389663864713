"""Reads of the list of vendors: its filter, its orders, a page of plain rows, and all of it for a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, exists, false, select

from tracker.accounts.access import Actor
from tracker.core import keyset, search
from tracker.core.counts import capped_count
from tracker.core.db import session
from tracker.core.keyset import AnySelect, Page, Sort
from tracker.vendors import permissions
from tracker.vendors.models import Contact, Customer, Organisation, Product
from tracker.vendors.rules import ChargingModel, Gap, VendorKind

FILE_CHUNK = 1000
NEWEST = "-added"

SORTS = {
    "name": Sort((Organisation.name_zh, Organisation.id)),
    "-name": Sort((Organisation.name_zh, Organisation.id), descending=True),
    "ubn": Sort((Organisation.ubn,)),
    "-ubn": Sort((Organisation.ubn,), descending=True),
    "added": Sort((Organisation.id,)),
    NEWEST: Sort((Organisation.id,), descending=True),
    "changed": Sort((Organisation.changed_at, Organisation.id)),
    "-changed": Sort((Organisation.changed_at, Organisation.id), descending=True),
}

COLUMNS = (
    Organisation.id,
    Organisation.ubn,
    Organisation.name_zh,
    Organisation.name_en,
    Organisation.kind,
)


@dataclass(frozen=True)
class VendorFilter:
    """What narrows the list."""

    words: str = ""
    kind: VendorKind | None = None
    charging_model: ChargingModel | None = None
    gap: Gap | None = None
    further: ColumnElement[bool] | None = None
    """A condition on `Organisation` that a higher feature adds, such as an engagement in a programme year."""


class ProductRow(NamedTuple):
    """A product as the list shows it."""

    organisation_id: int
    name: str
    charging_model: ChargingModel


class ContactRow(NamedTuple):
    """The contact that the list shows."""

    organisation_id: int
    name: str
    email: str
    phone: str


def _belongs(model: type[Contact | Product | Customer]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return model.organisation_id == Organisation.id, model.removed_at.is_(None)


GAPS: dict[Gap, ColumnElement[bool]] = {
    Gap.CONTACT: ~exists().where(*_belongs(Contact)),
    Gap.PRODUCT: ~exists().where(*_belongs(Product)),
    Gap.CUSTOMER: ~exists().where(*_belongs(Customer)),
    Gap.NAME_EN: Organisation.name_en == "",
    Gap.CAPITAL: Organisation.capital.is_(None),
    Gap.EMPLOYEES: Organisation.employees.is_(None),
    Gap.WEBSITE: Organisation.website == "",
}


def matching(wanted: VendorFilter, *, actor: Actor) -> Select[int]:
    """Select the ids of the vendors that the filter names and the actor may see."""
    return _begin(wanted.words).order_by(None).where(*_conditions(wanted, actor))


def _begin(words: str, *, before: int | None = None) -> Select[int]:
    """Begin with what the search index finds, newest first, so that few matches cost little."""
    if not words:
        return select(Organisation.id)
    found = search.matching_subjects(search.DocumentKind.VENDOR, words, before=before)
    if found is None:
        return select(Organisation.id).where(false())
    subject = found.selected_columns.subject_id
    return found.join(Organisation, Organisation.id == subject).with_only_columns(Organisation.id)


def _conditions(wanted: VendorFilter, actor: Actor) -> list[ColumnElement[bool]]:
    conditions = [permissions.visible(actor)]
    if wanted.kind is not None:
        conditions.append(Organisation.kind == wanted.kind)
    if wanted.charging_model is not None:
        conditions.append(exists().where(*_belongs(Product), Product.charging_model == wanted.charging_model))
    if wanted.gap is not None:
        conditions.append(GAPS[wanted.gap])
    if wanted.further is not None:
        conditions.append(wanted.further)
    return conditions


def page(wanted: VendorFilter, sort: str, *, after: str | None, before: str | None, actor: Actor) -> Page:
    """Read a page of the list as plain rows."""
    if wanted.words and sort == NEWEST and not before:
        return _newest_found(wanted, after, actor)
    statement: AnySelect = matching(wanted, actor=actor).with_only_columns(*COLUMNS)
    return keyset.read_page(statement, SORTS[sort], after=after, before=before)


def _newest_found(wanted: VendorFilter, after: str | None, actor: Actor) -> Page:
    """Walk the search index from its end, so that a page reads no more matches than it shows."""
    sort = SORTS[NEWEST]
    start = keyset.decode(after, sort)
    statement = _begin(wanted.words, before=start[0] if start else None).where(*_conditions(wanted, actor))
    columns = statement.with_only_columns(*COLUMNS, *keyset.key_columns(sort))
    found = session().execute(columns.limit(keyset.PAGE_SIZE + 1)).all()
    has_after = len(found) > keyset.PAGE_SIZE
    return keyset.make_page(found[: keyset.PAGE_SIZE], sort, has_before=start is not None, has_after=has_after)


def count(wanted: VendorFilter, *, actor: Actor) -> int:
    """Count the vendors that the filter names, up to one more than the cap."""
    return capped_count(matching(wanted, actor=actor))


def products_of(ids: Sequence[int]) -> dict[int, list[ProductRow]]:
    """Read the products of the vendors of a page."""
    statement = select(Product.organisation_id, Product.name_zh, Product.charging_model)
    statement = statement.where(Product.organisation_id.in_(ids), Product.removed_at.is_(None)).order_by(Product.id)
    found: dict[int, list[ProductRow]] = {}
    for row in session().execute(statement):
        found.setdefault(row[0], []).append(ProductRow(*row))
    return found


def main_contacts_of(ids: Sequence[int]) -> dict[int, ContactRow]:
    """Read the main contact of each vendor of a page, or its first one."""
    statement = select(Contact.organisation_id, Contact.name, Contact.email, Contact.phone)
    statement = statement.where(Contact.organisation_id.in_(ids), Contact.removed_at.is_(None))
    found: dict[int, ContactRow] = {}
    for row in session().execute(statement.order_by(Contact.is_main.desc(), Contact.id)):
        found.setdefault(row[0], ContactRow(*row))
    return found


FILE_COLUMNS = (
    *COLUMNS,
    Organisation.capital,
    Organisation.employees,
    Organisation.established_on,
    Organisation.address,
    Organisation.website,
    Organisation.phone,
)


class FileRow(NamedTuple):
    """A vendor as the file gives it."""

    vendor: Any
    products: list[ProductRow]
    contact: ContactRow | None


def whole_list(wanted: VendorFilter, *, actor: Actor) -> Iterator[FileRow]:
    """Read every vendor that the filter names, oldest first, some hundreds at a time."""
    last = 0
    chosen = matching(wanted, actor=actor).with_only_columns(*FILE_COLUMNS).order_by(Organisation.id).limit(FILE_CHUNK)
    while vendors := session().execute(chosen.where(Organisation.id > last)).all():
        ids = [vendor.id for vendor in vendors]
        products, contacts = products_of(ids), main_contacts_of(ids)
        for vendor in vendors:
            yield FileRow(vendor, products.get(vendor.id, []), contacts.get(vendor.id))
        last = ids[-1]

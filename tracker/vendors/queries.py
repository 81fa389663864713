"""Reads of vendors, narrowed to what the actor may see."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Integer, and_, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, joinedload

from tracker.accounts.access import Actor
from tracker.accounts.models import User
from tracker.core.db import session
from tracker.core.errors import NotFound
from tracker.vendors import permissions
from tracker.vendors.models import Contact, Customer, Membership, Organisation, Product

Part = Contact | Product | Customer
P = TypeVar("P", Contact, Product, Customer)


def get_vendor(vendor_id: int, *, actor: Actor) -> Organisation:
    """Give a vendor that the actor may know of."""
    vendor = session().scalar(select(Organisation).where(Organisation.id == vendor_id, permissions.visible(actor)))
    if vendor is None:
        raise NotFound
    return vendor


def find_by_ubn(ubn: str) -> Organisation | None:
    """Find the vendor with this UBN, whoever asks: for the operation that keeps UBNs unique."""
    return session().scalar(select(Organisation).where(Organisation.ubn == ubn))


def get_contact(contact_id: int, *, actor: Actor) -> Contact:
    """Give a vendor's contact with the vendor."""
    return _get_part(Contact, Contact.organisation, contact_id, actor)


def get_product(product_id: int, *, actor: Actor) -> Product:
    """Give a vendor's product with the vendor."""
    return _get_part(Product, Product.organisation, product_id, actor)


def get_customer(customer_id: int, *, actor: Actor) -> Customer:
    """Give a vendor's customer with the vendor."""
    return _get_part(Customer, Customer.organisation, customer_id, actor)


def _get_part(model: type[P], vendor: InstrumentedAttribute[Organisation], key: int, actor: Actor) -> P:
    found = session().scalar(
        select(model).join(vendor).options(joinedload(vendor)).where(model.id == key, permissions.visible(actor))
    )
    if found is None:
        raise NotFound
    return found


def get_membership(membership_id: int, *, actor: Actor) -> Membership:
    """Give a person's membership that has not ended."""
    found = session().scalar(
        select(Membership)
        .join(Membership.organisation)
        .options(joinedload(Membership.organisation), joinedload(Membership.user))
        .where(Membership.id == membership_id, Membership.ended_at.is_(None), permissions.visible(actor))
    )
    if found is None:
        raise NotFound
    return found


def find_membership(organisation_id: int, user_id: int) -> Membership | None:
    """Find the membership of a person that has not ended."""
    return session().scalar(
        select(Membership).where(
            Membership.organisation_id == organisation_id,
            Membership.user_id == user_id,
            Membership.ended_at.is_(None),
        )
    )


def contacts_of(organisation_id: int) -> Sequence[Contact]:
    """List a vendor's contacts."""
    return _parts(Contact, organisation_id)


def products_of(organisation_id: int) -> Sequence[Product]:
    """List a vendor's products."""
    return _parts(Product, organisation_id)


def customers_of(organisation_id: int) -> Sequence[Customer]:
    """List a vendor's customers."""
    return _parts(Customer, organisation_id)


def _parts(model: type[P], organisation_id: int) -> Sequence[P]:
    statement = select(model).where(model.organisation_id == organisation_id, model.removed_at.is_(None))
    return session().scalars(statement.order_by(model.id)).all()


def member_ids(organisation_id: int) -> Sequence[int]:
    """List the ids of the people who belong to a vendor now, for notices to all of them."""
    return (
        session()
        .scalars(
            select(Membership.user_id)
            .join(Membership.user)
            .where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None), User.active)
        )
        .all()
    )


@dataclass
class Belongings:
    """What belongs to a vendor now."""

    contacts: list[Contact] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)
    members: list[Membership] = field(default_factory=list)


def belongings_of(organisation_id: int) -> Belongings:
    """Read contacts, products, customers and members at once.

    A list of part numbers is joined with one table per number, so that each row holds one thing of one kind: a page with
    everything on it pays one query for them, and the kinds do not multiply each other.
    """
    number = union_all(*(select(literal(n, Integer).label("number")) for n in range(4))).subquery("part").c.number
    member = and_(number == 3, Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))  # noqa: PLR2004 - the fourth part
    statement = (
        select(Contact, Product, Customer, Membership)
        .select_from(number.table)
        .outerjoin(Contact, and_(number == 0, *_now(Contact, organisation_id)))
        .outerjoin(Product, and_(number == 1, *_now(Product, organisation_id)))
        .outerjoin(Customer, and_(number == 2, *_now(Customer, organisation_id)))  # noqa: PLR2004 - the third part
        .outerjoin(Membership, member)
        .outerjoin(Membership.user)
        .options(contains_eager(Membership.user))
    )
    found = Belongings()
    kinds: tuple[list[Any], ...] = (found.contacts, found.products, found.customers, found.members)
    for things in session().execute(statement):
        for kind, thing in zip(kinds, things, strict=True):
            if thing is not None:
                kind.append(thing)
    for kind in kinds:
        kind.sort(key=lambda thing: thing.id)
    return found


def _now(model: type[P], organisation_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return model.organisation_id == organisation_id, model.removed_at.is_(None)

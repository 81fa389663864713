"""Changes of what belongs to a vendor: contacts, products, customers.

A removed part stays in the database, so that its removal can be undone and old records keep their meaning. Names and mail
addresses of people are not written to the audit trail; it says which fields changed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.accounts.access import Actor
from tracker.core import audit, clock, search
from tracker.core.db import check_version, session
from tracker.core.errors import Refused
from tracker.core.text import N_, Message
from tracker.core.ubn import check_ubn
from tracker.vendors import queries
from tracker.vendors.models import Contact, Customer, Organisation, Product
from tracker.vendors.rules import ChargingModel, check_email

ReasonToKeep = Callable[[int], Message | None]
_reasons_to_keep: list[ReasonToKeep] = []
Follower = Callable[[Organisation], None]
_followers: list[Follower] = []


def keep_products(reason: ReasonToKeep) -> None:
    """Let a higher feature name why a product cannot be removed; called from `app.py`."""
    if reason not in _reasons_to_keep:
        _reasons_to_keep.append(reason)


def follow_names(follower: Follower) -> None:
    """Let a higher feature know that a name by which a vendor is found has changed; called from `app.py`."""
    if follower not in _followers:
        _followers.append(follower)


@dataclass(frozen=True)
class ContactDetails:
    """A person to speak to at a vendor."""

    name: str
    job_title: str = ""
    email: str = ""
    phone: str = ""
    is_main: bool = False
    version: int | None = None


@dataclass(frozen=True)
class ProductDetails:
    """A product or service of a vendor."""

    name_zh: str
    charging_model: ChargingModel
    name_en: str = ""
    target_industry: str = ""
    description: str = ""
    version: int | None = None


@dataclass(frozen=True)
class CustomerDetails:
    """An enterprise customer of a vendor."""

    name: str
    ubn: str = ""
    industry: str = ""
    employees: int | None = None
    note: str = ""
    version: int | None = None


def add_contact(vendor: Organisation, details: ContactDetails, *, actor: Actor) -> Contact:
    """Add a contact; the first one is the main one."""
    others = queries.contacts_of(vendor.id)
    contact = Contact(organisation_id=vendor.id, **_contact_facts(details))
    contact.is_main = contact.is_main or not others
    session().add(contact)
    _keep_one_main(contact, vendor.id)
    return _added("contact.added", contact, vendor, actor)


def change_contact(contact: Contact, details: ContactDetails, *, actor: Actor) -> None:
    """Change a contact."""
    check_version(contact, details.version)
    changed = audit.changes(contact, **_contact_facts(details))
    _keep_one_main(contact, contact.organisation_id)
    _changed("contact.changed", contact, actor, dict.fromkeys(changed, "…"))


def _contact_facts(details: ContactDetails) -> dict[str, Any]:
    return {
        "name": details.name,
        "job_title": details.job_title,
        "email": check_email(details.email, field="email"),
        "phone": details.phone,
        "is_main": details.is_main,
    }


def _keep_one_main(contact: Contact, organisation_id: int) -> None:
    session().flush()
    for other in queries.contacts_of(organisation_id) if contact.is_main else ():
        if other is not contact:
            other.is_main = False


def add_product(vendor: Organisation, details: ProductDetails, *, actor: Actor) -> Product:
    """Add a product."""
    _check_product_name(vendor.id, details.name_zh)
    product = Product(organisation_id=vendor.id, **_product_facts(details))
    session().add(product)
    return _added(
        "product.added", product, vendor, actor, title=product.name_zh, charging_model=product.charging_model.value
    )


def change_product(product: Product, details: ProductDetails, *, actor: Actor) -> None:
    """Change a product."""
    check_version(product, details.version)
    _check_product_name(product.organisation_id, details.name_zh, besides=product)
    changed = audit.changes(product, **_product_facts(details))
    _changed("product.changed", product, actor, changed, title=product.name_zh)


def _product_facts(details: ProductDetails) -> dict[str, Any]:
    return {
        "name_zh": details.name_zh,
        "name_en": details.name_en,
        "charging_model": details.charging_model,
        "target_industry": details.target_industry,
        "description": details.description,
    }


def _check_product_name(organisation_id: int, name: str, *, besides: Product | None = None) -> None:
    for other in queries.products_of(organisation_id):
        if other is not besides and other.name_zh == name:
            raise Refused(
                N_("A product named “%(name)s” is already listed. Change that one, or write another name."),
                field="name_zh",
                name=name,
            )


def add_customer(vendor: Organisation, details: CustomerDetails, *, actor: Actor) -> Customer:
    """Add a customer."""
    facts = _customer_facts(details)
    _check_customer_ubn(vendor.id, facts["ubn"])
    customer = Customer(organisation_id=vendor.id, **facts)
    session().add(customer)
    return _added("customer.added", customer, vendor, actor, title=customer.name)


def change_customer(customer: Customer, details: CustomerDetails, *, actor: Actor) -> None:
    """Change a customer."""
    check_version(customer, details.version)
    facts = _customer_facts(details)
    _check_customer_ubn(customer.organisation_id, facts["ubn"], besides=customer)
    changed = audit.changes(customer, **facts)
    _changed("customer.changed", customer, actor, changed, title=customer.name)


def _customer_facts(details: CustomerDetails) -> dict[str, Any]:
    return {
        "name": details.name,
        "ubn": check_ubn(details.ubn, field="ubn") if details.ubn.strip() else None,
        "industry": details.industry,
        "employees": details.employees,
        "note": details.note,
    }


def _check_customer_ubn(organisation_id: int, ubn: object, *, besides: Customer | None = None) -> None:
    for other in queries.customers_of(organisation_id) if ubn else ():
        if other is not besides and other.ubn == ubn:
            raise Refused(N_("“%(name)s” with this UBN is already listed as a customer."), field="ubn", name=other.name)


def remove_contact(contact: Contact, *, actor: Actor) -> None:
    """Take a contact off the record; it can be put back."""
    _remove("contact.removed", contact, actor)


def restore_contact(contact: Contact, *, actor: Actor) -> None:
    """Put a removed contact back."""
    if contact.is_main and any(other.is_main for other in queries.contacts_of(contact.organisation_id)):
        contact.is_main = False
    _restore("contact.restored", contact, actor)


def remove_product(product: Product, *, actor: Actor) -> None:
    """Take a product off the record; it can be put back. One that is being counselled stays."""
    for reason_to_keep in _reasons_to_keep:
        if reason := reason_to_keep(product.id):
            raise Refused(reason.msgid, field=None, **dict(reason.params))
    _remove("product.removed", product, actor, title=product.name_zh)


def restore_product(product: Product, *, actor: Actor) -> None:
    """Put a removed product back."""
    _check_product_name(product.organisation_id, product.name_zh, besides=product)
    _restore("product.restored", product, actor, title=product.name_zh)


def remove_customer(customer: Customer, *, actor: Actor) -> None:
    """Take a customer off the record; it can be put back."""
    _remove("customer.removed", customer, actor, title=customer.name)


def restore_customer(customer: Customer, *, actor: Actor) -> None:
    """Put a removed customer back."""
    _check_customer_ubn(customer.organisation_id, customer.ubn, besides=customer)
    _restore("customer.restored", customer, actor, title=customer.name)


def _added(action: str, part: queries.P, vendor: Organisation, actor: Actor, **facts: Any) -> queries.P:
    session().flush()
    audit.record(action, part, actor=actor, organisation_id=vendor.id, **facts)
    index_vendor(vendor)
    return part


def _changed(action: str, part: queries.Part, actor: Actor, changed: dict[str, Any], **facts: Any) -> None:
    if changed:
        audit.record(action, part, actor=actor, organisation_id=part.organisation_id, **facts, **changed)
        index_vendor(part.organisation)


def _remove(action: str, part: queries.Part, actor: Actor, **facts: Any) -> None:
    if part.removed_at is not None:
        raise Refused(N_("This was removed already."))
    part.removed_at = clock.now()
    audit.record(action, part, actor=actor, organisation_id=part.organisation_id, **facts)
    index_vendor(part.organisation)


def _restore(action: str, part: queries.Part, actor: Actor, **facts: Any) -> None:
    if part.removed_at is None:
        raise Refused(N_("This is back on the record already."))
    part.removed_at = None
    audit.record(action, part, actor=actor, organisation_id=part.organisation_id, **facts)
    index_vendor(part.organisation)


def index_vendor(vendor: Organisation) -> None:
    """Keep what the search knows of a vendor true: its names, its UBN, its products, the names of its contacts."""
    session().flush()
    search.put(entry_of(vendor, queries.products_of(vendor.id), queries.contacts_of(vendor.id)))
    for follower in _followers:
        follower(vendor)


def entry_of(vendor: Organisation, products: Sequence[Product], contacts: Sequence[Contact]) -> search.Entry:
    """Give what the search knows of a vendor."""
    names = [name for product in products for name in (product.name_zh, product.name_en)]
    names += [contact.name for contact in contacts]
    return search.Entry(
        kind=search.DocumentKind.VENDOR,
        subject_id=vendor.id,
        title=vendor.name_zh,
        body="\n".join(name for name in (vendor.name_en, vendor.ubn, *names) if name),
        organisation_id=vendor.id,
    )

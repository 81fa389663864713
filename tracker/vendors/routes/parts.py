"""Contacts, products and customers: added, changed, removed and put back, all in the same way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor, requires
from tracker.core.db import unit_of_work
from tracker.core.text import N_
from tracker.vendors import operations, permissions, queries
from tracker.vendors.forms import ContactForm, CustomerForm, ProductForm
from tracker.vendors.models import Contact, Customer, Organisation, Product
from tracker.vendors.routes.blueprint import bp, page_of
from tracker.web.saving import save

Part = Contact | Product | Customer


@dataclass(frozen=True)
class Kind:
    """A kind of part, as its pages need it; its addresses and endpoints are made of its words."""

    noun: str
    section: str
    form: Callable[..., Any]
    get: Callable[..., Part]
    add: Callable[..., object]
    change: Callable[..., object]
    remove: Callable[..., object]
    restore: Callable[..., object]
    title_of_add: str
    title_of_change: str


KINDS = (
    Kind(
        "contact",
        "contacts",
        ContactForm,
        queries.get_contact,
        operations.add_contact,
        operations.change_contact,
        operations.remove_contact,
        operations.restore_contact,
        N_("Add a contact"),
        N_("Change a contact"),
    ),
    Kind(
        "product",
        "products",
        ProductForm,
        queries.get_product,
        operations.add_product,
        operations.change_product,
        operations.remove_product,
        operations.restore_product,
        N_("Add a product"),
        N_("Change a product"),
    ),
    Kind(
        "customer",
        "customers",
        CustomerForm,
        queries.get_customer,
        operations.add_customer,
        operations.change_customer,
        operations.remove_customer,
        operations.restore_customer,
        N_("Add a customer"),
        N_("Change a customer"),
    ),
)


def register(kind: Kind) -> None:
    """Give a kind of part its pages."""
    key = f"{kind.noun}_id"
    address = f"/vendors/{kind.section}/<int:{key}>"

    def to(verb: str, part: Part) -> str:
        values: dict[str, Any] = {key: part.id}
        return url_for(f".{verb}_{kind.noun}", **values)

    @bp.route(f"/vendors/<int:vendor_id>/{kind.section}/new", endpoint=f"add_{kind.noun}", methods=["GET", "POST"])
    @requires(permissions.EDIT_VENDOR, on=queries.get_vendor)
    def add(vendor: Organisation) -> ResponseReturnValue:
        """Add a part to a vendor."""
        form, actor = kind.form(), current_actor()
        if not form.submitted() or not save(form, lambda: kind.add(vendor, form.details(), actor=actor)):
            return page(vendor, kind.title_of_add, form=form)
        return saved(vendor.id)

    @bp.route(f"{address}/edit", endpoint=f"edit_{kind.noun}", methods=["GET", "POST"])
    @requires(permissions.EDIT_VENDOR, on=kind.get)
    def edit(part: Part) -> ResponseReturnValue:
        """Change a part of a vendor."""
        form, actor = kind.form(obj=part), current_actor()
        if not form.submitted() or not save(form, lambda: kind.change(part, form.details(), actor=actor)):
            return page(part.organisation, kind.title_of_change, form=form, remove=to("remove", part))
        return saved(part.organisation_id)

    @bp.route(f"{address}/remove", endpoint=f"remove_{kind.noun}", methods=["POST"])
    @requires(permissions.EDIT_VENDOR, on=kind.get)
    def remove(part: Part) -> ResponseReturnValue:
        """Take a part off a vendor's record, and offer to undo it."""
        with unit_of_work():
            kind.remove(part, actor=current_actor())
        told = _("“%(name)s” was removed.", name=name_of(part))
        flash((told, to("restore", part)), "undo")  # type: ignore[arg-type]  # the layout shows pairs of this category with a button
        return redirect(page_of(part.organisation_id, kind.section))

    @bp.route(f"{address}/restore", endpoint=f"restore_{kind.noun}", methods=["POST"])
    @requires(permissions.EDIT_VENDOR, on=kind.get)
    def restore(part: Part) -> ResponseReturnValue:
        """Put a removed part back."""
        with unit_of_work():
            kind.restore(part, actor=current_actor())
        flash(_("“%(name)s” is back.", name=name_of(part)))
        return redirect(page_of(part.organisation_id, kind.section))

    def page(vendor: Organisation, title: str, **shown: object) -> str:
        return render_template("vendors/part.html", vendor=vendor, title=_(title), section=kind.section, **shown)

    def saved(vendor_id: int) -> ResponseReturnValue:
        flash(_("Saved."))
        return redirect(page_of(vendor_id, kind.section))


def name_of(part: Part) -> str:
    """Give the name by which people know a part."""
    return part.name_zh if isinstance(part, Product) else part.name


for one in KINDS:
    register(one)

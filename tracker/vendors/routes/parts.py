"""Adding, changing, removing and putting back contacts, products and customers."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor, requires
from tracker.core.db import unit_of_work
from tracker.vendors import operations, permissions, queries
from tracker.vendors.forms import ContactForm, CustomerForm, ProductForm
from tracker.vendors.models import Contact, Customer, Organisation, Product
from tracker.vendors.routes.blueprint import bp, page_of
from tracker.web.forms import Form
from tracker.web.saving import save

Change = Callable[[], object]


@bp.route("/vendors/<int:vendor_id>/contacts/new", methods=["GET", "POST"])
@requires(permissions.EDIT_VENDOR, on=queries.get_vendor)
def add_contact(vendor: Organisation) -> ResponseReturnValue:
    """Add a contact."""
    form, actor = ContactForm(), current_actor()
    return answer(
        form,
        vendor,
        "contacts",
        _("Add a contact"),
        lambda: operations.add_contact(vendor, form.details(), actor=actor),
    )


@bp.route("/vendors/contacts/<int:contact_id>/edit", methods=["GET", "POST"])
@requires(permissions.EDIT_VENDOR, on=queries.get_contact)
def edit_contact(contact: Contact) -> ResponseReturnValue:
    """Change a contact."""
    form, actor = ContactForm(obj=contact), current_actor()
    return answer(
        form,
        contact.organisation,
        "contacts",
        _("Change a contact"),
        lambda: operations.change_contact(contact, form.details(), actor=actor),
        remove=url_for(".remove_contact", contact_id=contact.id),
    )


@bp.route("/vendors/contacts/<int:contact_id>/remove", methods=["POST"])
@requires(permissions.EDIT_VENDOR, on=queries.get_contact)
def remove_contact(contact: Contact) -> ResponseReturnValue:
    """Take a contact off the record."""
    with unit_of_work():
        operations.remove_contact(contact, actor=current_actor())
    undo = url_for(".restore_contact", contact_id=contact.id)
    return removed(contact.organisation_id, "contacts", contact.name, undo)


@bp.route("/vendors/contacts/<int:contact_id>/restore", methods=["POST"])
@requires(permissions.EDIT_VENDOR, on=queries.get_contact)
def restore_contact(contact: Contact) -> ResponseReturnValue:
    """Put a removed contact back."""
    with unit_of_work():
        operations.restore_contact(contact, actor=current_actor())
    return restored(contact.organisation_id, "contacts", contact.name)


@bp.route("/vendors/<int:vendor_id>/products/new", methods=["GET", "POST"])
@requires(permissions.EDIT_VENDOR, on=queries.get_vendor)
def add_product(vendor: Organisation) -> ResponseReturnValue:
    """Add a product."""
    form, actor = ProductForm(), current_actor()
    return answer(
        form,
        vendor,
        "products",
        _("Add a product"),
        lambda: operations.add_product(vendor, form.details(), actor=actor),
    )


@bp.route("/vendors/products/<int:product_id>/edit", methods=["GET", "POST"])
@requires(permissions.EDIT_VENDOR, on=queries.get_product)
def edit_product(product: Product) -> ResponseReturnValue:
    """Change a product."""
    form, actor = ProductForm(obj=product), current_actor()
    return answer(
        form,
        product.organisation,
        "products",
        _("Change a product"),
        lambda: operations.change_product(product, form.details(), actor=actor),
        remove=url_for(".remove_product", product_id=product.id),
    )


@bp.route("/vendors/products/<int:product_id>/remove", methods=["POST"])
@requires(permissions.EDIT_VENDOR, on=queries.get_product)
def remove_product(product: Product) -> ResponseReturnValue:
    """Take a product off the record."""
    with unit_of_work():
        operations.remove_product(product, actor=current_actor())
    undo = url_for(".restore_product", product_id=product.id)
    return removed(product.organisation_id, "products", product.name_zh, undo)


@bp.route("/vendors/products/<int:product_id>/restore", methods=["POST"])
@requires(permissions.EDIT_VENDOR, on=queries.get_product)
def restore_product(product: Product) -> ResponseReturnValue:
    """Put a removed product back."""
    with unit_of_work():
        operations.restore_product(product, actor=current_actor())
    return restored(product.organisation_id, "products", product.name_zh)


@bp.route("/vendors/<int:vendor_id>/customers/new", methods=["GET", "POST"])
@requires(permissions.EDIT_VENDOR, on=queries.get_vendor)
def add_customer(vendor: Organisation) -> ResponseReturnValue:
    """Add a customer."""
    form, actor = CustomerForm(), current_actor()
    return answer(
        form,
        vendor,
        "customers",
        _("Add a customer"),
        lambda: operations.add_customer(vendor, form.details(), actor=actor),
    )


@bp.route("/vendors/customers/<int:customer_id>/edit", methods=["GET", "POST"])
@requires(permissions.EDIT_VENDOR, on=queries.get_customer)
def edit_customer(customer: Customer) -> ResponseReturnValue:
    """Change a customer."""
    form, actor = CustomerForm(obj=customer), current_actor()
    return answer(
        form,
        customer.organisation,
        "customers",
        _("Change a customer"),
        lambda: operations.change_customer(customer, form.details(), actor=actor),
        remove=url_for(".remove_customer", customer_id=customer.id),
    )


@bp.route("/vendors/customers/<int:customer_id>/remove", methods=["POST"])
@requires(permissions.EDIT_VENDOR, on=queries.get_customer)
def remove_customer(customer: Customer) -> ResponseReturnValue:
    """Take a customer off the record."""
    with unit_of_work():
        operations.remove_customer(customer, actor=current_actor())
    undo = url_for(".restore_customer", customer_id=customer.id)
    return removed(customer.organisation_id, "customers", customer.name, undo)


@bp.route("/vendors/customers/<int:customer_id>/restore", methods=["POST"])
@requires(permissions.EDIT_VENDOR, on=queries.get_customer)
def restore_customer(customer: Customer) -> ResponseReturnValue:
    """Put a removed customer back."""
    with unit_of_work():
        operations.restore_customer(customer, actor=current_actor())
    return restored(customer.organisation_id, "customers", customer.name)


def answer(
    form: Form, vendor: Organisation, section: str, title: str, change: Change, *, remove: str | None = None
) -> ResponseReturnValue:
    """Show the form, or make the change and lead back to the vendor's page."""
    if not form.submitted() or not save(form, change):
        return render_template(
            "vendors/part.html", form=form, vendor=vendor, title=title, section=section, remove=remove
        )
    flash(_("Saved."))
    return redirect(page_of(vendor.id, section))


def removed(vendor_id: int, section: str, name: str, undo: str) -> ResponseReturnValue:
    """Tell of a removal and offer to undo it."""
    flash((_("“%(name)s” was removed.", name=name), undo), "undo")  # type: ignore[arg-type]  # the layout shows pairs of this category with a button
    return redirect(page_of(vendor_id, section))


def restored(vendor_id: int, section: str, name: str) -> ResponseReturnValue:
    """Tell that something is back."""
    flash(_("“%(name)s” is back.", name=name))
    return redirect(page_of(vendor_id, section))

"""Adding a vendor and changing what is known of it."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor, requires
from tracker.core.db import unit_of_work
from tracker.core.errors import NotAllowed, Refused
from tracker.vendors import operations, permissions, queries
from tracker.vendors.forms import VendorForm
from tracker.vendors.models import Organisation
from tracker.vendors.routes.blueprint import bp, page_of


@bp.route("/vendors/new", methods=["GET", "POST"])
@requires(permissions.ADD_VENDOR)
def add() -> ResponseReturnValue:
    """Add a vendor."""
    actor = current_actor()
    form = VendorForm().keep_for(actor, adding=True)
    if not form.submitted():
        return show_form(form)
    try:
        with unit_of_work():
            vendor = operations.add_vendor(form.details(), actor=actor)
    except Refused as error:
        return show_form(form, refusal=error)
    flash(_("Saved. Now add contacts and products."))
    return redirect(page_of(vendor.id))


@bp.route("/vendors/<int:vendor_id>/edit", methods=["GET", "POST"])
@requires(permissions.EDIT_VENDOR, on=queries.get_vendor)
def edit(vendor: Organisation) -> ResponseReturnValue:
    """Change what is known of a vendor."""
    actor = current_actor()
    form = VendorForm(obj=vendor).keep_for(actor)
    if not form.submitted():
        return show_form(form, vendor)
    try:
        with unit_of_work():
            operations.change_vendor(vendor, form.details(), actor=actor)
    except (Refused, NotAllowed) as error:
        return show_form(form, vendor, refusal=error)
    flash(_("Saved."))
    return redirect(page_of(vendor.id))


def show_form(
    form: VendorForm, vendor: Organisation | None = None, *, refusal: Refused | NotAllowed | None = None
) -> ResponseReturnValue:
    """Show the form; a UBN that is known already comes with a link to its record."""
    if refusal is not None:
        form.refuse(refusal)
    known = refusal.vendor_id if isinstance(refusal, operations.KnownVendor) else None
    return render_template("vendors/edit.html", form=form, vendor=vendor, known=page_of(known) if known else None)

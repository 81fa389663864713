"""Inviting a vendor's members and ending their membership."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor, requires
from tracker.core.db import unit_of_work
from tracker.vendors import operations, permissions, queries
from tracker.vendors.forms import EndForm, InviteForm
from tracker.vendors.models import Membership, Organisation
from tracker.vendors.routes.blueprint import bp, page_of
from tracker.web.saving import save


@bp.route("/vendors/<int:vendor_id>/members/invite", methods=["GET", "POST"])
@requires(permissions.MANAGE_MEMBERS, on=queries.get_vendor)
def invite_member(vendor: Organisation) -> ResponseReturnValue:
    """Invite a person to belong to a vendor."""
    form, actor = InviteForm(), current_actor()

    def invite() -> None:
        operations.invite_member(vendor, form.details(vendor.id), actor=actor)

    if not form.submitted() or not save(form, invite):
        return render_template(
            "vendors/part.html", form=form, vendor=vendor, title=_("Invite a member"), section="members"
        )
    flash(_("Done. Who has no account yet gets a mail with a link; who has one belongs to the vendor now."))
    return redirect(page_of(vendor.id, "members"))


@bp.route("/vendors/members/<int:membership_id>/end", methods=["GET", "POST"])
@requires(permissions.MANAGE_MEMBERS, on=queries.get_membership)
def end_membership(membership: Membership) -> ResponseReturnValue:
    """End a person's belonging to a vendor."""
    form = EndForm()
    if not form.submitted():
        return render_template("vendors/end_membership.html", form=form, membership=membership)
    with unit_of_work():
        operations.end_membership(membership, actor=current_actor())
    flash(_("The membership has ended. The person cannot open this vendor any more."))
    return redirect(page_of(membership.organisation_id, "members"))

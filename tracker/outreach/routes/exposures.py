"""Exposures: the list and its file, one with its proofs, and every change of it."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import can, current_actor, requires
from tracker.core import csv_file
from tracker.core.counts import shown_count
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.outreach import operations, permissions, queries, resources
from tracker.outreach.forms import ExposureForm, ProofForm
from tracker.outreach.models import Exposure
from tracker.outreach.queries import exposures as reads
from tracker.outreach.queries.exposures import ExposureFilter
from tracker.outreach.routes.blueprint import bp, own_vendor, pick, year_filter
from tracker.outreach.rules import BY_OFFICE, EXPOSURE_MOVES, ExposureKind, ExposureState
from tracker.programmes.queries import programmes
from tracker.vendors.models import Organisation
from tracker.vendors.queries import get_vendor
from tracker.web.forms import Form
from tracker.web.saving import save


def resource_names() -> dict[str, str]:
    """Give the words of the marketing resources."""
    language = "en" if pick("", "en") else "zh-Hant"
    return dict(resources.choices_of(programmes(actor=current_actor()), language))


@bp.route("/outreach")
@requires(permissions.LIST_OUTREACH)
def index() -> ResponseReturnValue:
    """List the exposures that the reader may see, newest first."""
    actor, wanted = current_actor(), ExposureFilter.read(request.args)
    found = reads.page(wanted, after=request.args.get("after"), before=request.args.get("before"), actor=actor)
    vendor_id = own_vendor(actor, wanted.vendor_id)
    return render_template(
        "outreach/exposures.html",
        page=found,
        wanted=wanted,
        total=shown_count(reads.count(wanted, actor=actor)),
        kinds=ExposureKind,
        states=ExposureState,
        years=year_filter(actor),
        resources=resource_names(),
        add_for=vendor_id,
    )


@bp.route("/outreach/exposures.csv")
@requires(permissions.LIST_OUTREACH)
def exposures_file() -> ResponseReturnValue:
    """Give the list of exposures as a file for a spreadsheet, filtered as the page is."""
    names = resource_names()
    rows = (_file_row(row, names) for row in reads.whole_list(ExposureFilter.read(request.args), actor=current_actor()))
    header = [
        _("UBN"),
        _("Vendor"),
        _("Product"),
        _("Kind"),
        _("Title"),
        _("Medium, host or alliance"),
        _("Marketing resource"),
        _("Day it came out"),
        _("People reached"),
        _("State"),
    ]
    headers = {"Content-Disposition": 'attachment; filename="exposures.csv"'}
    return Response(stream_with_context(csv_file.write(header, rows)), mimetype="text/csv", headers=headers)


def _file_row(row: Any, names: dict[str, str]) -> list[object]:
    return [
        row.ubn,
        pick(row.organisation_zh, row.organisation_en),
        pick(row.product_zh or "", row.product_en),
        _(row.kind.label),
        row.title,
        row.channel,
        names.get(row.resource, row.resource),
        row.happened_on,
        row.people_reached,
        _(row.state.label),
    ]


@bp.route("/vendors/<int:vendor_id>/exposures/new", methods=["GET", "POST"])
@requires(permissions.EDIT_EXPOSURE, on=get_vendor)
def add_exposure(vendor: Organisation) -> ResponseReturnValue:
    """Note an exposure of a vendor."""
    form, actor, made = ExposureForm(vendor_id=vendor.id), current_actor(), list[Exposure]()
    if form.submitted() and save(
        form, lambda: made.append(operations.add_exposure(vendor, form.details(), actor=actor))
    ):
        flash(_("Noted. Add a file or a link that proves it."))
        return redirect(url_for(".exposure", exposure_id=made[0].id, _anchor="proofs"))
    return render_template("outreach/edit_exposure.html", form=form, vendor=vendor, exposure=None)


@bp.route("/outreach/exposures/<int:exposure_id>")
@requires(permissions.VIEW_EXPOSURE, on=queries.get_exposure)
def exposure(found: Exposure) -> ResponseReturnValue:
    """Show an exposure with its proofs."""
    return _page(found, ProofForm())


def _page(found: Exposure, form: Form) -> ResponseReturnValue:
    actor = current_actor()
    confirms = can(actor, permissions.CONFIRM_EXPOSURE, found)
    edits = can(actor, permissions.EDIT_EXPOSURE, found)
    moves = [
        state
        for state in ExposureState
        if state in EXPOSURE_MOVES[found.state] and edits and (confirms or not {state, found.state} & BY_OFFICE)
    ]
    return render_template(
        "outreach/exposure.html",
        exposure=found,
        proofs=reads.standing_proofs(found),
        form=form,
        moves=moves,
        edits=edits,
        resources=resource_names(),
    )


@bp.route("/outreach/exposures/<int:exposure_id>/edit", methods=["GET", "POST"])
@requires(permissions.EDIT_EXPOSURE, on=queries.get_exposure)
def edit_exposure(found: Exposure) -> ResponseReturnValue:
    """Change what is known of an exposure."""
    form, actor = ExposureForm(obj=found), current_actor()
    if form.submitted() and save(form, lambda: operations.change_exposure(found, form.details(), actor=actor)):
        flash(_("Saved."))
        return redirect(url_for(".exposure", exposure_id=found.id))
    return render_template("outreach/edit_exposure.html", form=form, vendor=found.organisation, exposure=found)


@bp.route("/outreach/exposures/<int:exposure_id>/move", methods=["POST"])
@requires(permissions.EDIT_EXPOSURE, on=queries.get_exposure)
def move_exposure(found: Exposure) -> ResponseReturnValue:
    """Move an exposure to another state."""
    new = ExposureState.named(request.form.get("state"))
    if new is None:
        raise Refused(N_("Choose the state first. Go back and press one of the buttons."))
    return _change(found, lambda: operations.move_exposure(found, new, actor=current_actor()), _("Saved."))


@bp.route("/outreach/exposures/<int:exposure_id>/proofs", methods=["POST"])
@requires(permissions.EDIT_EXPOSURE, on=queries.get_exposure)
def add_proof(found: Exposure) -> ResponseReturnValue:
    """Add a file or a link that proves an exposure."""
    form, actor = ProofForm(), current_actor()

    def prove() -> None:
        upload = form.upload()
        if upload is not None:
            operations.prove_by_file(found, upload, actor=actor)
        else:
            operations.prove_by_link(found, form.link(), actor=actor)

    return _change(found, prove, _("Added."), form)


@bp.route("/outreach/exposures/<int:exposure_id>/proofs/<int:proof_id>/remove", methods=["POST"])
@requires(permissions.EDIT_EXPOSURE, on=queries.get_exposure)
def remove_proof(found: Exposure, proof_id: int) -> ResponseReturnValue:
    """Take a proof away from an exposure."""
    actor = current_actor()
    proof = queries.get_proof(found, proof_id)
    return _change(found, lambda: operations.remove_proof(found, proof, actor=actor), _("Removed."))


def _change(
    found: Exposure, change: Callable[[], object], done: str, form: ProofForm | None = None
) -> ResponseReturnValue:
    """Make a change; where it is refused, show the exposure again with the reason."""
    exposure_id = found.id
    if form is not None and not form.submitted():
        return _page(found, form)
    try:
        with unit_of_work():
            change()
    except Refused as error:
        shown = form or ProofForm.from_record(None)
        shown.refuse(error)
        return _page(queries.get_exposure(exposure_id, actor=current_actor()), shown)
    flash(done)
    return redirect(url_for(".exposure", exposure_id=exposure_id))

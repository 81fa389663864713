"""Leads, which people know as matches: the list and its file, one with what was done, and every change of it."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import can, current_actor, requires
from tracker.core import csv_file
from tracker.core.counts import shown_count
from tracker.outreach import operations, permissions, queries
from tracker.outreach.forms import LeadForm, NewLeadForm, StepForm
from tracker.outreach.models import Lead
from tracker.outreach.queries import leads as reads
from tracker.outreach.queries.leads import LeadFilter
from tracker.outreach.routes.blueprint import bp, own_vendor, pick, year_filter
from tracker.outreach.rules import Counterpart, LeadOrigin, LeadState
from tracker.vendors.models import Organisation
from tracker.vendors.queries import get_vendor
from tracker.web.saving import save


@bp.route("/outreach/leads")
@requires(permissions.LIST_OUTREACH)
def leads() -> ResponseReturnValue:
    """List the matches that the reader may see, newest first."""
    actor, wanted = current_actor(), LeadFilter.read(request.args)
    found = reads.page(wanted, after=request.args.get("after"), before=request.args.get("before"), actor=actor)
    return render_template(
        "outreach/leads.html",
        page=found,
        wanted=wanted,
        total=shown_count(reads.count(wanted, actor=actor)),
        states=LeadState,
        counterparts=Counterpart,
        origins=LeadOrigin,
        years=year_filter(actor),
        add_for=own_vendor(actor, wanted.vendor_id),
    )


@bp.route("/outreach/leads.csv")
@requires(permissions.LIST_OUTREACH)
def leads_file() -> ResponseReturnValue:
    """Give the list of matches as a file for a spreadsheet, filtered as the page is."""
    rows = (_file_row(row) for row in reads.whole_list(LeadFilter.read(request.args), actor=current_actor()))
    header = [
        _("UBN"),
        _("Vendor"),
        _("Product"),
        _("With whom"),
        _("Name"),
        _("UBN of the counterpart"),
        _("Industry"),
        _("Where it comes from"),
        _("State"),
        _("What they need"),
        _("What will be done next"),
        _("By whom"),
        _("Due day"),
        _("What came of it"),
        _("Closed on"),
    ]
    headers = {"Content-Disposition": 'attachment; filename="matches.csv"'}
    return Response(stream_with_context(csv_file.write(header, rows)), mimetype="text/csv", headers=headers)


def _file_row(row: Any) -> list[object]:
    return [
        row.vendor_ubn,
        pick(row.organisation_zh, row.organisation_en),
        pick(row.product_zh or "", row.product_en),
        _(row.counterpart.label),
        row.name,
        row.ubn,
        _(row.industry.label) if row.industry is not None else "",
        _(row.origin.label),
        _(row.state.label),
        row.need,
        row.next_step,
        row.owner,
        row.due_on,
        row.outcome,
        row.closed_on,
    ]


@bp.route("/vendors/<int:vendor_id>/leads/new", methods=["GET", "POST"])
@requires(permissions.EDIT_LEAD, on=get_vendor)
def add_lead(vendor: Organisation) -> ResponseReturnValue:
    """Note a match of a vendor, with its first step."""
    form, actor, made = NewLeadForm(vendor_id=vendor.id), current_actor(), list[Lead]()
    if form.submitted() and save(
        form, lambda: made.append(operations.add_lead(vendor, form.details(), form.first_step(), actor=actor))
    ):
        flash(_("Noted. It stands on the to-do list of whoever takes the next step."))
        return redirect(url_for(".lead", lead_id=made[0].id))
    return render_template("outreach/edit_lead.html", form=form, vendor=vendor, lead=None)


@bp.route("/outreach/leads/<int:lead_id>")
@requires(permissions.VIEW_LEAD, on=queries.get_lead)
def lead(found: Lead) -> ResponseReturnValue:
    """Show a match with what was done and what is next."""
    return _page(found, StepForm(obj=found))


@bp.route("/outreach/leads/<int:lead_id>", methods=["POST"])
@requires(permissions.EDIT_LEAD, on=queries.get_lead)
def note_step(found: Lead) -> ResponseReturnValue:
    """Note what was done about a match, and what is next or what came of it."""
    form, actor, lead_id = StepForm(obj=found), current_actor(), found.id
    if form.submitted() and save(form, lambda: operations.note_step(found, form.details(), actor=actor)):
        flash(_("Saved."))
        return redirect(url_for(".lead", lead_id=lead_id))
    return _page(queries.get_lead(lead_id, actor=actor), form)


def _page(found: Lead, form: StepForm) -> ResponseReturnValue:
    edits = can(current_actor(), permissions.EDIT_LEAD, found)
    return render_template("outreach/lead.html", lead=found, form=form if edits else None, edits=edits)


@bp.route("/outreach/leads/<int:lead_id>/edit", methods=["GET", "POST"])
@requires(permissions.EDIT_LEAD, on=queries.get_lead)
def edit_lead(found: Lead) -> ResponseReturnValue:
    """Change what is known of a match."""
    form, actor = LeadForm(obj=found), current_actor()
    if form.submitted() and save(form, lambda: operations.change_lead(found, form.details(), actor=actor)):
        flash(_("Saved."))
        return redirect(url_for(".lead", lead_id=found.id))
    return render_template("outreach/edit_lead.html", form=form, vendor=found.organisation, lead=found)

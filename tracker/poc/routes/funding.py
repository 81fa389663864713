"""The ledger of the self-funding: read, written, and taken back."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from tracker.accounts.access import Actor, can, current_actor, requires
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused
from tracker.evidence.models import Evidence
from tracker.evidence.operations import keep_file
from tracker.poc import permissions, queries
from tracker.poc.forms.funding import EntryForm, FilesForm
from tracker.poc.forms.pocs import WhyForm
from tracker.poc.models import FundingEntry, Poc
from tracker.poc.operations import funding as operations
from tracker.poc.queries import funding as ledger
from tracker.poc.routes.blueprint import bp, form_page, is_workable, language
from tracker.poc.rulebook import terms_of
from tracker.poc.rules.states import EntryState


@bp.route("/pocs/<int:poc_id>/funding")
@requires(permissions.VIEW_POC, on=queries.get_poc)
def funding(poc: Poc) -> ResponseReturnValue:
    """Show the ledger of the self-funding with what it comes to."""
    terms = terms_of(poc.engagement.programme)
    wanted = EntryState.named(request.args.get("state"))
    after, before = request.args.get("after"), request.args.get("before")
    page = ledger.entries_page(poc, after=after, before=before, state=wanted)
    entries = [row[0] for row in page.rows]
    return render_template(
        "poc/funding.html",
        poc=poc,
        terms=terms,
        totals=ledger.totals_of(poc, terms),
        page=page,
        entries=entries,
        flags=ledger.flags_for(poc, entries, terms),
        total=f"{ledger.count_entries(poc, wanted):,}",
        states=EntryState,
        wanted=wanted,
        may_enter=is_workable(poc) and can(current_actor(), permissions.ENTER_FUNDING, poc),
    )


@bp.route("/pocs/<int:poc_id>/funding/new", methods=["GET", "POST"])
@requires(permissions.ENTER_FUNDING, on=queries.get_poc)
def enter(poc: Poc) -> ResponseReturnValue:
    """Enter money that the vendor spent."""
    actor = current_actor()
    terms = terms_of(poc.engagement.programme)
    form = EntryForm().offer(terms.cost_kinds, language())
    if form.submitted():
        try:
            with unit_of_work():
                vouchers = _keep(poc, form.files(), actor)
                entry = operations.submit_entry(poc, form.details(), vouchers, actor=actor)
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Entered. The programme office verifies it."))
            return redirect(url_for(".entry", entry_id=entry.id), 303)
    return form_page("poc/enter.html", form, poc=poc, terms=terms, period=terms.period(poc.starts_on, poc.ends_on))


def _keep(poc: Poc, files: Sequence[FileStorage], actor: Actor) -> list[Evidence]:
    case = poc.engagement
    return [
        keep_file(one, one.filename or "", organisation_id=case.organisation_id, engagement_id=case.id, actor=actor)
        for one in files
    ]


@bp.route("/funding-entries/<int:entry_id>")
@requires(permissions.VIEW_POC, on=ledger.get_entry)
def entry(entry: FundingEntry) -> ResponseReturnValue:
    """Show an entry with its papers, what is odd about it, and what was decided."""
    return _show(entry)


def _show(entry: FundingEntry, failed: FilesForm | None = None) -> ResponseReturnValue:
    poc, actor = entry.poc, current_actor()
    terms = terms_of(poc.engagement.programme)
    counts = entry.claim is not None and is_workable(poc)
    may_enter = counts and can(actor, permissions.ENTER_FUNDING, entry)
    waits = counts and entry.state is EntryState.SUBMITTED
    body = render_template(
        "poc/entry.html",
        poc=poc,
        entry=entry,
        terms=terms,
        flags=ledger.flags_for(poc, [entry], terms)[entry.id],
        files_form=failed or FilesForm(),
        may_add=may_enter and waits,
        may_reverse=may_enter,
        may_verify=waits and entry.submitted_by_id != actor.user_id and can(actor, permissions.VERIFY_FUNDING, entry),
    )
    return body, 200 if failed is None else 422


@bp.route("/funding-entries/<int:entry_id>/vouchers", methods=["POST"])
@requires(permissions.ENTER_FUNDING, on=ledger.get_entry)
def add_vouchers(entry: FundingEntry) -> ResponseReturnValue:
    """Add papers to an entry that waits for verification."""
    form, actor = FilesForm(), current_actor()
    if not form.submitted():
        return _show(entry, form)
    try:
        with unit_of_work():
            for evidence in _keep(entry.poc, form.files(needed=True), actor):
                operations.add_voucher(entry, evidence, actor=actor)
    except Refused as error:
        form.refuse(error)
        return _show(entry, form)
    flash(_("Attached."))
    return redirect(url_for(".entry", entry_id=entry.id), 303)


@bp.route("/funding-entries/<int:entry_id>/reverse", methods=["GET", "POST"])
@requires(permissions.ENTER_FUNDING, on=ledger.get_entry)
def reverse(entry: FundingEntry) -> ResponseReturnValue:
    """Take an entry back by another one, after telling what that does."""
    form = WhyForm(obj=entry)
    if form.submitted():
        try:
            with unit_of_work():
                operations.reverse_entry(entry, form.text, version=form.read_version(), actor=current_actor())
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Taken back. Both entries stay in the ledger."))
            return redirect(url_for(".funding", poc_id=entry.poc_id), 303)
    return form_page(
        "poc/reverse.html",
        form,
        poc=entry.poc,
        entry=entry,
    )

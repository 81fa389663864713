"""The office's queue: the voucher beside the entry, a decision, and the next one."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor, requires
from tracker.core.db import unit_of_work
from tracker.core.errors import NotFound, Refused
from tracker.evidence import storage
from tracker.evidence.routes import NOTHING_RUNS
from tracker.evidence.rules import check_opening
from tracker.poc import permissions
from tracker.poc.forms.funding import VerdictForm
from tracker.poc.models import FundingEntry, FundingVoucher
from tracker.poc.operations import funding as operations
from tracker.poc.pictures import PDF, PNG, picture_of
from tracker.poc.queries import funding as ledger
from tracker.poc.routes.blueprint import bp, form_page
from tracker.poc.rulebook import terms_of


@bp.route("/funding-queue")
@requires(permissions.WORK_QUEUE)
def queue() -> ResponseReturnValue:
    """List the entries that wait for the reader's verification, the longest waiting first."""
    actor = current_actor()
    page = ledger.queue_page(actor=actor, after=request.args.get("after"), before=request.args.get("before"))
    entries = [row[0] for row in page.rows]
    return render_template("poc/queue.html", page=page, entries=entries, total=ledger.count_queue(actor))


@bp.route("/funding-entries/<int:entry_id>/verify", methods=["GET", "POST"])
@requires(permissions.VERIFY_FUNDING, on=ledger.get_entry)
def verify(entry: FundingEntry) -> ResponseReturnValue:
    """Decide on an entry with its voucher beside it, then go on to the next."""
    actor = current_actor()
    form = VerdictForm(obj=entry)
    if form.submitted():
        decide = operations.verify_entry if form.is_verified else operations.return_entry
        try:
            with unit_of_work():
                decide(entry, form.text, version=form.read_version(), actor=actor)
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Verified.") if form.is_verified else _("Returned. The vendor was told."))
            following = ledger.next_in_queue(entry.id, actor=actor)
            if following is None:
                return redirect(url_for(".queue"), 303)
            return redirect(url_for(".verify", entry_id=following), 303)
    poc = entry.poc
    terms = terms_of(poc.engagement.programme)
    return form_page(
        "poc/verify.html",
        form,
        poc=poc,
        entry=entry,
        terms=terms,
        totals=ledger.totals_of(poc, terms),
        flags=ledger.flags_for(poc, [entry], terms)[entry.id],
        waiting=ledger.count_queue(actor),
        following=ledger.next_in_queue(entry.id, actor=actor),
    )


@bp.route("/funding-vouchers/<int:voucher_id>/picture")
@requires(permissions.VIEW_POC, on=ledger.get_voucher)
def voucher(voucher: FundingVoucher) -> ResponseReturnValue:
    """Give a voucher as a picture that stands beside its entry."""
    evidence = voucher.evidence
    stored = evidence.stored_file
    if stored is None:
        raise NotFound
    check_opening(stored.scan, evidence.file_name)
    path = storage.path_of(stored.sha256)
    if not path.exists():
        raise NotFound
    drawn = picture_of(path, stored.media_type, evidence.file_name)
    response = Response(drawn, mimetype=PNG if stored.media_type == PDF else stored.media_type)
    response.headers["Content-Disposition"] = "attachment"
    response.headers["Content-Security-Policy"] = NOTHING_RUNS
    response.headers["Cache-Control"] = "private, no-store"
    return response

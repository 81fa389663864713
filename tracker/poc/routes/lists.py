"""The list of proofs of concept, on a page and as a workbook."""

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import can, current_actor, requires
from tracker.core import xlsx_file
from tracker.core.counts import shown_count
from tracker.poc import overview, permissions
from tracker.poc.overview import PocFilter, Row
from tracker.poc.queries.funding import count_queue
from tracker.poc.routes.blueprint import bp
from tracker.poc.rules.states import PocState
from tracker.programmes.queries import programmes
from tracker.web.filters import show_name


@bp.route("/pocs")
@requires(permissions.LIST_POCS)
def index() -> ResponseReturnValue:
    """List the proofs of concept that the reader may see, with money, trials, acceptance and what is late."""
    actor, wanted = current_actor(), PocFilter.read(request.args)
    page, rows = overview.page(wanted, after=request.args.get("after"), before=request.args.get("before"), actor=actor)
    total = overview.count(wanted, actor=actor)
    works_queue = can(actor, permissions.WORK_QUEUE)
    return render_template(
        "poc/index.html",
        page=page,
        rows=rows,
        wanted=wanted,
        total=shown_count(total),
        states=PocState,
        years=[(year.id, f"{year.roc_year} {show_name(year)}") for year in programmes(actor=actor)],
        waiting=count_queue(actor) if works_queue else None,
    )


@bp.route("/pocs.xlsx")
@requires(permissions.LIST_POCS)
def workbook() -> ResponseReturnValue:
    """Give the list as a workbook, filtered as the page is."""
    rows = overview.whole_list(PocFilter.read(request.args), actor=current_actor())
    header = [
        _("UBN"),
        _("Vendor"),
        _("Product"),
        _("Programme year"),
        _("State"),
        _("First day"),
        _("Last day"),
        _("Verified"),
        _("Waiting for verification"),
        _("Amount required"),
        _("Still missing"),
        _("Outlook"),
        _("Reached on, at this pace"),
        _("Trials"),
        _("Trials confirmed"),
        _("Trials asked for"),
        _("Milestones past their day"),
        _("Accepted"),
        _("By override"),
    ]
    body = xlsx_file.write([xlsx_file.Sheet(_("Proofs of concept"), header, map(_file_row, rows))])
    headers = {"Content-Disposition": 'attachment; filename="proofs-of-concept.xlsx"'}
    return Response(body, mimetype=xlsx_file.MEDIA_TYPE, headers=headers)


def _file_row(row: Row) -> list[object]:
    poc, case = row.poc, row.poc.engagement
    return [
        case.organisation.ubn,
        show_name(case.organisation),
        show_name(case.product),
        case.programme.roc_year,
        _(poc.state.label),
        poc.starts_on,
        poc.ends_on,
        row.totals.verified,
        row.totals.waiting,
        row.totals.required,
        row.totals.missing,
        _(row.forecast.outlook.label),
        row.forecast.day,
        row.trials.total,
        row.trials.confirmed,
        row.least_trials,
        row.late,
        poc.accepted_at,
        _("Yes") if poc.overridden else "",
    ]

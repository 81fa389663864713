"""The list of sessions and its file."""

from typing import Any

from flask import Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor, requires
from tracker.coaching import choices, listing, permissions
from tracker.coaching.listing import SessionFilter
from tracker.coaching.routes.blueprint import bp, pick
from tracker.coaching.rules import SessionState
from tracker.core import csv_file
from tracker.core.counts import shown_count
from tracker.journey.rules import Step


@bp.route("/coaching-sessions")
@requires(permissions.LIST_SESSIONS)
def index() -> ResponseReturnValue:
    """List the sessions that the reader may see, newest first."""
    actor, wanted = current_actor(), SessionFilter.read(request.args)
    after, before = request.args.get("after"), request.args.get("before")
    sort = request.args.get("sort", listing.NEWEST)
    found = listing.page(wanted, sort, after=after, before=before, actor=actor)
    total = listing.count(wanted, actor=actor)
    return render_template(
        "coaching/index.html",
        page=found,
        sort=None if wanted.words else sort,
        wanted=wanted,
        total=shown_count(total),
        choices=choices.of_list(actor, wanted),
        states=SessionState,
        steps=Step,
    )


@bp.route("/coaching-sessions.csv")
@requires(permissions.LIST_SESSIONS)
def file() -> ResponseReturnValue:
    """Give the list as a file for a spreadsheet, filtered as the page is."""
    wanted = SessionFilter.read(request.args)
    rows = (_file_row(row) for row in listing.whole_list(wanted, actor=current_actor()))
    header = [
        _("Day"),
        _("Hours"),
        _("UBN"),
        _("Vendor"),
        _("Product"),
        _("Step"),
        _("Expert"),
        _("How you met"),
        _("State"),
        _("Acknowledged"),
        _("Findings"),
        _("Recommendations"),
    ]
    headers = {"Content-Disposition": 'attachment; filename="coaching-sessions.csv"'}
    return Response(stream_with_context(csv_file.write(header, rows)), mimetype="text/csv", headers=headers)


def _file_row(row: Any) -> list[object]:
    return [
        row.starts_at,
        row.hours,
        row.ubn,
        pick(row.organisation_zh, row.organisation_en),
        pick(row.product_zh, row.product_en),
        _(row.step.label),
        row.expert,
        _(row.mode.label),
        _(row.state.label),
        row.acknowledged_at,
        row.findings,
        row.recommendations,
    ]

"""The directory in the manner of yellow pages, open to everybody, and the count of what visitors did."""

from typing import Any

from flask import Response, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import PUBLIC, current_actor, requires
from tracker.core.counts import shown_count
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.outreach import operations
from tracker.outreach.forms import ReachForm
from tracker.outreach.models import SolutionEdition
from tracker.outreach.queries import directory as reads
from tracker.outreach.queries.directory import DirectoryFilter
from tracker.outreach.routes.blueprint import bp, pick, public_address
from tracker.outreach.rules import Industry, ReachKind
from tracker.outreach.schema_org import list_of, solution_of
from tracker.vendors.rules import ChargingModel, VendorKind
from tracker.web.edge import LANGUAGES

DESCRIBED = 160
"""How much of a text a search engine shows."""


def addresses(path: str) -> dict[str, Any]:
    """Give the address of a page as search engines know it: this language's own, and those of the others."""
    base = public_address(path)
    return {
        "canonical": f"{base}?lang={g.language}",
        "alternates": [(language, f"{base}?lang={language}") for language in LANGUAGES] + [("x-default", base)],
    }


@bp.route("/yellow-pages")
@requires(PUBLIC)
def directory() -> ResponseReturnValue:
    """List the solutions whose vendors agreed to a public page."""
    wanted, sort = DirectoryFilter.read(request.args), request.args.get("sort", reads.NEWEST)
    after, before = request.args.get("after"), request.args.get("before")
    found = reads.page(wanted, sort, after=after, before=before)
    shown = [
        (pick(row.product_zh, row.product_en), public_address(url_for(".solution", page_id=row.page_id)))
        for row in found.rows
    ]
    return render_template(
        "outreach/directory.html",
        page=found,
        wanted=wanted,
        total=shown_count(reads.count(wanted)),
        industries=Industry,
        kinds=VendorKind,
        chargings=ChargingModel,
        is_part=wanted.is_active or bool(after or before),
        data=list_of(_("Cloud solutions"), shown),
        **addresses(url_for(".directory")),
    )


@bp.route("/yellow-pages/<int:page_id>")
@requires(PUBLIC, on=reads.get_edition)
def solution(edition: SolutionEdition) -> ResponseReturnValue:
    """Show a solution to the public, as its vendor agreed."""
    path = url_for(".solution", page_id=edition.live_page_id)
    summary = pick(edition.summary_zh, edition.summary_en)
    described = pick(edition.tagline_zh, edition.tagline_en) or " ".join(summary.split())[:DESCRIBED]
    known = addresses(path)
    return render_template(
        "outreach/solution.html",
        edition=edition,
        summary=summary,
        described=described,
        counts=not current_actor().is_authenticated,
        reach=ReachKind,
        data=solution_of(edition, str(g.language), described, known["canonical"]),
        **known,
    )


@bp.route("/yellow-pages/<int:page_id>/reach", methods=["POST"])
@requires(PUBLIC, on=reads.get_edition)
def count_reach(edition: SolutionEdition) -> ResponseReturnValue:
    """Count that a visitor read a public page or went on from it; people who have signed in are not visitors."""
    form = ReachForm()
    if not form.submitted():
        raise Refused(N_("This visit could not be counted. Reload the page."))
    if not current_actor().is_authenticated and edition.live_page_id is not None:
        page_id = edition.live_page_id
        with unit_of_work():
            operations.count_reach(page_id, form.kind.data)
    return Response(status=200, mimetype="text/plain")

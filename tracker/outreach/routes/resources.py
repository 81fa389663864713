"""The marketing resources of the programme years."""

from flask import render_template
from flask.typing import ResponseReturnValue

from tracker.accounts.access import current_actor, requires
from tracker.outreach import permissions
from tracker.outreach.resources import lists_of
from tracker.outreach.routes.blueprint import bp
from tracker.programmes.queries import programmes


@bp.route("/outreach/resources")
@requires(permissions.LIST_OUTREACH)
def resources() -> ResponseReturnValue:
    """Show what the programme years offer to make solutions known, with the source in the rulebook."""
    years = [(year, lists) for year in programmes(actor=current_actor()) if (lists := lists_of(year))]
    return render_template("outreach/resources.html", years=years)

"""The proof of concept of an engagement: begun, read and written."""

from flask import render_template
from flask.typing import ResponseReturnValue

from tracker.accounts.access import requires
from tracker.poc import permissions, queries
from tracker.poc.models import Poc
from tracker.poc.routes.blueprint import bp


@bp.route("/pocs/<int:poc_id>")
@requires(permissions.VIEW_POC, on=queries.get_poc)
def show(poc: Poc) -> ResponseReturnValue:
    """Show what a proof of concept is about, and how far it has come."""
    return render_template("poc/show.html", poc=poc)

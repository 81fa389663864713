"""Pages that compose features: home, board, search."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from tracker.accounts.access import SIGNED_IN, requires

bp = Blueprint("overview", __name__, template_folder="templates")


@bp.route("/")
@requires(SIGNED_IN)
def home() -> ResponseReturnValue:
    """Show the reader's own home."""
    return render_template("overview/home.html")

"""Pages that compose features: home, board, search."""

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from tracker.accounts.access import SIGNED_IN, current_actor, requires
from tracker.core import clock
from tracker.core.search import DocumentKind
from tracker.overview import help_page as guide
from tracker.overview import home_page, search_page, style_page

LONGEST_QUERY = 100

bp = Blueprint("overview", __name__, template_folder="templates")


@bp.route("/")
@requires(SIGNED_IN)
def home() -> ResponseReturnValue:
    """Show the reader's own home."""
    return render_template(
        "overview/home.html",
        home=home_page.home_of(current_actor()),
        today=clock.today(),
        in_language=home_page.in_language,
    )


@bp.route("/search")
@requires(SIGNED_IN)
def search() -> ResponseReturnValue:
    """Search across everything that the reader may see."""
    query = " ".join(request.args.get("q", "").split())[:LONGEST_QUERY]
    kind = next((member for member in DocumentKind if member.value == request.args.get("kind")), None)
    groups = search_page.find_groups(query, current_actor(), kind) if query else []
    return render_template("overview/search.html", query=query, groups=groups, kind=kind, kinds=DocumentKind)


@bp.route("/help", defaults={"page": guide.START})
@bp.route("/help/<string:page>")
@requires(SIGNED_IN)
def help_page(page: str) -> ResponseReturnValue:
    """Show a page of the users' guide."""
    return render_template(
        "overview/help.html", shown=guide.get_page(page, g.get("language", "zh-Hant")), is_start=page == guide.START
    )


@bp.route("/style")
@requires(SIGNED_IN)
def style() -> ResponseReturnValue:
    """Show every part that pages are composed of."""
    return render_template("style.html", **style_page.samples())

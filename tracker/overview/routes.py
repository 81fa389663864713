"""Pages that compose features: home, board, search."""

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from tracker.accounts.access import SIGNED_IN, current_actor, requires
from tracker.core import clock, glossary
from tracker.core.search import DocumentKind
from tracker.journey.permissions import VIEW_PLAYBOOKS
from tracker.overview import help_page as guide
from tracker.overview import home_page, search_page, style_page, template_page

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
    kind = DocumentKind.named(request.args.get("kind"))
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


@bp.route("/help/glossary")
@requires(SIGNED_IN)
def glossary_page() -> ResponseReturnValue:
    """Show the words of the product and of the cloud, each with a place of its own that playbooks lead to."""
    return render_template("overview/glossary.html", terms=glossary.terms())


@bp.route("/templates")
@requires(VIEW_PLAYBOOKS)
def templates() -> ResponseReturnValue:
    """List the templates that sandboxes are built from."""
    return render_template(
        "overview/templates.html", templates=template_page.all_templates(g.get("language", "zh-Hant"))
    )


@bp.route("/templates/<string:template_id>")
@requires(VIEW_PLAYBOOKS)
def template(template_id: str) -> ResponseReturnValue:
    """Show what a template builds, in the words that stand beside it."""
    return render_template(
        "overview/template.html", shown=template_page.get_template(template_id, g.get("language", "zh-Hant"))
    )


@bp.route("/style")
@requires(SIGNED_IN)
def style() -> ResponseReturnValue:
    """Show every part that pages are composed of."""
    return render_template("style.html", **style_page.samples())

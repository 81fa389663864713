"""A programme year beside another year of the same programme."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import requires
from tracker.programmes import permissions, queries
from tracker.programmes.comparison import compare_years
from tracker.programmes.models import Programme
from tracker.programmes.routes.blueprint import bp
from tracker.programmes.rulebook import Rulebook


@bp.route("/programmes/<int:programme_id>/compare")
@requires(permissions.VIEW_PROGRAMMES, on=queries.get_programme)
def compare(programme: Programme) -> ResponseReturnValue:
    """Show which rules of a programme year differ from those of another year."""
    others = queries.other_years(programme)
    other = _chosen(others, programme, request.args.get("year", type=int))
    rulebook = queries.rulebook_of(programme)
    return render_template(
        "programmes/compare.html",
        programme=programme,
        years=[_tab(programme, year, is_current=year is other) for year in others],
        other=other,
        comparison=compare_years(other, rulebook) if other else None,
    )


def _chosen(others: list[Rulebook], programme: Programme, year: int | None) -> Rulebook | None:
    """Give the year that was asked for, else the latest before this one, else any other."""
    asked = [other for other in others if other.roc_year == year]
    earlier = [other for other in others if other.roc_year < programme.roc_year]
    return next(iter([*asked, *earlier, *others]), None)


def _tab(programme: Programme, year: Rulebook, *, is_current: bool) -> dict[str, object]:
    url = url_for(".compare", programme_id=programme.id, year=year.roc_year)
    return {"label": _("ROC %(year)s", year=year.roc_year), "url": url, "current": is_current}

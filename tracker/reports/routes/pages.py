"""Reports: which there are, each as a page and as a file, and what their figures were counted from."""

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor, requires
from tracker.core import clock
from tracker.core.errors import NotFound
from tracker.reports import kinds, permissions, sheets
from tracker.reports.queries import outreach
from tracker.reports.queries.counted import counted_from
from tracker.reports.queries.wanted import ALL, Wanted, days_of, read_wanted
from tracker.reports.rules import MEASURES, Unit
from tracker.reports.tables import Kind, Line, Span, Table

bp = Blueprint("reports", __name__, template_folder="../templates")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def year_choices(wanted: Wanted) -> list[tuple[str, str]]:
    """Offer the programme years that the reader reports on."""
    return [(str(year.id), f"{year.roc_year} {kinds.pick(year.name_zh, year.name_en)}") for year in wanted.years]


def kind_of(report: str) -> Kind:
    """Give the report of an address."""
    found = kinds.KINDS.get(report)
    if found is None:
        raise NotFound
    return found


def shown_year(wanted: Wanted) -> str:
    """Say which programme year a report is about."""
    year = wanted.programme
    return _("All programme years") if year is None else f"{year.roc_year} {kinds.pick(year.name_zh, year.name_en)}"


@bp.context_processor
def shared() -> dict[str, Any]:
    """Let the pages name things in the reader's language."""
    return {"pick": kinds.pick}


@bp.route("/reports")
@requires(permissions.VIEW_REPORTS)
def index() -> ResponseReturnValue:
    """List the reports, with the figures of a programme year altogether."""
    wanted = read_wanted(request.args, actor=current_actor())
    total = kinds.total_of_both(wanted, kinds.OF_PROGRAMMES)
    figures = list(zip(kinds.OF_PROGRAMMES, total.cells, strict=True))
    return render_template(
        "reports/index.html",
        reports=kinds.KINDS.values(),
        figures=figures,
        wanted=wanted,
        years=year_choices(wanted),
        all_years=ALL,
        year=shown_year(wanted),
    )


@bp.route("/reports/<string:report>")
@requires(permissions.VIEW_REPORTS)
def show(report: str) -> ResponseReturnValue:
    """Show a report; every figure opens what it was counted from."""
    kind, wanted = kind_of(report), read_wanted(request.args, actor=current_actor())
    table = kind.read(wanted, Span(request.args.get("after"), request.args.get("before")))
    return render_template(
        "reports/show.html",
        kind=kind,
        table=table,
        wanted=wanted,
        years=year_choices(wanted),
        all_years=ALL,
        days=days_of(wanted.programme) if wanted.programme is not None else None,
    )


@bp.route("/reports/<string:report>.xlsx")
@requires(permissions.VIEW_REPORTS)
def file(report: str) -> ResponseReturnValue:
    """Give a report as a file for a spreadsheet, with what each column means."""
    kind, wanted = kind_of(report), read_wanted(request.args, actor=current_actor())
    table = kind.read(wanted, Span(whole=True))
    header = [_(kind.about), *(_(column.label) + (" %" if column.is_percent else "") for column in table.columns)]
    rows = [_row(line) for line in (*table.lines, table.total)]
    book = sheets.write([(_(kind.title), header, rows), (_("Definitions"), *_definitions(kind, table, wanted))])
    headers = {"Content-Disposition": f'attachment; filename="{kind.key}-{clock.today().isoformat()}.xlsx"'}
    return Response(book, mimetype=XLSX, headers=headers)


def _row(line: Line) -> list[sheets.SheetValue]:
    return [line.name, *(cell.value for cell in line.cells)]


def _definitions(kind: Kind, table: Table, wanted: Wanted) -> tuple[list[str], list[list[sheets.SheetValue]]]:
    days = days_of(wanted.programme) if wanted.programme is not None else None
    rows: list[list[sheets.SheetValue]] = [
        [_(kind.title), _(kind.lead)],
        [_("Programme year"), shown_year(wanted)],
        [_("Report made on"), clock.in_taipei(clock.now()).strftime("%Y-%m-%d %H:%M")],
        [_("Days within which an action counts"), days],
        *([_(column.label), _(column.meaning)] for column in table.columns),
    ]
    return [_("Name"), _("What it means")], rows


@bp.route("/reports/counted/<string:figure>")
@requires(permissions.VIEW_REPORTS)
def counted(figure: str) -> ResponseReturnValue:
    """Show the registrations or the vendors that a figure was counted from."""
    measure = next((one for one in MEASURES if one.key == figure), None)
    if measure is None:
        raise NotFound
    wanted = read_wanted(request.args, actor=current_actor())
    page = counted_from(measure, wanted, after=request.args.get("after"), before=request.args.get("before"))
    return render_template(
        "reports/counted.html", measure=measure, page=page, of_vendors=measure.unit is Unit.VENDORS, wanted=wanted
    )


@bp.route("/reports/readings")
@requires(permissions.VIEW_REPORTS)
def readings() -> ResponseReturnValue:
    """Show the public pages whose readings were added up."""
    wanted = read_wanted(request.args, actor=current_actor())
    page = outreach.readings_of_pages(wanted, after=request.args.get("after"), before=request.args.get("before"))
    return render_template("reports/readings.html", page=page)

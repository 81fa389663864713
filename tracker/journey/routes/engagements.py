"""The list of engagements, enrolling, experts, and holding, withdrawing, resuming."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from flask import Response, flash, g, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from tracker.accounts.access import Actor, can, current_actor, requires
from tracker.core import clock, csv_file
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused
from tracker.core.text import Labelled
from tracker.journey import operations, permissions, queries
from tracker.journey.forms import AssignForm, EnrolForm, ReasonForm
from tracker.journey.models import Assignment, Engagement
from tracker.journey.queries import EngagementRow, Filters, View
from tracker.journey.queries.board import days_in_step
from tracker.journey.queries.engagements import SORTS, default_view
from tracker.journey.routes.blueprint import bp
from tracker.journey.rules import AssignmentPart, EngagementState, Step
from tracker.programmes import queries as programmes
from tracker.web.edge import LARGEST_ID

CAP = 1000
LONGEST_WORDS = 100
FILTERS = ("q", "programme", "state", "step", "expert")
L = TypeVar("L", bound=Labelled)


@bp.route("/engagements")
@requires(permissions.LIST_ENGAGEMENTS)
def index() -> ResponseReturnValue:
    """List the engagements that the reader may see."""
    actor = current_actor()
    filters = read_filters(request.args, actor)
    rows, before, after = queries.list_engagements(
        filters, actor=actor, after=request.args.get("after"), before=request.args.get("before")
    )
    whole = not (before or after)
    total = len(rows) if whole else queries.count_engagements(filters, actor=actor)
    overrides = programmes.calendar_overrides()
    return render_template(
        "journey/index.html",
        rows=rows,
        days={row.id: days_in_step(row.step_since, overrides) for row in rows},
        before=before,
        after=after,
        total=f"{CAP:,}+" if total > CAP else f"{total:,}",
        sort=filters.sort,
        views=_tabs(filters, actor),
        programme_choices=programme_choices(actor),
        expert_choices=[(row.id, row.name) for row in queries.expert_choices()] if actor.is_office else [],
        states=EngagementState,
        steps=Step,
        may_enrol=can(actor, permissions.ENROL),
        export_url=f"{url_for('.export')}?{urlencode(_asked())}",
        filtered=any(request.args.get(name) for name in FILTERS),
    )


def _asked() -> dict[str, str]:
    """Give what the address asks for, without the place in the list."""
    return {name: value for name in (*FILTERS, "view", "sort") if (value := request.args.get(name))}


@dataclass(frozen=True)
class Tab:
    """A ready-made view as the list's tabs show it."""

    url: str
    label: str
    current: bool


def _tabs(filters: Filters, actor: Actor) -> list[Tab]:
    views = [view for view in View if view is not View.GATES or actor.is_office]
    return [Tab(url_for(".index", view=view.value), _(view.label), view is filters.view) for view in views]


@bp.route("/engagements.csv")
@requires(permissions.LIST_ENGAGEMENTS)
def export() -> ResponseReturnValue:
    """Give the list as a table file."""
    actor = current_actor()
    rows = queries.export_rows(read_filters(request.args, actor), actor=actor)
    chunks = csv_file.write(_header(), map(_cells, rows))
    return Response(
        stream_with_context(chunks),
        mimetype="text/csv",
        headers={"Content-Disposition": 'attachment; filename="engagements.csv"'},
    )


def read_filters(args: MultiDict[str, str], actor: Actor) -> Filters:
    """Read the filters of the address; without any, the list opens with the reader's usual view."""
    plain = not any(args.get(name) for name in FILTERS)
    view = _member(View, args.get("view")) or (default_view(actor) if plain else View.ALL)
    words = " ".join(args.get("q", "").split())[:LONGEST_WORDS]
    usual = "-id" if words else "-changed"
    return Filters(
        view=view,
        q=words,
        programme_id=_id(args.get("programme")),
        state=_member(EngagementState, args.get("state")),
        step=_member(Step, args.get("step")),
        expert_id=_id(args.get("expert")),
        sort=sort if (sort := args.get("sort", "")) in SORTS else usual,
    )


def _id(value: str | None) -> int | None:
    """Read an id; one that no row can have finds nothing, like any other that is not there."""
    return min(int(value), LARGEST_ID) if value and value.isascii() and value.isdigit() else None


def _member(members: type[L], value: str | None) -> L | None:
    return next((member for member in members if member.value == value), None)


def programme_choices(actor: Actor) -> list[tuple[int, str]]:
    """Give the programme years to choose from, in the reader's language."""
    english = g.get("language", "zh-Hant") == "en"
    return [
        (programme.id, f"{programme.roc_year} {programme.name_en if english else programme.name_zh}")
        for programme in programmes.programmes(actor=actor)
    ]


def _header() -> list[str]:
    return [
        _("Number"),
        _("Vendor"),
        _("Product"),
        _("Programme year"),
        _("State"),
        _("Step"),
        _("Items done"),
        _("Items"),
        _("Step since"),
        _("Due"),
        _("Lead expert"),
        _("Gates overridden"),
        _("Last changed"),
    ]


def _cells(row: EngagementRow) -> list[object]:
    return [
        row.id,
        row.organisation_zh,
        row.product_zh,
        f"{row.roc_year} {row.programme_zh}",
        _(row.state.label),
        _(row.step.label),
        row.items_done,
        row.items_total,
        row.step_since,
        row.due_on,
        row.lead or "",
        row.overrides,
        row.changed_at,
    ]


@bp.route("/engagements/new", methods=["GET", "POST"])
@requires(permissions.ENROL)
def enrol() -> ResponseReturnValue:
    """Enrol a product: find it first, then say year, anchor day and lead expert."""
    actor = current_actor()
    product = queries.find_product(_id(request.values.get("product_id")), actor=actor)
    if product is None:
        words = request.args.get("q", "").strip()
        found = queries.find_products(words, actor=actor) if words else []
        return render_template("journey/enrol_search.html", words=words, products=found)
    form = EnrolForm(product_id=product.id, anchor_on=clock.today())
    mine = actor.scope("programme")
    form.offer(
        [choice for choice in programme_choices(actor) if choice[0] in mine],
        [(row.id, row.name) for row in queries.expert_choices()],
    )
    if form.submitted():
        try:
            with unit_of_work():
                engagement = operations.enrol(form.details(product.id), actor=actor)
            flash(_("Enrolled. The first step is open."))
            return redirect(url_for(".show", engagement_id=engagement.id))
        except Refused as error:
            form.refuse(error)
    return render_template("journey/enrol.html", form=form, product=product)


@bp.route("/engagements/<int:engagement_id>/experts", methods=["GET", "POST"])
@requires(permissions.ASSIGN_EXPERT, on=queries.get_engagement)
def experts(engagement: Engagement) -> ResponseReturnValue:
    """Assign experts to an engagement, or replace them."""
    form = AssignForm()
    form.offer((row.id, row.name) for row in queries.expert_choices())
    if form.submitted():
        try:
            with unit_of_work():
                part = AssignmentPart(form.part.data)
                operations.assign_expert(engagement, form.user_id.data, part, actor=current_actor())
            flash(_("Assigned."))
            return redirect(url_for(".experts", engagement_id=engagement.id))
        except Refused as error:
            form.refuse(error)
    assigned = queries.engagement_experts(engagement.id)
    return render_template("journey/experts.html", engagement=engagement, form=form, assigned=assigned)


@bp.route("/assignments/<int:assignment_id>/end", methods=["POST"])
@requires(permissions.ASSIGN_EXPERT, on=queries.get_assignment)
def end_assignment(assignment: Assignment) -> ResponseReturnValue:
    """End an expert's assignment."""
    with unit_of_work():
        operations.end_assignment(assignment, actor=current_actor())
    flash(_("The assignment has ended, and with it the access to this engagement."))
    return redirect(url_for(".experts", engagement_id=assignment.engagement_id))


@bp.route("/engagements/<int:engagement_id>/hold", methods=["GET", "POST"])
@requires(permissions.HOLD_ENGAGEMENT, on=queries.get_engagement)
def hold(engagement: Engagement) -> ResponseReturnValue:
    """Put an engagement on hold."""
    return _change_state(engagement, operations.hold, "journey/hold.html", _("On hold now."))


@bp.route("/engagements/<int:engagement_id>/withdraw", methods=["GET", "POST"])
@requires(permissions.HOLD_ENGAGEMENT, on=queries.get_engagement)
def withdraw(engagement: Engagement) -> ResponseReturnValue:
    """Withdraw an engagement."""
    return _change_state(engagement, operations.withdraw, "journey/withdraw.html", _("Withdrawn."))


@bp.route("/engagements/<int:engagement_id>/resume", methods=["GET", "POST"])
@requires(permissions.HOLD_ENGAGEMENT, on=queries.get_engagement)
def resume(engagement: Engagement) -> ResponseReturnValue:
    """Take an engagement up again."""
    return _change_state(engagement, operations.resume, "journey/resume.html", _("The engagement goes on."))


def _change_state(engagement: Engagement, change: Callable[..., None], template: str, done: str) -> ResponseReturnValue:
    form = ReasonForm()
    if form.submitted():
        try:
            with unit_of_work():
                change(engagement, form.reason.data or "", actor=current_actor())
            flash(done)
            return redirect(url_for(".show", engagement_id=engagement.id))
        except Refused as error:
            form.refuse(error)
    return render_template(template, engagement=engagement, form=form)

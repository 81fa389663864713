"""The list of engagements, and the same as a table file."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Response, g, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from tracker.accounts.access import Actor, can, current_actor, for_actors, requires
from tracker.core import clock, csv_file
from tracker.core.calendar import Overrides, working_days_between
from tracker.core.counts import shown_count
from tracker.core.text import Labelled
from tracker.core.together import Together
from tracker.journey import permissions, queries
from tracker.journey.queries import EngagementRow, Filters, View
from tracker.journey.queries.engagements import SORTS, default_view
from tracker.journey.routes.blueprint import bp
from tracker.journey.rules import EngagementState, Step, StepState
from tracker.programmes import queries as programmes
from tracker.web.edge import LARGEST_ID
from tracker.web.filters import show_date
from tracker.web.texts import gettext as _

LONGEST_WORDS = 100
USUAL_SORTS = {View.OVERDUE: "due", View.MINE: "due"}
FILTERS = ("q", "programme", "state", "step", "expert")


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
    offered, overrides, experts = _beside(actor).read(actor.parameters)
    total = len(rows) if whole else queries.count_engagements(filters, actor=actor)
    return render_template(
        "journey/index.html",
        lines=list(lines_of(rows, dict(overrides))),
        stairs={key: row.stair for key, row in {_picture(row): row for row in rows}.items()},
        tags={state for row in rows for state in (row.state, row.step_state)},
        before=before,
        after=after,
        total=shown_count(total),
        sort=filters.sort,
        views=_tabs(filters, actor),
        programme_choices=programme_choices(programmes.in_order(offered)),
        expert_choices=[(row.id, row.name) for row in sorted(experts, key=lambda one: (one.name, one.id))],
        states=EngagementState,
        steps=Step,
        may_enrol=can(actor, permissions.ENROL),
        export_url=f"{url_for('.export')}?{urlencode(_asked())}",
        filtered=any(request.args.get(name) for name in FILTERS),
    )


@for_actors
def _beside(actor: Actor) -> Together:
    """Write the query of what the page needs beside its rows: what they can be narrowed by, and the office's calendar."""
    experts = queries.HOLDERS if actor.is_office else queries.HOLDERS.limit(0)
    return Together(programmes.choosable(actor), programmes.OVERRIDES, experts)


class Line(NamedTuple):
    """An engagement as the list shows it, in the reader's words; fifty of them are written for a page."""

    url: str
    vendor: str
    product: str
    picture: tuple[Step, StepState, bool]
    """Which of the few stairs is drawn."""
    step: str
    done: str
    days: str
    due: str
    is_overdue: bool
    lead: str
    tag: Labelled
    is_overridden: bool
    changed: str


def lines_of(rows: list[EngagementRow], overrides: Overrides) -> Iterator[Line]:
    """Put the rows of a page into the reader's words; what many rows share is worked out once."""
    language, today = g.get("language", "zh-Hant"), clock.today()
    days, dates, labels = _days_until(today, overrides), lru_cache(show_date), {step: _(step.label) for step in Step}
    address = url_for(".show", engagement_id=0).removesuffix("0")
    for row in rows:
        active = row.state is EngagementState.ACTIVE
        finished = row.state is EngagementState.FINISHED
        yield Line(
            url=f"{address}{row.id}",
            vendor=row.vendor(language),
            product=f"{row.product(language)} · {row.roc_year}",
            picture=_picture(row),
            step=_("No open step") if finished else labels[row.step],
            done="" if finished else f"{row.items_done}/{row.items_total}",
            days=str(days(row.step_since)) if active else "",
            due=dates(row.due_on) if active else "",
            is_overdue=active and row.due_on < today,
            lead=row.lead or "",
            tag=row.step_state if active and row.step_state is StepState.PROPOSED else row.state,
            is_overridden=row.overrides > 0,
            changed=dates(clock.in_taipei(row.changed_at).date()),
        )


def _picture(row: EngagementRow) -> tuple[Step, StepState, bool]:
    return row.step, row.step_state, row.state is EngagementState.FINISHED


def _days_until(today: date, overrides: Overrides) -> Callable[[date], int]:
    @lru_cache
    def count(since: date) -> int:
        return max(0, working_days_between(since, today, overrides))

    return count


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
    view = View.named(args.get("view")) or (default_view(actor) if plain else View.ALL)
    words = " ".join(args.get("q", "").split())[:LONGEST_WORDS]
    usual = "-id" if words else USUAL_SORTS.get(view, "-changed")
    return Filters(
        view=view,
        q=words,
        programme_id=read_id(args.get("programme")),
        state=EngagementState.named(args.get("state")),
        step=Step.named(args.get("step")),
        expert_id=read_id(args.get("expert")),
        sort=sort if (sort := args.get("sort", "")) in SORTS else usual,
    )


def read_id(value: str | None) -> int | None:
    """Read an id; one that no row can have finds nothing, like any other that is not there."""
    return min(int(value), LARGEST_ID) if value and value.isascii() and value.isdigit() else None


def programme_choices(found: Iterable[Any]) -> list[tuple[int, str]]:
    """Give programme years to choose from, in the reader's language."""
    english = g.get("language", "zh-Hant") == "en"
    return [
        (programme.id, f"{programme.roc_year} {programme.name_en if english else programme.name_zh}")
        for programme in found
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

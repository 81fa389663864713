"""The board: active engagements by step. Moving a card opens the gate it would have to pass; nothing moves silently."""

from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor, requires
from tracker.core.counts import shown_count
from tracker.journey import permissions, queries
from tracker.journey.queries import EngagementRow
from tracker.journey.routes.engagement_list import programme_choices, read_filters
from tracker.journey.rules import Step
from tracker.overview.engagement_page import bp as journey_bp
from tracker.overview.routes import bp
from tracker.programmes import queries as programmes

__all__ = ["journey_bp"]

FINISH = "finish"
"""The column behind the last gate."""


@dataclass(frozen=True)
class Column:
    """A step with the first of its engagements."""

    step: Step
    cards: list[EngagementRow]
    count: str
    more: str


@bp.route("/board")
@requires(permissions.LIST_ENGAGEMENTS)
def board() -> ResponseReturnValue:
    """Show the active engagements by step."""
    actor = current_actor()
    programme_id = read_filters(request.args, actor).programme_id
    cards = queries.board_cards(actor, programme_id)
    counts = queries.counts_by_step(actor, programme_id)
    columns = [
        Column(
            step,
            cards[step],
            shown_count(counts[step]),
            url_for("journey.index", view="active", step=step.value, sort="due", programme=programme_id),
        )
        for step in Step
    ]
    return render_template(
        "overview/board.html",
        columns=columns,
        programme_choices=programme_choices(programmes.programmes(actor=actor)),
        moves=moves_of,
    )


def moves_of(row: EngagementRow) -> list[tuple[str, str, str]]:
    """Give the one move of a card: through the gate of its step, on the gate's own page."""
    following = row.step.following
    label = _("Gate to “%(step)s”", step=_(following.label)) if following else _("Last gate")
    gate = url_for("journey.gate", engagement_id=row.id, step=row.step.value)
    return [(following.value if following else FINISH, label, gate)]

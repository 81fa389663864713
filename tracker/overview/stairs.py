"""The whole stair of engagements that a list shows: states, figures and due days of all four steps."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from flask import url_for
from sqlalchemy import and_, bindparam, case, func, select

from tracker.core.keyset import AnySelect
from tracker.journey.models import Item, StepProgress
from tracker.journey.queries.board import days_in_step
from tracker.journey.queries.engagements import EngagementRow, GlyphStep
from tracker.journey.rules import COMPLETE, EngagementState, Step, StepState
from tracker.programmes import queries as programmes


class StepRow(NamedTuple):
    """A step of an engagement, as `STEPS` selects it."""

    engagement_id: int
    step: Step
    state: StepState
    due_on: date
    overridden: bool
    done: int
    total: int


def stairs_of(rows: Sequence[EngagementRow], read: Iterable[Any]) -> dict[int, list[GlyphStep]]:
    """Draw the stair of each engagement from what was read of their steps by `STEPS`."""
    if not rows:
        return {}
    steps = {(step.engagement_id, step.step): step for step in (StepRow(*one) for one in read)}
    overrides = programmes.calendar_overrides()
    days = {row.id: days_in_step(row.step_since, overrides) for row in rows}
    return {row.id: [_step(row, steps[row.id, step], days[row.id]) for step in Step] for row in rows}


def _steps() -> AnySelect:
    """Select the steps of `:drawn` engagements with the count of their items, and of those that are complete."""
    done = func.sum(case((Item.state.in_(COMPLETE), 1), else_=0))
    columns = (
        StepProgress.engagement_id,
        StepProgress.step,
        StepProgress.state,
        StepProgress.due_on,
        StepProgress.overridden,
    )
    mine = and_(
        Item.engagement_id == StepProgress.engagement_id, Item.step == StepProgress.step, Item.retired_at.is_(None)
    )
    counted = select(*columns, done.label("done"), func.count(Item.id).label("total")).outerjoin(Item, mine)
    return counted.where(StepProgress.engagement_id.in_(bindparam("drawn", expanding=True))).group_by(*columns)


STEPS = _steps()


def _step(row: EngagementRow, progress: StepRow, days: int) -> GlyphStep:
    current = progress.step is row.step and row.state is not EngagementState.FINISHED
    return GlyphStep(
        progress.step.label,
        progress.state,
        int(progress.done),
        progress.total,
        current,
        days=days if current and row.state is EngagementState.ACTIVE else None,
        due=progress.due_on if progress.state is not StepState.PASSED else None,
        url=url_for("journey.show", engagement_id=row.id, step=progress.step.value, _anchor="checklist"),
        overridden=progress.overridden,
    )

"""Engagements by step: the board, and the figures of the home page."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, bindparam, func, literal, select, union_all

from tracker.accounts.access import Actor, for_actors
from tracker.core import clock, counts
from tracker.core.calendar import Overrides, working_days_between
from tracker.core.db import read
from tracker.core.keyset import AnySelect, of_each_row
from tracker.journey import permissions
from tracker.journey.models import Engagement
from tracker.journey.queries.engagements import EngagementRow, read_row, rows
from tracker.journey.rules import EngagementState, Step
from tracker.programmes import queries as programmes

CARDS = 20


@dataclass(frozen=True)
class StuckRow:
    """An engagement that is in its step for longer than is usual."""

    engagement: EngagementRow
    days: int
    """Working days in the step."""
    usual: int
    """Working days that the step usually takes."""


def days_in_step(since: date, overrides: Overrides) -> int:
    """Count the working days since the step began."""
    return max(0, working_days_between(since, clock.today(), overrides))


def counts_by_step(actor: Actor, programme_id: int | None = None) -> dict[Step, int]:
    """Count the active engagements in each step, each up to one more than the cap."""
    statement = step_counts(actor, of_one=programme_id is not None)
    values = {**actor.parameters, "programme_id": programme_id}
    return {Step(step): count for step, count in read(statement, values)}


@for_actors
def step_counts(actor: Actor, *, of_one: bool) -> Any:
    """Select the counts of the steps, to be read alone or together with others; of one programme year where it says so."""
    parts = []
    for step in Step:
        found = select(Engagement.id).where(
            Engagement.state == EngagementState.ACTIVE, Engagement.step == step, permissions.visible(actor)
        )
        if of_one:
            found = found.where(Engagement.programme_id == bindparam("programme_id"))
        inside = found.limit(counts.CAP + 1).subquery()
        parts.append(select(literal(step.value).label("step"), func.count().label("count")).select_from(inside))
    return union_all(*parts)


def board_cards(actor: Actor, programme_id: int | None = None, limit: int = CARDS) -> dict[Step, list[EngagementRow]]:
    """List the active engagements of each step, the earliest due first, no more than the limit in each."""
    cards: dict[Step, list[EngagementRow]] = {step: [] for step in Step}
    values = {**actor.parameters, "programme_id": programme_id}
    for row in read(_cards(actor, limit, of_one=programme_id is not None), values):
        card = read_row(row)
        cards[card.step].append(card)
    return cards


@for_actors
def _cards(actor: Actor, limit: int, *, of_one: bool) -> Any:
    limited = []
    for step in Step:
        statement = rows().where(
            Engagement.state == EngagementState.ACTIVE, Engagement.step == step, permissions.visible(actor)
        )
        if of_one:
            statement = statement.where(Engagement.programme_id == bindparam("programme_id"))
        limited.append(select(statement.order_by(Engagement.due_on, Engagement.id).limit(limit).subquery()))
    return union_all(*limited)


def stuck(actor: Actor, limit: int = 10) -> list[StuckRow]:
    """List the active engagements whose step takes longer than is usual, the longest in their step first."""
    found = read(_stuck(actor, limit), {**actor.parameters, "today": clock.today()})
    overrides = programmes.calendar_overrides()
    return [
        StuckRow(
            row,
            days_in_step(row.step_since, overrides),
            working_days_between(row.step_since, row.due_on, overrides),
        )
        for row in (read_row(one) for one in found)
    ]


def due_soon(actor: Actor, days: int = 7, limit: int = 10) -> list[EngagementRow]:
    """List the active engagements whose step is due within the coming days, the earliest first."""
    today = clock.today()
    values = {**actor.parameters, "today": today, "until": today + timedelta(days=days)}
    return [read_row(row) for row in read(_due(actor, limit), values)]


@for_actors
def _stuck(actor: Actor, limit: int) -> AnySelect:
    late = of_each_row(Engagement.due_on) < bindparam("today", type_=Date)
    return _active(actor).where(late).order_by(Engagement.step_since, Engagement.id).limit(limit)


@for_actors
def _due(actor: Actor, limit: int) -> AnySelect:
    soon = Engagement.due_on.between(bindparam("today"), bindparam("until"))
    return _active(actor).where(soon).order_by(Engagement.due_on, Engagement.id).limit(limit)


def _active(actor: Actor) -> AnySelect:
    return rows().where(Engagement.state == EngagementState.ACTIVE, permissions.visible(actor))

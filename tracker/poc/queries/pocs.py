"""Proofs of concept with what they are about."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.accounts.access import Actor
from tracker.core.db import session
from tracker.core.errors import NotFound
from tracker.journey import permissions as journey
from tracker.journey.case_names import OF_CASE
from tracker.journey.models import Engagement
from tracker.poc.models import Poc, PocMeasure, PocMilestone

WITH_CASE = joinedload(Poc.engagement).options(*OF_CASE)


def get_poc(poc_id: int, *, actor: Actor) -> Poc:
    """Give the proof of concept of an engagement that the actor may see, with vendor, product and programme year."""
    statement = (
        select(Poc)
        .join(Engagement, Engagement.id == Poc.engagement_id)
        .options(WITH_CASE, joinedload(Poc.architecture_by))
        .where(Poc.id == poc_id, journey.visible(actor))
    )
    found = session().scalars(statement).one_or_none()
    if found is None:
        raise NotFound
    return found


def find_poc_of(engagement: Engagement) -> Poc | None:
    """Find the proof of concept of an engagement that the actor may see."""
    return session().scalars(select(Poc).where(Poc.engagement_id == engagement.id)).one_or_none()


def measures_of(poc: Poc) -> Sequence[PocMeasure]:
    """List the measures of a proof of concept in the order in which they were added."""
    statement = select(PocMeasure).where(PocMeasure.poc_id == poc.id, PocMeasure.removed_at.is_(None))
    return session().scalars(statement.order_by(PocMeasure.number)).all()


def milestones_of(poc: Poc) -> Sequence[PocMilestone]:
    """List the milestones of a proof of concept by their due days."""
    statement = select(PocMilestone).where(PocMilestone.poc_id == poc.id, PocMilestone.removed_at.is_(None))
    return session().scalars(statement.order_by(PocMilestone.due_on, PocMilestone.id)).all()


def get_measure(measure_id: int, *, actor: Actor) -> PocMeasure:
    """Give a measure of a proof of concept that the actor may see."""
    return _part(PocMeasure, measure_id, actor)


def get_milestone(milestone_id: int, *, actor: Actor) -> PocMilestone:
    """Give a milestone of a proof of concept that the actor may see."""
    return _part(PocMilestone, milestone_id, actor)


P = TypeVar("P", PocMeasure, PocMilestone)


def _part(table: type[P], part_id: int, actor: Actor) -> P:
    statement = (
        select(table)
        .join(Poc, Poc.id == table.poc_id)
        .join(Engagement, Engagement.id == Poc.engagement_id)
        .options(joinedload(table.poc).options(WITH_CASE))
        .where(table.id == part_id, table.removed_at.is_(None), journey.visible(actor))
    )
    found = session().scalars(statement).one_or_none()
    if found is None:
        raise NotFound
    return found

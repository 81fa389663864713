"""Proofs of concept with what they are about."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.accounts.access import Actor
from tracker.core.db import session
from tracker.core.errors import NotFound
from tracker.journey import permissions as journey
from tracker.journey.models import Engagement
from tracker.poc.models import Poc

WITH_CASE = joinedload(Poc.engagement).options(
    joinedload(Engagement.organisation), joinedload(Engagement.product), joinedload(Engagement.programme)
)


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

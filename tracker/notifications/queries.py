"""Reads of the inbox and the outbox."""

from sqlalchemy import func, select

from tracker.accounts.access import Actor
from tracker.core.db import session
from tracker.notifications.models import Notice

CAP = 99


def unread_count(actor: Actor) -> int:
    """Count the actor's unread notices, up to one more than the cap."""
    unread = select(Notice.id).where(Notice.user_id == actor.user_id, Notice.read_at.is_(None)).limit(CAP + 1)
    return session().scalar(select(func.count()).select_from(unread.subquery())) or 0

"""Calendar feeds: a link that a calendar program reads, made anew or withdrawn at any time."""

import hashlib
import secrets

from sqlalchemy import select

from tracker.accounts.access import Actor
from tracker.coaching.models import CalendarFeed
from tracker.core import audit, clock
from tracker.core.db import session


def hash_of(token: str) -> str:
    """Give what is kept of a feed's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def renew_feed(user_id: int, *, actor: Actor) -> str:
    """Make a new link and withdraw the old one; the token is given this once only."""
    revoke_feed(user_id, actor=actor)
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed(user_id=user_id, token_hash=hash_of(token))
    session().add(feed)
    session().flush()
    audit.record("feed.made", feed, actor=actor)
    return token


def revoke_feed(user_id: int, *, actor: Actor) -> None:
    """Withdraw the link; whoever reads it afterwards is told that it is gone."""
    live = select(CalendarFeed).where(CalendarFeed.user_id == user_id, CalendarFeed.revoked_at.is_(None))
    for feed in session().scalars(live):
        feed.revoked_at = clock.now()
        audit.record("feed.revoked", feed, actor=actor)

"""Reads of accounts."""

from collections.abc import Sequence

from sqlalchemy import select

from tracker.accounts.access import Actor
from tracker.accounts.models import User, WebSession
from tracker.core.db import session
from tracker.core.errors import NotFound


def find_by_email(email: str) -> User | None:
    """Find the account of an address, whatever its state; capitals do not count."""
    return session().scalars(select(User).where(User.email == email.strip().casefold())).one_or_none()


def has_accounts() -> bool:
    """Tell whether anybody has an account."""
    return session().scalar(select(User.id).limit(1)) is not None


def get_self(*, actor: Actor) -> User:
    """Give the actor's own account."""
    user = session().get(User, actor.user_id) if actor.user_id is not None else None
    if user is None:
        raise NotFound
    return user


def sessions_of(user_id: int) -> Sequence[WebSession]:
    """List the newest sessions of a person."""
    return (
        session()
        .scalars(select(WebSession).where(WebSession.user_id == user_id).order_by(WebSession.seen_at.desc()).limit(50))
        .all()
    )


def get_own_session(session_id: int, *, actor: Actor) -> WebSession:
    """Give one of the actor's own sessions."""
    row = session().get(WebSession, session_id)
    if row is None or row.user_id != actor.user_id:
        raise NotFound
    return row

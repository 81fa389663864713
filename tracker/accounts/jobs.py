"""Due-time work of accounts."""

from collections.abc import Mapping
from datetime import timedelta

from flask import current_app
from sqlalchemy import delete

from tracker.accounts import sessions
from tracker.accounts.models import Attempt, FormerPassword, Invitation
from tracker.core import clock
from tracker.core.db import session
from tracker.core.tasks import Payload, Task, simple

CLEAN_UP = "accounts.clean_up"
KEEP_TRIES = timedelta(days=1)
KEEP_INVITATIONS = timedelta(days=180)
KEEP_PASSWORDS = timedelta(days=3 * 365)


def clean_up(_payload: Payload) -> None:
    """Delete what has no use any more: sessions that are over, old tries, closed invitations, hashes of long ago."""
    now = clock.now()
    sessions.forget_old(current_app.config["SETTINGS"])
    old = (
        delete(Attempt).where(Attempt.at < now - KEEP_TRIES),
        delete(Invitation).where(Invitation.expires_at < now - KEEP_INVITATIONS),
        delete(FormerPassword).where(FormerPassword.replaced_at < now - KEEP_PASSWORDS),
    )
    for statement in old:
        session().execute(statement)


TASKS: Mapping[str, Task] = {CLEAN_UP: simple(clean_up)}

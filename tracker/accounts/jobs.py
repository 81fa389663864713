"""Due-time work of accounts."""

from collections.abc import Mapping
from datetime import timedelta

import structlog
from flask import current_app
from sqlalchemy import delete

from tracker.accounts import operations, queries, sessions
from tracker.accounts.models import Attempt, FormerPassword, Invitation
from tracker.accounts.rules import IDLE_NOTICE, IdleStep, idle_step
from tracker.core import clock
from tracker.core.db import session
from tracker.core.settings import Settings
from tracker.core.tasks import Payload, Task, simple

log = structlog.get_logger()

CLEAN_UP = "accounts.clean_up"
IDLE = "accounts.idle"
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


def end_idle_accounts(_payload: Payload) -> None:
    """Tell the owners of accounts that nobody uses, and end those whose owners were told in time."""
    settings: Settings = current_app.config["SETTINGS"]
    longest, now = timedelta(days=settings.account_idle_days), clock.now()
    if not settings.account_idle_days:
        return
    for user in queries.idle_people(now - longest + IDLE_NOTICE):
        used_at = queries.used_at(user)
        step = idle_step(now, used_at, user.idle_noticed_at, longest)
        if step is IdleStep.WARN:
            operations.warn_idle(user, max(used_at + longest, now + IDLE_NOTICE))
        elif step is IdleStep.END and not operations.end_idle(user):
            log.warning("last administrator is idle", user_id=user.id)


TASKS: Mapping[str, Task] = {CLEAN_UP: simple(clean_up), IDLE: simple(end_idle_accounts)}

"""Upkeep: what is deleted once nobody needs it any more."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from flask import current_app
from sqlalchemy import delete, select

from tracker.accounts import sessions
from tracker.accounts.access import load_actor
from tracker.accounts.models import Attempt, RoleGrant, User
from tracker.accounts.queries import to_review
from tracker.accounts.rules import Role
from tracker.core import clock, logs, queue, submissions
from tracker.core.counts import capped_count
from tracker.core.db import session
from tracker.core.heartbeats import Heartbeat
from tracker.core.settings import Settings
from tracker.core.tasks import Payload, Task, outside, simple
from tracker.core.text import N_
from tracker.notifications.models import Notice, OutboxMail
from tracker.notifications.operations import notify
from tracker.notifications.rules import MailState, Reason

log = structlog.get_logger()

FORGET = "upkeep.forget"
OLD_LOGS = "upkeep.old_logs"
REVIEW = "upkeep.review"
SIGN_IN_TRIES = timedelta(days=30)
READ_NOTICES = timedelta(days=365)
MAILS = timedelta(days=90)
SIGNS_OF_LIFE = timedelta(days=1)


def forget(_payload: Payload) -> None:
    """Delete ended sessions, keys of old forms, done work, old sign-in tries, read notices and mails that are through."""
    work, now = session(), clock.now()
    sessions.forget_old(current_app.config["SETTINGS"])
    submissions.forget_old(work)
    queue.forget_done(work)
    work.execute(delete(Heartbeat).where(Heartbeat.at < now - SIGNS_OF_LIFE))
    work.execute(delete(Attempt).where(Attempt.at < now - SIGN_IN_TRIES))
    work.execute(delete(Notice).where(Notice.read_at < now - READ_NOTICES))
    through = OutboxMail.state.in_((MailState.SENT, MailState.KEPT))
    work.execute(delete(OutboxMail).where(through, OutboxMail.created_at < now - MAILS))


def delete_old_logs(_payload: Payload) -> None:
    """Delete the log files that are older than they need to be kept."""
    settings: Settings = current_app.config["SETTINGS"]
    for path in logs.old_files(settings):
        path.unlink(missing_ok=True)
        log.info("log deleted", file=path.name)


def tell_of_review(payload: Payload) -> None:
    """Tell administrators and leads how many people's rights wait for their review."""
    settings: Settings = current_app.config["SETTINGS"]
    holders = select(RoleGrant.user_id).where(RoleGrant.role.in_((Role.ADMINISTRATOR, Role.LEAD)))
    for user_id in session().scalars(select(User.id).where(User.active, User.id.in_(holders))).all():
        waiting = capped_count(to_review(review_limit(settings), actor=load_actor(user_id)).with_only_columns(User.id))
        if waiting:
            notify(
                [user_id],
                Reason.SAFETY,
                N_("The rights of %(count)s people wait for your review."),
                {"count": waiting},
                path="/admin/rights-review",
                once_key=f"rights:{payload['day'][:7]}",
            )


def review_limit(settings: Settings) -> datetime:
    """Give the moment before which a review of rights counts no more."""
    return clock.now() - timedelta(days=settings.rights_review_months * 365 // 12)


TASKS: Mapping[str, Task] = {
    FORGET: simple(forget),
    OLD_LOGS: outside(delete_old_logs),
    REVIEW: simple(tell_of_review),
}

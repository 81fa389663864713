"""Work of notifications: sending mails, and the message of the day."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import current_app

from tracker.accounts.models import User
from tracker.core import queue
from tracker.core.calendar import is_working_day
from tracker.core.db import session
from tracker.core.settings import Settings
from tracker.core.tasks import Payload, Task
from tracker.core.text import Message
from tracker.notifications import letters, links, operations, queries, reminders, smtp
from tracker.notifications.frozen import freeze_message, thaw_message
from tracker.notifications.rules import MailState, Reason, Reminder, message_of_the_day

REMIND = "notifications.remind"
TELL_PERSON = "notifications.tell_person"
OPEN = frozenset({MailState.WAITING, MailState.FAILED})
"""What may still leave: a mail that was given up is sent when somebody puts its work back into the queue."""
LONGEST_BREAK = 15
"""Days: no holidays of Taiwan last longer."""


# --- mails --------------------------------------------------------------------------------------------------------------


def send_mail(payload: Payload) -> bool:
    """Send a mail of the outbox unless it is through already; tell whether a server took it."""
    settings: Settings = current_app.config["SETTINGS"]
    mail = queries.find_mail(payload["mail_id"])
    if mail is None or mail.state not in OPEN or not settings.smtp_url:
        return False
    unsubscribe = letters.address(mail.unsubscribe) if mail.unsubscribe else None
    message = smtp.compose(mail, settings.mail_from, unsubscribe)
    session().rollback()  # no transaction is held open while the mail server thinks
    smtp.send(message, smtp.read_url(settings.smtp_url))
    return True


def note_sent(payload: Payload, sent: bool) -> None:
    """Note that the mail went out, or that there is no server to send it by."""
    mail = queries.find_mail(payload["mail_id"])
    if mail is None or mail.state not in OPEN:
        return
    if sent:
        operations.mark_sent(mail)
    else:
        operations.keep_mail(mail)


def note_failed(payload: Payload, error: str) -> None:
    """Note that the mail will not be tried again by itself."""
    mail = queries.find_mail(payload["mail_id"])
    if mail is not None and mail.state is MailState.WAITING:
        operations.mark_failed(mail, error)


# --- the message of the day ---------------------------------------------------------------------------------------------


def gather(payload: Payload) -> dict[int, list[dict[str, Any]]]:
    """Give, for each person who is to be told something today, what that is; nobody on a day off."""
    day = date.fromisoformat(payload["day"])
    overrides = reminders.calendar_overrides()
    if not is_working_day(day, overrides):
        return {}
    covered = next(
        back
        for back in range(1, LONGEST_BREAK + 1)
        if back == LONGEST_BREAK or is_working_day(day - timedelta(days=back), overrides)
    )
    told: dict[int, list[dict[str, Any]]] = {user_id: [] for user_id in queries.people_with_news()}
    for user_id, owed in reminders.gather(day).items():
        if wanted := message_of_the_day(owed, day, covered):
            told[user_id] = [_plain(reminder) for reminder in wanted]
    return told


def tell_each(payload: Payload, told: Mapping[int, list[dict[str, Any]]]) -> None:
    """Let each person's message be written by itself, once a day."""
    for user_id, owed in told.items():
        queue.enqueue(
            TELL_PERSON,
            {"user_id": user_id, "day": payload["day"], "owed": owed},
            unique_key=f"tell:{payload['day']}:{user_id}",
        )


def tell_person(payload: Payload, _prepared: object) -> None:
    """Write one person's message of the day."""
    user = session().get(User, payload["user_id"])
    if user is None or not user.active:
        return
    owed = [_reminder(user.id, kept) for kept in payload["owed"]]
    day = date.fromisoformat(payload["day"])
    operations.write_message_of_the_day(user, day, owed, unsubscribe=links.unsubscribe_path(user.id, None))


def _plain(reminder: Reminder) -> dict[str, Any]:
    due = reminder.due_on.isoformat() if reminder.due_on else None
    return {
        "reason": reminder.reason.value,
        "message": freeze_message(reminder.message),
        "path": reminder.path,
        "due_on": due,
    }


def _reminder(user_id: int, kept: Mapping[str, Any]) -> Reminder:
    message: Message = thaw_message(kept["message"])
    return Reminder(
        user_id,
        Reason(kept["reason"]),
        message,
        kept["path"],
        date.fromisoformat(kept["due_on"]) if kept["due_on"] else None,
    )


TASKS: Mapping[str, Task] = {
    operations.SEND_MAIL: Task(prepare=send_mail, record=note_sent, give_up=note_failed),
    REMIND: Task(prepare=gather, record=tell_each),
    TELL_PERSON: Task(record=tell_person),
}

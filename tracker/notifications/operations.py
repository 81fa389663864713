"""Telling people: notices in the inbox, mails in the outbox, and what they switch off."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from email.utils import parseaddr

from sqlalchemy import delete, insert, select, update

from tracker.accounts.access import Actor, load_actor
from tracker.accounts.models import User
from tracker.core import audit, clock, queue
from tracker.core.db import session, table_of, write
from tracker.core.text import N_, Message
from tracker.notifications import letters, queries
from tracker.notifications.frozen import freeze
from tracker.notifications.letters import Attachment, Letter, Row, Section
from tracker.notifications.models import MailAttachment, MailChoice, Notice, OutboxMail
from tracker.notifications.rules import ALWAYS_MAILED, MailState, Reason, Reminder

SEND_MAIL = "notifications.send_mail"
MAIL_ATTEMPTS = 24
"""With the growing pauses of the queue, a mail server may be away for more than half a day."""


def notify(
    user_ids: Iterable[int | None],
    reason: Reason,
    msgid: str,
    params: Mapping[str, object],
    *,
    path: str,
    engagement_id: int | None = None,
    once_key: str | None = None,
) -> None:
    """Put a sentence into people's inboxes; with `once_key`, once per person for ever. It is mailed with the day's message.

    With `engagement_id`, whoever may not see that engagement any more reads the sentence neither in the inbox nor in a mail.
    """
    people = sorted({user_id for user_id in user_ids if user_id is not None})
    keys = {user_id: f"{once_key}:{user_id}" if once_key else None for user_id in people}
    told = queries.known_keys([key for key in keys.values() if key])
    said = {"reason": reason, "msgid": msgid, "params": freeze(params), "path": path, "engagement_id": engagement_id}
    rows = [{**said, "user_id": user_id, "once_key": key} for user_id, key in keys.items() if key not in told]
    if rows:
        write(insert(table_of(Notice)), rows)


def queue_mail(
    recipient: str,
    letter: Letter,
    *,
    language: str,
    user_id: int | None = None,
    once_key: str | None = None,
    unsubscribe: str | None = None,
    attachments: Sequence[Attachment] = (),
) -> OutboxMail | None:
    """Write a mail into the outbox in the caller's transaction; None when one with the same key was written before.

    It is sent by the worker after the commit, or kept on the outbox page where no mail server is set.
    """
    work = session()
    if once_key is not None and work.scalar(select(OutboxMail.id).where(OutboxMail.once_key == once_key)) is not None:
        return None
    written = letters.write(letter, language, unsubscribe=unsubscribe)
    mail = OutboxMail(
        recipient=letters.one_line(recipient, 254).replace(" ", ""),
        user_id=user_id,
        subject=written.subject,
        text=written.text,
        html=written.html,
        unsubscribe=unsubscribe,
        message_id=f"<{uuid.uuid4()}@{_domain()}>",
        once_key=once_key,
    )
    mail.attachments = [
        MailAttachment(name=one.name, media_type=one.media_type, content_id=one.content_id, content=one.content)
        for one in attachments
    ]
    work.add(mail)
    work.flush()
    queue.enqueue(SEND_MAIL, {"mail_id": mail.id}, unique_key=f"mail:{mail.id}", max_attempts=MAIL_ATTEMPTS)
    return mail


def _domain() -> str:
    sender = parseaddr(letters.sender())[1]
    return sender.rpartition("@")[2] or "localhost"


def mail_person(
    user: User, letter: Letter, *, reason: Reason, once_key: str | None = None, unsubscribe: str | None = None
) -> OutboxMail | None:
    """Mail a person in their language, unless they switched mails of this reason off or have no account any more."""
    if not user.active or reason in queries.switched_off(user.id):
        return None
    return queue_mail(
        user.email, letter, language=user.language, user_id=user.id, once_key=once_key, unsubscribe=unsubscribe
    )


def mark_read(notice: Notice, *, actor: Actor) -> None:
    """Take a notice as read; it is the actor's own."""
    if notice.user_id == actor.user_id and notice.read_at is None:
        notice.read_at = clock.now()


def mark_all_read(reason: Reason | None, until_id: int, *, actor: Actor) -> None:
    """Take all of the actor's notices as read that were shown, up to the newest one on the page."""
    mine = update(Notice).where(Notice.user_id == actor.user_id, Notice.read_at.is_(None), Notice.id <= until_id)
    if reason is not None:
        mine = mine.where(Notice.reason == reason)
    session().execute(mine.values(read_at=clock.now()))


def choose_mails(user_id: int, wanted: Iterable[Reason], *, actor: Actor) -> None:
    """Keep for which reasons a person wants mail."""
    before = queries.switched_off(user_id)
    after = frozenset(Reason) - frozenset(wanted) - ALWAYS_MAILED
    if before == after:
        return
    work = session()
    work.execute(delete(MailChoice).where(MailChoice.user_id == user_id))
    work.add_all(MailChoice(user_id=user_id, reason=reason) for reason in sorted(after))
    audit.record("mails.chosen", work.get(User, user_id), actor=actor, switched_off=[sorted(before), sorted(after)])


def switch_off(user_id: int, reason: Reason | None, *, actor: Actor) -> None:
    """End the mails of one reason, or of all that can be switched off."""
    ended = frozenset({reason}) if reason is not None else frozenset(Reason)
    choose_mails(user_id, frozenset(Reason) - queries.switched_off(user_id) - ended, actor=actor)


def write_message_of_the_day(user: User, day: date, owed: list[Reminder], *, unsubscribe: str) -> None:
    """Gather what a person owes and what is new in the inbox into one mail; nothing when there is nothing to say."""
    muted = queries.switched_off(user.id)
    rows = [
        Row(reminder.message, reminder.path, _when(reminder.due_on, day))
        for reminder in owed
        if reminder.reason not in muted
    ]
    news = queries.unmailed_notices(load_actor(user.id))
    if owed:
        _note_owed(user, day, owed)
    sections = [
        Section(Message(N_("What is waiting for you")), rows),
        Section(
            Message(N_("New in your inbox")),
            [Row(queries.sentence(notice), notice.path) for notice in news if notice.reason not in muted],
        ),
    ]
    shown = [section for section in sections if section.rows]
    if shown:
        letter = Letter(_subject(len(rows)), sections=shown, action=(Message(N_("Open CloudSteps")), "/"))
        queue_mail(
            user.email,
            letter,
            language=user.language,
            user_id=user.id,
            once_key=f"day:{day}:{user.id}",
            unsubscribe=unsubscribe,
        )
    for notice in news:
        notice.mailed_at = clock.now()


def _subject(count: int) -> Message:
    if count == 0:
        return Message(N_("News from CloudSteps"))
    if count == 1:
        return Message(N_("One thing is waiting for you"))
    return Message(N_("%(count)s things are waiting for you"), {"count": count})


def _when(due_on: date | None, day: date) -> Message | None:
    if due_on is None:
        return None
    left = (due_on - day).days
    if left < 0:
        return Message(N_("due %(day)s, %(number)s days overdue"), {"day": due_on, "number": -left})
    return (
        Message(N_("due today"))
        if left == 0
        else Message(N_("due %(day)s, in %(number)s days"), {"day": due_on, "number": left})
    )


def _note_owed(user: User, day: date, owed: list[Reminder]) -> None:
    """Put the day's reminder into the inbox in place of an unread one of an earlier day."""
    work = session()
    earlier = update(Notice).where(
        Notice.user_id == user.id,
        Notice.reason == Reason.DUE,
        Notice.read_at.is_(None),
        Notice.once_key.startswith("owed:"),
    )
    work.execute(earlier.values(read_at=clock.now()))
    overdue = sum(1 for reminder in owed if reminder.due_on is not None and reminder.due_on < day)
    work.add(
        Notice(
            user_id=user.id,
            reason=Reason.DUE,
            msgid=N_("Waiting for you: %(count)s, of which overdue: %(overdue)s."),
            params={"count": len(owed), "overdue": overdue},
            path="/",
            once_key=f"owed:{day}:{user.id}",
            mailed_at=clock.now(),
        )
    )
    work.flush()


def keep_mail(mail: OutboxMail) -> None:
    """Keep a mail on the outbox page, since there is no mail server to send it by."""
    mail.state = MailState.KEPT


def mark_sent(mail: OutboxMail) -> None:
    """Note that the mail server took the mail."""
    mail.state, mail.sent_at, mail.error = MailState.SENT, clock.now(), None


def mark_failed(mail: OutboxMail, error: str) -> None:
    """Note that a mail could not be sent, and why."""
    mail.state, mail.error = MailState.FAILED, error[:1000]


def send_again(mail: OutboxMail, *, actor: Actor) -> None:
    """Put a mail that could not be sent back into the queue, under its old Message-ID."""
    mail.state, mail.error = MailState.WAITING, None
    queue.enqueue(SEND_MAIL, {"mail_id": mail.id}, max_attempts=MAIL_ATTEMPTS)
    audit.record("mail.sent_again", mail, actor=actor)

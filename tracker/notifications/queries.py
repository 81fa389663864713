"""Reads of the inbox and the outbox."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, bindparam, func, select

from tracker.accounts.access import Actor, for_actors
from tracker.core.db import read, session
from tracker.core.errors import NotFound
from tracker.core.keyset import AnySelect
from tracker.core.text import Message
from tracker.notifications import permissions
from tracker.notifications.frozen import thaw
from tracker.notifications.models import MailChoice, Notice, OutboxMail
from tracker.notifications.rules import MailState, Reason

CAP = 99
PAGE = 50
MAILED_AT_ONCE = 50
"""How many notices one mail lists at most; the rest is in the inbox."""


_UNREAD = select(func.count()).select_from(
    select(Notice.id).where(Notice.user_id == bindparam("reader"), Notice.read_at.is_(None)).limit(CAP + 1).subquery()
)


def unread_count(actor: Actor) -> int:
    """Count the actor's unread notices, up to one more than the cap; the office sees all of its own, so it is counted simply."""
    statement = _UNREAD if actor.is_office else _unread(actor)
    return int(read(statement, actor.parameters).scalar() or 0)


@for_actors
def _unread(actor: Actor) -> AnySelect:
    unread = inbox(actor, reason=None, unread=True).with_only_columns(Notice.id).limit(CAP + 1)
    return select(func.count()).select_from(unread.subquery())


def inbox(actor: Actor, *, reason: Reason | None, unread: bool) -> Select[Notice]:
    """Select the actor's notices, but of those about engagements only what the actor may still see."""
    mine = select(Notice).where(Notice.user_id == actor.user_id, permissions.visible(actor))
    if reason is not None:
        mine = mine.where(Notice.reason == reason)
    return mine.where(Notice.read_at.is_(None)) if unread else mine


def inbox_page(actor: Actor, *, reason: Reason | None, unread: bool, before: int | None) -> list[Notice]:
    """Give a page of the inbox, newest first, and one row more when there is a next page."""
    rows = inbox(actor, reason=reason, unread=unread)
    if before is not None:
        rows = rows.where(Notice.id < before)
    return list(session().scalars(rows.order_by(Notice.id.desc()).limit(PAGE + 1)))


def newest(actor: Actor, limit: int) -> list[Notice]:
    """Give the newest notices of the actor, read or not."""
    rows = inbox(actor, reason=None, unread=False).order_by(Notice.id.desc())
    return list(session().scalars(rows.limit(limit)))


def get_notice(notice_id: int, *, actor: Actor) -> Notice:
    """Give one of the actor's notices."""
    notice = session().scalars(inbox(actor, reason=None, unread=False).where(Notice.id == notice_id)).one_or_none()
    if notice is None:
        raise NotFound
    return notice


def sentence(notice: Notice) -> Message:
    """Give what a notice says, to be said in the reader's language."""
    return Message(notice.msgid, thaw(notice.params))


def known_keys(keys: Sequence[str]) -> frozenset[str | None]:
    """Give those of the keys that a notice was made under before."""
    return (
        frozenset(session().scalars(select(Notice.once_key).where(Notice.once_key.in_(keys)))) if keys else frozenset()
    )


def switched_off(user_id: int) -> frozenset[Reason]:
    """Give the reasons for which a person wants no mail."""
    return frozenset(session().scalars(select(MailChoice.reason).where(MailChoice.user_id == user_id)))


def unmailed_notices(actor: Actor) -> list[Notice]:
    """Give what is new and unread in a person's inbox since the last mail, newest first."""
    new = inbox(actor, reason=None, unread=True).where(Notice.mailed_at.is_(None))
    return list(session().scalars(new.order_by(Notice.id.desc()).limit(MAILED_AT_ONCE)))


def people_with_news() -> Iterable[int]:
    """Give the people in whose inbox something new waits to be mailed."""
    return session().scalars(
        select(Notice.user_id).where(Notice.read_at.is_(None), Notice.mailed_at.is_(None)).distinct()
    )


def find_mail(mail_id: int) -> OutboxMail | None:
    """Find a mail of the outbox."""
    return session().get(OutboxMail, mail_id)


def get_mail(mail_id: int) -> OutboxMail:
    """Give a mail of the outbox."""
    mail = find_mail(mail_id)
    if mail is None:
        raise NotFound
    return mail


def outbox(state: MailState | None) -> Select[OutboxMail]:
    """Select the mails of the outbox."""
    mails = select(OutboxMail)
    return mails.where(OutboxMail.state == state) if state is not None else mails


def outbox_page(state: MailState | None, before: int | None) -> list[OutboxMail]:
    """Give a page of the outbox, newest first, and one row more when there is a next page."""
    mails = outbox(state)
    if before is not None:
        mails = mails.where(OutboxMail.id < before)
    return list(session().scalars(mails.order_by(OutboxMail.id.desc()).limit(PAGE + 1)))


def outbox_counts() -> dict[MailState, int]:
    """Count the mails that are not through."""
    states = (MailState.WAITING, MailState.FAILED)
    rows = (
        session()
        .execute(select(OutboxMail.state, func.count()).where(OutboxMail.state.in_(states)).group_by(OutboxMail.state))
        .all()
    )
    return {**dict.fromkeys(states, 0), **{row[0]: row[1] for row in rows}}

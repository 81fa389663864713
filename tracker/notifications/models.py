"""The inbox, what people switched off, and the outbox."""

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core import clock
from tracker.core.db import Base, Json, Moment
from tracker.notifications.rules import MailState, Reason


class Notice(Base):
    """A line in a person's inbox; its sentence is translated when it is shown."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_inbox", "user_id", "id"), Index("ix_notice_unread", "user_id", "read_at", "id"))

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[Reason]
    msgid: Mapped[str] = mapped_column(Text)
    params: Mapped[Json]
    path: Mapped[str] = mapped_column(String(300))
    """Where the notice leads, from the site's root."""
    engagement_id: Mapped[int | None]
    """What it speaks of, when only those may read it who may see that; engagements belong to a feature above this one."""
    once_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    created_at: Mapped[Moment] = mapped_column(default=clock.now)
    read_at: Mapped[Moment | None]
    mailed_at: Mapped[Moment | None]
    """When it was gathered into the person's message of the day."""


class MailChoice(Base):
    """A reason for which a person wants no mail."""

    __tablename__ = "mail_choice"
    __table_args__ = (UniqueConstraint("user_id", "reason"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[Reason]


class OutboxMail(Base):
    """A mail as it will be, or was, sent: once, under its own Message-ID."""

    __tablename__ = "outbox_mail"
    __table_args__ = (Index("ix_outbox_mail_state", "state", "id"),)

    recipient: Mapped[str] = mapped_column(String(254))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    unsubscribe: Mapped[str | None] = mapped_column(String(500))
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    once_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    state: Mapped[MailState] = mapped_column(default=MailState.WAITING)
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[Moment] = mapped_column(default=clock.now)
    sent_at: Mapped[Moment | None]
    attachments: Mapped[list["MailAttachment"]] = relationship(order_by="MailAttachment.id", passive_deletes=True)


class MailAttachment(Base):
    """A file that goes out with a mail, such as a ticket or a calendar entry."""

    __tablename__ = "outbox_attachment"

    mail_id: Mapped[int] = mapped_column(ForeignKey("outbox_mail.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    media_type: Mapped[str] = mapped_column(String(100))
    """With its parameters, such as `text/calendar; method=REQUEST`."""
    content_id: Mapped[str | None] = mapped_column(String(64))
    """For a picture that the mail's text shows."""
    content: Mapped[bytes] = mapped_column(LargeBinary)

"""Coaching sessions, what came of them, hours and calendar feeds."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from tracker.accounts.models import User
from tracker.coaching.rules import ActionState, AddendumKind, MeetingState, Mode, SessionState
from tracker.core import clock
from tracker.core.db import Base, Code, Day, Digest, Hours, LongText, Moment, ShortText, Timed, Versioned
from tracker.evidence.models import Evidence
from tracker.journey.models import Engagement, Item
from tracker.journey.rules import Party, Step


class CoachingSession(Versioned, Base):
    """What happened when an expert met a vendor."""

    __tablename__ = "coaching_session"
    __table_args__ = (
        CheckConstraint("hours > 0", name="hours"),
        Index("ix_coaching_session_engagement", "engagement_id", "starts_at", "id"),
        Index("ix_coaching_session_organisation", "organisation_id", "starts_at", "id"),
        Index("ix_coaching_session_expert", "expert_id", "starts_at", "id"),
        Index("ix_coaching_session_hours", "expert_id", "state", "programme_id", "hours"),
        Index("ix_coaching_session_state", "state", "starts_at", "id"),
        Index("ix_coaching_session_day", "starts_at", "id"),
    )

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    """As of the engagement, where neither ever changes; here so that lists are narrowed without reading it."""
    expert_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    """Whose session it was and whose hours it counts for; the office may have logged it."""
    client_key: Mapped[str] = mapped_column(String(64), unique=True)
    """Made on the device; a repeated send is the same session."""
    step: Mapped[Step]
    state: Mapped[SessionState] = mapped_column(default=SessionState.DRAFT)
    starts_at: Mapped[Moment]
    hours: Mapped[Hours]
    mode: Mapped[Mode]
    place: Mapped[ShortText] = mapped_column(default="")
    """Address, or the link of an online meeting."""
    findings: Mapped[LongText] = mapped_column(default="")
    recommendations: Mapped[LongText] = mapped_column(default="")
    internal_note: Mapped[LongText] = mapped_column(default="", deferred=True, deferred_raiseload=True)
    """For the office and the experts only: never read from the database unless a query asks for it by name."""
    readable_note: Mapped[str | None] = query_expression()
    """The internal note where the reader may see it; filled by `queries.get_whole_session` only."""
    submitted_at: Mapped[Moment | None]
    acknowledged_at: Mapped[Moment | None]
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    closed_at: Mapped[Moment | None]
    engagement: Mapped[Engagement] = relationship()
    expert: Mapped[User] = relationship(foreign_keys=[expert_id])
    acknowledged_by: Mapped[User | None] = relationship(foreign_keys=[acknowledged_by_id])
    participants: Mapped[list["Participant"]] = relationship(order_by="Participant.id", cascade="all, delete-orphan")
    topics: Mapped[list["SessionTopic"]] = relationship(order_by="SessionTopic.id", cascade="all, delete-orphan")
    items: Mapped[list["SessionItem"]] = relationship(order_by="SessionItem.id", cascade="all, delete-orphan")
    actions: Mapped[list["ActionItem"]] = relationship(back_populates="session", order_by="ActionItem.id")
    files: Mapped[list["SessionFile"]] = relationship(order_by="SessionFile.id")
    addenda: Mapped[list["Addendum"]] = relationship(order_by="Addendum.id")


class Participant(Base):
    """Somebody who took part, with or without an account."""

    __tablename__ = "session_participant"

    session_id: Mapped[int] = mapped_column(ForeignKey("coaching_session.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[ShortText]
    party: Mapped[Party]


class SessionTopic(Base):
    """A topic of the rulebook's list that was spoken about."""

    __tablename__ = "session_topic"
    __table_args__ = (UniqueConstraint("session_id", "topic"),)

    session_id: Mapped[int] = mapped_column(ForeignKey("coaching_session.id"))
    topic: Mapped[Code]


class SessionItem(Base):
    """A checklist item that the session touched."""

    __tablename__ = "session_item"
    __table_args__ = (UniqueConstraint("session_id", "item_id"),)

    session_id: Mapped[int] = mapped_column(ForeignKey("coaching_session.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    item: Mapped[Item] = relationship()


class SessionFile(Base):
    """A photo or file of a session."""

    __tablename__ = "session_file"

    session_id: Mapped[int] = mapped_column(ForeignKey("coaching_session.id"), index=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
    evidence: Mapped[Evidence] = relationship()


class Addendum(Timed, Base):
    """A correction or objection to a session record, which itself stays as it was."""

    __tablename__ = "session_addendum"

    session_id: Mapped[int] = mapped_column(ForeignKey("coaching_session.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[AddendumKind] = mapped_column(default=AddendumKind.CORRECTION)
    text: Mapped[LongText]
    author: Mapped[User | None] = relationship()


class ActionItem(Versioned, Base):
    """Something that somebody will do until a day."""

    __tablename__ = "action_item"
    __table_args__ = (
        Index("ix_action_item_assignee", "assignee_id", "state", "due_on"),
        Index("ix_action_item_engagement", "engagement_id", "state"),
    )

    session_id: Mapped[int | None] = mapped_column(ForeignKey("coaching_session.id"), index=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    text: Mapped[ShortText]
    assignee_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    due_on: Mapped[Day]
    state: Mapped[ActionState] = mapped_column(default=ActionState.OPEN)
    done_at: Mapped[Moment | None]
    engagement: Mapped[Engagement] = relationship()
    assignee: Mapped[User] = relationship()
    session: Mapped[CoachingSession | None] = relationship(back_populates="actions")


class Meeting(Versioned, Base):
    """When and where an expert and a vendor will meet next; what then happens is logged as a session."""

    __tablename__ = "meeting"
    __table_args__ = (
        Index("ix_meeting_engagement", "engagement_id", "starts_at"),
        Index("ix_meeting_organisation", "organisation_id", "starts_at"),
        Index("ix_meeting_expert", "expert_id", "starts_at"),
        Index("ix_meeting_day", "starts_at", "id"),
    )

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("coaching_session.id"), index=True)
    """The session in which it was agreed."""
    starts_at: Mapped[Moment]
    mode: Mapped[Mode]
    place: Mapped[ShortText] = mapped_column(default="")
    cancelled_at: Mapped[Moment | None]
    engagement: Mapped[Engagement] = relationship()
    expert: Mapped[User] = relationship()

    @property
    def state(self) -> MeetingState:
        """Tell whether it still holds."""
        return MeetingState.PLANNED if self.cancelled_at is None else MeetingState.CANCELLED


class HourQuota(Versioned, Base):
    """The hours an expert may use in a programme year; without a row the rulebook's number holds."""

    __tablename__ = "hour_quota"
    __table_args__ = (UniqueConstraint("programme_id", "user_id"),)

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    hours: Mapped[Hours]
    reason: Mapped[ShortText] = mapped_column(default="")


class CalendarFeed(Base):
    """A revocable token by which a calendar program reads a person's sessions; only its hash is kept."""

    __tablename__ = "calendar_feed"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    token_hash: Mapped[Digest] = mapped_column(unique=True)
    created_at: Mapped[Moment] = mapped_column(default=clock.now)
    revoked_at: Mapped[Moment | None]

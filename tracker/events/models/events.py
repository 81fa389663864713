"""Events with their sessions, speakers, materials, questions and consent texts."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.core import clock
from tracker.core.db import Base, LongText, Moment, ShortText, Versioned
from tracker.events.rules.events import Audience, EventKind, EventState, Mode, Span, quarter_hours, shown_state
from tracker.events.rules.surveys import Asked, Purpose, QuestionKind
from tracker.evidence.models import Evidence
from tracker.programmes.models import Programme


class Event(Versioned, Base):
    """A workshop, meeting or other event of a programme year."""

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("capacity > 0", name="capacity"),
        Index("ix_event_begins", "begins_at", "id"),
        Index("ix_event_programme", "programme_id", "begins_at"),
        Index("ix_event_series", "series"),
    )

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    kind: Mapped[EventKind]
    series: Mapped[ShortText] = mapped_column(default="")
    name_zh: Mapped[ShortText]
    name_en: Mapped[ShortText] = mapped_column(default="")
    summary_zh: Mapped[LongText] = mapped_column(default="")
    summary_en: Mapped[LongText] = mapped_column(default="")
    mode: Mapped[Mode]
    place: Mapped[ShortText] = mapped_column(default="")
    online_url: Mapped[str] = mapped_column(String(500), default="")
    """Told to those who have a place, never on the public page."""
    audience: Mapped[Audience] = mapped_column(default=Audience.PUBLIC)
    vendor_kinds: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """The kinds of vendors it is for; empty means every kind."""
    capacity: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)
    """Places taken, counted anew under the event's turn with every registration that changes."""
    needs_approval: Mapped[bool] = mapped_column(default=False)
    offer_hours: Mapped[int] = mapped_column(default=24)
    """How long a place is held for somebody of the waiting list."""
    closes_at: Mapped[Moment | None]
    item_keys: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """The playbook items that taking part hands in."""
    state: Mapped[EventState] = mapped_column(default=EventState.DRAFT)
    begins_at: Mapped[Moment | None]
    """When the first session begins; here so that lists are sorted without reading sessions."""
    calendar_sequence: Mapped[int] = mapped_column(default=0)
    """Grows with every change that calendars must learn of."""
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    survey_sent_at: Mapped[Moment | None]
    programme: Mapped[Programme] = relationship()
    sessions: Mapped[list["EventSession"]] = relationship(
        back_populates="event", order_by="EventSession.starts_at, EventSession.id"
    )
    speakers: Mapped[list["Speaker"]] = relationship(order_by="Speaker.id", cascade="all, delete-orphan")
    materials: Mapped[list["Material"]] = relationship(order_by="Material.id")
    questions: Mapped[list["Question"]] = relationship(order_by="Question.id")
    consents: Mapped[list["Consent"]] = relationship(order_by="Consent.number")

    @property
    def shown_state(self) -> EventState:
        """Give the state that people read."""
        return shown_state(self.state, self.capacity, self.taken)

    @property
    def live_sessions(self) -> list["EventSession"]:
        """Give the sessions that take place."""
        return [one for one in self.sessions if one.cancelled_at is None]

    @property
    def ends_at(self) -> datetime | None:
        """Give when the last session ends."""
        return max((one.ends_at for one in self.live_sessions), default=None)

    @property
    def hours(self) -> Decimal:
        """Give the hours of all sessions."""
        return sum((quarter_hours(one.span.length) for one in self.live_sessions), Decimal(0))

    @property
    def consent(self) -> "Consent | None":
        """Give the consent text in force."""
        return self.consents[-1] if self.consents else None

    def questions_for(self, purpose: Purpose) -> list["Question"]:
        """Give the questions that are asked now."""
        return [one for one in self.questions if one.purpose is purpose and one.retired_at is None]


class EventSession(Base):
    """A day or part of an event; attendance is noted for each."""

    __tablename__ = "event_session"
    __table_args__ = (Index("ix_event_session_event", "event_id", "starts_at"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    title: Mapped[ShortText] = mapped_column(default="")
    starts_at: Mapped[Moment] = mapped_column(index=True)
    ends_at: Mapped[Moment]
    cancelled_at: Mapped[Moment | None]
    event: Mapped[Event] = relationship(back_populates="sessions")

    @property
    def span(self) -> Span:
        """Give its times."""
        return Span(self.starts_at, self.ends_at)


class Speaker(Base):
    """Who speaks at an event, often a domain expert with an account."""

    __tablename__ = "event_speaker"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[ShortText]
    title: Mapped[ShortText] = mapped_column(default="")
    user: Mapped[User | None] = relationship()


class Material(Base):
    """Slides or a page that participants get."""

    __tablename__ = "event_material"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    title: Mapped[ShortText]
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
    removed_at: Mapped[Moment | None]
    event: Mapped[Event] = relationship(overlaps="materials")
    evidence: Mapped[Evidence] = relationship()


class Question(Base):
    """A question of the registration or of the survey; one that was answered is retired, never changed."""

    __tablename__ = "event_question"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    purpose: Mapped[Purpose]
    kind: Mapped[QuestionKind]
    text_zh: Mapped[ShortText]
    text_en: Mapped[ShortText] = mapped_column(default="")
    options: Mapped[list[Any]] = mapped_column(JSON, default=list)
    required: Mapped[bool] = mapped_column(default=False)
    retired_at: Mapped[Moment | None]
    event: Mapped[Event] = relationship(overlaps="questions")

    @property
    def asked(self) -> Asked:
        """Give it as its answers are checked."""
        return Asked(self.id, self.kind, tuple(self.options), self.required)


class Consent(Base):
    """A version of the consent text; registrations name the one that was agreed to."""

    __tablename__ = "event_consent"
    __table_args__ = (UniqueConstraint("event_id", "number"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    number: Mapped[int]
    text_zh: Mapped[LongText]
    text_en: Mapped[LongText]
    created_at: Mapped[Moment] = mapped_column(default=clock.now)

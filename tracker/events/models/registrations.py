"""People who register, under one or several mails, and their registrations."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core import clock
from tracker.core.db import Base, Code, LongText, Moment, ShortText, Timed, Versioned
from tracker.events.models.events import Consent, Event
from tracker.events.rules.registrations import MatchReason, RegistrationState, Source
from tracker.vendors.models import Organisation


class Attendee(Timed, Base):
    """A person who registers for events, whatever mails they write from."""

    __tablename__ = "event_attendee"
    __table_args__ = (Index("ix_event_attendee_phone", "phone_key", "name_key"),)

    name: Mapped[ShortText]
    name_key: Mapped[ShortText]
    phone_key: Mapped[Code] = mapped_column(default="")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("event_attendee.id"))
    """The person that this one turned out to be."""
    mails: Mapped[list["AttendeeMail"]] = relationship(back_populates="attendee", order_by="AttendeeMail.id")


class AttendeeMail(Base):
    """A mail address of a person; each belongs to one person."""

    __tablename__ = "event_attendee_mail"

    attendee_id: Mapped[int] = mapped_column(ForeignKey("event_attendee.id"), index=True)
    mail_key: Mapped[str] = mapped_column(String(254), unique=True)
    attendee: Mapped[Attendee] = relationship(back_populates="mails")


class Registration(Versioned, Base):
    """A person's registration for an event; cancelled and made again, it stays the same row."""

    __tablename__ = "event_registration"
    __table_args__ = (
        UniqueConstraint("event_id", "attendee_id"),
        Index("ix_event_registration_state", "event_id", "state", "waiting_since"),
        Index("ix_event_registration_organisation", "organisation_id", "event_id"),
        Index("ix_event_registration_offer", "state", "offer_until"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    attendee_id: Mapped[int] = mapped_column(ForeignKey("event_attendee.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    state: Mapped[RegistrationState]
    source: Mapped[Source]
    name: Mapped[ShortText]
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[Code] = mapped_column(default="")
    job_title: Mapped[ShortText] = mapped_column(default="")
    company: Mapped[ShortText] = mapped_column(default="")
    ubn: Mapped[str | None] = mapped_column(String(8))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    match_reason: Mapped[MatchReason] = mapped_column(default=MatchReason.NONE)
    language: Mapped[str] = mapped_column(String(8), default="zh-Hant")
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    consent_id: Mapped[int | None] = mapped_column(ForeignKey("event_consent.id"))
    consented_at: Mapped[Moment | None]
    door_code: Mapped[str] = mapped_column(String(16), unique=True)
    """What the QR code holds and can be typed; it opens the door and nothing else."""
    link_key: Mapped[Code]
    """What the links of its mails are signed with; a new one ends all links that were sent before."""
    invite_sequence: Mapped[int] = mapped_column(default=0)
    """Grows with each invitation that is sent, so that calendars take the newest."""
    waiting_since: Mapped[Moment | None]
    offer_until: Mapped[Moment | None]
    cancelled_at: Mapped[Moment | None]
    event: Mapped[Event] = relationship()
    attendee: Mapped[Attendee] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    consent: Mapped[Consent | None] = relationship()


class SurveyResponse(Base):
    """What a participant answered after an event; results are shown without names."""

    __tablename__ = "event_survey_response"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("event_registration.id"), unique=True)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    remark: Mapped[LongText] = mapped_column(default="")
    answered_at: Mapped[Moment] = mapped_column(default=clock.now)

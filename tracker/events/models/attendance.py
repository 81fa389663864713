"""Who was at which session, how the door noted it, and certificates."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.core import clock
from tracker.core.db import Base, Hours, Json, LongText, Moment, Versioned
from tracker.events.models.events import EventSession
from tracker.events.models.registrations import Registration
from tracker.events.rules.attendance import AttendanceState, Outcome, Way


class Attendance(Versioned, Base):
    """Whether a registered person was at a session."""

    __tablename__ = "event_attendance"
    __table_args__ = (
        UniqueConstraint("registration_id", "session_id"),
        Index("ix_event_attendance_session", "session_id", "state"),
    )

    registration_id: Mapped[int] = mapped_column(ForeignKey("event_registration.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("event_session.id"))
    state: Mapped[AttendanceState]
    way: Mapped[Way]
    arrived_at: Mapped[Moment | None]
    left_at: Mapped[Moment | None]
    hours: Mapped[Hours]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """Who checked the person in; nobody where they did it themselves."""
    registration: Mapped[Registration] = relationship()
    session: Mapped[EventSession] = relationship()
    changes: Mapped[list["AttendanceChange"]] = relationship(order_by="AttendanceChange.id")


class AttendanceChange(Base):
    """A correction of an attendance, kept for ever with who made it, when and why."""

    __tablename__ = "event_attendance_change"

    attendance_id: Mapped[int] = mapped_column(ForeignKey("event_attendance.id"), index=True)
    old: Mapped[AttendanceState | None]
    new: Mapped[AttendanceState]
    reason: Mapped[LongText]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[Moment] = mapped_column(default=clock.now)
    by: Mapped[User | None] = relationship()


class DoorMessage(Base):
    """A check-in as a device sent it; sent again under its nonce, it is given the same answer."""

    __tablename__ = "event_door_message"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    nonce: Mapped[str] = mapped_column(String(64), unique=True)
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("event_registration.id"))
    outcome: Mapped[Outcome]
    answer: Mapped[Json]
    happened_at: Mapped[Moment]
    received_at: Mapped[Moment] = mapped_column(default=clock.now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class Certificate(Base):
    """A certificate of attendance as it was issued; later corrections withdraw it."""

    __tablename__ = "event_certificate"

    registration_id: Mapped[int] = mapped_column(ForeignKey("event_registration.id"), index=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    hours: Mapped[Hours]
    issued_at: Mapped[Moment] = mapped_column(default=clock.now)
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[Moment | None]
    registration: Mapped[Registration] = relationship()

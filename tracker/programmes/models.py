"""Programme years and who of the office works in them."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.core import clock
from tracker.core.db import Base, Code, Day, Digest, Moment, ShortText, Versioned


class Programme(Versioned, Base):
    """A programme in one ROC year; its rules are read from the rulebook file of the same code and year."""

    __tablename__ = "programme"
    __table_args__ = (UniqueConstraint("code", "roc_year"),)

    code: Mapped[Code]
    roc_year: Mapped[int]
    name_zh: Mapped[ShortText]
    name_en: Mapped[ShortText]
    starts_on: Mapped[Day]
    ends_on: Mapped[Day]
    rulebook_hash: Mapped[Digest]


class ProgrammeMember(Base):
    """An office member of a programme year."""

    __tablename__ = "programme_member"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    since: Mapped[Moment] = mapped_column(default=clock.now)
    ended_at: Mapped[Moment | None]
    programme: Mapped[Programme] = relationship()
    user: Mapped[User] = relationship()


class CalendarOverride(Base):
    """A day that the office declares a working day or a day off, such as a typhoon day."""

    __tablename__ = "calendar_override"

    day: Mapped[Day] = mapped_column(unique=True)
    is_working: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(200))

"""Proofs of concept: what is tried, how it is measured, by when, and how its acceptance was decided."""

from decimal import Decimal
from typing import Annotated

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.core import clock
from tracker.core.db import Base, Day, Json, LongText, Moment, ShortText, Versioned
from tracker.journey.models import Engagement
from tracker.journey.rules import Party
from tracker.poc.rules.states import AcceptanceAct, PocState

Figure = Annotated[Decimal, mapped_column(Numeric(14, 4))]


class Poc(Versioned, Base):
    """The proof of concept of an engagement."""

    __tablename__ = "poc"
    __table_args__ = (Index("ix_poc_state", "state", "id"),)

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"), unique=True)
    state: Mapped[PocState] = mapped_column(default=PocState.OPEN)
    problem: Mapped[LongText] = mapped_column(default="")
    target_customers: Mapped[LongText] = mapped_column(default="")
    value_proposition: Mapped[LongText] = mapped_column(default="")
    solution: Mapped[LongText] = mapped_column(default="")
    address: Mapped[str] = mapped_column(String(500), default="")
    """Where the solution can be tried."""
    starts_on: Mapped[Day]
    ends_on: Mapped[Day]
    architecture: Mapped[LongText] = mapped_column(default="")
    """What the expert recommends, in words."""
    assessment_id: Mapped[int | None]
    """The assessment that the recommendation rests on; its table belongs to a feature above this one."""
    blueprint: Mapped[Json | None]
    """Template and parameters as that assessment recommended them when the expert took them over."""
    architecture_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    architecture_at: Mapped[Moment | None]
    begun_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    accepted_at: Mapped[Moment | None]
    overridden: Mapped[bool] = mapped_column(default=False)
    """Whether it was accepted although something was missing; shown for ever."""
    engagement: Mapped[Engagement] = relationship()
    architecture_by: Mapped[User | None] = relationship(foreign_keys=[architecture_by_id])
    begun_by: Mapped[User | None] = relationship(foreign_keys=[begun_by_id])


class PocMeasure(Versioned, Base):
    """What is measured before and after, in which unit and how."""

    __tablename__ = "poc_measure"
    __table_args__ = (UniqueConstraint("poc_id", "number"),)

    poc_id: Mapped[int] = mapped_column(ForeignKey("poc.id"))
    number: Mapped[int]
    name: Mapped[ShortText]
    unit: Mapped[ShortText]
    method: Mapped[LongText]
    """How it is measured."""
    baseline: Mapped[Figure | None]
    baseline_on: Mapped[Day | None]
    target: Mapped[Figure | None]
    result: Mapped[Figure | None]
    result_on: Mapped[Day | None]
    removed_at: Mapped[Moment | None]
    poc: Mapped[Poc] = relationship()

    @property
    def engagement(self) -> Engagement:
        """Give the engagement that it belongs to."""
        return self.poc.engagement


class PocMilestone(Versioned, Base):
    """Something to be reached by a day."""

    __tablename__ = "poc_milestone"
    __table_args__ = (Index("ix_poc_milestone_due", "poc_id", "due_on"),)

    poc_id: Mapped[int] = mapped_column(ForeignKey("poc.id"))
    name: Mapped[ShortText]
    owed_by: Mapped[Party]
    due_on: Mapped[Day]
    done_on: Mapped[Day | None]
    note: Mapped[str] = mapped_column(Text, default="")
    removed_at: Mapped[Moment | None]
    poc: Mapped[Poc] = relationship()

    @property
    def engagement(self) -> Engagement:
        """Give the engagement that it belongs to."""
        return self.poc.engagement


class RelatedParty(Versioned, Base):
    """A company or person so near to the vendor that what it is paid is no self-funding."""

    __tablename__ = "poc_related_party"
    __table_args__ = (CheckConstraint("length(ubn) = 8", name="ubn"),)

    poc_id: Mapped[int] = mapped_column(ForeignKey("poc.id"), index=True)
    ubn: Mapped[str] = mapped_column(String(8))
    name: Mapped[ShortText]
    relation: Mapped[ShortText]
    removed_at: Mapped[Moment | None]
    poc: Mapped[Poc] = relationship()

    @property
    def engagement(self) -> Engagement:
        """Give the engagement that it belongs to."""
        return self.poc.engagement


class PocDecision(Base):
    """An act about the acceptance: who, when, why, and what was missing at that moment."""

    __tablename__ = "poc_decision"

    poc_id: Mapped[int] = mapped_column(ForeignKey("poc.id"), index=True)
    act: Mapped[AcceptanceAct]
    reason: Mapped[LongText] = mapped_column(default="")
    findings: Mapped[Json]
    """`{"missing": [{what, params, owed_by}], "verified": …, "confirmed_trials": …}` as the one who acted saw it."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[Moment] = mapped_column(default=clock.now)
    poc: Mapped[Poc] = relationship()
    by: Mapped[User | None] = relationship()

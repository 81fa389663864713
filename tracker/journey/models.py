"""Engagements, their steps, items and gates, and the playbook versions they hold on to."""

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.core import clock
from tracker.core.db import Base, Code, Day, Digest, Json, LongText, Moment, ShortText, Timed, Versioned
from tracker.evidence.models import Evidence
from tracker.journey.rules import (
    AssignmentPart,
    EngagementState,
    EvidenceKind,
    GateAct,
    ItemState,
    Party,
    Step,
    StepState,
)
from tracker.programmes.models import Programme
from tracker.vendors.models import Organisation, Product


class PlaybookVersion(Base):
    """A playbook's text as published, kept for the engagements that began with it."""

    __tablename__ = "playbook_version"
    __table_args__ = (UniqueConstraint("playbook", "number"),)

    playbook: Mapped[Code]
    number: Mapped[int]
    step: Mapped[Step]
    source_zh: Mapped[LongText] = mapped_column(deferred=True)
    source_en: Mapped[LongText] = mapped_column(deferred=True)
    digest: Mapped[Digest]
    path: Mapped[ShortText] = mapped_column(default="")
    """Where it stood below the playbooks folder, without language and ending; gives the order within a step."""
    published_at: Mapped[Moment] = mapped_column(default=clock.now)


class Engagement(Versioned, Base):
    """One vendor, one product, one programme year, moving through the four steps."""

    __tablename__ = "engagement"
    __table_args__ = (
        UniqueConstraint("product_id", "programme_id"),
        Index("ix_engagement_board", "state", "step", "id"),
        Index("ix_engagement_due", "state", "due_on", "id"),
        Index("ix_engagement_stuck", "state", "step_since", "id"),
        Index("ix_engagement_latest", "state", "changed_at", "id"),
        Index("ix_engagement_changed", "changed_at", "id"),
        Index("ix_engagement_due_on", "due_on", "id"),
        Index("ix_engagement_step_since", "step_since", "id"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    state: Mapped[EngagementState] = mapped_column(default=EngagementState.ACTIVE)
    step: Mapped[Step] = mapped_column(default=Step.ASSESS)
    """The step that the engagement is in; the last one when it has finished."""
    anchor_on: Mapped[Day]
    """The day from which due dates are counted."""
    step_since: Mapped[Day]
    """The day the step began, moved on by the working days on hold, so that it tells the days in the step."""
    due_on: Mapped[Day]
    """Due day of the current step."""
    items_done: Mapped[int] = mapped_column(default=0)
    """Of the current step, kept by the operations so that lists need no counting."""
    items_total: Mapped[int] = mapped_column(default=0)
    overrides: Mapped[int] = mapped_column(default=0)
    """How many of its gates were passed by override; shown for ever wherever the engagement is shown."""
    finished_on: Mapped[Day | None]
    organisation: Mapped[Organisation] = relationship()
    product: Mapped[Product] = relationship()
    programme: Mapped[Programme] = relationship()
    steps: Mapped[list["StepProgress"]] = relationship(back_populates="engagement", order_by="StepProgress.id")
    assignments: Mapped[list["Assignment"]] = relationship(back_populates="engagement", order_by="Assignment.id")


class EngagementChange(Base):
    """A hold, withdrawal, resumption or finish, with its reason."""

    __tablename__ = "engagement_change"

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"), index=True)
    old: Mapped[EngagementState]
    new: Mapped[EngagementState]
    reason: Mapped[LongText]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[Moment] = mapped_column(default=clock.now)


class Assignment(Base):
    """An expert's assignment to an engagement; its end ends every right that came from it."""

    __tablename__ = "assignment"
    __table_args__ = (Index("ix_assignment_user", "user_id", "ended_at"),)

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    part: Mapped[AssignmentPart]
    since: Mapped[Moment] = mapped_column(default=clock.now)
    ended_at: Mapped[Moment | None]
    engagement: Mapped[Engagement] = relationship(back_populates="assignments")
    user: Mapped[User] = relationship()


class StepProgress(Versioned, Base):
    """One step of one engagement."""

    __tablename__ = "step_progress"
    __table_args__ = (
        UniqueConstraint("engagement_id", "step"),
        Index("ix_step_progress_state", "state", "engagement_id"),
    )

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    step: Mapped[Step]
    state: Mapped[StepState] = mapped_column(default=StepState.WAITING)
    started_on: Mapped[Day | None]
    due_on: Mapped[Day | None]
    """Planned from the anchor day while the step waits, counted from its beginning once it is open."""
    passed_on: Mapped[Day | None]
    overridden: Mapped[bool] = mapped_column(default=False)
    engagement: Mapped[Engagement] = relationship(back_populates="steps")
    decisions: Mapped[list["GateDecision"]] = relationship(back_populates="progress", order_by="GateDecision.id")


class GateDecision(Base):
    """An act at a gate: who, when, why, and what was missing or proven at that moment."""

    __tablename__ = "gate_decision"

    step_progress_id: Mapped[int] = mapped_column(ForeignKey("step_progress.id"), index=True)
    act: Mapped[GateAct]
    reason: Mapped[LongText] = mapped_column(default="")
    findings: Mapped[Json]
    """`{"missing": [...], "proofs": [{item, evidence, sha256, verified_by}]}` as seen by the one who decided."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[Moment] = mapped_column(default=clock.now)
    progress: Mapped[StepProgress] = relationship(back_populates="decisions")
    by: Mapped[User | None] = relationship()


class Item(Versioned, Base):
    """A checklist item of one engagement; its words stand in the playbook version."""

    __tablename__ = "item"
    __table_args__ = (
        UniqueConstraint("engagement_id", "key"),
        Index("ix_item_step", "engagement_id", "step", "position"),
        Index("ix_item_owed", "who", "state", "due_on"),
        Index("ix_item_state", "state", "done_at"),
    )

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    step: Mapped[Step]
    playbook_version_id: Mapped[int] = mapped_column(ForeignKey("playbook_version.id"))
    key: Mapped[str] = mapped_column(String(120))
    """`<playbook>.<item>`, stable across versions."""
    position: Mapped[int]
    who: Mapped[Party]
    evidence_kind: Mapped[EvidenceKind]
    gate: Mapped[bool]
    due_on: Mapped[Day | None]
    state: Mapped[ItemState] = mapped_column(default=ItemState.OPEN)
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it is not applicable, or was returned."""
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    done_at: Mapped[Moment | None]
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    verified_at: Mapped[Moment | None]
    proof_table: Mapped[Code | None]
    """With `proof_id`: the row of another feature that proves the item, such as a coaching session."""
    proof_id: Mapped[int | None]
    retired_at: Mapped[Moment | None]
    """Set when a newer playbook version has dropped the item; what was done stays readable."""
    engagement: Mapped[Engagement] = relationship()
    playbook_version: Mapped[PlaybookVersion] = relationship()
    done_by: Mapped[User | None] = relationship(foreign_keys=[done_by_id])
    verified_by: Mapped[User | None] = relationship(foreign_keys=[verified_by_id])
    proofs: Mapped[list["ItemEvidence"]] = relationship(back_populates="item", order_by="ItemEvidence.id")
    comments: Mapped[list["ItemComment"]] = relationship(order_by="ItemComment.id")


class ItemChange(Base):
    """A change of an item's state, kept for ever; `undone_at` when it was taken back within seconds."""

    __tablename__ = "item_change"
    __table_args__ = (Index("ix_item_change_item", "item_id", "id"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    old: Mapped[ItemState]
    new: Mapped[ItemState]
    reason: Mapped[str] = mapped_column(Text, default="")
    proof: Mapped[Json | None]
    """For an item fulfilled by another feature: what proves it."""
    before: Mapped[Json]
    """What the undo puts back."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[Moment] = mapped_column(default=clock.now)
    undone_at: Mapped[Moment | None]


class ItemEvidence(Base):
    """Evidence attached to an item."""

    __tablename__ = "item_evidence"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[Moment] = mapped_column(default=clock.now)
    removed_at: Mapped[Moment | None]
    item: Mapped[Item] = relationship(back_populates="proofs")
    evidence: Mapped[Evidence] = relationship()


class ItemComment(Timed, Base):
    """A comment on an item."""

    __tablename__ = "item_comment"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    text: Mapped[LongText]
    internal: Mapped[bool] = mapped_column(default=False)
    """For the office and the experts only."""
    author: Mapped[User | None] = relationship()

"""Questionnaires as published, assessments, their components, answers, evidence and the experts' changes."""

from typing import Annotated

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.assessments.rules.answers import WHOLE_SERVICE
from tracker.assessments.rules.states import AssessmentState
from tracker.coaching.models import ActionItem
from tracker.core import clock
from tracker.core.db import Base, Code, Digest, Json, LongText, Moment, ShortText, Versioned
from tracker.evidence.models import Evidence
from tracker.journey.models import Engagement

Names = Annotated[list[str], mapped_column(JSON)]
QuestionId = Annotated[str, mapped_column(String(120))]


class QuestionnaireVersion(Base):
    """A questionnaire's text as published, kept for the assessments that began with it."""

    __tablename__ = "questionnaire_version"
    __table_args__ = (UniqueConstraint("questionnaire", "number"),)

    questionnaire: Mapped[Code]
    number: Mapped[int]
    source: Mapped[LongText] = mapped_column(deferred=True)
    digest: Mapped[Digest]
    published_at: Mapped[Moment] = mapped_column(default=clock.now)


class Assessment(Versioned, Base):
    """One filling-in of a questionnaire for an engagement."""

    __tablename__ = "assessment"
    __table_args__ = (
        UniqueConstraint("engagement_id", "number"),
        Index("ix_assessment_state", "state", "engagement_id"),
    )

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    number: Mapped[int]
    """1 for the first of its engagement."""
    questionnaire_version_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_version.id"))
    state: Mapped[AssessmentState] = mapped_column(default=AssessmentState.OPEN)
    begun_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    begun_at: Mapped[Moment] = mapped_column(default=clock.now)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    closed_at: Mapped[Moment | None]
    asked: Mapped[int] = mapped_column(default=0)
    """With `done`, `percent` and `confidence`: kept by the operations, so that lists need no answers."""
    done: Mapped[int] = mapped_column(default=0)
    percent: Mapped[int | None]
    confidence: Mapped[int | None]
    result: Mapped[Json | None] = mapped_column(deferred=True)
    """The result as it stood at the close."""
    digest: Mapped[Digest | None]
    """SHA-256 of the kept result."""
    engagement: Mapped[Engagement] = relationship()
    questionnaire_version: Mapped[QuestionnaireVersion] = relationship()
    begun_by: Mapped[User | None] = relationship(foreign_keys=[begun_by_id])
    closed_by: Mapped[User | None] = relationship(foreign_keys=[closed_by_id])


class AssessmentComponent(Versioned, Base):
    """A part of the product, as the inventory lists it."""

    __tablename__ = "assessment_component"
    __table_args__ = (UniqueConstraint("assessment_id", "number"),)

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    number: Mapped[int]
    """The same in every assessment of the engagement."""
    name: Mapped[ShortText]
    note: Mapped[ShortText] = mapped_column(default="")
    removed_at: Mapped[Moment | None]
    assessment: Mapped[Assessment] = relationship()

    @property
    def engagement(self) -> Engagement:
        """Give the engagement that it belongs to."""
        return self.assessment.engagement


class AssessmentAnswer(Versioned, Base):
    """What was given to one question, of one component where it is asked of each."""

    __tablename__ = "assessment_answer"
    __table_args__ = (UniqueConstraint("assessment_id", "question", "component"),)

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    question: Mapped[QuestionId]
    component: Mapped[int] = mapped_column(default=WHOLE_SERVICE)
    options: Mapped[Names] = mapped_column(default=list)
    number: Mapped[int | None] = mapped_column(BigInteger)
    not_applicable: Mapped[str] = mapped_column(Text, default="")
    """Why the question does not apply."""
    note: Mapped[str] = mapped_column(Text, default="")
    suggested: Mapped[bool] = mapped_column(default=False)
    """Taken over from the first assessment and not confirmed yet."""
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[Moment | None]
    assessment: Mapped[Assessment] = relationship()
    answered_by: Mapped[User | None] = relationship()


class AssessmentProof(Base):
    """Evidence attached to an answer."""

    __tablename__ = "assessment_proof"

    answer_id: Mapped[int] = mapped_column(ForeignKey("assessment_answer.id"), index=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[Moment] = mapped_column(default=clock.now)
    removed_at: Mapped[Moment | None]
    answer: Mapped[AssessmentAnswer] = relationship()
    evidence: Mapped[Evidence] = relationship()

    @property
    def engagement(self) -> Engagement:
        """Give the engagement that it belongs to."""
        return self.answer.assessment.engagement


class AssessmentChoice(Versioned, Base):
    """An expert's change of a decision."""

    __tablename__ = "assessment_choice"
    __table_args__ = (UniqueConstraint("assessment_id", "decision", "component"),)

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    decision: Mapped[Code]
    component: Mapped[int] = mapped_column(default=WHOLE_SERVICE)
    value: Mapped[Code]
    reason: Mapped[LongText]
    computed: Mapped[Code | None]
    """What the answers said when it was changed."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[Moment] = mapped_column(default=clock.now)
    assessment: Mapped[Assessment] = relationship()
    by: Mapped[User | None] = relationship()


class AssessmentAction(Base):
    """What somebody will do about a risk."""

    __tablename__ = "assessment_action"
    __table_args__ = (UniqueConstraint("assessment_id", "risk"),)

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    risk: Mapped[ShortText]
    """`<question>:<component>:<answer>`."""
    action_id: Mapped[int] = mapped_column(ForeignKey("action_item.id"), index=True)
    action: Mapped[ActionItem] = relationship()

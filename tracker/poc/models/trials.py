"""Trials by enterprise customers, their usage, the links by which they are confirmed, and the confirmations."""

from typing import Annotated

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.core import clock
from tracker.core.db import Base, Code, Day, Digest, Json, LongText, Moment, ShortText, Versioned
from tracker.evidence.models import Evidence
from tracker.journey.models import Engagement
from tracker.poc.models.poc import Poc
from tracker.poc.rules.confirmation import ConfirmationState, Way
from tracker.poc.rules.trials import LogFormat, TrialState
from tracker.vendors.models import Customer

Address = Annotated[str, mapped_column(String(254))]


class Trial(Versioned, Base):
    """An enterprise customer's trial of the solution."""

    __tablename__ = "trial"
    __table_args__ = (
        UniqueConstraint("poc_id", "number"),
        CheckConstraint("ends_on >= begins_on", name="period"),
        CheckConstraint("accounts >= 0", name="accounts"),
        Index("ix_trial_state", "state", "id"),
    )

    poc_id: Mapped[int] = mapped_column(ForeignKey("poc.id"))
    number: Mapped[int]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    """The customer on the vendor's record; what follows is how it was at the trial."""
    customer: Mapped[ShortText]
    ubn: Mapped[str] = mapped_column(String(8), index=True)
    industry: Mapped[ShortText]
    employees: Mapped[int | None]
    contact_name: Mapped[ShortText]
    contact_email: Mapped[Address]
    contact_phone: Mapped[Code] = mapped_column(default="")
    begins_on: Mapped[Day]
    ends_on: Mapped[Day]
    accounts: Mapped[int]
    tried: Mapped[LongText]
    state: Mapped[TrialState] = mapped_column(default=TrialState.OPEN)
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")
    active_days: Mapped[int] = mapped_column(default=0)
    """With the two below: counted from the usage log within the period, so that lists need no days."""
    most_users: Mapped[int] = mapped_column(default=0)
    events: Mapped[int] = mapped_column(BigInteger, default=0)
    poc: Mapped[Poc] = relationship()
    customer_record: Mapped[Customer] = relationship()

    @property
    def engagement(self) -> Engagement:
        """Give the engagement that it belongs to."""
        return self.poc.engagement


class UsageLog(Versioned, Base):
    """A log of usage as it was handed in, and how it was read."""

    __tablename__ = "trial_usage_log"

    trial_id: Mapped[int] = mapped_column(ForeignKey("trial.id"), index=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
    format: Mapped[LogFormat]
    reading: Mapped[Json]
    """What was found in the file before columns were chosen: `{"columns", "sample", "encodings", "rows", "guess"}`."""
    mapping: Mapped[Json] = mapped_column(default=dict)
    """Which column holds the day, the user and the number."""
    counted: Mapped[Json] = mapped_column(default=dict)
    """What came of it: rows taken, rows outside the period, rows that could not be read, and the first of them."""
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[Moment] = mapped_column(default=clock.now)
    applied_at: Mapped[Moment | None]
    replaced_at: Mapped[Moment | None]
    trial: Mapped[Trial] = relationship()
    evidence: Mapped[Evidence] = relationship()

    @property
    def engagement(self) -> Engagement:
        """Give the engagement that it belongs to."""
        return self.trial.poc.engagement


class UsageDay(Base):
    """How many people used the solution on a day, by the log that counts."""

    __tablename__ = "trial_usage_day"
    __table_args__ = (UniqueConstraint("trial_id", "day"),)

    trial_id: Mapped[int] = mapped_column(ForeignKey("trial.id"))
    log_id: Mapped[int] = mapped_column(ForeignKey("trial_usage_log.id"), index=True)
    day: Mapped[Day]
    users: Mapped[int]
    events: Mapped[int] = mapped_column(BigInteger)


class ConfirmationLink(Base):
    """A mailed link that confirms one trial once; only the hashes of its token and its code are kept."""

    __tablename__ = "trial_link"

    trial_id: Mapped[int] = mapped_column(ForeignKey("trial.id"), index=True)
    name: Mapped[ShortText]
    email: Mapped[Address]
    language: Mapped[str] = mapped_column(String(16), default="zh-Hant")
    same_house: Mapped[bool] = mapped_column(default=False)
    """Whether the address lies in the vendor's own domain."""
    token_hash: Mapped[Digest] = mapped_column(unique=True)
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    sent_at: Mapped[Moment] = mapped_column(default=clock.now)
    expires_at: Mapped[Moment]
    revoked_at: Mapped[Moment | None]
    used_at: Mapped[Moment | None]
    draft: Mapped[Json] = mapped_column(default=dict)
    """What the customer has written and not yet confirmed by the code."""
    shown_digest: Mapped[Digest | None]
    """The facts that stood on the page from which the draft was sent."""
    code_hash: Mapped[Digest | None]
    code_sent_at: Mapped[Moment | None]
    code_tries: Mapped[int] = mapped_column(default=0)
    trial: Mapped[Trial] = relationship()
    sent_by: Mapped[User | None] = relationship()

    @property
    def engagement(self) -> Engagement:
        """Give the engagement that it belongs to."""
        return self.trial.poc.engagement


class TrialConfirmation(Versioned, Base):
    """What a customer said of a trial: sealed by the hash of its record, never changed, only superseded."""

    __tablename__ = "trial_confirmation"
    __table_args__ = (
        UniqueConstraint("trial_id", "number"),
        Index("ix_trial_confirmation_state", "state", "id"),
    )

    trial_id: Mapped[int] = mapped_column(ForeignKey("trial.id"))
    number: Mapped[int]
    way: Mapped[Way]
    state: Mapped[ConfirmationState]
    link_id: Mapped[int | None] = mapped_column(ForeignKey("trial_link.id"), index=True)
    facts_digest: Mapped[Digest]
    """The facts as confirmed, after the customer's corrections."""
    signer: Mapped[ShortText]
    signer_title: Mapped[ShortText] = mapped_column(default="")
    answers: Mapped[Json] = mapped_column(default=dict)
    corrections: Mapped[Json] = mapped_column(default=dict)
    comment: Mapped[str] = mapped_column(Text, default="")
    record: Mapped[str] = mapped_column(Text, deferred=True)
    """What was shown, answered, by whom, when and from where, in the one way that its hash is taken of."""
    seal: Mapped[Digest]
    """SHA-256 of the record."""
    signed_on: Mapped[Day]
    confirmed_at: Mapped[Moment] = mapped_column(default=clock.now)
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"), index=True)
    """The sealed record, or the signed form on paper."""
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"), index=True)
    receipt_hash: Mapped[Digest | None] = mapped_column(unique=True)
    """Hash of the token of the customer's link to the receipt."""
    receipt_until: Mapped[Moment | None]
    handed_in_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    called_phone: Mapped[Code] = mapped_column(default="")
    called_on: Mapped[Day | None]
    spoke_with: Mapped[ShortText] = mapped_column(default="")
    note: Mapped[str] = mapped_column(Text, default="")
    """What was said on the phone, or why the form was returned."""
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[Moment | None]
    trial: Mapped[Trial] = relationship()
    link: Mapped[ConfirmationLink | None] = relationship()
    evidence: Mapped[Evidence | None] = relationship(foreign_keys=[evidence_id])
    receipt: Mapped[Evidence | None] = relationship(foreign_keys=[receipt_id])
    handed_in_by: Mapped[User | None] = relationship(foreign_keys=[handed_in_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])

    @property
    def engagement(self) -> Engagement:
        """Give the engagement that it belongs to."""
        return self.trial.poc.engagement

"""Exposures with their proofs, leads with what was done about them, and public pages with the vendor's agreement."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.core import clock
from tracker.core.db import Base, Code, Day, LongText, Moment, ShortText, Versioned
from tracker.evidence.models import Evidence
from tracker.outreach.rules import (
    Counterpart,
    Ending,
    ExposureKind,
    ExposureState,
    Industry,
    LeadOrigin,
    LeadState,
    ReachKind,
)
from tracker.programmes.models import Programme
from tracker.vendors.models import Organisation, Product
from tracker.vendors.rules import ChargingModel, VendorKind


class Exposure(Versioned, Base):
    """A time when a vendor's solution was shown to those who could use it."""

    __tablename__ = "exposure"
    __table_args__ = (
        CheckConstraint("people_reached >= 0", name="people_reached"),
        Index("ix_exposure_organisation", "organisation_id", "id"),
        Index("ix_exposure_state", "state", "id"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"), index=True)
    kind: Mapped[ExposureKind]
    title: Mapped[ShortText]
    channel: Mapped[ShortText] = mapped_column(default="")
    """The medium, host or alliance."""
    resource: Mapped[Code] = mapped_column(default="")
    """The marketing resource of the rulebook that it came through."""
    happened_on: Mapped[Day | None]
    people_reached: Mapped[int | None]
    """As the medium or host reports it, where it does."""
    note: Mapped[LongText] = mapped_column(default="")
    state: Mapped[ExposureState] = mapped_column(default=ExposureState.PLANNED)
    confirmed_at: Mapped[Moment | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    organisation: Mapped[Organisation] = relationship()
    product: Mapped[Product | None] = relationship()
    programme: Mapped[Programme | None] = relationship()
    confirmed_by: Mapped[User | None] = relationship()
    proofs: Mapped[list["ExposureProof"]] = relationship(order_by="ExposureProof.id")


class ExposureProof(Base):
    """A file or a link that proves an exposure."""

    __tablename__ = "exposure_proof"

    exposure_id: Mapped[int] = mapped_column(ForeignKey("exposure.id"), index=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
    evidence: Mapped[Evidence] = relationship()


class Lead(Versioned, Base):
    """A match between a vendor's solution and somebody who could use or spread it."""

    __tablename__ = "lead"
    __table_args__ = (
        Index("ix_lead_organisation", "organisation_id", "id"),
        Index("ix_lead_owner", "owner_id", "state", "due_on"),
        Index("ix_lead_state", "state", "due_on", "id"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"), index=True)
    exposure_id: Mapped[int | None] = mapped_column(ForeignKey("exposure.id"), index=True)
    """The exposure that it came after."""
    counterpart: Mapped[Counterpart]
    name: Mapped[ShortText]
    ubn: Mapped[str | None] = mapped_column(String(8))
    industry: Mapped[Industry | None]
    contact_name: Mapped[ShortText] = mapped_column(default="")
    contact_email: Mapped[ShortText] = mapped_column(default="")
    contact_phone: Mapped[Code] = mapped_column(default="")
    need: Mapped[LongText] = mapped_column(default="")
    origin: Mapped[LeadOrigin]
    state: Mapped[LeadState] = mapped_column(default=LeadState.NEW)
    next_step: Mapped[ShortText] = mapped_column(default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    due_on: Mapped[Day | None]
    outcome: Mapped[LongText] = mapped_column(default="")
    closed_on: Mapped[Day | None]
    organisation: Mapped[Organisation] = relationship()
    product: Mapped[Product | None] = relationship()
    programme: Mapped[Programme | None] = relationship()
    exposure: Mapped[Exposure | None] = relationship()
    owner: Mapped[User | None] = relationship()
    entries: Mapped[list["LeadEntry"]] = relationship(order_by="LeadEntry.id.desc()")


class LeadEntry(Base):
    """What was done about a lead, and what state it had from then on."""

    __tablename__ = "lead_entry"

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[Moment] = mapped_column(default=clock.now)
    state: Mapped[LeadState]
    text: Mapped[LongText] = mapped_column(default="")
    author: Mapped[User | None] = relationship()


class SolutionPage(Versioned, Base):
    """What shall stand on a solution's public page; the public reads only the edition that the vendor agreed to."""

    __tablename__ = "solution_page"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), unique=True)
    industry: Mapped[Industry]
    tagline_zh: Mapped[ShortText]
    tagline_en: Mapped[ShortText] = mapped_column(default="")
    summary_zh: Mapped[LongText]
    summary_en: Mapped[LongText] = mapped_column(default="")
    website: Mapped[ShortText] = mapped_column(default="")
    contact_email: Mapped[ShortText] = mapped_column(default="")
    contact_phone: Mapped[Code] = mapped_column(default="")
    asked_at: Mapped[Moment | None]
    """Since when the vendor is asked to agree."""
    organisation: Mapped[Organisation] = relationship()
    product: Mapped[Product] = relationship()
    editions: Mapped[list["SolutionEdition"]] = relationship(
        back_populates="page", order_by="SolutionEdition.number.desc()"
    )


class SolutionEdition(Base):
    """What the public reads, word for word as the vendor agreed to it, with who agreed, when and by which text."""

    __tablename__ = "solution_edition"
    __table_args__ = (
        UniqueConstraint("page_id", "number"),
        Index("ix_solution_edition_agreed", "agreed_at", "id"),
    )

    page_id: Mapped[int] = mapped_column(ForeignKey("solution_page.id"))
    live_page_id: Mapped[int | None] = mapped_column(unique=True)
    """The page, as long as the public reads this edition; so that a page never has two."""
    number: Mapped[int]
    page_version: Mapped[int]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    vendor_zh: Mapped[ShortText]
    vendor_en: Mapped[ShortText]
    vendor_kind: Mapped[VendorKind]
    product_zh: Mapped[ShortText]
    product_en: Mapped[ShortText]
    charging_model: Mapped[ChargingModel]
    industry: Mapped[Industry]
    tagline_zh: Mapped[ShortText]
    tagline_en: Mapped[ShortText]
    summary_zh: Mapped[LongText]
    summary_en: Mapped[LongText]
    website: Mapped[ShortText]
    contact_email: Mapped[ShortText]
    contact_phone: Mapped[Code]
    consent: Mapped[int]
    """The number of the text in `rules.CONSENTS`."""
    agreed_at: Mapped[Moment]
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[Moment | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ending: Mapped[Ending | None]
    page: Mapped[SolutionPage] = relationship(back_populates="editions")
    agreed_by: Mapped[User | None] = relationship(foreign_keys=[agreed_by_id])
    ended_by: Mapped[User | None] = relationship(foreign_keys=[ended_by_id])


class ReachCount(Base):
    """How often a public page was read or led on, on a day; nothing of who did is kept."""

    __tablename__ = "reach_count"
    __table_args__ = (UniqueConstraint("page_id", "day", "kind"),)

    page_id: Mapped[int] = mapped_column(ForeignKey("solution_page.id"))
    day: Mapped[Day]
    kind: Mapped[ReachKind]
    count: Mapped[int] = mapped_column(default=0)

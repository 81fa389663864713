"""The ledger of the self-funding: entries that are never changed, and the papers that prove them."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.core import clock
from tracker.core.db import Base, Code, Day, LongText, Moment, ShortText, Versioned
from tracker.evidence.models import Evidence
from tracker.journey.models import Engagement
from tracker.poc.models.poc import Poc
from tracker.poc.rules.states import EntryState, VoucherKind


class FundingEntry(Versioned, Base):
    """Money that the vendor spent; what it says stays as it was written, only the decision on it is added."""

    __tablename__ = "funding_entry"
    __table_args__ = (
        UniqueConstraint("poc_id", "number"),
        CheckConstraint("net + tax = total", name="sum"),
        CheckConstraint("(reverses_id IS NULL AND total > 0) OR (reverses_id IS NOT NULL AND total < 0)", name="sign"),
        Index("ix_funding_entry_queue", "state", "id"),
    )

    poc_id: Mapped[int] = mapped_column(ForeignKey("poc.id"))
    number: Mapped[int]
    """1 for the first of its proof of concept; none is ever left out."""
    spent_on: Mapped[Day]
    payee: Mapped[ShortText]
    payee_ubn: Mapped[str | None] = mapped_column(String(8))
    """None where the payee is abroad or a person."""
    kind: Mapped[Code]
    """An option of the rulebook's kinds of cost."""
    net: Mapped[int] = mapped_column(BigInteger)
    tax: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int] = mapped_column(BigInteger)
    purpose: Mapped[LongText]
    voucher_kind: Mapped[VoucherKind]
    voucher_number: Mapped[Code]
    claim: Mapped[str | None] = mapped_column(String(300), unique=True)
    """The paper in a form that can be compared across all vendors, as long as the entry counts; so no paper counts twice."""
    state: Mapped[EntryState] = mapped_column(default=EntryState.SUBMITTED)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("funding_entry.id"), unique=True)
    """The entry that this one takes back."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it was returned, why it was verified in spite of a flag, or why it takes another back."""
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    submitted_at: Mapped[Moment] = mapped_column(default=clock.now)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[Moment | None]
    poc: Mapped[Poc] = relationship()
    reverses: Mapped["FundingEntry | None"] = relationship(remote_side="FundingEntry.id", back_populates="reversed_by")
    reversed_by: Mapped["FundingEntry | None"] = relationship(back_populates="reverses", uselist=False)
    submitted_by: Mapped[User | None] = relationship(foreign_keys=[submitted_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    vouchers: Mapped[list["FundingVoucher"]] = relationship(back_populates="entry", order_by="FundingVoucher.id")

    @property
    def engagement(self) -> Engagement:
        """Give the engagement that it belongs to."""
        return self.poc.engagement


class FundingVoucher(Base):
    """A file that proves an entry; it is added and never taken away."""

    __tablename__ = "funding_voucher"
    __table_args__ = (UniqueConstraint("entry_id", "evidence_id"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("funding_entry.id"))
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
    stored_file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)
    """The file's bytes: the same ones under another name are found by it."""
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[Moment] = mapped_column(default=clock.now)
    entry: Mapped[FundingEntry] = relationship(back_populates="vouchers")
    evidence: Mapped[Evidence] = relationship()

    @property
    def engagement(self) -> Engagement:
        """Give the engagement that it belongs to."""
        return self.entry.poc.engagement

"""Stored files by content hash, and the evidence that refers to them."""

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core import clock
from tracker.core.db import Base, Code, Digest, Moment, ShortText
from tracker.evidence.rules import ScanState


class StoredFile(Base):
    """Bytes on disk under their SHA-256, stored once however often they are handed in."""

    __tablename__ = "stored_file"

    sha256: Mapped[Digest] = mapped_column(unique=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[Code]
    created_at: Mapped[Moment] = mapped_column(default=clock.now)
    scan: Mapped[ScanState | None]
    """Nothing where no scanner was set when it came."""
    threat: Mapped[str | None] = mapped_column(String(200))

    @property
    def open_scan(self) -> ScanState | None:
        """Give what is to be said of the scan: nothing once the file was found clean."""
        return self.scan if self.scan is not ScanState.CLEAN else None


class Evidence(Base):
    """What proves something: a file, or a link to a page."""

    __tablename__ = "evidence"
    __table_args__ = (
        Index("ix_evidence_organisation", "organisation_id", "id"),
        Index("ix_evidence_engagement", "engagement_id", "id"),
    )

    stored_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), index=True)
    url: Mapped[str | None] = mapped_column(String(500))
    file_name: Mapped[ShortText]
    """The name it was handed in with, or the title of the link."""
    organisation_id: Mapped[int | None]
    """Owner; the tables of organisations and engagements belong to features above this one, which keep these ids true."""
    engagement_id: Mapped[int | None]
    internal: Mapped[bool] = mapped_column(default=False)
    """For the office and the experts only, not for the vendor."""
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[Moment] = mapped_column(default=clock.now)
    removed_at: Mapped[Moment | None]
    stored_file: Mapped[StoredFile | None] = relationship()

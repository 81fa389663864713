"""Dossiers that somebody asked for, made by the worker."""

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.core import clock
from tracker.core.db import Base, Digest, Moment
from tracker.evidence.models import Evidence
from tracker.journey.models import Engagement
from tracker.poc.models.poc import Poc
from tracker.poc.rules.dossiers import DossierState, Redaction


class Dossier(Base):
    """The whole of a proof of concept as one archive and one document."""

    __tablename__ = "poc_dossier"
    __table_args__ = (Index("ix_poc_dossier_poc", "poc_id", "id"),)

    poc_id: Mapped[int] = mapped_column(ForeignKey("poc.id"))
    level: Mapped[Redaction]
    language: Mapped[str] = mapped_column(String(16))
    state: Mapped[DossierState] = mapped_column(default=DossierState.WAITING)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[Moment] = mapped_column(default=clock.now)
    made_at: Mapped[Moment | None]
    error: Mapped[str] = mapped_column(Text, default="")
    archive_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"), index=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"), index=True)
    sha256: Mapped[Digest | None]
    """Of the archive."""
    files: Mapped[int] = mapped_column(default=0)
    poc: Mapped[Poc] = relationship()
    asked_by: Mapped[User | None] = relationship()
    archive: Mapped[Evidence | None] = relationship(foreign_keys=[archive_id])
    document: Mapped[Evidence | None] = relationship(foreign_keys=[document_id])

    @property
    def engagement(self) -> Engagement:
        """Give the engagement that it belongs to."""
        return self.poc.engagement

"""Imports with their files and rows, and the columns that people chose before."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.core import clock
from tracker.core.db import Base, Code, Digest, Json, Moment, ShortText, Versioned
from tracker.imports.rules import BatchState, Confidence, Extent, Outcome, Source

_MAYBE = JSON(none_as_null=True)


class Batch(Versioned, Base):
    """One file on its way into the records."""

    __tablename__ = "import_batch"
    __table_args__ = (Index("ix_import_batch_kind", "kind", "target_id", "id"),)

    kind: Mapped[Code]
    target_id: Mapped[int | None]
    """Into what it is imported; the table belongs to the feature of the kind, which keeps the id true."""
    file_name: Mapped[ShortText]
    size: Mapped[int]
    sha256: Mapped[Digest] = mapped_column(index=True)
    state: Mapped[BatchState] = mapped_column(default=BatchState.READING, index=True)
    source: Mapped[Source] = mapped_column(default=Source.OTHER)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    options: Mapped[Json] = mapped_column(default=dict)
    """How a person said that the file is to be read: encoding, sheet, table, header row."""
    reading: Mapped[Json] = mapped_column(default=dict)
    """How it was read: see `imports.readings`."""
    columns: Mapped[Json] = mapped_column(default=dict)
    """By what is wanted: the number of the file's column."""
    problem: Mapped[list[Any] | None] = mapped_column(_MAYBE)
    """The sentence that says why the last step did not come to its end."""
    extent: Mapped[Extent | None]
    done: Mapped[int] = mapped_column(default=0)
    """Rows through which the step in hand has come."""
    checked_at: Mapped[Moment | None]
    """When the dry run was made."""
    finished_at: Mapped[Moment | None] = mapped_column(index=True)
    """When it was imported, undone or discarded last."""
    forgotten_at: Mapped[Moment | None]
    """When file and rows were deleted, since they hold personal data."""
    created_by: Mapped[User | None] = relationship()


class ImportFile(Base):
    """The bytes of a file, kept as long as they may have to be read again."""

    __tablename__ = "import_file"

    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"), unique=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportRow(Base):
    """A row of a file, and how it ends."""

    __tablename__ = "import_row"
    __table_args__ = (
        UniqueConstraint("batch_id", "line"),
        Index("ix_import_row_outcome", "batch_id", "outcome", "id"),
        Index("ix_import_row_alike", "batch_id", "alike"),
    )

    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"))
    line: Mapped[int]
    cells: Mapped[list[Any]] = mapped_column(JSON)
    faults: Mapped[Json] = mapped_column(default=dict)
    outcome: Mapped[Outcome | None]
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)
    subject_id: Mapped[int | None]
    subject: Mapped[ShortText] = mapped_column(default="")
    confidence: Mapped[Confidence | None]
    offers: Mapped[list[Any]] = mapped_column(JSON, default=list)
    alike: Mapped[str] = mapped_column(String(200), default="")
    """Rows of one import with the same text here are in doubt for the same reason."""
    may_be_new: Mapped[bool] = mapped_column(default=True)
    decision: Mapped[dict[str, Any] | None] = mapped_column(_MAYBE)
    applied_at: Mapped[Moment | None]
    undo: Mapped[dict[str, Any] | None] = mapped_column(_MAYBE)
    kept: Mapped[list[Any] | None] = mapped_column(_MAYBE)
    """The sentence that says why undoing left it."""
    batch: Mapped[Batch] = relationship()


class ChosenColumns(Base):
    """The columns that a person chose for files with this header."""

    __tablename__ = "import_columns"
    __table_args__ = (UniqueConstraint("kind", "fingerprint"), Index("ix_import_columns_used", "kind", "used_at"))

    kind: Mapped[Code]
    fingerprint: Mapped[Digest]
    source: Mapped[Source]
    names: Mapped[Json]
    """By what is wanted: the name of the file's column, as it is compared."""
    used_at: Mapped[Moment] = mapped_column(default=clock.now)

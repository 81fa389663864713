"""Reads of imports, narrowed to what the actor may see."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from tracker.accounts.access import Actor
from tracker.core.counts import capped_count
from tracker.core.db import read, session
from tracker.core.errors import NotFound
from tracker.core.keyset import Page, Sort, read_page
from tracker.imports import permissions
from tracker.imports.models import Batch, ChosenColumns, ImportFile, ImportRow
from tracker.imports.rules import GOOD, BatchState, Outcome

NEWEST = Sort((Batch.id,), descending=True)
IN_FILE = Sort((ImportRow.line,))
REMEMBERED = 40
"""How many earlier choices of columns are looked through."""
BY_FILE = 1000


def get_batch(batch_id: int, *, actor: Actor) -> Batch:
    """Give an import that the actor may know of."""
    wanted = select(Batch).where(Batch.id == batch_id, permissions.visible(actor))
    found = session().scalar(wanted.options(joinedload(Batch.created_by)))
    if found is None:
        raise NotFound
    return found


def get_row(row_id: int, *, actor: Actor) -> ImportRow:
    """Give a row of an import with it."""
    wanted = select(ImportRow).join(ImportRow.batch).options(joinedload(ImportRow.batch))
    found = session().scalar(wanted.where(ImportRow.id == row_id, permissions.visible(actor)))
    if found is None:
        raise NotFound
    return found


def batch_page(actor: Actor, *, after: str | None, before: str | None) -> Page:
    """Read a page of the list of imports, the newest first."""
    statement = select(Batch).where(permissions.visible(actor)).options(joinedload(Batch.created_by))
    return read_page(statement, NEWEST, after=after, before=before)


def count_batches(actor: Actor) -> int:
    """Count the imports that the actor may see, up to a cap."""
    return capped_count(select(Batch.id).where(permissions.visible(actor)))


def row_page(batch: Batch, outcome: Outcome | None, *, after: str | None, before: str | None) -> Page:
    """Read a page of the rows of an import, in the order of the file."""
    return read_page(_rows(batch, outcome), IN_FILE, after=after, before=before)


def first_rows(batch: Batch, amount: int) -> Sequence[ImportRow]:
    """List the first rows of an import."""
    return session().scalars(_rows(batch, None).order_by(ImportRow.line).limit(amount)).all()


def _rows(batch: Batch, outcome: Outcome | None) -> Any:
    statement = select(ImportRow).where(ImportRow.batch_id == batch.id)
    return statement.where(ImportRow.outcome == outcome) if outcome else statement


def counts_of(batch: Batch) -> dict[Outcome, int]:
    """Count the rows of an import by how they end; all of them are zero before the dry run."""
    statement = select(ImportRow.outcome, func.count()).where(
        ImportRow.batch_id == batch.id, ImportRow.outcome.is_not(None)
    )
    return {
        **dict.fromkeys(Outcome, 0),
        **{one: amount for one, amount in read(statement.group_by(ImportRow.outcome)) if one},
    }


def count_open(batch: Batch) -> dict[Outcome, int]:
    """Count the rows that were not imported yet, by how they end."""
    statement = select(ImportRow.outcome, func.count()).where(
        ImportRow.batch_id == batch.id, ImportRow.outcome.is_not(None), ImportRow.applied_at.is_(None)
    )
    return {
        **dict.fromkeys(Outcome, 0),
        **{one: amount for one, amount in read(statement.group_by(ImportRow.outcome)) if one},
    }


def count_kept(batch: Batch) -> int:
    """Count the rows that undoing left as they are."""
    statement = select(func.count()).where(ImportRow.batch_id == batch.id, ImportRow.kept.is_not(None))
    return session().scalar(statement) or 0


def content_of(batch_id: int) -> bytes | None:
    """Give the bytes of an import's file, if they are still kept."""
    return session().scalar(select(ImportFile.content).where(ImportFile.batch_id == batch_id))


def same_file(batch: Batch) -> Batch | None:
    """Find an earlier import of the same bytes into the same, that stands."""
    return session().scalar(
        select(Batch)
        .where(
            Batch.sha256 == batch.sha256,
            Batch.kind == batch.kind,
            Batch.target_id.is_not_distinct_from(batch.target_id),
            Batch.id != batch.id,
            Batch.state == BatchState.APPLIED,
        )
        .order_by(Batch.id.desc())
        .limit(1)
    )


def chosen_before(kind: str, fingerprint: str) -> list[dict[str, str]]:
    """List the columns that people chose before: those of the same header first, then the latest."""
    statement = select(ChosenColumns.names).where(ChosenColumns.kind == kind)
    order = ((ChosenColumns.fingerprint == fingerprint).desc(), ChosenColumns.used_at.desc(), ChosenColumns.id.desc())
    return list(session().scalars(statement.order_by(*order).limit(REMEMBERED)))


def waiting_alike(row: ImportRow) -> Sequence[ImportRow]:
    """List the other rows that wait for the same reason."""
    if not row.alike:
        return ()
    statement = select(ImportRow).where(
        ImportRow.batch_id == row.batch_id,
        ImportRow.alike == row.alike,
        ImportRow.outcome == Outcome.WAITING,
        ImportRow.id != row.id,
    )
    return session().scalars(statement.order_by(ImportRow.line)).all()


def count_waiting_alike(row: ImportRow) -> int:
    """Count the other rows that wait for the same reason."""
    if not row.alike:
        return 0
    statement = select(func.count()).where(
        ImportRow.batch_id == row.batch_id,
        ImportRow.alike == row.alike,
        ImportRow.outcome == Outcome.WAITING,
        ImportRow.id != row.id,
    )
    return session().scalar(statement) or 0


def next_waiting(batch: Batch) -> int | None:
    """Give the first row that waits for a decision."""
    statement = select(ImportRow.id).where(ImportRow.batch_id == batch.id, ImportRow.outcome == Outcome.WAITING)
    return session().scalar(statement.order_by(ImportRow.line).limit(1))


@dataclass(frozen=True)
class Raw:
    """A row as the worker needs it."""

    id: int
    line: int
    cells: list[str]
    faults: dict[str, str]
    decision: dict[str, Any] | None
    subject_id: int | None
    outcome: Outcome | None


_RAW = (
    ImportRow.id,
    ImportRow.line,
    ImportRow.cells,
    ImportRow.faults,
    ImportRow.decision,
    ImportRow.subject_id,
    ImportRow.outcome,
)


def all_rows(batch_id: int) -> list[Raw]:
    """Read every row of an import that was not imported yet."""
    statement = select(*_RAW).where(ImportRow.batch_id == batch_id, ImportRow.applied_at.is_(None))
    return [Raw(*row) for row in read(statement.order_by(ImportRow.line))]


def rows_to_apply(batch_id: int, amount: int) -> list[Raw]:
    """Read the next rows that are sound and not yet imported."""
    statement = select(*_RAW).where(
        ImportRow.batch_id == batch_id, ImportRow.outcome.in_(GOOD), ImportRow.applied_at.is_(None)
    )
    return [Raw(*row) for row in read(statement.order_by(ImportRow.line).limit(amount))]


def rows_to_undo(batch_id: int, amount: int) -> list[tuple[int, dict[str, Any]]]:
    """Read the next rows whose import is to be undone, the last of the file first."""
    statement = select(ImportRow.id, ImportRow.undo).where(
        ImportRow.batch_id == batch_id, ImportRow.applied_at.is_not(None), ImportRow.kept.is_(None)
    )
    return [(key, undo or {}) for key, undo in read(statement.order_by(ImportRow.line.desc()).limit(amount))]


def rejected_rows(batch_id: int) -> Iterator[Any]:
    """Give the rows that were not imported, with what is said of them, some hundreds at a time."""
    shown = (ImportRow.line, ImportRow.cells, ImportRow.outcome, ImportRow.reasons)
    reached = 0
    while True:
        statement = select(*shown).where(
            ImportRow.batch_id == batch_id,
            ImportRow.line > reached,
            ImportRow.outcome.in_((Outcome.WAITING, Outcome.REFUSED)),
            ImportRow.applied_at.is_(None),
        )
        rows = read(statement.order_by(ImportRow.line).limit(BY_FILE)).all()
        yield from rows
        if len(rows) < BY_FILE:
            return
        reached = rows[-1].line

"""What the worker does with an import, one transaction at a time; a step that was done is never done twice."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from tracker.accounts.access import Actor
from tracker.core import audit, clock
from tracker.core.db import session, table_of, write
from tracker.core.errors import Refused
from tracker.core.text import N_, Message
from tracker.imports import checking, mapping, messages, queries
from tracker.imports.kinds import Context, Done, Finding, Kind, get_kind
from tracker.imports.models import Batch, ImportRow
from tracker.imports.queries import Raw
from tracker.imports.readings import Reading
from tracker.imports.rules import BatchState, Extent, Outcome
from tracker.imports.tables import Found

CHUNK = 1000
"""Rows that are imported in one transaction, so that others can write in between."""


class NotAll(Exception):
    """A row cannot be imported any more, so that none is; `refused` says which, and why."""

    def __init__(self, refused: Mapping[int, Message]) -> None:
        """Keep the ids of the rows with their sentences."""
        self.refused = refused
        super().__init__(f"{len(refused)} rows")


def context_of(batch: Batch, actor: Actor) -> Context:
    """Say for whom and into what is imported."""
    return Context(actor, batch.target_id, Reading.from_plain(batch.reading).preamble, batch.checked_at)


def hold(batch_id: int, state: BatchState) -> Batch | None:
    """Take the import's lock; nothing when it is not in this state any more."""
    batch = session().scalar(
        select(Batch).where(Batch.id == batch_id).with_for_update().execution_options(populate_existing=True)
    )
    return batch if batch is not None and batch.state is state else None


def keep_reading(batch: Batch, reading: Reading, found: Found) -> None:
    """Keep the rows of the file, and guess what its columns mean."""
    session().execute(delete(ImportRow).where(ImportRow.batch_id == batch.id))
    rows = [
        {"batch_id": batch.id, "line": line.number, "cells": line.cells, "faults": _plain_faults(line.faults)}
        for line in found.tables[reading.table].rows
    ]
    if rows:
        empty = {"reasons": [], "subject": "", "offers": [], "alike": "", "may_be_new": True}
        write(insert(table_of(ImportRow)), [{**row, **empty} for row in rows])
    kind = get_kind(batch.kind)
    batch.reading, batch.source = reading.as_plain(), found.source
    batch.columns = _columns(kind, reading, [line.cells for line in found.tables[reading.table].rows])
    batch.state, batch.problem, batch.done = BatchState.READ, None, 0


def _plain_faults(faults: Mapping[int, str]) -> dict[str, str]:
    return {str(column): fault for column, fault in faults.items()}


def _columns(kind: Kind, reading: Reading, rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Give the columns that were chosen before for such a file, else those that their names suggest, if they hold anything."""
    filled = {place for cells in rows for place, cell in enumerate(cells) if cell}
    named = [name if place in filled or not rows else "" for place, name in enumerate(reading.header)]
    places = mapping.guess(kind.columns, named)
    for kept in queries.chosen_before(kind.key, mapping.fingerprint(reading.header)):
        remembered = mapping.remembered(kind.columns, kept, reading.header)
        if kept and all(remembered.get(key) is not None for key in kept):
            places = remembered
            break
    return {key: place for key, place in places.items() if place is not None}


_FOUND = update(table_of(ImportRow)).where(ImportRow.id == bindparam("row_id"))


def keep_check(batch: Batch, rows: Sequence[Raw], findings: Sequence[Finding], *, actor: Actor) -> None:
    """Keep what the dry run says of every row."""
    values = [{"row_id": row.id, **checking.columns_of(one)} for row, one in zip(rows, findings, strict=True)]
    if values:
        write(_FOUND, values)
    batch.state, batch.problem, batch.done, batch.checked_at = BatchState.CHECKED, None, len(rows), clock.now()
    counts = queries.counts_of(batch)
    audit.record(
        "import.checked",
        batch,
        actor=actor,
        kind=batch.kind,
        target_id=batch.target_id,
        **{outcome.value: count for outcome, count in counts.items()},
    )


_APPLIED = _FOUND.values(
    subject_id=bindparam("made"), applied_at=bindparam("moment"), undo=bindparam("taken_back_by"), kept=None
)


def apply_some(batch: Batch, *, actor: Actor) -> int:
    """Import the next rows; give how many were looked at, none when all are through."""
    rows = queries.rows_to_apply(batch.id, CHUNK)
    if rows:
        refused = _apply(batch, rows, actor)
        if refused and batch.extent is Extent.ALL:
            raise NotAll(refused)
        refuse_rows(refused)
        batch.done += len(rows)
    return len(rows)


def apply_all(batch: Batch, *, actor: Actor) -> None:
    """Import every row in this one transaction, or raise `NotAll`."""
    while apply_some(batch, actor=actor):
        pass


def _apply(batch: Batch, rows: Sequence[Raw], actor: Actor) -> dict[int, Message]:
    """Import rows, and give those that cannot be any more."""
    given = [checking.given_of(row, batch.columns) for row in rows]
    done: Sequence[Done] = get_kind(batch.kind).apply(given, context_of(batch, actor))
    pairs = list(zip(rows, done, strict=True))
    moment = clock.now()
    values = [
        {"row_id": row.id, "made": one.subject_id, "moment": moment, "taken_back_by": dict(one.undo)}
        for row, one in pairs
        if one.message is None
    ]
    if values:
        write(_APPLIED, values)
    return {row.id: one.message for row, one in pairs if one.message is not None}


def refuse_rows(refused: Mapping[int, Message]) -> None:
    """Note why rows cannot be imported any more."""
    values = [{"row_id": key, "said": messages.all_plain([message])} for key, message in refused.items()]
    if values:
        write(_FOUND.values(outcome=Outcome.REFUSED, reasons=bindparam("said")), values)


def finish_applying(batch: Batch, *, actor: Actor) -> None:
    """Say that all is imported that could be."""
    batch.state, batch.problem, batch.finished_at = BatchState.APPLIED, None, clock.now()
    _record("import.applied", batch, actor, rows=batch.done, extent=batch.extent)


_UNDONE = _FOUND.values(applied_at=None, undo=None, kept=None)
_KEPT = _FOUND.values(kept=bindparam("why"))


def undo_some(batch: Batch, *, actor: Actor) -> int:
    """Undo the next rows, the last of the file first; give how many were looked at."""
    rows = queries.rows_to_undo(batch.id, CHUNK)
    if not rows:
        return 0
    said = get_kind(batch.kind).undo([undo for _key, undo in rows], context_of(batch, actor))
    pairs = [(key, message) for (key, _undo), message in zip(rows, said, strict=True)]
    if gone := [{"row_id": key} for key, message in pairs if message is None]:
        write(_UNDONE, gone)
    if kept := [{"row_id": key, "why": messages.to_plain(message)} for key, message in pairs if message is not None]:
        write(_KEPT, kept)
    batch.done += len(rows)
    return len(rows)


def finish_undoing(batch: Batch, *, actor: Actor) -> None:
    """Say that all is taken back that could be."""
    batch.state, batch.problem, batch.finished_at = BatchState.UNDONE, None, clock.now()
    _record("import.undone", batch, actor, rows=batch.done, kept=queries.count_kept(batch))


_BACK = {
    BatchState.READING: BatchState.UNREADABLE,
    BatchState.CHECKING: BatchState.READ,
    BatchState.UNDOING: BatchState.APPLIED,
}


def give_up(batch: Batch, why: Refused | None = None) -> None:
    """Put an import back to where a person can go on, with the reason."""
    back = _BACK.get(batch.state)
    if batch.state is BatchState.APPLYING:
        back = BatchState.APPLIED if queries.rows_to_undo(batch.id, 1) else BatchState.CHECKED
    if back is not None:
        unknown = Message(N_("The last step was ended by a fault and did not come to its end. Try it again."))
        batch.state, batch.problem = back, messages.to_plain(why.message if why else unknown)


def _record(action: str, batch: Batch, actor: Actor, **facts: Any) -> None:
    audit.record(action, batch, actor=actor, kind=batch.kind, target_id=batch.target_id, **facts)

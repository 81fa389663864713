"""What people do with an import; each slow step is queued for a worker."""

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from tracker.accounts.access import Actor
from tracker.core import audit, clock, queue
from tracker.core.db import check_version, session
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.imports import mapping, queries
from tracker.imports.kinds import Kind, get_kind
from tracker.imports.models import Batch, ChosenColumns, ImportFile
from tracker.imports.reading.grid import MOST_BYTES
from tracker.imports.readings import Reading
from tracker.imports.rules import (
    GOOD,
    BatchState,
    Encoding,
    Extent,
    Outcome,
    check_extent,
    check_mapping,
    check_move,
)

READ, CHECK, APPLY, UNDO = "imports.read", "imports.check", "imports.apply", "imports.undo"
ATTEMPTS = 3
"""A file that ends the worker three times is set aside."""


@dataclass(frozen=True)
class NewImport:
    """A file that somebody hands in."""

    file_name: str
    content: bytes
    target_id: int | None = None


@dataclass(frozen=True)
class ReadingOptions:
    """How a file is to be read; nothing where it is to be found out."""

    encoding: Encoding | None = None
    sheet: int | None = None
    table: int | None = None
    header_row: int | None = None
    version: int | None = None


def begin_import(kind: Kind, details: NewImport, *, actor: Actor, by_worker: bool = True) -> Batch:
    """Take a file in, and have it read: by a worker, unless the caller does that itself."""
    if not details.content:
        raise Refused(N_("The file is empty. Choose it again."), field="file")
    if len(details.content) > MOST_BYTES:
        raise Refused(
            N_("The file is larger than %(most)s MB. Split it, and import one part after the other."),
            field="file",
            most=MOST_BYTES // 1024**2,
        )
    if kind.target_label and kind.target(details.target_id, actor) is None:
        raise Refused(N_("Choose what the file is imported into."), field="target")
    batch = Batch(
        kind=kind.key,
        target_id=details.target_id if kind.target_label else None,
        file_name=" ".join(details.file_name.split())[:200] or "—",
        size=len(details.content),
        sha256=hashlib.sha256(details.content).hexdigest(),
        created_by_id=actor.user_id,
    )
    session().add(batch)
    session().flush()
    session().add(ImportFile(batch_id=batch.id, content=details.content))
    _record("import.begun", batch, actor, sha256=batch.sha256, size=batch.size)
    if by_worker:
        _queue(READ, batch, actor)
    return batch


def read_again(batch: Batch, options: ReadingOptions, *, actor: Actor) -> None:
    """Have the file read in another way; what was decided on its rows is gone with them."""
    check_version(batch, options.version)
    check_move(batch.state, BatchState.READING)
    _refuse_forgotten(batch)
    chosen: dict[str, Any] = {name: value for name, value in vars(options).items() if name != "version"}
    batch.options = {name: value for name, value in chosen.items() if value is not None}
    batch.state, batch.problem, batch.done = BatchState.READING, None, 0
    _queue(READ, batch, actor)


def choose_columns(
    batch: Batch, columns: mapping.Columns, *, version: int | None, actor: Actor, by_worker: bool = True
) -> None:
    """Say which column means what, remember it for the next file of this shape, and have a dry run made."""
    check_version(batch, version)
    check_move(batch.state, BatchState.CHECKING)
    kind, reading = get_kind(batch.kind), Reading.from_plain(batch.reading)
    check_mapping(columns, kind.required, len(reading.header))
    batch.columns = {key: place for key, place in columns.items() if place is not None}
    batch.state, batch.problem, batch.done = BatchState.CHECKING, None, 0
    _remember(batch, reading)
    if by_worker:
        _queue(CHECK, batch, actor)


def _remember(batch: Batch, reading: Reading) -> None:
    fingerprint = mapping.fingerprint(reading.header)
    kept = session().scalar(
        select(ChosenColumns).where(ChosenColumns.kind == batch.kind, ChosenColumns.fingerprint == fingerprint)
    )
    if kept is None:
        kept = ChosenColumns(kind=batch.kind, fingerprint=fingerprint)
        session().add(kept)
    kept.names = mapping.kept_names(dict(batch.columns), reading.header)
    kept.source, kept.used_at = batch.source, clock.now()


def apply_import(batch: Batch, extent: Extent, *, version: int | None, actor: Actor, by_worker: bool = True) -> None:
    """Have the sound rows imported."""
    check_version(batch, version)
    check_move(batch.state, BatchState.APPLYING)
    check_extent(extent, queries.count_open(batch))
    batch.state, batch.extent, batch.problem, batch.done = BatchState.APPLYING, extent, None, 0
    if by_worker:
        _queue(APPLY, batch, actor)


def undo_import(batch: Batch, *, version: int | None, actor: Actor) -> None:
    """Have everything taken back that was imported."""
    check_version(batch, version)
    check_move(batch.state, BatchState.UNDOING)
    _refuse_forgotten(batch)
    batch.state, batch.problem, batch.done = BatchState.UNDOING, None, 0
    _queue(UNDO, batch, actor)


def discard_import(batch: Batch, *, version: int | None, actor: Actor) -> None:
    """Give up an import of which nothing was imported; file and rows are deleted by the upkeep."""
    check_version(batch, version)
    check_move(batch.state, BatchState.DISCARDED)
    batch.state, batch.finished_at = BatchState.DISCARDED, clock.now()
    session().execute(delete(ImportFile).where(ImportFile.batch_id == batch.id))
    _record("import.discarded", batch, actor)


def _refuse_forgotten(batch: Batch) -> None:
    if batch.forgotten_at is not None:
        raise Refused(N_("The rows of this import were deleted after their time, since they hold personal data."))


def _queue(kind: str, batch: Batch, actor: Actor) -> None:
    session().flush()
    queue.enqueue(kind, {"batch_id": batch.id, "actor_id": actor.user_id}, max_attempts=ATTEMPTS)


def _record(action: str, batch: Batch, actor: Actor, **facts: Any) -> None:
    audit.record(action, batch, actor=actor, kind=batch.kind, target_id=batch.target_id, **facts)


def count_good(counts: dict[Outcome, int]) -> int:
    """Count the rows that can be imported."""
    return sum(counts[outcome] for outcome in GOOD)

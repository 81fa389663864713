"""The slow steps of imports, done by the worker: reading, the dry run, importing, undoing, and forgetting."""

from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from tracker.accounts.access import SYSTEM, Actor, load_actor
from tracker.core.db import session, unit_of_work
from tracker.core.errors import Refused
from tracker.core.tasks import Payload, Task, simple
from tracker.core.text import N_
from tracker.imports import checking, mapping, operations, queries, tables
from tracker.imports.kinds import Finding, get_kind
from tracker.imports.models import Batch
from tracker.imports.operations.batches import APPLY, CHECK, READ, UNDO
from tracker.imports.operations.work import NotAll, context_of, hold
from tracker.imports.queries import Raw
from tracker.imports.reading.reader import read_file
from tracker.imports.readings import Reading
from tracker.imports.rules import BatchState, Extent
from tracker.imports.tables import Found

log = structlog.get_logger()
FORGET = "imports.forget"


def actor_of(payload: Payload) -> Actor:
    """Give whoever asked for the step, with the rights as they stand now."""
    user_id = payload["actor_id"]
    return load_actor(user_id) if user_id is not None else SYSTEM


@dataclass(frozen=True)
class Read:
    """What reading a file gave."""

    reading: Reading | None = None
    found: Found = field(default_factory=Found)
    refusal: Refused | None = None


def prepare_reading(payload: Payload) -> Read:
    """Have the file read by a child process."""
    batch = session().get(Batch, payload["batch_id"])
    if batch is None or batch.state is not BatchState.READING:
        return Read()
    content, options, kind = queries.content_of(batch.id), dict(batch.options), get_kind(batch.kind)
    session().rollback()  # no connection is held while the child works
    try:
        if content is None:
            raise Refused(N_("The file is not kept any more. Hand it in again."))
        grid = read_file(content, encoding=options.get("encoding"), sheet=options.get("sheet"))
        found = tables.find(grid, mapping.names_of(kind.columns), options.get("header_row"))
        place = options.get("table") or 0
        if place >= len(found.tables):
            raise Refused(N_("No header was found there. Say in which row the names of the columns stand."))
        return Read(Reading.of(grid, found, place), found)
    except Refused as refusal:
        return Read(refusal=refusal)


def record_reading(payload: Payload, read: Read) -> None:
    """Keep what was read."""
    batch = hold(payload["batch_id"], BatchState.READING)
    if batch is None:
        return
    if read.reading is None:
        operations.give_up(batch, read.refusal)
    else:
        operations.keep_reading(batch, read.reading, read.found)


def prepare_check(payload: Payload) -> tuple[list[Raw], list[Finding]]:
    """Ask the kind what would become of every row; nothing is written."""
    batch = session().get(Batch, payload["batch_id"])
    if batch is None or batch.state is not BatchState.CHECKING:
        return [], []
    rows = queries.all_rows(batch.id)
    context = context_of(batch, actor_of(payload))
    return rows, checking.check_rows(get_kind(batch.kind), rows, batch.columns, context)


def record_check(payload: Payload, checked: tuple[list[Raw], list[Finding]]) -> None:
    """Keep what the dry run says."""
    if batch := hold(payload["batch_id"], BatchState.CHECKING):
        operations.keep_check(batch, *checked, actor=actor_of(payload))


def apply(payload: Payload) -> None:
    """Import the sound rows: a thousand in each transaction, or all of them in one."""
    batch_id = payload["batch_id"]
    with unit_of_work():
        batch = hold(batch_id, BatchState.APPLYING)
        is_all = batch is not None and batch.extent is Extent.ALL
    if is_all:
        _apply_all(batch_id, payload)
        return
    _in_steps(batch_id, BatchState.APPLYING, lambda one: operations.apply_some(one, actor=actor_of(payload)))
    with unit_of_work():
        if batch := hold(batch_id, BatchState.APPLYING):
            operations.finish_applying(batch, actor=actor_of(payload))


def _apply_all(batch_id: int, payload: Payload) -> None:
    try:
        with unit_of_work():
            if batch := hold(batch_id, BatchState.APPLYING):
                operations.apply_all(batch, actor=actor_of(payload))
                operations.finish_applying(batch, actor=actor_of(payload))
    except NotAll as broken:
        with unit_of_work():
            if batch := hold(batch_id, BatchState.APPLYING):
                operations.refuse_rows(broken.refused)
                operations.give_up(
                    batch,
                    Refused(
                        N_("Nothing was imported: %(count)s rows cannot be any more, since the records have changed."),
                        count=len(broken.refused),
                    ),
                )


def undo(payload: Payload) -> None:
    """Take back what was imported, a thousand rows in each transaction."""
    batch_id = payload["batch_id"]
    _in_steps(batch_id, BatchState.UNDOING, lambda one: operations.undo_some(one, actor=actor_of(payload)))
    with unit_of_work():
        if batch := hold(batch_id, BatchState.UNDOING):
            operations.finish_undoing(batch, actor=actor_of(payload))


def _in_steps(batch_id: int, state: BatchState, step: Callable[[Batch], int]) -> None:
    """Go on in transactions of their own until a step finds nothing more to do."""
    looked_at = 1
    while looked_at:
        with unit_of_work():
            batch = hold(batch_id, state)
            looked_at = step(batch) if batch is not None else 0
        session().expunge_all()


def give_up(payload: Payload, _error: str) -> None:
    """Put an import back to where a person can go on."""
    if batch := session().get(Batch, payload["batch_id"], with_for_update=True):
        operations.give_up(batch)


def forget(_payload: Payload) -> None:
    """Delete what is not needed any more."""
    log.info("imports forgotten", count=operations.forget_old_imports())


TASKS: dict[str, Task] = {
    READ: Task(record=record_reading, prepare=prepare_reading, give_up=give_up),
    CHECK: Task(record=record_check, prepare=prepare_check, give_up=give_up),
    APPLY: Task(prepare=apply, give_up=give_up),
    UNDO: Task(prepare=undo, give_up=give_up),
    FORGET: simple(forget),
}

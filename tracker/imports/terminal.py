"""An import from the terminal: the same steps as on the pages, one after the other, without a worker."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from tracker.accounts.access import Actor, can, load_actor
from tracker.accounts.models import User
from tracker.core.db import session, unit_of_work
from tracker.core.errors import NotAllowed, Refused
from tracker.core.text import N_
from tracker.imports import jobs, messages, operations, queries
from tracker.imports.kinds import get_kind
from tracker.imports.models import Batch
from tracker.imports.rules import BatchState, Extent, Outcome


@dataclass(frozen=True)
class Wanted:
    """What the command was asked for."""

    kind: str
    path: Path
    email: str
    target_id: int | None
    extent: Extent
    dry_run: bool


def import_file(wanted: Wanted) -> Iterator[str]:
    """Import a file in the name of a person, and say how its rows end; what cannot be read or imported is refused."""
    actor, kind = _actor(wanted.email), get_kind(wanted.kind)
    if not can(actor, kind.permission):
        raise NotAllowed(N_("Your role does not include this: %(right)s."), right=kind.permission.sentence)
    details = operations.NewImport(wanted.path.name, wanted.path.read_bytes(), wanted.target_id)
    with unit_of_work():
        batch_id = operations.begin_import(kind, details, actor=actor, by_worker=False).id
    payload = {"batch_id": batch_id, "actor_id": actor.user_id}
    read = jobs.prepare_reading(payload)
    with unit_of_work():
        jobs.record_reading(payload, read)
    batch = _after(batch_id, BatchState.READ)
    with unit_of_work():
        operations.choose_columns(batch, dict(batch.columns), version=None, actor=actor, by_worker=False)
    checked = jobs.prepare_check(payload)
    with unit_of_work():
        jobs.record_check(payload, checked)
    batch = _after(batch_id, BatchState.CHECKED)
    counts = queries.counts_of(batch)
    yield f"Import {batch_id}: " + ", ".join(f"{outcome.value} {counts[outcome]:,}" for outcome in Outcome) + "."
    yield from _left_out(batch)
    if wanted.dry_run:
        return
    with unit_of_work():
        operations.apply_import(batch, wanted.extent, version=None, actor=actor, by_worker=False)
    jobs.apply(payload)
    batch = _after(batch_id, BatchState.APPLIED)
    yield f"Imported {batch.done:,} rows. Undo it on the page /imports/{batch_id}."


def _actor(email: str) -> Actor:
    wanted = select(User.id).where(func.lower(User.email) == email.strip().lower(), User.active)
    user_id = session().scalar(wanted)
    if user_id is None:
        raise Refused(N_("Nobody with the mail address %(email)s can sign in."), email=email)
    return load_actor(user_id)


def _after(batch_id: int, state: BatchState) -> Batch:
    """Give the import as it stands after a step, or refuse with what went wrong."""
    session().rollback()
    batch = session().get_one(Batch, batch_id)
    if batch.state is not state and batch.problem:
        message = messages.from_plain(batch.problem)
        raise Refused(message.msgid, field=None, **dict(message.params))
    return batch


def _left_out(batch: Batch) -> Iterator[str]:
    for row in queries.rejected_rows(batch.id):
        reasons = " ".join(str(message) for message in messages.all_from(row.reasons))
        yield f"  row {row.line}: {row.outcome.value}: {reasons}"

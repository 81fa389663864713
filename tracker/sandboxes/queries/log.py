"""The log and the resources of an operation, read on from an event."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import func, select

from tracker.core.db import read, session
from tracker.core.keyset import AnySelect
from tracker.sandboxes.models import SandboxEvent, SandboxOperation, SandboxResource
from tracker.sandboxes.rules.states import EventKind, ResourceState

PORTION = 500
_COLUMNS = (SandboxEvent.id, SandboxEvent.at, SandboxEvent.kind, SandboxEvent.urn, SandboxEvent.text)
_RESOURCE_COLUMNS = (
    SandboxResource.urn,
    SandboxResource.type,
    SandboxResource.name,
    SandboxResource.action,
    SandboxResource.state,
    SandboxResource.started_at,
    SandboxResource.finished_at,
    SandboxResource.event_id,
)


def _lines(operation_id: int) -> AnySelect:
    return select(*_COLUMNS).where(SandboxEvent.operation_id == operation_id)


def lines_after(operation_id: int, after: int, limit: int = PORTION) -> Sequence[Any]:
    """Read what was logged after an event, oldest first."""
    return read(_lines(operation_id).where(SandboxEvent.id > after).order_by(SandboxEvent.id).limit(limit)).all()


def last_lines(operation_id: int, limit: int = PORTION) -> Sequence[Any]:
    """Read the end of the log, oldest first."""
    return read(_lines(operation_id).order_by(SandboxEvent.id.desc()).limit(limit)).all()[::-1]


def lines_with(operation_id: int, words: str, after: int = 0, limit: int = PORTION) -> Sequence[Any]:
    """Read the lines that hold the words, in their text or in the name of their resource."""
    wanted = SandboxEvent.text.icontains(words, autoescape=True) | SandboxEvent.urn.icontains(words, autoescape=True)
    statement = _lines(operation_id).where(wanted, SandboxEvent.id > after)
    return read(statement.order_by(SandboxEvent.id).limit(limit)).all()


def whole_log(operation_id: int) -> Iterator[Sequence[Any]]:
    """Read the whole log in portions; between them no connection is held."""
    after = 0
    while portion := lines_after(operation_id, after):
        session().rollback()
        yield portion
        after = portion[-1].id


def resources_of(operation_id: int) -> Sequence[Any]:
    """Read the resources that an operation deals with, in the order in which it came to them."""
    statement = select(*_RESOURCE_COLUMNS).where(SandboxResource.operation_id == operation_id)
    return read(statement.order_by(SandboxResource.started_at, SandboxResource.id)).all()


def resources_after(operation_id: int, after: int) -> Sequence[Any]:
    """Read the resources that have changed after an event."""
    statement = select(*_RESOURCE_COLUMNS).where(
        SandboxResource.operation_id == operation_id, SandboxResource.event_id > after
    )
    return read(statement.order_by(SandboxResource.event_id)).all()


def standing_of(operation_id: int) -> Any:
    """Read how an operation stands."""
    columns = (
        SandboxOperation.state,
        SandboxOperation.cancel_stage,
        SandboxOperation.kind,
        SandboxOperation.started_at,
        SandboxOperation.finished_at,
        SandboxOperation.sandbox_id,
    )
    return read(select(*columns).where(SandboxOperation.id == operation_id)).one()


def counts_of(operation_id: int) -> dict[ResourceState, int]:
    """Count the resources of an operation by state."""
    statement = (
        select(SandboxResource.state, func.count())
        .where(SandboxResource.operation_id == operation_id)
        .group_by(SandboxResource.state)
    )
    return dict(session().execute(statement).tuples())


def errors_of(operation_id: int) -> Sequence[Any]:
    """Read what went wrong, for the page of an operation that failed."""
    statement = _lines(operation_id).where(SandboxEvent.kind == EventKind.ERROR)
    return read(statement.order_by(SandboxEvent.id).limit(20)).all()

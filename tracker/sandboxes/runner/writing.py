"""Writes what a child tells: lines of the log, resources, states that are kept. In batches, so that a talkative engine costs little."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from tracker.core import clock
from tracker.core.db import table_of
from tracker.sandboxes import vault
from tracker.sandboxes.models import SandboxEvent, SandboxExport, SandboxOperation, SandboxResource
from tracker.sandboxes.rules.states import EventKind, ExportMoment, ResourceState

Message = Mapping[str, Any]
MOST_LINES = 20_000
"""How many lines of one operation are kept; an engine that tells more says the same again and again."""
_SEVERITIES = {"error": EventKind.ERROR, "warning": EventKind.WARNING}
_WORDS = {"pending": "…", "done": "✓", "failed": "✗"}


def write_messages(work: Session, operation: SandboxOperation, messages: Sequence[Message]) -> None:
    """Write a batch of messages of one child."""
    told = [(message, line) for message in messages if (line := _line(message)) is not None]
    ids = _insert_events(work, operation.id, [line for _message, line in told])
    for (message, _), event_id in zip(told, ids, strict=True):
        if message["kind"] == "resource":
            _note_resource(work, operation.id, message, event_id)
    for message in messages:
        if message["kind"] == "export":
            _keep_state(work, operation, message)
        elif message["kind"] == "pending":
            operation.pending = {"rows": list(message["rows"])}


def say(work: Session, operation_id: int, text: str, kind: EventKind = EventKind.STAGE) -> None:
    """Write a line of our own."""
    _insert_events(work, operation_id, [{"at": clock.now(), "kind": kind, "urn": "", "text": text}])


def _insert_events(work: Session, operation_id: int, lines: Iterable[Mapping[str, Any]]) -> list[int]:
    rows = [{"operation_id": operation_id, **line} for line in lines]
    if not rows:
        return []
    added = insert(SandboxEvent).returning(SandboxEvent.id, sort_by_parameter_order=True)
    return list(work.scalars(added, rows))


def _line(message: Message) -> dict[str, Any] | None:
    """Give a message as a line of the log; None for what is no line."""
    at = datetime.fromtimestamp(float(message["at"]), UTC)
    match message["kind"]:
        case "log":
            return {"at": at, "kind": EventKind.LOG, "urn": "", "text": _clean(message["text"])}
        case "said":
            kind = _SEVERITIES.get(str(message["severity"]).partition("#")[0], EventKind.LOG)
            return {"at": at, "kind": kind, "urn": message["urn"][:500], "text": _clean(message["text"])}
        case "resource":
            text = f"{_WORDS[message['state']]} {message['action']} {message['type']} {message['name']}"
            return {"at": at, "kind": EventKind.RESOURCE, "urn": message["urn"][:500], "text": _clean(text)}
        case "stage":
            return {"at": at, "kind": EventKind.STAGE, "urn": "", "text": _clean(message["text"])}
        case "step":
            text = f"{message['number']}/{message['of']} {message['zh']} · {message['en']}"
            return {"at": at, "kind": EventKind.STAGE, "urn": "", "text": _clean(text)}
        case _:
            return None


def _clean(text: object) -> str:
    """Keep one line of the log free of what no database of text takes."""
    return str(text).replace("\0", "")[:4000]


def _note_resource(work: Session, operation_id: int, message: Message, event_id: int) -> None:
    state = ResourceState(message["state"])
    at = datetime.fromtimestamp(float(message["at"]), UTC)
    urn = message["urn"][:500]
    values = {
        "state": state,
        "action": str(message["action"])[:64],
        "event_id": event_id,
        "finished_at": None if state is ResourceState.PENDING else at,
    }
    table = table_of(SandboxResource)
    known = update(table).where(table.c.operation_id == operation_id, table.c.urn == urn).values(values)
    if not getattr(work.execute(known), "rowcount", 0):
        first = {"operation_id": operation_id, "urn": urn, "type": message["type"][:200], "name": message["name"][:200]}
        work.execute(insert(table), [{**first, "started_at": at, **values}])


def leave_unknown(work: Session, operation_id: int) -> None:
    """Say of what was under way when the engine was cut off that nobody knows how it went."""
    table = table_of(SandboxResource)
    open_ = (table.c.operation_id == operation_id, table.c.state == ResourceState.PENDING)
    work.execute(update(table).where(*open_).values(state=ResourceState.UNKNOWN))


def _keep_state(work: Session, operation: SandboxOperation, message: Message) -> None:
    content = json.dumps(message["content"], sort_keys=True).encode()
    deployment = message["content"].get("deployment") or {}
    resources = [row for row in deployment.get("resources") or () if not str(row["type"]).startswith("pulumi:")]
    work.add(
        SandboxExport(
            sandbox_id=operation.sandbox_id,
            operation_id=operation.id,
            moment=ExportMoment(message["moment"]),
            resources=len(resources),
            pending=len(deployment.get("pending_operations") or ()),
            digest=hashlib.sha256(content).hexdigest(),
            content=vault.seal_pack(content, f"{operation.sandbox.code}/state"),
        )
    )


def is_full(work: Session, operation_id: int) -> bool:
    """Tell whether an operation has told as much as is kept of it."""
    nth = select(SandboxEvent.id).where(SandboxEvent.operation_id == operation_id).offset(MOST_LINES).limit(1)
    return work.scalar(nth) is not None

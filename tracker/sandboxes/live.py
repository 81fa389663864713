"""An operation as it goes on: what is new after an event, as a stream for as long as there is room, else for asking again.

A stream holds a thread, never a connection of the database: each look is a context of its own. It ends after a minute; the
browser then opens it again from the last event it has seen, with its rights read anew.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, g

from tracker.core import clock
from tracker.sandboxes import words
from tracker.sandboxes.queries import log
from tracker.sandboxes.queries.figures import waiting_before_id
from tracker.sandboxes.rules.states import ENDED, OPEN, CancelStage, OperationState

LOOK_SECONDS = 0.4
BEAT_SECONDS = 10.0
LONGEST_SECONDS = 60.0
MOST_OF_ONE = 4
"""How many streams one person may have in one process: a few tabs, not all threads."""


@dataclass
class Room:
    """How many streams this process feeds, and for whom."""

    most: int
    lock: threading.Lock = field(default_factory=threading.Lock)
    taken: Counter[int] = field(default_factory=Counter)

    def enter(self, user_id: int) -> bool:
        """Take a place; False where there is none, for this person or at all."""
        with self.lock:
            if self.taken.total() >= self.most or self.taken[user_id] >= MOST_OF_ONE:
                return False
            self.taken[user_id] += 1
            return True

    def leave(self, user_id: int) -> None:
        """Give the place back."""
        with self.lock:
            self.taken[user_id] -= 1


def room_of(app: Flask) -> Room:
    """Give the room of this process."""
    room: Room = app.extensions.setdefault("cloudsteps-streams", Room(app.config["SETTINGS"].web_streams))
    return room


@dataclass(frozen=True)
class News:
    """What is new of an operation after an event."""

    after: int
    lines: list[dict[str, Any]]
    resources: list[dict[str, Any]]
    state: dict[str, Any]

    @property
    def is_last(self) -> bool:
        """Tell whether nothing more will come."""
        return bool(self.state["ended"]) and not self.lines

    def plain(self) -> dict[str, Any]:
        """Give it as data for a page that asks."""
        return {
            "after": self.after,
            "lines": self.lines,
            "resources": self.resources,
            "state": self.state,
            "last": self.is_last,
        }


def news_after(operation_id: int, after: int) -> News:
    """Read what is new, in the reader's language; how it stands is read first, so that nothing is missed at its end."""
    standing = log.standing_of(operation_id)
    lines = log.lines_after(operation_id, after)
    resources = log.resources_after(operation_id, after)
    return News(
        after=lines[-1].id if lines else after,
        lines=[line_of(line) for line in lines],
        resources=[resource_of(row) for row in resources],
        state=state_of(operation_id, standing),
    )


def line_of(line: Any) -> dict[str, Any]:
    """Give a line of the log as the page shows it."""
    return {
        "id": line.id,
        "time": _clock(line.at),
        "kind": line.kind.value,
        "about": words.name_in(line.urn),
        "text": line.text,
    }


def resource_of(row: Any) -> dict[str, Any]:
    """Give a resource as the page shows it."""
    return {
        "urn": row.urn,
        "name": row.name,
        "type": words.short_type(row.type),
        "action": words.action_word(row.action),
        "state": words.label_of(row.state),
        "tone": row.state.tone,
        "time": _clock(row.started_at),
        "seconds": seconds_of(row.started_at, row.finished_at),
    }


def state_of(operation_id: int, standing: Any) -> dict[str, Any]:
    """Give how an operation stands as the page shows it."""
    waiting = waiting_before_id(operation_id) if standing.state is OperationState.QUEUED else 0
    return {
        "label": words.label_of(standing.state),
        "tone": standing.state.tone,
        "sentence": words.sentence_of(standing, waiting, _clock(standing.started_at)),
        "ended": standing.state in ENDED,
        "may_cancel": standing.state in OPEN and standing.cancel_stage is CancelStage.NONE,
    }


def seconds_of(start: Any, end: Any) -> int:
    """Give how long something took, or takes until now, in seconds."""
    return max(0, int(((end or clock.now()) - start).total_seconds()))


def _clock(moment: Any) -> str:
    return f"{clock.in_taipei(moment):%H:%M:%S}" if moment is not None else ""


def stream(app: Flask, operation_id: int, after: int, language: str) -> Iterator[str]:
    """Give what is new as it comes, as server-sent events; the ids are those of the log's rows."""
    yield "retry: 1000\n\n"
    began = beat = time.monotonic()
    shown: dict[str, Any] = {}
    while time.monotonic() - began < LONGEST_SECONDS:
        with app.app_context():
            g.language = language
            news = news_after(operation_id, after)
        after = news.after
        for resource in news.resources:
            yield _event("resource", resource)
        for line in news.lines:
            yield f"id: {line['id']}\n{_event('line', line)}"
        if news.state != shown:
            shown = news.state
            yield _event("state", shown)
        if news.is_last:
            yield _event("end", {})
            return
        if time.monotonic() - beat >= BEAT_SECONDS:
            beat = time.monotonic()
            yield ": still here\n\n"
        time.sleep(LOOK_SECONDS)


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"

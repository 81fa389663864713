"""Faults on order: an error on the n-th call, a slow call, a provider that dies in the middle.

They lie in a file of the practice cloud's folder, so that they can be changed while an operation runs. A fault that struck is
noted beside it and doesn't strike again, not even in a provider that was started anew.
"""

import fcntl
import json
import os
import signal
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from fnmatch import fnmatch
from pathlib import Path

ORDERS = "faults.json"
STRUCK = "faults-struck.json"
_LOCK = "faults.lock"


class Kind(StrEnum):
    """What goes wrong."""

    ERROR = "error"
    SLOW = "slow"
    KILL = "kill"


class Moment(StrEnum):
    """Whether it goes wrong before the cloud did its work, or after it and before the engine heard of it."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True)
class Fault:
    """One fault: which calls it counts, on which of them it strikes, and what it does."""

    kind: Kind
    operation: str = "*"
    type: str = "*"
    nth: int = 1
    times: int = 1
    moment: Moment = Moment.BEFORE
    seconds: float = 0.0
    message: str = "The practice cloud was told to refuse this call."
    key: str = field(default_factory=lambda: uuid.uuid4().hex)

    def concerns(self, operation: str, type_: str, moment: Moment) -> bool:
        """Whether a call is one of those that are counted."""
        return self.moment == moment and fnmatch(operation, self.operation) and fnmatch(type_, self.type)


class InjectedError(Exception):
    """An API error that was ordered."""


def order_faults(folder: Path, *faults: Fault) -> None:
    """Replace the faults of a practice cloud and begin to count anew."""
    with _locked(folder):
        (folder / ORDERS).write_text(json.dumps([asdict(fault) for fault in faults]), encoding="utf-8")
        (folder / STRUCK).unlink(missing_ok=True)


def strike(folder: Path, operation: str, type_: str, moment: Moment) -> None:
    """Count a call, and let happen what was ordered for it."""
    if not (folder / ORDERS).exists():
        return
    for fault in _due(folder, operation, type_, moment):
        if fault.kind is Kind.SLOW:
            time.sleep(fault.seconds)
        elif fault.kind is Kind.KILL:
            os.kill(os.getpid(), signal.SIGKILL)
        else:
            raise InjectedError(fault.message)


def _due(folder: Path, operation: str, type_: str, moment: Moment) -> list[Fault]:
    """Count a call for every fault it concerns, and give those that strike on it."""
    with _locked(folder):
        counts: dict[str, int] = json.loads(_text(folder / STRUCK) or "{}")
        due = []
        for fault in _orders(folder):
            if fault.concerns(operation, type_, moment):
                counts[fault.key] = counts.get(fault.key, 0) + 1
                if fault.nth <= counts[fault.key] < fault.nth + fault.times:
                    due.append(fault)
        (folder / STRUCK).write_text(json.dumps(counts), encoding="utf-8")
    return due


def _orders(folder: Path) -> list[Fault]:
    rows = json.loads(_text(folder / ORDERS) or "[]")
    return [Fault(**{**row, "kind": Kind(row["kind"]), "moment": Moment(row["moment"])}) for row in rows]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let one process at a time count."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

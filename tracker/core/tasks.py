"""How a kind of work is done; each feature lists its kinds in `jobs.py`, and the worker knows them all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Payload = Mapping[str, Any]


def nothing(_payload: Payload, _prepared: Any = None) -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Task:
    """A kind of work in up to three parts.

    `prepare` does what is slow or lies outside the database, in no transaction; it may run again after a crash. `record`
    writes what came of it, in the transaction that also marks the work as done, so that it happens once. `give_up` runs in
    the transaction that sets the work aside for good.
    """

    record: Callable[[Payload, Any], None] = nothing
    prepare: Callable[[Payload], Any] = nothing
    give_up: Callable[[Payload, str], None] = nothing


class Hopeless(Exception):
    """Another try cannot help: the work is set aside at once."""


def simple(record: Callable[[Payload], None]) -> Task:
    """Give a task that only writes to the database."""
    return Task(record=lambda payload, _prepared: record(payload))


def outside(prepare: Callable[[Payload], object]) -> Task:
    """Give a task that brings its own transactions, or needs none."""
    return Task(prepare=prepare)

"""What can be imported: each kind of record is an adapter that a higher feature hands in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tracker.accounts.access import Actor, Permission, can
from tracker.core.content import Bilingual
from tracker.core.errors import NotFound
from tracker.core.text import Message
from tracker.imports.rules import Confidence, Outcome


@dataclass(frozen=True)
class Column:
    """Something that a row can say of a record."""

    key: str
    label: str
    """A msgid of the feature's catalogue."""
    names: tuple[str, ...] = ()
    """Names that columns of real files have for it, in any language."""
    required: bool = False
    example: str = ""


@dataclass(frozen=True)
class Decision:
    """What a person decided on a row that was in doubt."""

    subject_id: int | None = None
    """The record that is meant; nothing where it is a new one."""
    leave_out: bool = False

    def as_plain(self) -> dict[str, Any]:
        """Give the decision as JSON holds it."""
        return {"subject_id": self.subject_id, "leave_out": self.leave_out}


@dataclass(frozen=True)
class Given:
    """A row as its columns were mapped."""

    line: int
    values: Mapping[str, str]
    decision: Decision | None = None
    subject_id: int | None = None
    """The record that the dry run found, when the row is imported."""
    is_new: bool = False
    """Whether the dry run found that it makes a new record, when the row is imported."""

    def get(self, key: str) -> str:
        """Give a value, empty where the file has no such column."""
        return self.values.get(key, "")


@dataclass(frozen=True)
class Offer:
    """A record that a row may mean, for a person to choose."""

    subject_id: int
    name: str
    reasons: tuple[str, ...] = ()
    """Msgids."""


@dataclass(frozen=True)
class Finding:
    """How a row ends, and why."""

    outcome: Outcome
    reasons: tuple[Message, ...] = ()
    subject_id: int | None = None
    subject: str = ""
    """The name of the record that was found."""
    confidence: Confidence | None = None
    offers: tuple[Offer, ...] = ()
    group: str = ""
    """Rows of one group are in doubt for the same reason, so that one decision can be for all of them."""
    may_be_new: bool = True


@dataclass(frozen=True)
class Done:
    """What importing a row has done; `undo` is what its undoing needs, and `message` says why it could not be done."""

    subject_id: int | None = None
    undo: Mapping[str, Any] = field(default_factory=dict)
    message: Message | None = None


@dataclass(frozen=True)
class Context:
    """For whom and into what is imported."""

    actor: Actor
    target_id: int | None = None
    preamble: Sequence[Sequence[str]] = ()
    """What the file says above its table, such as when a meeting began."""
    checked_at: datetime | None = None
    """When the dry run was made: what was made later cannot be what it found, even under the same id."""


@dataclass(frozen=True)
class Target:
    """Something that rows are imported into, such as an event."""

    id: int
    name: Bilingual


def no_targets(_actor: Actor) -> list[Target]:
    """Say that records of a kind belong nowhere in particular."""
    return []


@dataclass(frozen=True)
class Kind:
    """A kind of record that can be imported."""

    key: str
    label: str
    """A msgid in the plural, as in “Vendors”."""
    columns: tuple[Column, ...]
    permission: Permission
    check: Callable[[Sequence[Given], Context], Sequence[Finding]]
    """Say how each row ends; reads only."""
    apply: Callable[[Sequence[Given], Context], Sequence[Done]]
    """Import rows that are sound, as the rows and the database stand now; a row that is not any more says why."""
    undo: Callable[[Sequence[Mapping[str, Any]], Context], Sequence[Message | None]]
    """Take back what rows have done, the last first; a row that cannot be undone says why."""
    table: str
    """The table of the records, to link to their pages."""
    targets: Callable[[Actor], list[Target]] = no_targets
    target_label: str = ""
    """A msgid; empty where there are no targets."""

    @property
    def required(self) -> dict[str, str]:
        """Give the labels of the columns that a file must have."""
        return {column.key: column.label for column in self.columns if column.required}

    def target(self, target_id: int | None, actor: Actor) -> Target | None:
        """Find the target among those that the actor may import into."""
        return next((one for one in self.targets(actor) if one.id == target_id), None)


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Let a higher feature's records be imported; called from `app.py`."""
    _kinds[kind.key] = kind


def get_kind(key: str) -> Kind:
    """Give a kind by its key."""
    if key not in _kinds:
        raise NotFound
    return _kinds[key]


def kinds_for(actor: Actor) -> list[Kind]:
    """List the kinds that an actor may import."""
    return [kind for kind in _kinds.values() if can(actor, kind.permission)]

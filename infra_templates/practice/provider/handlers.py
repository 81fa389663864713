"""What carries out the wishes of the engine for one package: create, read back, update, delete."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from infra_templates.practice.provider.tables import Entry
from infra_templates.practice.provider.wire import Properties

MARK = "practiceCloud"
"""The property of a resource's state that says what the practice cloud did for it."""

EMULATED = "emulated"
RECORDED = "recorded only"


class Failed(Exception):
    """A call that the cloud refused; the sentence is what its API said."""


@dataclass(frozen=True)
class Setting:
    """What a provider was configured with."""

    region: str = ""
    account: str = ""
    default_tags: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Outputs that belong to one call and come from no table."""

    def with_extra(self, **extra: Any) -> "Setting":
        """Give the same setting with outputs for one call."""
        return replace(self, extra=extra)


@dataclass(frozen=True)
class Made:
    """A resource that is there: its id, its inputs as they really are, and its whole state."""

    id: str
    inputs: Properties
    state: Properties


class Handler(Protocol):
    """One way of making resources of a package."""

    def create(self, entry: Entry, inputs: Properties, setting: Setting) -> Made:
        """Create a resource and read it back."""

    def read(self, entry: Entry, known: Made, setting: Setting) -> Made | None:
        """Read a resource as it is now; None where it is gone."""

    def update(self, entry: Entry, known: Made, news: Properties, setting: Setting) -> Made:
        """Change a resource in place."""

    def delete(self, entry: Entry, known: Made, setting: Setting) -> None:
        """Delete a resource; one that is gone already is no fault."""


def changed(olds: Mapping[str, Any], news: Mapping[str, Any]) -> set[str]:
    """Name the properties that differ."""
    return {name for name in olds.keys() | news.keys() if olds.get(name) != news.get(name)}

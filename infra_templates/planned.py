"""A resource as a plan has it, read alike from the engine's preview, a policy pack and the mocks of tests.

Nothing of Pulumi is imported here, so that rules about plans need no engine.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine writes in a preview where a value is known only after the deployment."""

HIDDEN = "[secret]"
"""What the engine shows instead of a secret."""
STACK = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class Planned:
    """A resource, what it is given, and which others it needs for that."""

    type: str
    name: str
    urn: str
    parent: str
    """The URN of what it belongs to."""
    inputs: Mapping[str, Any]
    needs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """URNs by the property that takes something of them."""
    custom: bool = True
    """Whether a provider makes it; a component only holds others."""
    protected: bool = False
    change: str = "create"
    practice: str = ""
    """What the practice cloud would do: `emulated` or `recorded only`; empty for components."""

    @property
    def kind(self) -> str:
        """Give the last part of its type, as people say it."""
        return self.type.rsplit(":", 1)[-1]

    @property
    def package(self) -> str:
        """Give the package that makes it."""
        return self.type.split(":", 1)[0]

    def get(self, path: str) -> Any:
        """Follow a dotted path through its inputs; None where it leads nowhere."""
        value: Any = self.inputs
        for step in path.split("."):
            value = _step(value, step)
        return value

    def rows(self, path: str) -> list[Mapping[str, Any]]:
        """Give the parts of a list at a path; what is no such list has none."""
        return rows_of(self.get(path))

    def reaches(self, path: str, least: int) -> bool:
        """Whether an amount is at least this much, or only the deployment will tell."""
        value = self.get(path)
        return value == UNKNOWN or (_is_amount(value) and value >= least)

    def keeps_to(self, path: str, most: int) -> bool:
        """Whether an amount is set and at most this much, or only the deployment will tell."""
        value = self.get(path)
        return value == UNKNOWN or (_is_amount(value) and 0 < value <= most)

    def is_(self, path: str, *wanted: Any) -> bool:
        """Whether an input has one of these values, or one that only the deployment will tell."""
        value = self.get(path)
        return any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in (UNKNOWN, *wanted))

    def row(self) -> dict[str, Any]:
        """Write what people see of it as plain values."""
        return {
            "type": self.type,
            "name": self.name,
            "urn": self.urn,
            "parent": self.parent,
            "change": self.change,
            "practice": self.practice,
        }


def rows_of(value: Any) -> list[Mapping[str, Any]]:
    """Give the parts of a list that have names and values; what is no such list has none."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []


def part_of(row: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Give a named part of a row; empty where it has none."""
    found = row.get(name)
    return found if isinstance(found, Mapping) else {}


def list_of(row: Mapping[str, Any], name: str) -> list[Any]:
    """Give a named list of a row; empty where it has none."""
    found = row.get(name)
    return list(found) if isinstance(found, list | tuple) else []


def types_in(urn: str) -> list[str]:
    """Give the types of a resource and of all that it belongs to, from its URN."""
    parts = urn.split("::")
    return parts[2].split("$") if parts[2:] else []


def texts_in(value: Any) -> Iterator[str]:
    """Give every text within a value, however deep it lies."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from texts_in(part)
    elif isinstance(value, Sequence):
        for part in value:
            yield from texts_in(part)


def _is_amount(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _step(value: Any, step: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, Sequence) and not isinstance(value, str) and step.isdecimal() and int(step) < len(value):
        return value[int(step)]
    return None

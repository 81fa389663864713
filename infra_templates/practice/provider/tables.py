"""The table of types: which the practice cloud emulates and by which calls, and which it only records."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

TABLES = Path(__file__).parent.parent / "tables"

PACKAGES = ("aws", "azure-native", "gcp")


class UnknownType(Exception):
    """A type or function that the table doesn't have."""


@dataclass(frozen=True)
class Call:
    """One API call: its name, what it is given, and where in its answer the wanted part lies."""

    call: str
    args: Mapping[str, Any] = field(default_factory=dict)
    item: str = ""
    on: tuple[str, ...] = ()
    """Properties whose change makes an update; empty: any."""
    give: bool = True
    """Whether properties of the resource are given by their own names beside `args`."""
    follows: bool = False
    """Whether the call is part of creating, where one of its properties is set."""
    when: str = ""
    """A place whose value has to be true for the call to be made."""
    first: "Call | None" = None
    """A call whose answer this one needs, as `{@first.…}`."""


@dataclass(frozen=True)
class Entry:
    """What the practice cloud does for one type."""

    type: str
    id: str = "{name}"
    name: str = ""
    """The property that gets a name by itself where the program sets none."""
    longest: int = 64
    style: str = "dashed"
    """How that name is made: dashed, plain (letters and digits only) or uuid."""
    replace: tuple[str, ...] = ()
    delete_first: bool = False
    tags: str = ""
    """The property that holds tags, or for AWS the way to set them (`[tagging.*]`)."""
    tag_kind: str = ""
    outputs: Mapping[str, Any] = field(default_factory=dict)
    api: str = ""
    """The emulator's API; empty: recorded only."""
    rename: Mapping[str, str] = field(default_factory=dict)
    """Properties that the API calls otherwise, at any depth."""
    reads: Mapping[str, str] = field(default_factory=dict)
    """Properties that lie elsewhere in what the API tells: a path in its own names, and a form."""
    create: Call | None = None
    updates: tuple[Call, ...] = ()
    read: Call | None = None
    deletes: tuple[Call, ...] = ()
    every: Call | None = None

    @property
    def emulated(self) -> bool:
        """Whether an emulator does the work."""
        return bool(self.api)


@dataclass(frozen=True)
class Tagging:
    """How one API sets, removes and lists tags."""

    add: Call
    remove: Call
    list: Call | None = None
    api: str = ""


@dataclass(frozen=True)
class Table:
    """The types of one package."""

    package: str
    entries: Mapping[str, Entry]
    tagging: Mapping[str, Tagging]

    def __getitem__(self, type_: str) -> Entry:
        """Give the entry of a type, or refuse the type by name."""
        try:
            return self.entries[type_]
        except KeyError:
            raise UnknownType(
                f"The practice cloud doesn't know {type_}. Use another resource, or add it to "
                f"infra_templates/practice/tables/{self.package}.toml."
            ) from None


@cache
def table_of(package: str) -> Table:
    """Read the table of a package."""
    rows: dict[str, Any] = {}
    for path in sorted(TABLES.glob(f"{package}*.toml")):
        rows |= tomllib.loads(path.read_text(encoding="utf-8"))
    tagging = {name: _tagging(row) for name, row in rows.pop("tagging", {}).items()}
    return Table(package, {type_: _entry(type_, row) for type_, row in rows.items()}, tagging)


def package_of(type_: str) -> str:
    """Give the package of a type or function token."""
    return type_.split(":", 1)[0]


def _entry(type_: str, row: Mapping[str, Any]) -> Entry:
    known: dict[str, Any] = {"type": type_}
    row = _with_arm(row) if "arm" in row else row
    for name, value in row.items():
        if name in {"create", "read", "every"}:
            known[name] = _call(value)
        elif name in {"updates", "deletes"}:
            known[name] = tuple(_call(part) for part in value)
        else:
            known[name] = tuple(value) if isinstance(value, list) else value
    unknown = known.keys() - {spec.name for spec in fields(Entry)}
    if unknown:
        raise ValueError(f"{type_} has entries that the table doesn't know: {', '.join(sorted(unknown))}.")
    return Entry(**known)


def _with_arm(row: Mapping[str, Any]) -> dict[str, Any]:
    """Work out what an Azure type's path tells: id, name, type, and that whatever is part of the path never changes."""
    path = row["arm"]
    parts = path.split("/")
    name = parts[-1].strip("{}") if parts[-1].startswith("{") else ""
    kind = "/".join(part for part in parts if not part.startswith("{"))
    told = {"type": kind, **({"name": f"{{{name}}}"} if name else {})}
    places = [part.strip("{}") for part in parts if part.startswith("{")]
    return {
        **{key: value for key, value in row.items() if key != "arm"},
        "id": f"/subscriptions/{{@account}}/resourceGroups/{{resourceGroupName}}/providers/{path}",
        "name": name,
        "replace": ["resourceGroupName", "location", *places, *row.get("replace", [])],
        "outputs": told | dict(row.get("outputs", {})),
    }


def _call(row: str | Mapping[str, Any]) -> Call:
    if isinstance(row, str):
        return Call(row)
    known: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    if "first" in known:
        known["first"] = _call(known["first"])
    return Call(**known)


def _tagging(row: Mapping[str, Any]) -> Tagging:
    known: dict[str, Any] = {name: value if name == "api" else _call(value) for name, value in row.items()}
    return Tagging(**known)

"""What the practice cloud only writes down: a file per resource, so that it can be read, searched and changed behind its back."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Record:
    """A resource that was recorded and not deployed."""

    type: str
    id: str
    state: Mapping[str, Any]
    tags: Mapping[str, str] = field(default_factory=dict)
    region: str = ""


class Records:
    """The recorded resources of one package in one practice cloud."""

    def __init__(self, folder: Path) -> None:
        """Keep records in a folder that need not exist yet."""
        self._folder = folder

    def write(self, record: Record) -> None:
        """Write a record down whole, or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(record.type, record.id)
        draft = path.with_suffix(f".{os.getpid()}.draft")
        draft.write_text(json.dumps(asdict(record), ensure_ascii=False, indent=1), encoding="utf-8")
        draft.replace(path)

    def find(self, type_: str, id_: str) -> Record | None:
        """Find a record, or None where nothing was written down or it was removed."""
        try:
            return _read(self._path(type_, id_))
        except FileNotFoundError:
            return None

    def remove(self, type_: str, id_: str) -> None:
        """Remove a record; one that is gone already is no fault."""
        self._path(type_, id_).unlink(missing_ok=True)

    def __iter__(self) -> Iterator[Record]:
        """Go through all records, in an order that stays the same; one that is removed meanwhile is left out."""
        for path in sorted(self._folder.glob("*.json")):
            with suppress(FileNotFoundError):
                yield _read(path)

    def _path(self, type_: str, id_: str) -> Path:
        return self._folder / f"{hashlib.sha256(f'{type_} {id_}'.encode()).hexdigest()[:32]}.json"


def _read(path: Path) -> Record:
    return Record(**json.loads(path.read_text(encoding="utf-8")))

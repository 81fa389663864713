"""What a copy holds: every object by key, size, SHA-256 computed at the source, version and time."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

FORMAT = 1
RUN = "%Y%m%dT%H%M%S%fZ"
FOLDER = "manifests"
RUNS = "runs"
AREA_FILES = "files"


@dataclass(frozen=True)
class Entry:
    """One object of the source, and the run that copied this version of it."""

    key: str
    size: int
    sha256: str
    version: str
    """The run whose folder holds it."""
    modified: str
    """When the source received it."""

    @property
    def area(self) -> str:
        """Give the first part of the key: the cell of files, or the databases."""
        return area_of(self.key)

    @property
    def path(self) -> str:
        """Give the rest of the key, the object's own name at the source."""
        return self.key[len(self.area) + 1 :]

    @property
    def place(self) -> str:
        """Name where it lies below the folder of the runs."""
        return f"{self.version}/{self.key}"


@dataclass(frozen=True)
class Manifest:
    """The state of the source at one moment."""

    run: str
    as_of: str
    """When the listing of the source began: nothing later is promised."""
    full_run: str
    """The newest run that copied everything anew."""
    previous: str
    """SHA-256 of the manifest before this one; empty for the first."""
    entries: Mapping[str, Entry]

    def written(self) -> bytes:
        """Write it as JSON, the same bytes for the same content."""
        row = {
            "format": FORMAT,
            **{name: getattr(self, name) for name in ("run", "as_of", "full_run", "previous")},
            "entries": [asdict(self.entries[key]) for key in sorted(self.entries)],
        }
        return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    @property
    def digest(self) -> str:
        """Give its SHA-256, by which the next one points back."""
        return hashlib.sha256(self.written()).hexdigest()

    def due_for_full(self, now: datetime, every_days: int) -> bool:
        """Whether everything must be copied anew, so that nothing ages away that is still needed."""
        return now - datetime.strptime(self.full_run, RUN).replace(tzinfo=UTC) >= timedelta(days=every_days)


class Unreadable(ValueError):
    """A manifest that isn't one."""


def read_manifest(content: bytes) -> Manifest:
    """Read what `Manifest.written` wrote."""
    try:
        row = json.loads(content)
        entries = [Entry(**entry) for entry in row["entries"]]
        if row["format"] != FORMAT:
            raise Unreadable(f"Format {row['format']} is not known.")
        return Manifest(
            row["run"], row["as_of"], row["full_run"], row["previous"], {entry.key: entry for entry in entries}
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"The manifest cannot be read: {error}") from error


def area_of(key: str) -> str:
    """Give the part of a key before the object's own name: `files/<cell>` or `databases`."""
    parts = key.split("/", 2)
    return "/".join(parts[:2]) if parts[0] == AREA_FILES else parts[0]


def by_place(entries: Iterable[Entry]) -> dict[tuple[str, str], list[Entry]]:
    """Group entries by the run and the area where they lie in the copy."""
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.version, entry.area), []).append(entry)
    return groups


def place_in_copy(version: str, area: str) -> str:
    """Name the folder of the copy that holds an area as one run copied it."""
    return f"{RUNS}/{version}/{area}"


def run_name(moment: datetime) -> str:
    """Name a run by its time, so that names sort as runs do."""
    return moment.astimezone(UTC).strftime(RUN)

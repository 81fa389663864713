"""One run: list the source, copy what changed to a place that nothing was ever written to, read it back, write the manifest.

Nothing in the copy is changed or deleted, ever; so the identity that writes it needs no right to do so.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from infra_templates.backup.mover.databases import DumpFailed, DumpSettings, copy_database
from infra_templates.backup.mover.manifest import (
    FOLDER,
    Entry,
    Manifest,
    Unreadable,
    by_place,
    place_in_copy,
    read_manifest,
    run_name,
)
from infra_templates.backup.mover.rclone import COPY, Listed, Rclone, RcloneFailed

PASSES = 3
"""How often an object is tried that changed while it was copied."""
SHRUNK = 0.5
"""Below this share of the objects of the last run, somebody must look: deletion on this scale is an accident or an attack."""


@dataclass(frozen=True)
class CopySettings:
    """What is copied, how often anew, and how much of the old is read back."""

    sources: Mapping[str, str]
    """The place of each cell's files, in rclone's words: `source:bucket`."""
    databases: Sequence[DumpSettings] = ()
    full_every_days: int = 7
    sample: int = 20
    """How many objects of earlier runs are read back in each run; a full run reads back everything."""


@dataclass
class CopyResult:
    """How a run ended."""

    manifest: Manifest
    copied: int = 0
    copied_bytes: int = 0
    verified: int = 0
    seconds: float = 0
    full: bool = False
    failures: dict[str, str] = field(default_factory=dict)
    """By key, in words."""
    warnings: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether all of the source is in the copy; a run that found nothing to keep has failed."""
        return not self.failures and bool(self.manifest.entries)


def run_copy(
    settings: CopySettings, rclone: Rclone, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> CopyResult:
    """Copy one way into the second cloud and verify it by download."""
    begun = clock()
    run = run_name(begun)
    before, warnings = _previous(rclone)
    full = before is None or before.due_for_full(begun, settings.full_every_days)
    result = CopyResult(_manifest(run, begun, before, full=full), full=full, warnings=warnings)
    entries: dict[str, Entry] = {}
    _copy_files(_Run(settings, rclone, run, {} if full or before is None else before.entries, result), entries)
    _copy_databases(settings, rclone, run, result, entries)
    _check_sample(settings, rclone, run, result, entries)
    if before is not None and len(entries) < len(before.entries) * SHRUNK:
        result.warnings.append(f"Only {len(entries)} of {len(before.entries)} objects are left at the source.")
    result.manifest = _manifest(run, begun, before, full=full, entries=entries)
    if entries:
        rclone.write(f"{COPY}:{FOLDER}/{run}.json", result.manifest.written())
    result.seconds = (clock() - begun).total_seconds()
    return result


def newest_manifest(rclone: Rclone) -> Manifest | None:
    """Read the newest manifest of the copy; None where nothing was copied yet."""
    names = sorted(listed.path for listed in rclone.list_objects(f"{COPY}:{FOLDER}"))
    return load_manifest(rclone, names[-1].removesuffix(".json")) if names else None


def load_manifest(rclone: Rclone, run: str) -> Manifest:
    """Read the manifest of a run."""
    content = rclone.read(f"{COPY}:{FOLDER}/{run}.json")
    if content is None:
        raise Unreadable(f"There is no manifest of {run}.")
    return read_manifest(content)


@dataclass(frozen=True)
class _Run:
    settings: CopySettings
    rclone: Rclone
    name: str
    held: Mapping[str, Entry]
    """What earlier runs hold and this one need not copy again."""
    result: CopyResult


def _copy_files(run: _Run, entries: dict[str, Entry]) -> None:
    for cell, source in run.settings.sources.items():
        waiting = _take_held(run, cell, run.rclone.list_objects(source), entries)
        for attempt in range(1, PASSES + 1):
            if not waiting:
                break
            area = f"files/{cell}"
            done = _copy_once(run, source, area, waiting, attempt)
            entries.update((f"{area}/{path}", entry) for path, entry in done.items())
            waiting = _still_waiting(run, source, waiting, done)
        run.result.failures.update((f"files/{cell}/{path}", "could not be copied whole") for path in waiting)


def _take_held(run: _Run, cell: str, listed: Sequence[Listed], entries: dict[str, Entry]) -> dict[str, Listed]:
    """Carry over what is the same as before, and give what must be copied."""
    waiting = {}
    for one in listed:
        key = f"files/{cell}/{one.path}"
        held = run.held.get(key)
        if held is not None and (held.size, held.modified) == (one.size, one.modified):
            entries[key] = held
        else:
            waiting[one.path] = one
    return waiting


def _copy_once(run: _Run, source: str, area: str, waiting: Mapping[str, Listed], attempt: int) -> dict[str, Entry]:
    """Copy and read back; gives those whose copy is what the source had."""
    version = run.name if attempt == 1 else f"{run.name}-{attempt}"
    at_source = run.rclone.hashes(source, waiting)
    place = f"{COPY}:{place_in_copy(version, area)}"
    said = run.rclone.copy(source, place, waiting)
    if said:
        run.result.warnings.append(said.strip()[-500:])
    in_copy = run.rclone.hashes(place, at_source)
    good = {path: digest for path, digest in at_source.items() if in_copy.get(path) == digest}
    run.result.copied += len(good)
    run.result.verified += len(good)
    run.result.copied_bytes += sum(waiting[path].size for path in good)
    return {
        path: Entry(f"{area}/{path}", waiting[path].size, digest, version, waiting[path].modified)
        for path, digest in good.items()
    }


def _still_waiting(
    run: _Run, source: str, waiting: Mapping[str, Listed], done: Mapping[str, Entry]
) -> dict[str, Listed]:
    """Look again at those that failed: one deleted meanwhile is no longer owed."""
    left = waiting.keys() - done.keys()
    if not left:
        return {}
    return {one.path: one for one in run.rclone.list_objects(source) if one.path in left}


def _copy_databases(
    settings: CopySettings, rclone: Rclone, run: str, result: CopyResult, entries: dict[str, Entry]
) -> None:
    for database in settings.databases:
        try:
            entry = copy_database(database, rclone, run)
        except (DumpFailed, RcloneFailed) as error:
            result.failures[f"databases/{database.cell}.dump"] = str(error)
            continue
        entries[entry.key] = entry
        result.copied += 1
        result.copied_bytes += entry.size
        result.failures.update(check_entries(rclone, [entry]))
        result.verified += 1


def _check_sample(
    settings: CopySettings, rclone: Rclone, run: str, result: CopyResult, entries: Mapping[str, Entry]
) -> None:
    """Read some of what earlier runs wrote, lest the copy decay unseen until the day it is needed."""
    old = [entry for entry in entries.values() if not entry.version.startswith(run)]
    chosen = random.SystemRandom().sample(old, min(settings.sample, len(old)))
    result.failures.update(check_entries(rclone, chosen))
    result.verified += len(chosen)


def check_entries(rclone: Rclone, entries: Sequence[Entry]) -> dict[str, str]:
    """Download objects of the copy and give those that aren't what the manifest says, by key."""
    failures = {}
    for (version, area), group in by_place(entries).items():
        found = rclone.hashes(f"{COPY}:{place_in_copy(version, area)}", [entry.path for entry in group])
        for entry in group:
            if found.get(entry.path) != entry.sha256:
                failures[entry.key] = "differs from its manifest" if entry.path in found else "cannot be read back"
    return failures


def _previous(rclone: Rclone) -> tuple[Manifest | None, list[str]]:
    """Read the last manifest; where it can't be read, everything is copied anew and somebody is told."""
    try:
        return newest_manifest(rclone), []
    except (Unreadable, RcloneFailed) as error:
        return None, [f"The last manifest is of no use, so everything is copied anew: {error}"]


def _manifest(
    run: str, begun: datetime, before: Manifest | None, *, full: bool, entries: Mapping[str, Entry] | None = None
) -> Manifest:
    return Manifest(
        run=run,
        as_of=begun.isoformat(),
        full_run=run if full or before is None else before.full_run,
        previous=before.digest if before else "",
        entries=entries or {},
    )

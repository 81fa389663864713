"""Byte for byte: the copy against its manifests, and what was restored against what the primary held."""

import filecmp
from collections.abc import Iterator, Mapping
from pathlib import Path

from infra_templates.backup.drill.findings import Finding, Kind
from infra_templates.backup.drill.sample import Sample
from infra_templates.backup.mover.copying import check_entries, load_manifest
from infra_templates.backup.mover.manifest import AREA_FILES, FOLDER, RUNS, Manifest
from infra_templates.backup.mover.rclone import COPY, Rclone


def compare_copy(rclone: Rclone, manifest: Manifest, truth: Sample, others: set[str]) -> Iterator[Finding]:
    """Compare what lies in the copy with what its manifests name, and the newest manifest with the truth."""
    owed = {f"{AREA_FILES}/{key}" for key in truth.keys} | others
    for key in owed - manifest.entries.keys():
        yield Finding(key, Kind.MISSING)
    for key in manifest.entries.keys() - owed:
        yield Finding(key, Kind.EXTRA)
    lying = {one.path for one in rclone.list_objects(f"{COPY}:{RUNS}")}
    for entry in manifest.entries.values():
        if entry.place not in lying:
            yield Finding(entry.key, Kind.MISSING)
    there = [entry for entry in manifest.entries.values() if entry.place in lying]
    for key in check_entries(rclone, there):
        yield Finding(key, Kind.CORRUPTED)
    for place in sorted(lying - _named(rclone)):
        yield Finding(place.split("/", 1)[1], Kind.EXTRA)


def _named(rclone: Rclone) -> set[str]:
    """Give every place that any manifest names."""
    runs = [one.path.removesuffix(".json") for one in rclone.list_objects(f"{COPY}:{FOLDER}")]
    return {entry.place for run in runs for entry in load_manifest(rclone, run).entries.values()}


def read_restored(rclone: Rclone, targets: Mapping[str, str], folder: Path) -> None:
    """Download everything that was restored."""
    for part, place in targets.items():
        rclone.put(place, str(folder / part))


def compare_restored(restored: Path, truth: Sample, known: set[str]) -> tuple[list[Finding], int]:
    """Compare every byte of every restored file; gives the faults beyond those known, and how many were compared."""
    findings, compared = [], 0
    for key in truth.keys:
        named, there = f"{AREA_FILES}/{key}", restored / key
        if not there.exists():
            kind = Kind.MISSING
        elif filecmp.cmp(there, truth.path(key), shallow=False):
            compared += 1
            continue
        else:
            kind = Kind.DIFFERENT
        if named not in known:
            findings.append(Finding(named, kind))
    owed = {str(truth.path(key).relative_to(truth.folder)) for key in truth.keys}
    for path in sorted(restored.rglob("*")):
        key = str(path.relative_to(restored))
        if path.is_file() and key not in owed and not key.startswith("databases/"):
            findings.append(Finding(f"{AREA_FILES}/{key}", Kind.EXTRA))
    return findings, compared

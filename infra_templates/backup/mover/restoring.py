"""Put what a manifest names into an empty place, with rclone alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from infra_templates.backup.mover.databases import AREA
from infra_templates.backup.mover.manifest import Manifest, by_place, place_in_copy
from infra_templates.backup.mover.rclone import COPY, Rclone


@dataclass
class Restored:
    """How a restore went."""

    objects: int = 0
    said: list[str] = field(default_factory=list)


def restore_files(manifest: Manifest, rclone: Rclone, targets: Mapping[str, str]) -> Restored:
    """Copy every file of a manifest back; `targets` gives the empty place of each cell, `databases` one for the dumps."""
    result = Restored()
    for (version, area), group in sorted(by_place(manifest.entries.values()).items()):
        target = targets[AREA if area == AREA else area.removeprefix("files/")]
        said = rclone.copy(f"{COPY}:{place_in_copy(version, area)}", target, [entry.path for entry in group])
        if said:
            result.said.append(said)
        result.objects += len(group)
    return result

"""What an attacker does to the primary, what is tried on the copy, and the faults that are planted to see them found."""

from pathlib import Path
from secrets import token_bytes

from infra_templates.backup.drill.places import SOURCE, STORE, Places, earlier_version, refuses_deletion
from infra_templates.backup.drill.sample import Sample, by_cell, split
from infra_templates.backup.drill.settings import Plant
from infra_templates.backup.mover.manifest import RUNS, Manifest, place_in_copy
from infra_templates.backup.mover.rclone import COPY, Rclone
from infra_templates.settings import Cloud

_SOME = 5


def attack(places: Places, rclone: Rclone, truth: Sample, folder: Path) -> list[str]:
    """Delete half of the primary's objects and encrypt the rest; gives the keys of the encrypted ones."""
    keys = sorted(truth.keys)
    deleted, encrypted = keys[::2], keys[1::2]
    for cell, paths in by_cell(deleted):
        rclone.delete(places.file_place(SOURCE, cell), paths)
    for key in encrypted:
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(token_bytes(truth.path(key).stat().st_size + 32))
    for cell, paths in by_cell(encrypted):
        rclone.put(str(folder / cell), places.file_place(SOURCE, cell), paths)
    return encrypted


def probe_native(places: Places, truth: Sample, encrypted: list[str]) -> tuple[int, int] | None:
    """Ask the primary's own versions for some encrypted objects; None where the emulator keeps none."""
    if places.source is not Cloud.AWS:
        return None
    client, same = places.s3(), 0
    for key in encrypted[:_SOME]:
        cell, path = split(key)
        found = earlier_version(client, places.bucket(f"{SOURCE}-{cell}"), path)
        same += found == truth.path(key).read_bytes()
    return same, len(encrypted[:_SOME])


def probe_lock(places: Places) -> tuple[int, int] | None:
    """Try to delete the copy with every right there is; None where the emulator knows no locks."""
    if places.target is not Cloud.AWS:
        return None
    return refuses_deletion(places.s3(), places.bucket(STORE))


def plant_fault(plant: Plant, places: Places, rclone: Rclone, manifest: Manifest) -> None:
    """Damage the copy the way time or an intruder would; lateness is planted by waiting."""
    entry = next(entry for key, entry in sorted(manifest.entries.items()) if entry.size and key.startswith("files/"))
    folder = place_in_copy(entry.version, entry.area)
    if plant is Plant.EXTRA:
        rclone.write(f"{COPY}:{RUNS}/{manifest.run}/files/shared/不該在這裡.txt", b"nobody knows this one")
    elif plant in {Plant.CORRUPTED, Plant.MISSING}:
        place = f"{places.store}/{rclone.encrypted_name(f'{folder}/{entry.path}')}"
        content = rclone.read(place)
        if content is None:
            raise RuntimeError(f"{entry.key} is not where the manifest says.")
        rclone.call("deletefile", place)
        if plant is Plant.CORRUPTED:
            rclone.write(place, content[:-1] + bytes([content[-1] ^ 1]))

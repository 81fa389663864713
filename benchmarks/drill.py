"""The mover beside bare rclone: the same objects through the same encryption, per pair of clouds, in MiB per second.

Bare rclone only copies. The mover also hashes every object at its source, reads every copy back, and writes the manifest.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from infra_templates.backup.drill.places import CELLS, SOURCE, Places
from infra_templates.backup.drill.sample import Sample, by_cell
from infra_templates.backup.drill.settings import PACKAGE, PAIRS
from infra_templates.backup.mover.copying import CopySettings, run_copy
from infra_templates.backup.mover.rclone import COPY
from infra_templates.practice.cloud import PracticeCloud, open_cloud
from infra_templates.settings import Cloud

MIB = 1024 * 1024


def main() -> int:
    """Measure the pairs; 1 where a copy was not whole."""
    parser = argparse.ArgumentParser(description="Compare the mover with bare rclone.")
    parser.add_argument("--objects", type=int, default=1_000)
    parser.add_argument("--pairs", default="", help="such as aws-gcp,gcp-azure; all six where left out")
    asked = parser.parse_args()
    wanted = asked.pairs.split(",") if asked.pairs else [f"{source}-{target}" for source, target in PAIRS]
    good = True
    with tempfile.TemporaryDirectory() as name, open_cloud(Path(name) / "cloud") as cloud:
        sample = Sample.make(Path(name) / "sample", asked.objects, 1)
        print(f"{asked.objects} objects, {sample.bytes / MIB:.1f} MiB")
        for source, target in PAIRS:
            if f"{source}-{target}" in wanted:
                good = compare(cloud, sample, source, target) and good
    return 0 if good else 1


def compare(cloud: PracticeCloud, sample: Sample, source: Cloud, target: Cloud) -> bool:
    endpoints = {one: cloud.endpoints[PACKAGE[one]] for one in (source, target)}
    places = Places(source, target, endpoints, f"bench{source}{target}")
    rclone = places.rclone("password", "salt")
    places.make_buckets(rclone)
    for cell, paths in by_cell(sample.keys):
        rclone.put(str(sample.folder / cell), places.file_place(SOURCE, cell), paths)
    sources = {cell: places.file_place(SOURCE, cell) for cell in CELLS}
    started = time.monotonic()
    for cell, place in sources.items():
        rclone.put(place, f"{COPY}:bare/{cell}")
    bare = time.monotonic() - started
    result = run_copy(CopySettings(sources), rclone)
    speed, bare_speed = sample.bytes / MIB / result.seconds, sample.bytes / MIB / bare
    print(
        f"{source:>5} → {target:<5} mover {speed:6.2f} MiB/s ({result.seconds:5.1f} s, copied and read back)   "
        f"bare rclone copy {bare_speed:6.2f} MiB/s ({bare:5.1f} s)   {speed / bare_speed:5.0%}"
    )
    return result.ok


if __name__ == "__main__":
    sys.exit(main())

"""Find what bears certain tags: the only proof that something is left, or that nothing is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from infra_templates.practice.provider.packages import records_of
from infra_templates.practice.provider.tables import PACKAGES


@dataclass(frozen=True)
class Found:
    """A resource that bears the tags."""

    package: str
    type: str
    id: str
    region: str
    emulated: bool
    """False: it was only recorded, never deployed."""


def search_in(folder: Path, endpoints: Mapping[str, str], tags: Mapping[str, str]) -> list[Found]:
    """Search the records and the emulators of a practice cloud."""
    if not tags:
        raise ValueError("A search without tags would find what isn't ours. Give at least one tag.")
    return [*_recorded(folder, tags)]


def _recorded(folder: Path, tags: Mapping[str, str]) -> Iterator[Found]:
    for package in PACKAGES:
        for record in records_of(folder, package):
            if tags.items() <= record.tags.items():
                yield Found(package, record.type, record.id, record.region, emulated=False)

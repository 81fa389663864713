"""Names within the limits of Google Cloud, and which tenant's containers reach which tenant's data."""

import hashlib
from dataclasses import dataclass

from infra_templates.cells import cells_of, part_for
from infra_templates.settings import SaasSettings

LONGEST_ACCOUNT = 30
LONGEST_SERVICE = 49
LONGEST_BEFORE_ENDING = 55
"""Where the engine adds an ending of its own to a name of at most 63 characters."""
_LONGEST_CELL = 8
_SIGN = 4


def short(cell: str) -> str:
    """Shorten a tenant's code for the narrowest names; two tenants never get the same."""
    if len(cell) <= _LONGEST_CELL:
        return cell
    start = cell[: _LONGEST_CELL - _SIGN - 1].rstrip("-")
    return f"{start}-{hashlib.sha256(cell.encode()).hexdigest()[:_SIGN]}"


@dataclass(frozen=True)
class Reach:
    """The parts of the data that one cell of containers serves; the first is its own."""

    databases: tuple[str, ...]
    files: tuple[str, ...]


def reaches_of(settings: SaasSettings) -> dict[str, Reach]:
    """Tell for each cell of containers what it has to reach, and nothing more."""
    running = cells_of(settings.tenancy_compute, settings.tenants)
    databases = cells_of(settings.tenancy_database, settings.tenants)
    files = cells_of(settings.tenancy_files, settings.tenants)
    return {cell: Reach(_served(cell, running, databases), _served(cell, running, files)) for cell in running}


def _served(cell: str, running: tuple[str, ...], parts: tuple[str, ...]) -> tuple[str, ...]:
    """Take the part that serves the cell, and those of tenants who have data of their own but no containers."""
    own = part_for(cell, parts)
    return tuple(dict.fromkeys((own, *(part for part in parts if part_for(part, running) == cell))))

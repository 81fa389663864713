"""Names within the limits of Google Cloud, and which tenant's containers reach which tenant's data."""

from dataclasses import dataclass

from infra_templates.cells import cells_of, parts_for
from infra_templates.names import cut
from infra_templates.settings import SaasSettings

LONGEST_ACCOUNT = 30
LONGEST_SERVICE = 49
LONGEST_BEFORE_ENDING = 55
"""Where the engine adds an ending of its own to a name of at most 63 characters."""
_LONGEST_CELL = 8


def short(cell: str) -> str:
    """Shorten a tenant's code for the narrowest names; two tenants never get the same."""
    return cut(cell, _LONGEST_CELL)


@dataclass(frozen=True)
class Reach:
    """The parts of the data that one cell of containers serves; without a part of its own it has none."""

    databases: tuple[str, ...]
    files: tuple[str, ...]


def reaches_of(settings: SaasSettings) -> dict[str, Reach]:
    """Tell for each cell of containers what it has to reach, and nothing more."""
    running, tenants = cells_of(settings.tenancy_compute, settings.tenants), settings.tenants
    databases = cells_of(settings.tenancy_database, tenants)
    files = cells_of(settings.tenancy_files, tenants)
    return {
        cell: Reach(parts_for(cell, running, databases, tenants), parts_for(cell, running, files, tenants))
        for cell in running
    }

"""Which tenants share a layer and which have a part of their own."""

from infra_templates.settings import SHARED, SaasSettings, Tenancy


def cells_of(tenancy: Tenancy, tenants: tuple[str, ...]) -> tuple[str, ...]:
    """Name the parts of one layer: one for all, one for all but the large ones, or one for each tenant."""
    if tenancy is Tenancy.POOLED:
        return (SHARED,)
    return (SHARED, *tenants) if tenancy is Tenancy.BRIDGE else tenants


def key_cells_of(settings: SaasSettings) -> tuple[str, ...]:
    """Name the keys; a key for all stays while any layer of data is shared, since shared data has one key."""
    own = cells_of(settings.tenancy_keys, settings.tenants)
    data = {*cells_of(settings.tenancy_database, settings.tenants), *cells_of(settings.tenancy_files, settings.tenants)}
    return own if SHARED in own or SHARED not in data else (SHARED, *own)


def part_for(cell: str, parts: tuple[str, ...]) -> str:
    """Choose the part that serves a tenant: its own, else the one for all, else the first of those who are apart."""
    if cell in parts:
        return cell
    return SHARED if SHARED in parts else parts[0]


def parts_for(cell: str, cells: tuple[str, ...], parts: tuple[str, ...], tenants: tuple[str, ...]) -> tuple[str, ...]:
    """Name the parts of a layer that one cell of containers uses, first the one for tenants not named.

    Shared containers serve every tenant without containers of its own, and never reach what belongs to one that has.
    """
    if cell != SHARED:
        return (part_for(cell, parts),)
    served = [SHARED] if SHARED in parts else []
    return tuple(dict.fromkeys([*served, *(part_for(each, parts) for each in tenants if each not in cells)]))

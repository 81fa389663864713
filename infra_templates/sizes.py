"""The numbers behind small, medium and large, for each cloud and mode."""

from collections.abc import Mapping
from dataclasses import dataclass

from infra_templates.settings import Cloud, Mode, SaasSettings, Size


@dataclass(frozen=True)
class Capacity:
    """What one container has, how many run, and what keeps the data."""

    milli_cpu: int
    memory_mib: int
    least: int
    most: int
    database_gib: int
    database: Mapping[Cloud, str]


# A sandbox shows the same architecture with the smallest parts: one container, a burstable database without a standby.
_SANDBOX = {
    Size.SMALL: Capacity(
        256, 512, 1, 2, 20, {Cloud.AWS: "db.t4g.micro", Cloud.AZURE: "Standard_B1ms", Cloud.GCP: "db-f1-micro"}
    ),
    Size.MEDIUM: Capacity(
        512, 1_024, 1, 4, 20, {Cloud.AWS: "db.t4g.small", Cloud.AZURE: "Standard_B2s", Cloud.GCP: "db-g1-small"}
    ),
    Size.LARGE: Capacity(
        1_024,
        2_048,
        2,
        6,
        50,
        {Cloud.AWS: "db.t4g.medium", Cloud.AZURE: "Standard_B2ms", Cloud.GCP: "db-custom-2-7680"},
    ),
}
_PRODUCTION = {
    Size.SMALL: Capacity(
        512,
        1_024,
        2,
        6,
        50,
        {Cloud.AWS: "db.m7g.large", Cloud.AZURE: "Standard_D2ds_v5", Cloud.GCP: "db-custom-2-7680"},
    ),
    Size.MEDIUM: Capacity(
        1_024,
        2_048,
        2,
        12,
        100,
        {Cloud.AWS: "db.m7g.xlarge", Cloud.AZURE: "Standard_D4ds_v5", Cloud.GCP: "db-custom-4-15360"},
    ),
    Size.LARGE: Capacity(
        2_048,
        4_096,
        4,
        24,
        250,
        {Cloud.AWS: "db.r7g.2xlarge", Cloud.AZURE: "Standard_E8ds_v5", Cloud.GCP: "db-custom-8-61440"},
    ),
}


def capacity_of(settings: SaasSettings) -> Capacity:
    """Give the numbers of a stack's size in its mode."""
    return (_SANDBOX if settings.mode is Mode.SANDBOX else _PRODUCTION)[settings.size]

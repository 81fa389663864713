"""What Azure charges for."""

from collections.abc import Iterator
from decimal import Decimal

from infra_templates.plan.meters.charge import Charge, Meters, Month, cores, each, gibibytes, number, used
from infra_templates.planned import Planned


def _database(resource: Planned, month: Month) -> Iterator[Charge]:
    """Charge server and disk, twice where a standby stands in a second zone."""
    times = 2 if resource.get("highAvailability.mode") in ("ZoneRedundant", "SameZone") else 1
    yield month.by_hour(f"postgresql.{resource.get('sku.name')}", times)
    size = number(resource.get("storage.storageSizeGB"), 32) * times
    most = size * 2 if resource.get("storage.autoGrow") == "Enabled" else size
    yield Charge("postgresql.storage", size, most)


def _app(resource: Planned, month: Month) -> Iterator[Charge]:
    """Charge the containers of an app between its least, mostly idle, and its most, all busy."""
    least = number(resource.get("template.scale.minReplicas"), 0)
    most = number(resource.get("template.scale.maxReplicas"), 1)
    yield from _running(resource, least * month.hours, most * month.hours)
    yield month.used("apps.requests", "requests_millions")


def _job(resource: Planned, month: Month) -> Iterator[Charge]:
    hours = month.uses["copy_hours"]
    yield from _running(resource, hours.low, hours.high)


def _running(resource: Planned, low: Decimal, high: Decimal) -> Iterator[Charge]:
    containers = resource.get("template.containers") or ()
    cpu = sum((cores((one.get("resources") or {}).get("cpu", 0)) for one in containers), Decimal())
    memory = sum((gibibytes((one.get("resources") or {}).get("memory", "0Gi")) for one in containers), Decimal())
    yield Charge("apps.vcpu", cpu * low, cpu * high)
    yield Charge("apps.memory", memory * low, memory * high)


def _front(resource: Planned, month: Month) -> Iterator[Charge]:
    yield Charge(f"frontdoor.{resource.get('sku.name')}", 1, 1)
    yield month.used("frontdoor.out", "out_gb")


def _link(resource: Planned, month: Month) -> Iterator[Charge]:
    yield month.by_hour("link.hour")
    yield month.used("link.data", "stored_gb")


def _files(resource: Planned, month: Month) -> Iterator[Charge]:
    yield month.used(f"blobs.{resource.get('sku.name')}", "stored_gb")


METERS: Meters = {
    "azure-native:dbforpostgresql:Server": _database,
    "azure-native:app:ContainerApp": _app,
    "azure-native:app:Job": _job,
    "azure-native:cdn:Profile": _front,
    "azure-native:operationalinsights:Workspace": used("logs.ingest", "logs_gb", 3),
    "azure-native:monitor:ScheduledQueryRule": each("alert.log"),
    "azure-native:monitor:MetricAlert": each("alert.metric"),
    "azure-native:storage:StorageAccount": _files,
    "azure-native:keyvault:Vault": each("vault.operations", 1, 100),
    "azure-native:network:PrivateEndpoint": _link,
    "azure-native:privatedns:PrivateZone": each("dns.zone"),
    "azure-native:network:FlowLog": used("flows.data", "logs_gb"),
}

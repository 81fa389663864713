"""What Google Cloud charges for."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from infra_templates.plan.meters.charge import Charge, Meters, Month, cores, each, gibibytes, hourly, number, used
from infra_templates.planned import Planned

_CUSTOM = "db-custom-"
_MIB = 1024
_CHECKS = (44, 270)
"""Thousands of executions that an uptime check takes in a month: once a minute from one place, or from six."""


def _database(resource: Planned, month: Month) -> Iterator[Charge]:
    """Charge instance, disk and backups; instance and disk twice where a standby stands in a second zone."""
    times = 2 if resource.get("settings.availabilityType") == "REGIONAL" else 1
    yield from _instance(str(resource.get("settings.tier")), month, times)
    size = number(resource.get("settings.diskSize"), 10)
    most = max(size, number(resource.get("settings.diskAutoresizeLimit")))
    yield Charge("sql.storage", size * times, most * times)
    yield Charge("sql.backups", size / 2, size * 2)


def _instance(tier: str, month: Month, times: int) -> Iterator[Charge]:
    if not tier.startswith(_CUSTOM):
        yield month.by_hour(f"sql.{tier}", times)
        return
    cpus, _, memory = tier.removeprefix(_CUSTOM).partition("-")
    yield month.by_hour("sql.vcpu", number(cpus) * times)
    yield month.by_hour("sql.memory", number(memory) / _MIB * times)


def _service(resource: Planned, month: Month) -> Iterator[Charge]:
    """Charge the containers of a service between its least and its most, sidecars too."""
    least = number(resource.get("template.scaling.minInstanceCount"), 0)
    most = number(resource.get("template.scaling.maxInstanceCount"), 1)
    containers = resource.get("template.containers") or ()
    yield from _running(containers, least * month.hours, most * month.hours)
    yield month.used("transfer.out", "out_gb")


def _job(resource: Planned, month: Month) -> Iterator[Charge]:
    hours = month.uses["copy_hours"]
    yield from _running(resource.get("template.template.containers") or (), hours.low, hours.high)


def _running(containers: Sequence[Mapping[str, Any]], low: Decimal, high: Decimal) -> Iterator[Charge]:
    limits = [(one.get("resources") or {}).get("limits") or {} for one in containers]
    cpu = sum((cores(one.get("cpu", "1")) for one in limits), Decimal())
    memory = sum((gibibytes(one.get("memory", "512Mi")) for one in limits), Decimal())
    yield Charge("run.vcpu", cpu * low, cpu * high)
    yield Charge("run.memory", memory * low, memory * high)


def _nat(resource: Planned, month: Month) -> Iterator[Charge]:
    yield month.by_hour("nat.hour")
    yield month.used("nat.data", "out_gb")


def _armor(resource: Planned, month: Month) -> Iterator[Charge]:
    yield Charge("armor.policy", 1, 1)
    rules = len(resource.get("rules") or ())
    yield Charge("armor.rule", rules, rules)


METERS: Meters = {
    "gcp:sql/databaseInstance:DatabaseInstance": _database,
    "gcp:cloudrunv2/service:Service": _service,
    "gcp:cloudrunv2/job:Job": _job,
    "gcp:compute/routerNat:RouterNat": _nat,
    "gcp:compute/forwardingRule:ForwardingRule": hourly("psc.hour"),
    "gcp:compute/globalForwardingRule:GlobalForwardingRule": hourly("balancer.rule"),
    "gcp:compute/securityPolicy:SecurityPolicy": _armor,
    "gcp:compute/subnetwork:Subnetwork": used("logs.ingest", "logs_gb"),
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": used("logs.ingest", "logs_gb"),
    "gcp:kms/cryptoKey:CryptoKey": each("kms.version", 1, 12),
    "gcp:secretmanager/secretVersion:SecretVersion": each("secret.version"),
    "gcp:storage/bucket:Bucket": used("storage.stored", "stored_gb"),
    "gcp:dns/managedZone:ManagedZone": each("dns.zone"),
    "gcp:cloudscheduler/job:Job": each("scheduler.job"),
    "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig": each("uptime.checks", *_CHECKS),
}

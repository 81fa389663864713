"""What AWS charges for."""

from collections.abc import Iterator
from decimal import Decimal

from infra_templates.plan.meters.charge import Charge, Meters, Month, each, hourly, number, used
from infra_templates.planned import Planned

TASK = "aws:ecs/taskDefinition:TaskDefinition"
_MIB = 1024
_METRICS = (10, 40)
"""How many of its own metrics a cluster with Container Insights keeps."""


def _database(resource: Planned, month: Month) -> Iterator[Charge]:
    """Charge instance and disk, twice where a standby stands in a second zone."""
    times = 2 if resource.get("multiAz") is True else 1
    yield month.by_hour(f"rds.{resource.get('instanceClass')}", times)
    least = number(resource.get("allocatedStorage"), 20)
    most = max(least, number(resource.get("maxAllocatedStorage")))
    yield Charge("rds.storage.gp3", least * times, most * times)


def _containers(resource: Planned, month: Month) -> Iterator[Charge]:
    """Charge the containers of a service between its least and its most."""
    tasks = month.needed_by(resource, TASK)
    targets = month.needing(resource, "aws:appautoscaling/target:Target")
    wanted = number(resource.get("desiredCount"), 1)
    least = number(targets[0].get("minCapacity"), 1) if targets else wanted
    most = number(targets[0].get("maxCapacity"), 1) if targets else wanted
    for task in tasks[:1]:
        yield from _task(task, least * month.hours, most * month.hours)


def _copies(resource: Planned, month: Month) -> Iterator[Charge]:
    """Charge the task that a schedule starts, and the starts."""
    hours = month.uses["copy_hours"]
    for task in month.needed_by(resource, TASK)[:1]:
        yield from _task(task, hours.low, hours.high)
    yield Charge("scheduler.starts", Decimal("0.00003"), Decimal("0.009"))


def _task(task: Planned, low: Decimal, high: Decimal) -> Iterator[Charge]:
    cpu, memory = number(task.get("cpu")) / _MIB, number(task.get("memory")) / _MIB
    yield Charge("fargate.vcpu", cpu * low, cpu * high)
    yield Charge("fargate.memory", memory * low, memory * high)


def _gateway(resource: Planned, month: Month) -> Iterator[Charge]:
    yield month.by_hour("nat.hour")
    yield month.used("nat.data", "out_gb")


def _balancer(resource: Planned, month: Month) -> Iterator[Charge]:
    yield month.by_hour("alb.hour")
    yield month.by_hour("alb.lcu")
    yield month.by_hour("ipv4.hour", len(resource.get("subnets") or ()) or 2)
    yield month.used("transfer.out", "out_gb")


def _firewall(resource: Planned, month: Month) -> Iterator[Charge]:
    yield Charge("waf.acl", 1, 1)
    rules = len(resource.get("rules") or ())
    yield Charge("waf.rule", rules, rules)
    yield month.used("waf.requests", "requests_millions")


def _cluster(resource: Planned, month: Month) -> Iterator[Charge]:
    insights = any(one.get("value") == "enabled" for one in resource.get("settings") or ())
    low, high = _METRICS if insights else (0, 0)
    yield Charge("metric.month", low, high)


METERS: Meters = {
    "aws:rds/instance:Instance": _database,
    "aws:ecs/service:Service": _containers,
    "aws:scheduler/schedule:Schedule": _copies,
    "aws:ec2/natGateway:NatGateway": _gateway,
    "aws:ec2/eip:Eip": hourly("ipv4.hour"),
    "aws:lb/loadBalancer:LoadBalancer": _balancer,
    "aws:wafv2/webAcl:WebAcl": _firewall,
    "aws:ecs/cluster:Cluster": _cluster,
    "aws:kms/key:Key": each("kms.key"),
    "aws:secretsmanager/secret:Secret": each("secret.month"),
    "aws:cloudwatch/logGroup:LogGroup": used("logs.ingest", "logs_gb"),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": each("metric.month"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": each("alarm.month"),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": each("alarm.composite"),
    "aws:cloudwatch/dashboard:Dashboard": each("dashboard.month"),
    "aws:s3/bucket:Bucket": used("s3.stored", "stored_gb"),
    "aws:cloudfront/distribution:Distribution": used("cloudfront.out", "out_gb"),
    "aws:backup/vault:Vault": used("backup.stored", "stored_gb", 2),
    "aws:budgets/budget:Budget": each("budget.month"),
    "aws:sns/topic:Topic": each("sns.emails", 0, Decimal("0.01")),
}

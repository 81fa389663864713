"""The plan as a whole: where it lies, whose it is, what it may cost, how large it may get, and who is told."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from infra_templates.guardrails.rule import COST_TAG, Severity, Subject, Terrain, rule, tag_of, tags_of
from infra_templates.guardrails.rules.databases import FLEXIBLE, RDS, SQL
from infra_templates.guardrails.rules.files import ACCOUNT, BUCKET, GCS
from infra_templates.planned import UNKNOWN, Planned, list_of, part_of
from infra_templates.settings import Cloud

TAGS = ("programme", "engagement", "sandbox", "operation", "owner", "expiry", "cost")
TAGGED = (
    BUCKET, ACCOUNT, GCS, RDS, FLEXIBLE, SQL,
    "aws:ec2/natGateway:NatGateway", "aws:ecs/service:Service", "aws:kms/key:Key", "aws:lb/loadBalancer:LoadBalancer",
    "aws:backup/vault:Vault", "azure-native:app:ContainerApp", "azure-native:cdn:Profile", "azure-native:keyvault:Vault",
    "azure-native:resources:ResourceGroup", "gcp:cloudrunv2/service:Service", "gcp:secretmanager/secret:Secret",
)  # fmt: skip
"""What costs money or holds data: without tags nobody finds whose it is."""
BUDGETS = (
    "aws:budgets/budget:Budget",
    "azure-native:consumption:Budget",
    "azure-native:costmanagement:Budget",
    "gcp:billing/budget:Budget",
)
_SERVICES = ("aws:ecs/service:Service", "azure-native:app:ContainerApp", "gcp:cloudrunv2/service:Service")
_ALARMS = (
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "azure-native:monitor:MetricAlert",
    "azure-native:monitor:ScheduledQueryRule",
    "gcp:monitoring/alertPolicy:AlertPolicy",
)
_PLACELESS = ("global", "Global", UNKNOWN)
_CLOUDS = {"aws": Cloud.AWS, "azure-native": Cloud.AZURE, "gcp": Cloud.GCP}
MOST_CONTAINERS = 50
FEWEST_OF_PRODUCTION = 2
"""One may fail."""
MOST_OF_A_SANDBOX = 10
MOST_GIB_OF_A_SANDBOX = 100
_SMALL = {
    RDS: ("instanceClass", ("db.t3.", "db.t4g.")),
    FLEXIBLE: ("sku.name", ("Standard_B",)),
    SQL: ("settings.tier", ("db-f1-micro", "db-g1-small", "db-custom-1-", "db-custom-2-")),
}
_DISK = {RDS: "allocatedStorage", FLEXIBLE: "storage.storageSizeGB", SQL: "settings.diskSize"}


@rule(
    "tags-complete",
    Severity.BLOCKING,
    why=(
        "資源缺少標籤：計畫、輔導案、名稱、作業、負責人、到期日、費用歸屬。",
        "A resource lacks tags: programme, engagement, sandbox, operation, owner, expiry, cost.",
    ),
    do=("用 names.tags_of 給資源加上標籤。", "Give it the tags of names.tags_of."),
)
def tags_complete(plan: Terrain) -> Iterator[Subject]:
    """Object to what nobody can be asked about; a type that takes tags has all of them or is refused."""
    for resource in plan.custom:
        named = any(str(name).startswith("cloudsteps-") for name in tags_of(resource))
        if (resource.type in TAGGED or named) and not _is_fully_tagged(resource):
            yield resource


@rule(
    "region-allowed",
    Severity.BLOCKING,
    why=("資源放在不允許的區域。", "A resource lies in a region that is not allowed."),
    do=("改用允許的區域，見 settings.REGIONS。", "Choose an allowed region, see settings.REGIONS."),
)
def region_allowed(plan: Terrain) -> Iterator[Subject]:
    """Object to data that leaves where it was promised to be."""
    for resource in plan.custom:
        cloud = _CLOUDS.get(resource.package)
        place = _place_of(resource)
        if cloud and place and place not in _PLACELESS and place.lower() not in plan.limits.regions[cloud]:
            yield resource


@rule(
    "budget-present",
    Severity.WARNING,
    why=("沒有預算，花費超過時沒有人會收到通知。", "There is no budget: nobody is told before the money is spent."),
    do=(
        "加上預算；Google Cloud 要先設定 billing_account。",
        "Add a budget; on Google Cloud set billing_account first.",
    ),
)
def budget_present(plan: Terrain) -> Iterator[Subject]:
    """Object to spending that nobody watches."""
    if plan.has(*_SERVICES) and not plan.has(*BUDGETS):
        yield None


@rule(
    "budget-tells",
    Severity.WARNING,
    why=("預算不會通知任何人。", "A budget tells nobody."),
    do=("加上通知的門檻與收件人。", "Add thresholds and who is told."),
)
def budget_tells(plan: Terrain) -> Iterator[Subject]:
    """Object to a budget without recipients."""
    for budget in plan.of(*BUDGETS):
        told = budget.get("notifications") or budget.get("thresholdRules") or budget.get("allUpdatesRule")
        if not told:
            yield budget


@rule(
    "sandbox-expires",
    Severity.BLOCKING,
    why=("沙箱沒有到期日，會一直花錢。", "A sandbox has no day on which it expires: it goes on costing money."),
    do=("設定 expires_on。", "Set expires_on."),
)
def sandbox_expires(plan: Terrain) -> Iterator[Subject]:
    """Object to a sandbox for ever."""
    if not plan.production:
        tagged = (one for one in plan.custom if tag_of(one, COST_TAG) is not None)
        yield from (one for one in tagged if not _is_day(tag_of(one, "cloudsteps-expiry")))


@rule(
    "sandbox-small",
    Severity.BLOCKING,
    why=("沙箱的資料庫太大。", "The database of a sandbox is too large."),
    do=(
        f"使用可突增的小型機種，磁碟不超過 {MOST_GIB_OF_A_SANDBOX} GiB。",
        f"Use a small, burstable class and a disk of at most {MOST_GIB_OF_A_SANDBOX} GiB.",
    ),
)
def sandbox_small(plan: Terrain) -> Iterator[Subject]:
    """Object to a sandbox that costs like production."""
    if not plan.production:
        yield from (one for one in plan.of(*_SMALL) if not _is_small(one))


@rule(
    "scaling-limited",
    Severity.BLOCKING,
    why=(
        "容器數量沒有上限或上限太高，尖峰或攻擊會變成帳單。",
        "Containers may multiply without an upper limit, or a far one: a peak or an attack becomes a bill.",
    ),
    do=(
        f"設定上限：沙箱最多 {MOST_OF_A_SANDBOX} 個，正式環境最多 {MOST_CONTAINERS} 個。",
        f"Set an upper limit: {MOST_OF_A_SANDBOX} in a sandbox, {MOST_CONTAINERS} in production.",
    ),
)
def scaling_limited(plan: Terrain) -> Iterator[Subject]:
    """Object to growth without end."""
    most = MOST_CONTAINERS if plan.production else MOST_OF_A_SANDBOX
    paths = {
        "aws:appautoscaling/target:Target": "maxCapacity",
        "azure-native:app:ContainerApp": "template.scale.maxReplicas",
        "gcp:cloudrunv2/service:Service": "template.scaling.maxInstanceCount",
    }
    for resource in plan.of(*paths):
        if not resource.keeps_to(paths[resource.type], most):
            yield resource


@rule(
    "production-redundant",
    Severity.BLOCKING,
    why=("正式環境只有一個容器，壞了就停。", "Production has one container only: when it fails, the service stops."),
    do=("最少容器數設為 2。", "Set the least number of containers to 2."),
)
def production_redundant(plan: Terrain) -> Iterator[Subject]:
    """Object to a single container."""
    if not plan.production:
        return
    paths = {
        "aws:appautoscaling/target:Target": "minCapacity",
        "azure-native:app:ContainerApp": "template.scale.minReplicas",
        "gcp:cloudrunv2/service:Service": "template.scaling.minInstanceCount",
    }
    for resource in plan.of(*paths):
        if not resource.reaches(paths[resource.type], FEWEST_OF_PRODUCTION):
            yield resource


@rule(
    "health-checked",
    Severity.BLOCKING,
    why=(
        "沒有健康檢查，壞掉的容器仍會收到訪客。",
        "Nothing asks the containers whether they are well: a broken one goes on getting visitors.",
    ),
    do=("加上健康檢查的路徑。", "Add a health check with its path."),
)
def health_checked(plan: Terrain) -> Iterator[Subject]:
    """Object to containers that nobody asks."""
    for target in plan.of("aws:lb/targetGroup:TargetGroup"):
        if not target.get("healthCheck.path"):
            yield target
    for app in plan.of("azure-native:app:ContainerApp", "gcp:cloudrunv2/service:Service"):
        if not any(_is_asked(one) for one in app.rows("template.containers")):
            yield app


@rule(
    "logs-end",
    Severity.WARNING,
    why=("紀錄永遠保留，費用只增不減。", "Logs are kept for ever and cost more each month."),
    do=("設定保留天數。", "Set how many days they are kept."),
)
def logs_end(plan: Terrain) -> Iterator[Subject]:
    """Object to logs without an end."""
    types = ("aws:cloudwatch/logGroup:LogGroup", "azure-native:operationalinsights:Workspace")
    return (one for one in plan.of(*types) if not one.get("retentionInDays"))


@rule(
    "alarms-present",
    Severity.WARNING,
    why=("服務壞掉時沒有人會收到通知。", "Nobody is told when the service fails."),
    do=("加上警示。", "Add alarms."),
)
def alarms_present(plan: Terrain) -> Iterator[Subject]:
    """Object to a service that nobody watches."""
    if plan.has(*_SERVICES) and not plan.has(*_ALARMS):
        yield None


def _is_fully_tagged(resource: Planned) -> bool:
    tags = tags_of(resource) or part_of(part_of(resource.inputs, "settings"), "userLabels")
    return all(tags.get(f"cloudsteps-{name}") for name in TAGS)


def _place_of(resource: Planned) -> str | None:
    """Give the region that a resource names; a zone of AWS without its letter."""
    zone = resource.get("availabilityZone")
    if resource.package == "aws" and isinstance(zone, str) and zone != UNKNOWN:
        return zone[:-1]
    place = resource.get("location") or resource.get("region")
    return place if isinstance(place, str) else None


def _is_day(value: Any) -> bool:
    if value == UNKNOWN:
        return True
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return True


def _is_small(database: Planned) -> bool:
    path, beginnings = _SMALL[database.type]
    disk = _DISK[database.type]
    fits = database.get(disk) is None or database.keeps_to(disk, MOST_GIB_OF_A_SANDBOX)
    class_ = database.get(path)
    return fits and (class_ == UNKNOWN or str(class_).startswith(beginnings))


def _is_asked(container: Mapping[str, Any]) -> bool:
    probes = [*list_of(container, "probes"), container.get("livenessProbe"), container.get("startupProbe")]
    return any(isinstance(one, Mapping) and one.get("httpGet") for one in probes)

"""Backups: 3-2-1-1-0 as far as a plan can show it, locks that fit the mode, and somebody who is told when none comes."""

from collections.abc import Iterator

from infra_templates.backup.digits import Digit, State
from infra_templates.backup.five_digits import digits_of_plan
from infra_templates.guardrails.rule import Severity, Subject, Terrain, rule
from infra_templates.guardrails.rules.databases import FLEXIBLE, RDS, SQL
from infra_templates.guardrails.rules.files import ACCOUNT, BUCKET, GCS
from infra_templates.planned import Planned, types_in
from infra_templates.settings import Cloud

DATA = (BUCKET, ACCOUNT, GCS, RDS, FLEXIBLE, SQL)
_PACKAGES = {"aws": Cloud.AWS, "azure-native": Cloud.AZURE, "gcp": Cloud.GCP}
_ALARMS = (
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "azure-native:monitor:ScheduledQueryRule",
    "gcp:monitoring/alertPolicy:AlertPolicy",
)
_LOCKS = (
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
    "azure-native:authorization:ManagementLockByScope",
    "azure-native:storage:BlobContainerImmutabilityPolicy",
    "azure-native:storage:BlobContainerLegalHold",
)


@rule(
    "backup-three-copies",
    Severity.BLOCKING,
    why=(
        "沒有三份資料：線上、雲端備份、第二朵雲的副本。",
        "There are not three copies: live data, the cloud's own backup, and one in a second cloud.",
    ),
    do=("加上 Backup 元件，指定 backup_cloud。", "Add the Backup component with a backup_cloud."),
)
def backup_three_copies(plan: Terrain) -> Iterator[Subject]:
    """Object to fewer than three copies."""
    yield from _missing(plan, "copies")


@rule(
    "backup-two-providers",
    Severity.BLOCKING,
    why=(
        "所有資料都在同一家雲端，帳號被鎖就全部失去。",
        "All data lies with one provider: a locked account loses everything.",
    ),
    do=("backup_cloud 選另一家雲端。", "Choose another provider as backup_cloud."),
)
def backup_two_providers(plan: Terrain) -> Iterator[Subject]:
    """Object to one provider alone."""
    yield from _missing(plan, "providers")


@rule(
    "backup-elsewhere",
    Severity.BLOCKING,
    why=("沒有一份放在別處。", "No copy lies elsewhere."),
    do=("副本放在主要雲端以外的地方。", "Put a copy outside the primary's provider."),
)
def backup_elsewhere(plan: Terrain) -> Iterator[Subject]:
    """Object to no copy off the site."""
    yield from _missing(plan, "elsewhere")


@rule(
    "backup-locked",
    Severity.BLOCKING,
    why=(
        "正式環境的副本沒有鎖定，拿到權限的人可以刪除。",
        "The copy of production has no lock: whoever gets the right can delete it.",
    ),
    do=(
        "使用 production 用途，副本會鎖定到保留期滿。",
        "Use the mode production: the copy is locked for as long as it is kept.",
    ),
)
def backup_locked(plan: Terrain) -> Iterator[Subject]:
    """Object to a copy that an attacker can delete."""
    if plan.production:
        yield from _missing(plan, "immutable")


@rule(
    "backup-lock-final",
    Severity.WARNING,
    why=("副本的鎖定還能由有權限的人解除。", "The copy's lock can still be lifted by somebody with the right."),
    do=(
        "Azure 的鎖定要在第一次部署後完成：設定 azure_lock_final 為 true 再部署一次。",
        "Azure's lock is made final after the first deployment: set azure_lock_final to true and deploy again.",
    ),
)
def backup_lock_final(plan: Terrain) -> Iterator[Subject]:
    """Tell of a lock that is not final yet."""
    if plan.production and any(one.name == "immutable" and one.state is State.UNPROVEN for one in _digits(plan)):
        yield None


@rule(
    "backup-alarm",
    Severity.WARNING,
    why=("備份遲到或失敗時沒有人會收到通知。", "Nobody is told when a backup is late or fails."),
    do=("在 Backup 元件裡加上警示。", "Add alarms to the Backup component."),
)
def backup_alarm(plan: Terrain) -> Iterator[Subject]:
    """Object to backups that nobody watches."""
    if _holds_data(plan) and not any(_belongs_to_backup(alarm) for alarm in plan.of(*_ALARMS)):
        yield None


@rule(
    "aws-vault-locked",
    Severity.BLOCKING,
    why=("正式環境的 AWS 備份保存庫沒有鎖定。", "A backup vault of AWS in production has no lock."),
    do=("加上 VaultLockConfiguration。", "Add a VaultLockConfiguration."),
)
def aws_vault_locked(plan: Terrain) -> Iterator[Subject]:
    """Object to backups of production that can be deleted early."""
    if plan.production:
        vaults = plan.of("aws:backup/vault:Vault")
        yield from (one for one in vaults if not plan.for_(one, _LOCKS[0]))


@rule(
    "azure-vault-locked",
    Severity.BLOCKING,
    why=("正式環境的 Azure 備份保存庫可以提早刪除。", "Backups in an Azure vault of production can be deleted early."),
    do=(
        "securitySettings.immutabilitySettings.state 設為 Locked 或 Unlocked。",
        "Set securitySettings.immutabilitySettings.state to Locked, or Unlocked for a start.",
    ),
)
def azure_vault_locked(plan: Terrain) -> Iterator[Subject]:
    """Object to backups of production that can be deleted early."""
    if plan.production:
        path = "properties.securitySettings.immutabilitySettings.state"
        vaults = plan.of("azure-native:dataprotection:BackupVault")
        yield from (one for one in vaults if not one.is_(path, "Locked", "Unlocked"))


@rule(
    "gcp-database-keeps-backups",
    Severity.BLOCKING,
    why=(
        "正式環境的 Cloud SQL 刪除時，備份也一起刪除。",
        "Deleting a Cloud SQL instance of production deletes its backups too.",
    ),
    do=("settings.retainBackupsOnDelete 設為 true。", "Set settings.retainBackupsOnDelete to true."),
)
def gcp_database_keeps_backups(plan: Terrain) -> Iterator[Subject]:
    """Object to backups that go with what they back up."""
    if plan.production:
        yield from (one for one in plan.of(SQL) if not one.is_("settings.retainBackupsOnDelete", True))


@rule(
    "sandbox-without-locks",
    Severity.BLOCKING,
    why=("沙箱裡有鎖定，到期時拆不乾淨。", "A sandbox holds a lock: it cannot be destroyed when it expires."),
    do=(
        "沙箱不使用保存庫鎖定、物件鎖定、保留期限或管理鎖定。",
        "Leave vault locks, object locks, retention and management locks out of a sandbox.",
    ),
)
def sandbox_without_locks(plan: Terrain) -> Iterator[Subject]:
    """Object to what would outlive a sandbox."""
    if not plan.production:
        yield from plan.of(*_LOCKS)
        yield from (one for one in plan.custom if _is_locked(one))


@rule(
    "sandbox-goes-to-nothing",
    Severity.BLOCKING,
    why=(
        "沙箱的資料有刪除保護，到期時拆不乾淨。",
        "Data of a sandbox is protected from deletion: it cannot be destroyed when it expires.",
    ),
    do=(
        "沙箱的儲存空間設 forceDestroy，資料庫關閉刪除保護，Pulumi 不保護。",
        "Set forceDestroy on buckets, switch deletion protection off, and protect nothing in Pulumi.",
    ),
)
def sandbox_goes_to_nothing(plan: Terrain) -> Iterator[Subject]:
    """Object to protection in what must go."""
    if not plan.production:
        yield from (one for one in plan.custom if one.protected or _stays(one))


@rule(
    "production-protected",
    Severity.BLOCKING,
    why=("正式環境的資料一個指令就能刪除。", "Data of production goes by a single command."),
    do=(
        "資源加上 protect=True，資料庫開啟刪除保護。",
        "Protect the resource in Pulumi, and switch deletion protection on.",
    ),
)
def production_protected(plan: Terrain) -> Iterator[Subject]:
    """Object to data that nobody holds on to."""
    if not plan.production:
        return
    for resource in plan.of(*DATA):
        unheld = resource.type in (RDS, SQL) and not resource.is_("deletionProtection", True)
        if unheld or not resource.protected:
            yield resource


def _digits(plan: Terrain) -> tuple[Digit, ...]:
    cloud = _primary(plan)
    return digits_of_plan(cloud, plan.resources) if cloud else ()


def _missing(plan: Terrain, digit: str) -> Iterator[Subject]:
    if any(one.name == digit and one.state is State.MISSING for one in _digits(plan)):
        yield None


def _primary(plan: Terrain) -> Cloud | None:
    """Tell the stack's own cloud: that of its data, beside the copy."""
    for resource in plan.of(*DATA):
        if not _is_of_copy(resource):
            return _PACKAGES[resource.package]
    return None


def _holds_data(plan: Terrain) -> bool:
    return _primary(plan) is not None


def _is_of_copy(resource: Planned) -> bool:
    return any(type_.startswith("cloudsteps:backup:") for type_ in types_in(resource.parent))


def _belongs_to_backup(resource: Planned) -> bool:
    return any(type_.endswith((":Backup", ":Mover")) for type_ in types_in(resource.parent))


def _is_locked(resource: Planned) -> bool:
    """Whether a place for files holds them against everybody's will."""
    return bool(
        resource.type == "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
        or (resource.type == GCS and resource.get("retentionPolicy.isLocked"))
        or (resource.type == ACCOUNT and resource.get("immutableStorageWithVersioning.enabled"))
        or resource.get("properties.securitySettings.immutabilitySettings.state") == "Locked"
    )


def _stays(resource: Planned) -> bool:
    if resource.type in (BUCKET, GCS):
        return not resource.is_("forceDestroy", True)
    return resource.type in (RDS, SQL) and bool(resource.get("deletionProtection"))

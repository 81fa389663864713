"""Databases: out of reach, encrypted at rest and on the way, without passwords that people know, and with backups."""

from collections.abc import Iterator

from infra_templates.guardrails.rule import Severity, Subject, Terrain, rule
from infra_templates.settings import SHORTEST_PRODUCTION_BACKUP

RDS = "aws:rds/instance:Instance"
FLEXIBLE = "azure-native:dbforpostgresql:Server"
SQL = "gcp:sql/databaseInstance:DatabaseInstance"


@rule(
    "aws-database-encrypted",
    Severity.BLOCKING,
    why=("RDS 資料庫沒有用自己的金鑰加密。", "An RDS database is not encrypted with a key of one's own."),
    do=("storageEncrypted 設為 true，並指定 kmsKeyId。", "Set storageEncrypted to true and name a kmsKeyId."),
)
def aws_database_encrypted(plan: Terrain) -> Iterator[Subject]:
    """Object to a database on a plain disk."""
    return (one for one in plan.of(RDS) if not (one.is_("storageEncrypted", True) and one.get("kmsKeyId")))


@rule(
    "aws-database-private",
    Severity.BLOCKING,
    why=("RDS 資料庫有公開的位址。", "An RDS database has a public address."),
    do=("publiclyAccessible 設為 false。", "Set publiclyAccessible to false."),
)
def aws_database_private(plan: Terrain) -> Iterator[Subject]:
    """Object to a database that the internet can reach."""
    return (one for one in plan.of(RDS) if not one.is_("publiclyAccessible", False))


@rule(
    "aws-database-password",
    Severity.BLOCKING,
    why=(
        "RDS 的密碼由程式決定，會留在狀態檔裡。",
        "The program sets the password of an RDS database, so it lies in the state.",
    ),
    do=(
        "刪除 password，manageMasterUserPassword 設為 true，由 AWS 產生並定期更換。",
        "Leave password out and set manageMasterUserPassword to true: AWS makes it and changes it.",
    ),
)
def aws_database_password(plan: Terrain) -> Iterator[Subject]:
    """Object to a password that anybody chose."""
    for database in plan.of(RDS):
        if database.get("password") or not database.is_("manageMasterUserPassword", True):
            yield database


@rule(
    "aws-database-tls",
    Severity.BLOCKING,
    why=("RDS 資料庫接受沒有加密的連線。", "An RDS database answers connections that are not encrypted."),
    do=(
        "使用自己的 ParameterGroup，rds.force_ssl 設為 1。",
        "Use a ParameterGroup of your own with rds.force_ssl set to 1.",
    ),
)
def aws_database_tls(plan: Terrain) -> Iterator[Subject]:
    """Object to databases without a group of parameters that forces TLS."""
    groups = [
        group
        for group in plan.of("aws:rds/parameterGroup:ParameterGroup")
        if any(one.get("name") == "rds.force_ssl" and str(one.get("value")) == "1" for one in group.rows("parameters"))
    ]
    urns = {group.urn for group in groups}
    return (one for one in plan.of(RDS) if not urns & set(one.needs.get("parameterGroupName", ())))


@rule(
    "aws-database-backups",
    Severity.BLOCKING,
    why=("RDS 資料庫的自動備份關閉或太短。", "The automatic backups of an RDS database are off or too short."),
    do=(
        f"設定 backupRetentionPeriod：沙箱至少 1 天，正式環境至少 {SHORTEST_PRODUCTION_BACKUP} 天。",
        f"Set backupRetentionPeriod: 1 day at least in a sandbox, {SHORTEST_PRODUCTION_BACKUP} in production.",
    ),
)
def aws_database_backups(plan: Terrain) -> Iterator[Subject]:
    """Object to a database that can't be taken back to yesterday."""
    least = SHORTEST_PRODUCTION_BACKUP if plan.production else 1
    return (one for one in plan.of(RDS) if not one.reaches("backupRetentionPeriod", least))


@rule(
    "aws-database-survives-zone",
    Severity.BLOCKING,
    why=("正式環境的 RDS 只在一個可用區。", "An RDS database in production stands in one zone only."),
    do=("multiAz 設為 true。", "Set multiAz to true."),
)
def aws_database_survives_zone(plan: Terrain) -> Iterator[Subject]:
    """Object to production without a standby in a second zone."""
    if plan.production:
        yield from (one for one in plan.of(RDS) if not one.is_("multiAz", True))


@rule(
    "azure-database-private",
    Severity.BLOCKING,
    why=("Azure 資料庫可以從網際網路連上。", "An Azure database can be reached from the internet."),
    do=("network.publicNetworkAccess 設為 Disabled。", "Set network.publicNetworkAccess to Disabled."),
)
def azure_database_private(plan: Terrain) -> Iterator[Subject]:
    """Object to a database that the internet can reach."""
    return (one for one in plan.of(FLEXIBLE) if not one.is_("network.publicNetworkAccess", "Disabled"))


@rule(
    "azure-database-tls",
    Severity.BLOCKING,
    why=("Azure 資料庫接受沒有加密的連線。", "An Azure database answers connections that are not encrypted."),
    do=(
        "加上 Configuration，require_secure_transport 設為 ON。",
        "Add a Configuration that sets require_secure_transport to ON.",
    ),
)
def azure_database_tls(plan: Terrain) -> Iterator[Subject]:
    """Object to a server that doesn't force TLS."""
    for server in plan.of(FLEXIBLE):
        settings = plan.for_(server, "azure-native:dbforpostgresql:Configuration")
        if not any(
            one.get("configurationName") == "require_secure_transport" and one.is_("value", "ON", "on")
            for one in settings
        ):
            yield server


@rule(
    "azure-database-passwordless",
    Severity.BLOCKING,
    why=("Azure 資料庫可以用密碼登入。", "An Azure database lets people in by password."),
    do=(
        "authConfig.passwordAuth 設為 Disabled，改用受控識別登入。",
        "Set authConfig.passwordAuth to Disabled and sign in by managed identity.",
    ),
)
def azure_database_passwordless(plan: Terrain) -> Iterator[Subject]:
    """Object to a server with passwords."""
    return (one for one in plan.of(FLEXIBLE) if not one.is_("authConfig.passwordAuth", "Disabled"))


@rule(
    "azure-database-backups",
    Severity.BLOCKING,
    why=("Azure 資料庫的備份太短。", "The backups of an Azure database are too short."),
    do=(
        f"設定 backup.backupRetentionDays：沙箱至少 7 天，正式環境至少 {SHORTEST_PRODUCTION_BACKUP} 天。",
        f"Set backup.backupRetentionDays: 7 at least in a sandbox, {SHORTEST_PRODUCTION_BACKUP} in production.",
    ),
)
def azure_database_backups(plan: Terrain) -> Iterator[Subject]:
    """Object to a server that can't be taken back far enough; Azure itself keeps 7 days at least."""
    least = SHORTEST_PRODUCTION_BACKUP if plan.production else 7
    return (one for one in plan.of(FLEXIBLE) if not one.reaches("backup.backupRetentionDays", least))


@rule(
    "azure-database-survives-zone",
    Severity.BLOCKING,
    why=("正式環境的 Azure 資料庫只在一個可用區。", "An Azure database in production stands in one zone only."),
    do=("highAvailability.mode 設為 ZoneRedundant。", "Set highAvailability.mode to ZoneRedundant."),
)
def azure_database_survives_zone(plan: Terrain) -> Iterator[Subject]:
    """Object to production without a standby in a second zone."""
    if plan.production:
        yield from (one for one in plan.of(FLEXIBLE) if not one.is_("highAvailability.mode", "ZoneRedundant"))


@rule(
    "gcp-database-private",
    Severity.BLOCKING,
    why=("Cloud SQL 有公開的 IP。", "A Cloud SQL instance has a public address."),
    do=("settings.ipConfiguration.ipv4Enabled 設為 false。", "Set settings.ipConfiguration.ipv4Enabled to false."),
)
def gcp_database_private(plan: Terrain) -> Iterator[Subject]:
    """Object to an instance that the internet can reach; not said means a public address."""
    return (one for one in plan.of(SQL) if not one.is_("settings.ipConfiguration.ipv4Enabled", False))


@rule(
    "gcp-database-tls",
    Severity.BLOCKING,
    why=("Cloud SQL 接受沒有加密的連線。", "A Cloud SQL instance answers connections that are not encrypted."),
    do=(
        "settings.ipConfiguration.sslMode 設為 ENCRYPTED_ONLY。",
        "Set settings.ipConfiguration.sslMode to ENCRYPTED_ONLY.",
    ),
)
def gcp_database_tls(plan: Terrain) -> Iterator[Subject]:
    """Object to an instance that doesn't force TLS."""
    modes = ("ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED")
    return (one for one in plan.of(SQL) if not one.is_("settings.ipConfiguration.sslMode", *modes))


@rule(
    "gcp-database-encrypted",
    Severity.BLOCKING,
    why=("Cloud SQL 沒有用自己的金鑰加密。", "A Cloud SQL instance is not encrypted with a key of one's own."),
    do=("設定 encryptionKeyName。", "Set encryptionKeyName."),
)
def gcp_database_encrypted(plan: Terrain) -> Iterator[Subject]:
    """Object to an instance under a key of Google's alone."""
    return (one for one in plan.of(SQL) if not one.get("encryptionKeyName"))


@rule(
    "gcp-database-backups",
    Severity.BLOCKING,
    why=(
        "Cloud SQL 沒有每日備份與時間點還原。",
        "A Cloud SQL instance has no daily backups or no recovery to a point in time.",
    ),
    do=(
        "開啟 settings.backupConfiguration 的 enabled 與 pointInTimeRecoveryEnabled。",
        "Switch on enabled and pointInTimeRecoveryEnabled in settings.backupConfiguration.",
    ),
)
def gcp_database_backups(plan: Terrain) -> Iterator[Subject]:
    """Object to an instance that can't be taken back to yesterday."""
    base = "settings.backupConfiguration"
    for instance in plan.of(SQL):
        if not (instance.is_(f"{base}.enabled", True) and instance.is_(f"{base}.pointInTimeRecoveryEnabled", True)):
            yield instance


@rule(
    "gcp-database-survives-zone",
    Severity.BLOCKING,
    why=("正式環境的 Cloud SQL 只在一個可用區。", "A Cloud SQL instance in production stands in one zone only."),
    do=("settings.availabilityType 設為 REGIONAL。", "Set settings.availabilityType to REGIONAL."),
)
def gcp_database_survives_zone(plan: Terrain) -> Iterator[Subject]:
    """Object to production without a standby in a second zone."""
    if plan.production:
        yield from (one for one in plan.of(SQL) if not one.is_("settings.availabilityType", "REGIONAL"))

"""Backups: AWS Backup with a locked vault, and a copy to a second cloud that a scheduled container makes and an alarm watches."""

import pulumi
import pulumi_aws as aws

from infra_templates.backup.retention import Lock, retention_of
from infra_templates.components.aws.database import NAME, Database
from infra_templates.components.aws.files import Files
from infra_templates.components.aws.keys import Keys
from infra_templates.components.aws.mover import BackupGround, DatabasePlace, Mover
from infra_templates.components.aws.network import Network
from infra_templates.components.aws.policies import trust
from infra_templates.components.aws.service import Service
from infra_templates.components.aws.watch import Watch
from infra_templates.components.part import Part
from infra_templates.settings import SaasSettings

DAYS_TO_CHANGE_THE_LOCK = 3
"""After these days nobody can loosen the vault's lock any more, AWS neither."""
DAY_HOURS = 24
NATIVE_ROLES = (
    "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
    "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores",
    "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup",
    "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Restore",
)


class Backup(Part):
    """The three copies: the data itself, AWS Backup's, and the second cloud's."""

    kind = "cloudsteps:aws:Backup"

    def __init__(
        self, name: str, settings: SaasSettings, ground: BackupGround, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Build them; what contradicts itself is refused before."""
        super().__init__(name, settings, opts=opts)
        self.ground, self.retention = ground, retention_of(settings)
        self.vault = self._vault()
        self._native()
        self.mover = Mover("mover", settings, ground, self.retention, self.mine())
        self.finish(vault=self.vault.name, copy=self.mover.destination.address)

    @property
    def places(self) -> dict[str, pulumi.Input[str]]:
        """Give where the backups are."""
        return {"vault": self.vault.name, "copy": self.mover.destination.address, "words": self.mover.words.arn}

    def _vault(self) -> aws.backup.Vault:
        vault = aws.backup.Vault(
            f"{self.label}-vault",
            name=self.named("vault", 50),
            kms_key_arn=self.ground.keys[0],
            force_destroy=not self.production,
            tags=self.tags,
            opts=self.kept(),
        )
        if self.retention.lock is Lock.COMPLIANCE:
            aws.backup.VaultLockConfiguration(
                f"{self.label}-vault",
                backup_vault_name=vault.name,
                changeable_for_days=DAYS_TO_CHANGE_THE_LOCK,
                min_retention_days=self.retention.native_days,
                opts=self.mine(),
            )
        return vault

    def _native(self) -> None:
        """Back up whatever bears the tag of this environment: what is added later too."""
        role = aws.iam.Role(
            f"{self.label}-native",
            name=self.named("backup-native"),
            assume_role_policy=trust("backup.amazonaws.com"),
            tags=self.tags,
            opts=self.mine(),
        )
        for path in NATIVE_ROLES:
            aws.iam.RolePolicyAttachment(
                f"{self.label}-{path.rsplit('/', 1)[-1]}", role=role.name, policy_arn=path, opts=self.mine()
            )
        plan = aws.backup.Plan(
            f"{self.label}-plan",
            name=self.named("backup", 50),
            rules=[
                {
                    "rule_name": "native",
                    "target_vault_name": self.vault.name,
                    "schedule": _cron(self.retention.native_every_hours),
                    "start_window": 60,
                    "completion_window": 480,
                    "lifecycle": {"delete_after": self.retention.native_days},
                    "recovery_point_tags": self.tags,
                }
            ],
            tags=self.tags,
            opts=self.mine(),
        )
        mine = {"key": "aws:ResourceTag/cloudsteps-sandbox", "value": self.settings.sandbox}
        aws.backup.Selection(
            f"{self.label}-selection",
            name=self.named("data", 50),
            plan_id=plan.id,
            iam_role_arn=role.arn,
            resources=["arn:aws:rds:*:*:db:*", "arn:aws:s3:::*"],
            conditions=[{"string_equals": [mine]}],
            opts=self.mine(),
        )


def _cron(hours: int) -> str:
    """Start once a day at 02:00 in Taipei, or every few hours."""
    return "cron(0 18 ? * * *)" if hours == DAY_HOURS else f"cron(0 0/{hours} ? * * *)"


def ground_of(
    network: Network, keys: Keys, files: Files, database: Database, service: Service, watch: Watch
) -> BackupGround:
    """Say what of a whole stack is backed up, and where its job runs."""
    return BackupGround(
        buckets={cell: bucket.bucket for cell, bucket in files.buckets.items()},
        databases={
            cell: DatabasePlace(instance.address, NAME, database.secrets[cell])
            for cell, instance in database.instances.items()
        },
        keys=(keys.shared.arn, *(key.arn for cell, key in keys.of.items() if key is not keys.shared)),
        cluster=service.cluster.arn,
        subnets=tuple(subnet.id for subnet in network.service),
        group=service.group.id,
        logs=service.logs.name,
        topic=watch.topic.arn,
    )

"""Managed PostgreSQL in the data subnets: encrypted, restorable to a minute, with a standby in production."""

import pulumi
import pulumi_aws as aws

from infra_templates.cells import cells_of
from infra_templates.components.aws.keys import Keys
from infra_templates.components.aws.network import Network
from infra_templates.components.part import Part
from infra_templates.settings import SaasSettings

PORT = 5432
VERSION = "17"
NAME = "app"
OWNER = "app_owner"
LONGEST_POINT_IN_TIME = 35
"""Days that RDS itself can keep for a restore to the minute; what must last longer lies in the backup vault."""


class Database(Part):
    """An instance for each cell, with a password that only the secrets store knows."""

    kind = "cloudsteps:aws:Database"

    def __init__(
        self,
        name: str,
        settings: SaasSettings,
        network: Network,
        keys: Keys,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build them."""
        super().__init__(name, settings, opts=opts)
        self.keys = keys
        self.group = network.group("database", "PostgreSQL")
        self.subnets = aws.rds.SubnetGroup(
            f"{name}-subnets",
            name=self.named("database"),
            subnet_ids=[subnet.id for subnet in network.data],
            tags=self.tags,
            opts=self.mine(),
        )
        self.parameters = aws.rds.ParameterGroup(
            f"{name}-parameters",
            name=self.named("database"),
            family=f"postgres{VERSION}",
            parameters=[
                {"name": "rds.force_ssl", "value": "1"},
                {"name": "log_min_duration_statement", "value": "1000"},
            ],
            tags=self.tags,
            opts=self.mine(),
        )
        self.instances = {cell: self._instance(cell) for cell in cells_of(settings.tenancy_database, settings.tenants)}
        self.finish(addresses=[instance.address for instance in self.instances.values()])

    @property
    def secrets(self) -> dict[str, pulumi.Output[str]]:
        """Give where each cell's user and password are kept."""
        return {
            cell: instance.master_user_secrets.apply(lambda secrets: str(secrets[0].secret_arn))
            for cell, instance in self.instances.items()
        }

    def _instance(self, cell: str) -> aws.rds.Instance:
        key, place = self.keys.for_cell(cell).arn, f"db-{cell}"
        return aws.rds.Instance(
            f"{self.label}-{cell}",
            identifier=self.named(place),
            engine="postgres",
            engine_version=VERSION,
            auto_minor_version_upgrade=True,
            instance_class=self.capacity.database[self.settings.cloud],
            allocated_storage=self.capacity.database_gib,
            max_allocated_storage=self.capacity.database_gib * 4,
            storage_type="gp3",
            storage_encrypted=True,
            kms_key_id=key,
            db_name=NAME,
            username=OWNER,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=key,
            iam_database_authentication_enabled=True,
            port=PORT,
            publicly_accessible=False,
            db_subnet_group_name=self.subnets.name,
            vpc_security_group_ids=[self.group.id],
            parameter_group_name=self.parameters.name,
            multi_az=self.production,
            backup_retention_period=min(self.settings.kept_days, LONGEST_POINT_IN_TIME),
            backup_window="18:00-19:00",  # 02:00 to 03:00 in Taipei
            maintenance_window="sat:19:30-sat:20:30",  # Sunday 03:30 in Taipei
            copy_tags_to_snapshot=True,
            delete_automated_backups=not self.production,
            deletion_protection=self.production,
            skip_final_snapshot=not self.production,
            final_snapshot_identifier=self.named(f"{place}-last") if self.production else None,
            enabled_cloudwatch_logs_exports=["postgresql", "upgrade"],
            performance_insights_enabled=self.production,
            performance_insights_kms_key_id=key if self.production else None,
            tags={**self.tags, "tenant": cell, "Name": self.named(place)},
            opts=self.kept(),
        )

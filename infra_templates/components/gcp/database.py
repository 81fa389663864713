"""Managed PostgreSQL without a public address and without a password, restorable to the second.

Containers reach it through an endpoint in the data subnet (Private Service Connect). The older way, a peering with Google's own
network, cannot be taken down for days after the last database is gone, and a sandbox must be destroyable to its last resource.
"""

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from infra_templates.cells import cells_of
from infra_templates.components.gcp.keys import Keys
from infra_templates.components.gcp.network import Network
from infra_templates.components.gcp.places import LONGEST_BEFORE_ENDING, short
from infra_templates.components.gcp.project import Project
from infra_templates.components.part import Part
from infra_templates.settings import SaasSettings

PORT = 5432
VERSION = "POSTGRES_17"
NAME = "app"
LONGEST_LOG = 7
"""Days that Cloud SQL can keep what is needed for a restore to the second; older backups restore to the night they were made."""
MOST_BACKUPS = 365
SLOW_MILLISECONDS = "1000"
DAYS_AFTER_THE_END = 30


@dataclass(frozen=True)
class Foundation:
    """What data stands on."""

    project: Project
    network: Network
    keys: Keys


class Database(Part):
    """An instance for each cell, with its endpoint and its name in the network."""

    kind = "cloudsteps:gcp:Database"

    def __init__(
        self, name: str, settings: SaasSettings, ground: Foundation, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Build them."""
        super().__init__(name, settings, opts=opts)
        self.ground = ground
        self.project = ground.project.id
        self.zone = self._zone()
        self.instances = {cell: self._instance(cell) for cell in cells_of(settings.tenancy_database, settings.tenants)}
        for cell, instance in self.instances.items():
            self._endpoint(cell, instance)
        self.finish(connections=[instance.connection_name for instance in self.instances.values()])

    def admit(self, cell: str, part: str, account: gcp.serviceaccount.Account) -> gcp.sql.User:
        """Let a service account sign in by its identity; it owns the application's tables, as no other user does."""
        return gcp.sql.User(
            f"{self.label}-{cell}-{part}",
            project=self.project,
            instance=self.instances[cell].name,
            name=user_of(account),
            type="CLOUD_IAM_SERVICE_ACCOUNT",
            database_roles=["cloudsqlsuperuser"],
            # PostgreSQL refuses to drop a user that owns tables; it goes with its instance.
            deletion_policy="ABANDON",
            opts=self.mine(),
        )

    def _instance(self, cell: str) -> gcp.sql.DatabaseInstance:
        lent = self.ground.keys.lend(cell, "sql", self.ground.project.agent("sqladmin"))
        instance = gcp.sql.DatabaseInstance(
            f"{self.label}-{cell}",
            # A name is used up for a week after its instance is deleted, so that each life of a stack needs its own.
            name=pulumi.Output.concat(self.named(f"db-{cell}", LONGEST_BEFORE_ENDING), "-", self.ground.keys.ending),
            project=self.project,
            region=self.settings.region,
            database_version=VERSION,
            encryption_key_name=self.ground.keys.for_cell(cell).id,
            deletion_protection=self.production,
            settings=self._settings(cell),
            opts=self.kept(depends_on=[lent]),
        )
        gcp.sql.Database(
            f"{self.label}-{cell}",
            project=self.project,
            instance=instance.name,
            name=NAME,
            deletion_policy="ABANDON",
            opts=self.mine(),
        )
        return instance

    def _settings(self, cell: str) -> dict[str, object]:
        return {
            "tier": self.capacity.database[self.settings.cloud],
            "edition": "ENTERPRISE",
            "availability_type": "REGIONAL" if self.production else "ZONAL",
            "disk_type": "PD_SSD",
            "disk_size": self.capacity.database_gib,
            "disk_autoresize": True,
            "disk_autoresize_limit": self.capacity.database_gib * 4,
            "deletion_protection_enabled": self.production,
            "ip_configuration": {
                "ipv4_enabled": False,
                "ssl_mode": "ENCRYPTED_ONLY",
                "psc_configs": [{"psc_enabled": True, "allowed_consumer_projects": [self.project]}],
            },
            "backup_configuration": self._backups(),
            "retain_backups_on_delete": self.production,
            "final_backup_config": (
                {"enabled": True, "retention_days": DAYS_AFTER_THE_END} if self.production else {"enabled": False}
            ),
            "maintenance_window": {"day": 6, "hour": 19, "update_track": "stable"},  # Sunday 03:00 in Taipei
            "database_flags": [
                {"name": "cloudsql.iam_authentication", "value": "on"},
                {"name": "log_min_duration_statement", "value": SLOW_MILLISECONDS},
            ],
            "insights_config": {"query_insights_enabled": self.production},
            "user_labels": {**self.tags, "tenant": cell},
        }

    def _backups(self) -> dict[str, object]:
        days = self.settings.kept_days
        return {
            "enabled": True,
            "start_time": "18:00",  # 02:00 in Taipei
            "location": self.settings.region,
            "point_in_time_recovery_enabled": True,
            "transaction_log_retention_days": min(days, LONGEST_LOG),
            "backup_retention_settings": {"retained_backups": min(days, MOST_BACKUPS), "retention_unit": "COUNT"},
        }

    def _zone(self) -> gcp.dns.ManagedZone:
        """Hold the names of the instances, seen from inside the network only."""
        return gcp.dns.ManagedZone(
            f"{self.label}-names",
            name=self.named("db-names"),
            project=self.project,
            dns_name=f"{self.settings.region}.sql.goog.",
            description=f"CloudSteps {self.settings.sandbox}: databases",
            visibility="private",
            private_visibility_config={"networks": [{"network_url": self.ground.network.vpc.id}]},
            force_destroy=not self.production,
            labels=self.tags,
            opts=self.mine(),
        )

    def _endpoint(self, cell: str, instance: gcp.sql.DatabaseInstance) -> None:
        """Give an instance an address in the data subnet, and its name there."""
        place = f"{self.label}-{cell}"
        address = gcp.compute.Address(
            place,
            name=self.named(f"db-{short(cell)}"),
            project=self.project,
            region=self.settings.region,
            address_type="INTERNAL",
            subnetwork=self.ground.network.data.id,
            labels={**self.tags, "tenant": cell},
            opts=self.mine(),
        )
        gcp.compute.ForwardingRule(
            place,
            name=self.named(f"db-{short(cell)}"),
            project=self.project,
            region=self.settings.region,
            load_balancing_scheme="",
            network=self.ground.network.vpc.id,
            ip_address=address.id,
            target=instance.psc_service_attachment_link,
            labels={**self.tags, "tenant": cell},
            opts=self.mine(),
        )
        gcp.dns.RecordSet(
            place,
            project=self.project,
            managed_zone=self.zone.name,
            name=instance.dns_name,
            type="A",
            ttl=300,
            rrdatas=[address.address],
            opts=self.mine(),
        )


def user_of(account: gcp.serviceaccount.Account) -> pulumi.Output[str]:
    """Give the name by which PostgreSQL knows a service account."""
    email: pulumi.Output[str] = account.email
    return email.apply(lambda address: address.removesuffix(".gserviceaccount.com"))

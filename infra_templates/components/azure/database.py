"""Managed PostgreSQL inside the network: no password, restorable to a minute, with a standby in production."""

import pulumi
import pulumi_azure_native as azure

from infra_templates.cells import cells_of, parts_for
from infra_templates.components.azure.identity import Identity
from infra_templates.components.azure.keys import Keys
from infra_templates.components.azure.network import Network
from infra_templates.components.azure.part import AzurePart
from infra_templates.components.azure.place import Place
from infra_templates.settings import SaasSettings

PORT = 5432
VERSION = "17"
NAME = "app"
POINT_IN_TIME = (7, 35)
"""Fewest and most days that Azure itself can keep for a restore to the minute."""
SMALLEST_GIB = 32
PARAMETERS = {
    "require_secure_transport": "ON",
    "ssl_min_protocol_version": "TLSv1.2",
    "log_min_duration_statement": "1000",
}
TIERS = {
    "Standard_B": azure.dbforpostgresql.SkuTier.BURSTABLE,
    "Standard_D": azure.dbforpostgresql.SkuTier.GENERAL_PURPOSE,
    "Standard_E": azure.dbforpostgresql.SkuTier.MEMORY_OPTIMIZED,
}


class Database(AzurePart):
    """A server for each cell, which takes the identities of the containers that use it and nobody else."""

    kind = "cloudsteps:azure:Database"

    def __init__(
        self,
        name: str,
        settings: SaasSettings,
        place: Place,
        network: Network,
        keys: Keys,
        identity: Identity,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build them."""
        super().__init__(name, settings, place, opts=opts)
        self.network, self.keys = network, keys
        self.zone = network.zone("databases", f"{self.named('db')}.private.postgres.database.azure.com")
        cells = cells_of(settings.tenancy_database, settings.tenants)
        self.servers = {cell: self._server(cell) for cell in cells}
        self.used = {each: parts_for(each, identity.cells, cells, settings.tenants) for each in identity.cells}
        for cell, server in self.servers.items():
            users = [each for each, parts in self.used.items() if cell in parts]
            self._settle(cell, server, identity, users)
        self.finish(addresses=[server.fully_qualified_domain_name for server in self.servers.values()])

    def _server(self, cell: str) -> azure.dbforpostgresql.Server:
        size = self.capacity.database[self.settings.cloud]
        fewest, most = POINT_IN_TIME
        server = azure.dbforpostgresql.Server(
            f"{self.label}-{cell}",
            server_name=self.named(f"db-{cell}"),
            resource_group_name=self.group,
            location=self.settings.region,
            version=VERSION,
            create_mode="Default",
            sku={"name": size, "tier": TIERS[size[: len("Standard_B")]]},
            storage={"storage_size_gb": _offered(self.capacity.database_gib), "auto_grow": "Enabled"},
            auth_config={
                "active_directory_auth": "Enabled",
                "password_auth": "Disabled",
                "tenant_id": self.place.tenant,
            },
            network={
                "delegated_subnet_resource_id": self.network.database.id,
                "private_dns_zone_arm_resource_id": self.zone.id,
                "public_network_access": "Disabled",
            },
            availability_zone="1",
            high_availability={"mode": "ZoneRedundant", "standby_availability_zone": "2"}
            if self.production
            else {"mode": "Disabled"},
            backup={
                "backup_retention_days": max(fewest, min(self.settings.kept_days, most)),
                "geo_redundant_backup": "Disabled",
            },
            maintenance_window={"custom_window": "Enabled", "day_of_week": 6, "start_hour": 19, "start_minute": 30},
            identity=self._holder(),
            data_encryption=self._encryption(cell),
            tags={**self.tags, "tenant": cell},
            # After a failover the zones have changed places; that is not a change of the plan.
            opts=self.kept(
                depends_on=[self.network.links["databases"], *self.keys.granted],
                ignore_changes=["availabilityZone", "highAvailability.standbyAvailabilityZone"],
            ),
        )
        self.guard(f"db-{cell}", server.id)
        self.log(f"db-{cell}", server.id)
        return server

    def _holder(self) -> azure.dbforpostgresql.UserAssignedIdentityArgsDict | None:
        if self.keys.holder is None:
            return None
        return {
            "type": azure.dbforpostgresql.IdentityType.USER_ASSIGNED,
            "user_assigned_identities": self.keys.holder.id.apply(lambda id_: {id_: {}}),
        }

    def _encryption(self, cell: str) -> azure.dbforpostgresql.DataEncryptionArgsDict | None:
        if self.keys.holder is None:
            return None
        return {
            "type": azure.dbforpostgresql.DataEncryptionType.AZURE_KEY_VAULT,
            "primary_key_uri": self.keys.for_cell(cell).key_uri_with_version,
            "primary_user_assigned_identity_id": self.keys.holder.id,
        }

    def _settle(self, cell: str, server: azure.dbforpostgresql.Server, identity: Identity, users: list[str]) -> None:
        """Say what holds on a server; one thing after the other, since Azure refuses what comes meanwhile."""
        last: pulumi.Resource = azure.dbforpostgresql.Database(
            f"{self.label}-{cell}",
            database_name=NAME,
            server_name=server.name,
            resource_group_name=self.group,
            charset="UTF8",
            collation="en_US.utf8",
            opts=self.kept(deleted_with=server),
        )
        for parameter, value in PARAMETERS.items():
            last = self._parameter(cell, server, parameter, value, last)
        for each in users:
            last = self._administrator(cell, server, identity.runs[each], each, last)

    def _parameter(
        self, cell: str, server: azure.dbforpostgresql.Server, parameter: str, value: str, after: pulumi.Resource
    ) -> azure.dbforpostgresql.Configuration:
        return azure.dbforpostgresql.Configuration(
            f"{self.label}-{cell}-{parameter}",
            configuration_name=parameter,
            server_name=server.name,
            resource_group_name=self.group,
            source="user-override",
            value=value,
            opts=self.mine(depends_on=[after], deleted_with=server),
        )

    def _administrator(
        self,
        cell: str,
        server: azure.dbforpostgresql.Server,
        identity: azure.managedidentity.UserAssignedIdentity,
        each: str,
        after: pulumi.Resource,
    ) -> azure.dbforpostgresql.AdministratorsMicrosoftEntra:
        return azure.dbforpostgresql.AdministratorsMicrosoftEntra(
            f"{self.label}-{cell}-{each}",
            object_id=identity.principal_id,
            principal_name=identity.name,
            principal_type="ServicePrincipal",
            tenant_id=self.place.tenant,
            server_name=server.name,
            resource_group_name=self.group,
            opts=self.mine(depends_on=[after], deleted_with=server),
        )


def _offered(gib: int) -> int:
    """Give the smallest disk on offer that holds so much: each is twice the one before."""
    disk = SMALLEST_GIB
    while disk < gib:
        disk *= 2
    return disk

"""Backups: Azure Backup with a vault that cannot be changed, and a copy to a second cloud by a scheduled container."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_azure_native as azure

from infra_templates.backup.retention import Lock, retention_of
from infra_templates.components.azure.database import NAME, Database
from infra_templates.components.azure.files import CONTAINER, Files
from infra_templates.components.azure.keys import Keys
from infra_templates.components.azure.mover import BackupGround, DatabasePlace, Mover
from infra_templates.components.azure.place import Place
from infra_templates.components.azure.roles import fixed_uuid
from infra_templates.components.azure.service import Service
from infra_templates.components.azure.watch import Watch
from infra_templates.components.part import Part
from infra_templates.settings import SaasSettings

BLOB_ROLE = "e5e2a7ff-d759-4cd2-bb51-3152d37e2eb1"
"""Storage Account Backup Contributor."""
DATABASE_ROLE = "c088a766-074b-43ba-90d4-1fb21feae531"
"""PostgreSQL Flexible Server Long Term Retention Backup Role."""
DAYS_TO_REGRET = 14.0
_VAULT_STORE = {"data_store_type": "VaultStore", "object_type": "DataStoreInfoBase"}


@dataclass(frozen=True)
class Kind:
    """A kind of data that Azure Backup takes, and how often it can."""

    part: str
    type: str
    role: str
    backup_type: str
    every: str


BLOBS = Kind("blobs", "Microsoft.Storage/storageAccounts/blobServices", BLOB_ROLE, "Discrete", "P1D")
DATABASES = Kind("databases", "Microsoft.DBforPostgreSQL/flexibleServers", DATABASE_ROLE, "Full", "P1W")
"""Azure takes a database into the vault once a week; the server itself restores to any minute of the days before."""


class Backup(Part):
    """The three copies: the data itself, Azure Backup's, and the second cloud's."""

    kind = "cloudsteps:azure:Backup"

    def __init__(
        self, name: str, settings: SaasSettings, ground: BackupGround, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Build them; what contradicts itself is refused before."""
        super().__init__(name, settings, opts=opts)
        self.ground, self.retention = ground, retention_of(settings)
        self.vault = self._vault()
        blobs = self._policy(BLOBS)
        for cell, account in ground.accounts.items():
            self._instance(BLOBS, blobs, cell, account)
        # A week apart, two of them need the two weeks that only production keeps.
        if self.production:
            databases = self._policy(DATABASES)
            for cell, database in ground.databases.items():
                self._instance(DATABASES, databases, cell, database.id)
        self.mover = Mover("mover", settings, ground, self.retention, self.mine())
        self.finish(vault=self.vault.name, copy=self.mover.destination.address)

    @property
    def places(self) -> dict[str, pulumi.Input[str]]:
        """Give where the backups are."""
        return {"vault": self.vault.name, "copy": self.mover.destination.address, "words": self.mover.words.name}

    def _vault(self) -> azure.dataprotection.BackupVault:
        locked = self.retention.lock is Lock.COMPLIANCE
        soft = {"state": "AlwaysOn" if locked else "Off", "retention_duration_in_days": DAYS_TO_REGRET}
        return azure.dataprotection.BackupVault(
            f"{self.label}-vault",
            vault_name=self.named("vault", 50),
            resource_group_name=self.ground.group,
            location=self.settings.region,
            identity={"type": "SystemAssigned"},
            properties={
                "storage_settings": [
                    {
                        "datastore_type": "VaultStore",
                        "type": "ZoneRedundant" if self.production else "LocallyRedundant",
                    }
                ],
                "security_settings": {
                    "soft_delete_settings": soft,
                    "immutability_settings": {"state": "Locked" if locked else "Disabled"},
                },
            },
            tags=self.tags,
            opts=self.kept(),
        )

    def _policy(self, kind: Kind) -> azure.dataprotection.BackupPolicy:
        return azure.dataprotection.BackupPolicy(
            f"{self.label}-{kind.part}",
            backup_policy_name=kind.part,
            vault_name=self.vault.name,
            resource_group_name=self.ground.group,
            properties={
                "object_type": "BackupPolicy",
                "datasource_types": [kind.type],
                "policy_rules": [_keeping(self.retention.native_days), _backing_up(kind)],
            },
            opts=self.mine(),
        )

    def _instance(
        self, kind: Kind, policy: azure.dataprotection.BackupPolicy, cell: str, resource: pulumi.Input[str]
    ) -> None:
        allowed = azure.authorization.RoleAssignment(
            f"{self.label}-{kind.part}-{cell}",
            role_assignment_name=fixed_uuid(self.named(f"backup-{kind.part}-{cell}", 200)),
            principal_id=self.vault.identity.apply(lambda identity: identity.principal_id if identity else ""),
            principal_type=azure.authorization.PrincipalType.SERVICE_PRINCIPAL,
            role_definition_id=self.ground.role(kind.role),
            scope=resource,
            opts=self.mine(delete_before_replace=True),
        )
        azure.dataprotection.BackupInstance(
            f"{self.label}-{kind.part}-{cell}",
            backup_instance_name=self.named(f"{kind.part}-{cell}"),
            vault_name=self.vault.name,
            resource_group_name=self.ground.group,
            properties={
                "object_type": "BackupInstance",
                "friendly_name": self.named(f"{kind.part}-{cell}"),
                "data_source_info": {
                    "object_type": "Datasource",
                    "datasource_type": kind.type,
                    "resource_id": resource,
                    "resource_location": self.settings.region,
                    "resource_type": kind.type.removesuffix("/blobServices"),
                },
                "policy_info": {"policy_id": policy.id, **_parameters(kind)},
            },
            tags=self.tags,
            opts=self.mine(depends_on=[allowed]),
        )


def _keeping(days: int) -> dict[str, Any]:
    return {
        "object_type": "AzureRetentionRule",
        "name": "Default",
        "is_default": True,
        "lifecycles": [
            {
                "delete_after": {"object_type": "AbsoluteDeleteOption", "duration": f"P{days}D"},
                "source_data_store": _VAULT_STORE,
            }
        ],
    }


def _backing_up(kind: Kind) -> dict[str, Any]:
    """Start at 02:00 in Taipei."""
    return {
        "object_type": "AzureBackupRule",
        "name": "native",
        "backup_parameters": {"object_type": "AzureBackupParams", "backup_type": kind.backup_type},
        "data_store": _VAULT_STORE,
        "trigger": {
            "object_type": "ScheduleBasedTriggerContext",
            "schedule": {"repeating_time_intervals": [f"R/2026-01-04T18:00:00+00:00/{kind.every}"], "time_zone": "UTC"},
            "tagging_criteria": [{"is_default": True, "tag_info": {"tag_name": "Default"}, "tagging_priority": 99.0}],
        },
    }


def _parameters(kind: Kind) -> Mapping[str, Any]:
    if kind is not BLOBS:
        return {}
    chosen = {"object_type": "BlobBackupDatasourceParameters", "containers_list": [CONTAINER]}
    return {"policy_parameters": {"backup_datasource_parameters_list": [chosen]}}


def ground_of(
    place: Place, keys: Keys, files: Files, database: Database, service: Service, watch: Watch
) -> BackupGround:
    """Say what of a whole stack is backed up, and where its job runs."""
    return BackupGround(
        group=place.group.name,
        subscription=place.subscription,
        tenant=place.tenant,
        accounts={cell: account.id for cell, account in files.accounts.items()},
        account_names={cell: account.name for cell, account in files.accounts.items()},
        container=CONTAINER,
        databases={
            cell: DatabasePlace(server.id, server.name, server.fully_qualified_domain_name, NAME)
            for cell, server in database.servers.items()
        },
        vault=keys.vault.name,
        vault_resource=keys.vault,
        environment=service.environment.id,
        workspace=place.workspace.id,
        told=watch.told.id,
    )

"""The copy on Azure: a storage account whose versions cannot be changed, and an identity that a token of the other cloud takes."""

import uuid

import pulumi
import pulumi_azure_native as azure

from infra_templates.backup.handover import AUDIENCE, Asker, Destination, second_region
from infra_templates.backup.retention import Lock, Retention
from infra_templates.components.part import Part
from infra_templates.names import plain_name_of
from infra_templates.settings import Cloud, SaasSettings

CONTAINER = "copy"
DAYS_TO_REGRET = {"sandbox": 1, "production": 14}
_BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
WRITER_ACTIONS = ("Microsoft.Storage/storageAccounts/blobServices/containers/read",)
WRITER_DATA_ACTIONS = (f"{_BLOBS}/read", f"{_BLOBS}/write", f"{_BLOBS}/add/action")
"""To add and to read back. Deleting, deleting versions, moving and changing immutability are other actions."""


class AzureTarget(Part):
    """A storage account for the copy with its writer."""

    kind = "cloudsteps:backup:AzureTarget"

    def __init__(
        self,
        name: str,
        settings: SaasSettings,
        retention: Retention,
        asker: Asker,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build them in the subscription that the engine is signed in to."""
        super().__init__(name, settings, opts=opts)
        self.retention, self.region = retention, second_region(settings)
        client = azure.authorization.get_client_config_output(opts=pulumi.InvokeOptions(parent=self))
        self.group = azure.resources.ResourceGroup(
            f"{name}-group",
            resource_group_name=self.named("copy", 90),
            location=self.region,
            tags=self.tags,
            opts=self.kept(),
        )
        self.account = self._account()
        self.container = self._container()
        self.writer = self._writer(asker)
        self.destination = Destination(
            pulumi.Output.concat("https://", self.account.name, ".blob.core.windows.net/", CONTAINER),
            {
                "COPY_CLOUD": Cloud.AZURE.value,
                "COPY_ACCOUNT": self.account.name,
                "COPY_BUCKET": CONTAINER,
                "COPY_CLIENT": self.writer.client_id,
                "COPY_TENANT": client.tenant_id,
            },
        )
        self.finish(account=self.account.name)

    def _account(self) -> azure.storage.StorageAccount:
        """Encrypt twice. A key of one's own needs a vault that nobody can purge, so only production has one."""
        account = azure.storage.StorageAccount(
            f"{self.label}-copy",
            account_name=plain_name_of(self.settings, "copy"),
            resource_group_name=self.group.name,
            location=self.region,
            kind=azure.storage.Kind.STORAGE_V2,
            sku={"name": "Standard_ZRS" if self.production else "Standard_LRS"},
            allow_blob_public_access=False,
            allow_shared_key_access=False,
            allow_cross_tenant_replication=False,
            enable_https_traffic_only=True,
            minimum_tls_version=azure.storage.MinimumTlsVersion.TLS1_2,
            encryption=self._encryption(),
            identity=self._holder_of_key(),
            immutable_storage_with_versioning=self._lock(),
            tags=self.tags,
            opts=self.kept(depends_on=self.granted),
        )
        versions = azure.storage.BlobServiceProperties(
            f"{self.label}-copy",
            blob_services_name="default",
            account_name=account.name,
            resource_group_name=self.group.name,
            is_versioning_enabled=True,
            delete_retention_policy={"enabled": True, "days": DAYS_TO_REGRET[self.settings.mode]},
            container_delete_retention_policy={"enabled": True, "days": DAYS_TO_REGRET[self.settings.mode]},
            opts=self.mine(),
        )
        self._age(account, versions)
        return account

    def _lock(self) -> azure.storage.ImmutableStorageAccountArgsDict | None:
        """Lock every version for the days; Azure takes the final step only once the account is there (see the README)."""
        if self.retention.lock is Lock.NONE:
            return None
        final = self.retention.lock is Lock.COMPLIANCE and pulumi.Config().get_bool("azure_lock_final")
        return {
            "enabled": True,
            "immutability_policy": {
                "immutability_period_since_creation_in_days": self.retention.lock_days,
                "allow_protected_append_writes": False,
                "state": "Locked" if final else "Unlocked",
            },
        }

    def _encryption(self) -> azure.storage.EncryptionArgsDict:
        self.granted: list[pulumi.Resource] = []
        self.holder: azure.managedidentity.UserAssignedIdentity | None = None
        whole: azure.storage.EncryptionArgsDict = {
            "require_infrastructure_encryption": True,
            "key_source": azure.storage.KeySource.MICROSOFT_STORAGE,
            "services": {"blob": {"enabled": True, "key_type": "Account"}},
        }
        if not self.production:
            return whole
        vault, key = self._vault()
        self.holder = self._identity("copy-key")
        self.granted = [self._assign("key", self.holder, key.id, _BUILT_IN_ENCRYPTION_USER)]
        return {
            **whole,
            "key_source": azure.storage.KeySource.MICROSOFT_KEYVAULT,
            "encryption_identity": {"encryption_user_assigned_identity": self.holder.id},
            "key_vault_properties": {
                "key_name": key.name,
                "key_vault_uri": pulumi.Output.concat("https://", vault.name, ".vault.azure.net"),
            },
        }

    def _holder_of_key(self) -> azure.storage.IdentityArgsDict | None:
        if self.holder is None:
            return None
        return {"type": azure.storage.IdentityType.USER_ASSIGNED, "user_assigned_identities": [self.holder.id]}

    def _vault(self) -> tuple[azure.keyvault.Vault, azure.keyvault.Key]:
        client = azure.authorization.get_client_config_output(opts=pulumi.InvokeOptions(parent=self))
        vault = azure.keyvault.Vault(
            f"{self.label}-vault",
            vault_name=self.named("copy", 24),
            resource_group_name=self.group.name,
            location=self.region,
            properties={
                "tenant_id": client.tenant_id,
                "sku": {"family": azure.keyvault.SkuFamily.A, "name": azure.keyvault.SkuName.STANDARD},
                "enable_rbac_authorization": True,
                "enable_soft_delete": True,
                "enable_purge_protection": True,
                "soft_delete_retention_in_days": 90,
                "network_acls": {"default_action": "Deny", "bypass": "AzureServices"},
            },
            tags=self.tags,
            opts=self.kept(),
        )
        key = azure.keyvault.Key(
            f"{self.label}-key",
            key_name="copy",
            vault_name=vault.name,
            resource_group_name=self.group.name,
            properties={
                "kty": azure.keyvault.JsonWebKeyType.RSA,
                "key_size": 3072,
                "rotation_policy": {
                    "lifetime_actions": [
                        {
                            "action": {"type": azure.keyvault.KeyRotationPolicyActionType.ROTATE},
                            "trigger": {"time_after_create": "P1Y"},
                        }
                    ]
                },
            },
            tags=self.tags,
            opts=self.kept(deleted_with=vault),
        )
        return vault, key

    def _age(self, account: azure.storage.StorageAccount, versions: azure.storage.BlobServiceProperties) -> None:
        """Let copies go a day after nothing needs them and no lock holds them any more."""
        days = float(self.retention.stored_days + 1)
        azure.storage.ManagementPolicy(
            f"{self.label}-copy",
            management_policy_name="default",
            account_name=account.name,
            resource_group_name=self.group.name,
            policy={
                "rules": [
                    {
                        "name": "expired-copies",
                        "enabled": True,
                        "type": "Lifecycle",
                        "definition": {
                            "filters": {"blob_types": ["blockBlob"]},
                            "actions": {
                                "base_blob": {"delete": {"days_after_creation_greater_than": days}},
                                "version": {"delete": {"days_after_creation_greater_than": days}},
                            },
                        },
                    }
                ]
            },
            opts=self.mine(depends_on=[versions]),
        )

    def _container(self) -> azure.storage.BlobContainer:
        return azure.storage.BlobContainer(
            f"{self.label}-copy",
            container_name=CONTAINER,
            account_name=self.account.name,
            resource_group_name=self.group.name,
            public_access=azure.storage.PublicAccess.NONE,
            opts=self.kept(),
        )

    def _writer(self, asker: Asker) -> azure.managedidentity.UserAssignedIdentity:
        writer = self._identity("copy-writer")
        azure.managedidentity.FederatedIdentityCredential(
            f"{self.label}-primary",
            federated_identity_credential_resource_name="primary",
            resource_name_=writer.name,
            resource_group_name=self.group.name,
            issuer=asker.issuer,
            audiences=[AUDIENCE],
            subject=asker.subject,
            opts=self.mine(),
        )
        definition = azure.authorization.RoleDefinition(
            f"{self.label}-writer",
            role_definition_id=_fixed_uuid(self.named("copy-writer")),
            role_name=self.named("copy-writer"),
            description="Adds copies; can neither delete nor unlock them.",
            role_type="CustomRole",
            scope=self.group.id,
            assignable_scopes=[self.group.id],
            permissions=[{"actions": list(WRITER_ACTIONS), "data_actions": list(WRITER_DATA_ACTIONS)}],
            opts=self.mine(),
        )
        self._assign("writer", writer, self.container.id, definition.id)
        return writer

    def _identity(self, part: str) -> azure.managedidentity.UserAssignedIdentity:
        return azure.managedidentity.UserAssignedIdentity(
            f"{self.label}-{part}",
            resource_name_=self.named(part),
            resource_group_name=self.group.name,
            location=self.region,
            tags=self.tags,
            opts=self.mine(),
        )

    def _assign(
        self,
        part: str,
        who: azure.managedidentity.UserAssignedIdentity,
        scope: pulumi.Input[str],
        role: pulumi.Input[str],
    ) -> azure.authorization.RoleAssignment:
        return azure.authorization.RoleAssignment(
            f"{self.label}-{part}",
            role_assignment_name=_fixed_uuid(self.named(f"copy-{part}")),
            scope=scope,
            principal_id=who.principal_id,
            principal_type=azure.authorization.PrincipalType.SERVICE_PRINCIPAL,
            role_definition_id=role,
            opts=self.mine(),
        )


_BUILT_IN_ENCRYPTION_USER = "/providers/Microsoft.Authorization/roleDefinitions/e147488a-f6f5-4113-8e2d-b22465e65bf6"  # crypto service encryption user


def _fixed_uuid(name: str) -> str:
    """Make the id that Azure wants from a name, so that it is the same every time."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))

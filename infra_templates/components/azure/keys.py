"""Keys of the stack's own in a vault that nobody outside reaches, one for all or one for each tenant."""

import pulumi
import pulumi_azure_native as azure

from infra_templates.cells import key_cells_of, part_for
from infra_templates.components.azure.identity import Identity
from infra_templates.components.azure.part import AzurePart
from infra_templates.components.azure.place import Place
from infra_templates.components.azure.roles import ENCRYPTION_USER, SECRETS_USER
from infra_templates.settings import SHARED, SaasSettings

DAYS_TO_REGRET = {"sandbox": 7, "production": 90}
LONGEST_VAULT = 24
RSA_BITS = 3072
YEARLY = "P1Y"


class Keys(AzurePart):
    """A vault, a key for each cell and one for what belongs to no tenant, and secrets that the service is given.

    In production data are encrypted with these keys. Azure takes a key for that only from a vault with purge protection,
    which nobody can take back: it would outlive a sandbox, so a sandbox leaves encryption to Azure's own keys.
    """

    kind = "cloudsteps:azure:Keys"

    def __init__(
        self,
        name: str,
        settings: SaasSettings,
        place: Place,
        identity: Identity,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build them."""
        super().__init__(name, settings, place, opts=opts)
        self.identity = identity
        self.vault = self._vault()
        self.guard("vault", self.vault.id)
        self.log("vault", self.vault.id)
        self.cells = key_cells_of(settings)
        self.of = {cell: self._key(cell) for cell in dict.fromkeys((SHARED, *self.cells))}
        self.holder = identity.identity("encrypts") if self.production else None
        self.granted = [self._let_encrypt(self.holder, cell) for cell in self.of] if self.holder else []
        self.finish(vault=self.vault.name)

    def for_cell(self, cell: str) -> azure.keyvault.Key:
        """Give the key of a tenant's part."""
        return self.of[part_for(cell, self.cells)]

    def keep(
        self, part: str, value: pulumi.Output[str]
    ) -> tuple[pulumi.Output[str], list[azure.authorization.RoleAssignment]]:
        """Keep a secret, and let the containers read this one: its address, and what must be there before they start."""
        hidden: pulumi.Output[str] = pulumi.Output.secret(value)
        secret = azure.keyvault.Secret(
            f"{self.label}-{part}",
            secret_name=part,
            vault_name=self.vault.name,
            resource_group_name=self.group,
            properties={"value": hidden, "content_type": "text/plain"},
            tags=self.tags,
            opts=self.mine(deleted_with=self.vault),
        )
        readers = [
            self.identity.allow(f"{part}-{cell}", runs, self.place.role(SECRETS_USER), secret.id)
            for cell, runs in self.identity.runs.items()
        ]
        return pulumi.Output.concat("https://", self.vault.name, ".vault.azure.net/secrets/", part), readers

    def _vault(self) -> azure.keyvault.Vault:
        return azure.keyvault.Vault(
            f"{self.label}-vault",
            # A vault that was deleted keeps its name for a week; a sandbox made again must not wait, so it gets another.
            vault_name=self.named("keys", LONGEST_VAULT) if self.production else None,
            resource_group_name=self.group,
            location=self.settings.region,
            properties={
                "tenant_id": self.place.tenant,
                "sku": {"family": azure.keyvault.SkuFamily.A, "name": azure.keyvault.SkuName.STANDARD},
                "enable_rbac_authorization": True,
                "enable_soft_delete": True,
                "soft_delete_retention_in_days": DAYS_TO_REGRET[self.settings.mode],
                # Azure refuses the word "false" here; what is left out is off.
                "enable_purge_protection": self.production or None,
                "public_network_access": "Disabled",
                "network_acls": {
                    "default_action": azure.keyvault.NetworkRuleAction.DENY,
                    "bypass": azure.keyvault.NetworkRuleBypassOptions.AZURE_SERVICES,
                },
            },
            tags=self.tags,
            opts=self.kept(),
        )

    def _key(self, cell: str) -> azure.keyvault.Key:
        return azure.keyvault.Key(
            f"{self.label}-{cell}",
            key_name=self.named(f"key-{cell}", 127),
            vault_name=self.vault.name,
            resource_group_name=self.group,
            properties={
                "kty": azure.keyvault.JsonWebKeyType.RSA,
                "key_size": RSA_BITS,
                "rotation_policy": {
                    "lifetime_actions": [
                        {
                            "action": {"type": azure.keyvault.KeyRotationPolicyActionType.ROTATE},
                            "trigger": {"time_after_create": YEARLY},
                        }
                    ]
                },
            },
            tags={**self.tags, "tenant": cell},
            # The vault takes its keys along; deleting one by itself would need a way in that the vault does not have.
            opts=self.kept(deleted_with=self.vault),
        )

    def _let_encrypt(
        self, holder: azure.managedidentity.UserAssignedIdentity, cell: str
    ) -> azure.authorization.RoleAssignment:
        return self.identity.allow(f"encrypts-{cell}", holder, self.place.role(ENCRYPTION_USER), self.of[cell].id)

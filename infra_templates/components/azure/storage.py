"""A storage account as every one of a stack is: closed to the public, without keys to share, encrypted, by TLS only."""

import pulumi
import pulumi_azure_native as azure

from infra_templates.components.azure.keys import Keys
from infra_templates.components.azure.part import AzurePart
from infra_templates.names import plain_name_of
from infra_templates.settings import Mode, SaasSettings

LONGEST_SOFT_DELETE = 365
"""Days for which Azure can bring back what was deleted; versions last longer where more is asked for."""


def closed_account(
    owner: AzurePart, part: str, keys: Keys, cell: str, *, opts: pulumi.ResourceOptions, locked_days: int = 0
) -> azure.storage.StorageAccount:
    """Make an account that takes identities alone; `locked_days` keeps every version that long, and is for life."""
    account = azure.storage.StorageAccount(
        f"{owner.label}-{part}",
        account_name=plain_name_of(owner.settings, part),
        resource_group_name=owner.group,
        location=owner.settings.region,
        kind=azure.storage.Kind.STORAGE_V2,
        # Three zones, one region: the other region of a pair may lie in another country.
        sku={"name": azure.storage.SkuName.STANDARD_ZRS if owner.production else azure.storage.SkuName.STANDARD_LRS},
        allow_blob_public_access=False,
        allow_shared_key_access=False,
        allow_cross_tenant_replication=False,
        default_to_o_auth_authentication=True,
        is_local_user_enabled=False,
        minimum_tls_version=azure.storage.MinimumTlsVersion.TLS1_2,
        enable_https_traffic_only=True,
        public_network_access=azure.storage.PublicNetworkAccess.DISABLED,
        network_rule_set={
            "default_action": azure.storage.DefaultAction.DENY,
            "bypass": azure.storage.Bypass.AZURE_SERVICES,
        },
        identity=_holder(keys),
        encryption=_encryption(keys, cell),
        immutable_storage_with_versioning=_lock(locked_days),
        tags={**owner.tags, "tenant": cell},
        opts=opts,
    )
    owner.guard(part, account.id)
    owner.log(part, pulumi.Output.concat(account.id, "/blobServices/default"))
    return account


def remember(
    owner: AzurePart, part: str, account: azure.storage.StorageAccount, settings: SaasSettings
) -> azure.storage.BlobServiceProperties:
    """Keep versions, a feed of all changes, and what was deleted, for as long as backups are kept."""
    days = min(settings.kept_days, LONGEST_SOFT_DELETE)
    return azure.storage.BlobServiceProperties(
        f"{owner.label}-{part}",
        account_name=account.name,
        blob_services_name="default",
        resource_group_name=owner.group,
        is_versioning_enabled=True,
        change_feed={"enabled": True, "retention_in_days": settings.kept_days},
        delete_retention_policy={"enabled": True, "days": days, "allow_permanent_delete": False},
        container_delete_retention_policy={"enabled": True, "days": days},
        opts=owner.mine(deleted_with=account),
    )


def age(
    owner: AzurePart,
    part: str,
    account: azure.storage.StorageAccount,
    after: pulumi.Resource,
    *,
    days: int,
    whole: bool = False,
) -> None:
    """Let old versions and snapshots go after some days, or whole files too."""
    gone: azure.storage.DateAfterCreationArgsDict = {"days_after_creation_greater_than": float(days)}
    actions: azure.storage.ManagementPolicyActionArgsDict = {"version": {"delete": gone}, "snapshot": {"delete": gone}}
    if whole:
        actions["base_blob"] = {"delete": {"days_after_creation_greater_than": float(days)}}
    azure.storage.ManagementPolicy(
        f"{owner.label}-{part}",
        account_name=account.name,
        management_policy_name="default",
        resource_group_name=owner.group,
        policy={
            "rules": [
                {
                    "name": "old",
                    "enabled": True,
                    "type": azure.storage.RuleType.LIFECYCLE,
                    "definition": {"actions": actions, "filters": {"blob_types": ["blockBlob", "appendBlob"]}},
                }
            ]
        },
        opts=owner.mine(depends_on=[after]),
    )


def _holder(keys: Keys) -> azure.storage.IdentityArgsDict | None:
    if keys.holder is None:
        return None
    return {"type": azure.storage.IdentityType.USER_ASSIGNED, "user_assigned_identities": [keys.holder.id]}


def _encryption(keys: Keys, cell: str) -> azure.storage.EncryptionArgsDict:
    """Encrypt twice, the outer time with the cell's own key in production; no version: Azure follows the newest."""
    both: azure.storage.EncryptionArgsDict = {
        "require_infrastructure_encryption": True,
        "services": {"blob": {"enabled": True}, "file": {"enabled": True}},
    }
    if keys.holder is None:
        both["key_source"] = azure.storage.KeySource.MICROSOFT_STORAGE
        return both
    both["key_source"] = azure.storage.KeySource.MICROSOFT_KEYVAULT
    both["encryption_identity"] = {"encryption_user_assigned_identity": keys.holder.id}
    both["key_vault_properties"] = {
        "key_name": keys.for_cell(cell).name,
        "key_vault_uri": pulumi.Output.concat("https://", keys.vault.name, ".vault.azure.net"),
    }
    return both


def _lock(days: int) -> azure.storage.ImmutableStorageAccountArgsDict | None:
    """Have new versions kept for some days; unlocked, so that the law can still have personal data deleted."""
    if not days:
        return None
    return {
        "enabled": True,
        "immutability_policy": {
            "immutability_period_since_creation_in_days": days,
            "state": azure.storage.AccountImmutabilityPolicyState.UNLOCKED,
        },
    }


def locked_days_of(settings: SaasSettings) -> int:
    """Give for how many days a version cannot be deleted: as long as a backup in production, never in a sandbox."""
    return settings.kept_days if settings.mode is Mode.PRODUCTION else 0

"""What the Azure stack promises of data and of who reaches it: nothing open, no password anywhere."""

import json
import re
from typing import Any

import pytest

from infra_templates.stacks.azure_saas.program import program
from tests.infra.azure_plans import APART, BOTH, Planner, beside_backup, bridged, named_in, production, sandbox, told
from tests.infra.mocks import plan_of, production_on, sandbox_on

# ------------------------------------------------------------ data


@BOTH
def test_files_are_closed_to_the_public_and_to_whoever_shares_a_key(plan: Planner) -> None:
    for account in plan().of("StorageAccount"):
        assert account.get("publicNetworkAccess") == "Disabled"
        assert account.get("networkRuleSet.defaultAction") == "Deny"
        for closed in ("allowBlobPublicAccess", "allowSharedKeyAccess", "allowCrossTenantReplication"):
            assert account.get(closed) is False
        assert account.get("minimumTlsVersion") == "TLS1_2"
        assert account.get("enableHttpsTrafficOnly") is True
    assert [container.get("publicAccess") for container in plan().of("BlobContainer")] == ["None"]


@BOTH
def test_every_version_every_change_and_what_was_deleted_is_remembered(plan: Planner) -> None:
    for kept in plan().of("BlobServiceProperties"):
        assert kept.get("isVersioningEnabled") is kept.get("changeFeed.enabled") is True
        assert kept.get("deleteRetentionPolicy.allowPermanentDelete") is False
        assert kept.get("containerDeleteRetentionPolicy.days") == kept.get("deleteRetentionPolicy.days") > 0


@pytest.mark.parametrize(("plan", "days"), [(sandbox, 8), (production, 31)], ids=["sandbox", "production"])
def test_old_versions_go_a_day_after_nothing_holds_them(plan: Planner, days: int) -> None:
    (policy,) = [policy for policy in plan().of("ManagementPolicy") if "files" in policy.name]
    actions = policy.get("policy.rules.0.definition.actions")

    assert actions["version"]["delete"]["daysAfterCreationGreaterThan"] == days
    assert "baseBlob" not in actions


def test_production_locks_versions_from_the_account_s_first_day_and_a_sandbox_never() -> None:
    (files,) = [account for account in production().of("StorageAccount") if "files" in account.name]

    assert files.get("immutableStorageWithVersioning") == {
        "enabled": True,
        "immutabilityPolicy": {"immutabilityPeriodSinceCreationInDays": 30, "state": "Unlocked"},
    }
    assert [account.get("immutableStorageWithVersioning") for account in sandbox().of("StorageAccount")] == [None, None]
    assert sandbox().of("BlobContainerImmutabilityPolicy") == production().of("BlobContainerImmutabilityPolicy") == []


def test_production_encrypts_with_own_keys_from_a_vault_that_cannot_be_purged() -> None:
    plan = production()

    assert plan.one("Vault").get("properties.enablePurgeProtection") is True
    for account in plan.of("StorageAccount"):
        assert account.get("encryption.keySource") == "Microsoft.Keyvault"
        assert account.get("encryption.keyVaultProperties.keyVersion") is None
    assert plan.one("Server").get("dataEncryption.type") == "AzureKeyVault"


@BOTH
def test_files_are_encrypted_twice(plan: Planner) -> None:
    for account in plan().of("StorageAccount"):
        assert account.get("encryption.requireInfrastructureEncryption") is True
        assert account.get("encryption.services.blob.enabled") is True


@BOTH
def test_no_database_has_a_password_or_a_public_address(plan: Planner) -> None:
    server = plan().one("Server")

    assert server.get("authConfig") == {
        "activeDirectoryAuth": "Enabled",
        "passwordAuth": "Disabled",
        "tenantId": "tenant",
    }
    assert server.get("administratorLogin") is server.get("administratorLoginPassword") is None
    assert server.get("network.publicNetworkAccess") == "Disabled"
    assert server.get("network.delegatedSubnetResourceId") == "network-database-id"
    assert {one.get("principalType") for one in plan().of("AdministratorsMicrosoftEntra")} == {"ServicePrincipal"}
    assert plan().of("FirewallRule") == []


@BOTH
def test_databases_speak_tls_only(plan: Planner) -> None:
    said = {one.get("configurationName"): one.get("value") for one in plan().of("Configuration")}

    assert said["require_secure_transport"] == "ON"
    assert said["ssl_min_protocol_version"] == "TLSv1.2"


@pytest.mark.parametrize(("asked", "kept"), [(14, 14), (35, 35), (400, 35)])
def test_databases_restore_to_the_minute_for_as_long_as_azure_can(asked: int, kept: int) -> None:
    plan = plan_of(program, "azure_saas", production_on("azure", backup_days=asked))

    assert plan.one("Server").get("backup") == {"backupRetentionDays": kept, "geoRedundantBackup": "Disabled"}


@pytest.mark.parametrize("size", ["small", "medium", "large"])
@pytest.mark.parametrize("make", [sandbox_on, production_on], ids=["sandbox", "production"])
def test_disks_and_machines_are_ones_that_azure_offers(make: Any, size: str) -> None:
    plan = plan_of(program, "azure_saas", make("azure", size=size))
    server, container = plan.one("Server"), plan.one("ContainerApp").get("template.containers.0.resources")

    assert server.get("storage.storageSizeGB") in (32, 64, 128, 256, 512)
    assert (container["cpu"], container["memory"]) in {(0.25, "0.5Gi"), (0.5, "1Gi"), (1, "2Gi"), (2, "4Gi")}
    assert (server.get("sku.tier") == "Burstable") is (server.get("highAvailability.mode") == "Disabled")


# ------------------------------------------------------------ network


@BOTH
def test_data_and_keys_are_reached_by_private_ways(plan: Planner) -> None:
    reached = {way.get("privateLinkServiceConnections.0.groupIds.0") for way in plan().of("PrivateEndpoint")}

    assert reached == {"blob", "vault"}
    assert plan().one("Vault").get("properties.publicNetworkAccess") == "Disabled"
    assert len(plan().of("VirtualNetworkLink")) == len(plan().of("PrivateZone")) == 3


@BOTH
def test_every_subnet_refuses_what_it_does_not_name(plan: Planner) -> None:
    groups = plan().of("NetworkSecurityGroup")

    for group in groups:
        last = {
            rule["direction"]: rule for rule in sorted(group.get("securityRules"), key=lambda rule: rule["priority"])
        }
        assert [last[way]["access"] for way in ("Inbound", "Outbound")] == ["Deny", "Deny"]
        assert not [rule for rule in group.get("securityRules") if _from_anywhere(rule)]
    assert len(groups) == len([subnet for subnet in plan().of("Subnet") if subnet.get("networkSecurityGroup")]) == 3
    assert [subnet.get("defaultOutboundAccess") for subnet in plan().of("Subnet")] == [False, False, False]


def _from_anywhere(rule: dict[str, Any]) -> bool:
    anywhere = rule["sourceAddressPrefix"] in ("*", "Internet", "0.0.0.0/0")
    return rule["direction"] == "Inbound" and rule["access"] == "Allow" and anywhere


@BOTH
def test_what_happens_is_logged_where_it_can_be_asked_for(plan: Planner) -> None:
    logged = " ".join(setting.name for setting in plan().of("DiagnosticSetting"))

    for part in ("vault", "flows", "whole", "db-shared", "profile", "environment", "fshared"):
        assert part in logged
    assert {setting.get("workspaceId") for setting in plan().of("DiagnosticSetting")} == {"place-logs-id"}
    assert plan().one("FlowLog").get("enabled") is True


# ------------------------------------------------------------ who


@BOTH
def test_roles_are_given_on_one_thing_each_and_none_on_a_whole_subscription(plan: Planner) -> None:
    wide = [grant.name for grant in plan().of("RoleAssignment") if grant.get("scope").startswith("/subscriptions/")]

    assert wide == []
    assert {grant.get("principalType") for grant in plan().of("RoleAssignment")} == {"ServicePrincipal"}


def test_only_the_main_branch_of_the_repository_may_deploy_and_nothing_else() -> None:
    plan = production()
    actions = [action for role in plan.of("RoleDefinition") for action in role.get("permissions.0.actions")]

    assert plan.one("FederatedIdentityCredential").get("subject") == "repo:vendor/shop:ref:refs/heads/main"
    assert not [action for action in actions if action.endswith(("delete", "/*")) or action == "*"]
    assert set(plan.outputs["deploy_identity"]) == {"client", "tenant", "subscription"}
    assert sandbox().of("FederatedIdentityCredential") == []
    assert "deploy_identity" not in sandbox().outputs


# ------------------------------------------------------------ modes


def test_a_sandbox_can_be_taken_down_to_its_last_resource() -> None:
    plan = sandbox()

    assert [planned.name for planned in plan.custom if planned.protected or planned.kept_on_delete] == []
    assert plan.of("ManagementLockByScope") == []
    assert plan.one("Vault").get("properties.enablePurgeProtection") is None
    assert plan.one("Vault").get("vaultName") is None


def test_keys_and_secrets_go_with_their_vault_which_nobody_outside_reaches() -> None:
    for planned in [*sandbox().of("azure-native:keyvault:Key"), *sandbox().of("azure-native:keyvault:Secret")]:
        assert planned.deleted_with.endswith("keys-vault")


def test_production_is_redundant_and_refuses_to_be_deleted() -> None:
    plan = production()
    held = {planned.type.rsplit(":", 1)[-1] for planned in plan.custom if planned.protected}

    assert {"ResourceGroup", "Vault", "Key", "StorageAccount", "BlobContainer", "Server", "Database"} <= held
    assert {lock.get("scope") for lock in plan.of("ManagementLockByScope")} == {
        planned.name + "-id" for planned in plan.custom if named_in(planned, "Vault", "StorageAccount", "Server")
    }
    assert plan.one("Server").get("highAvailability.mode") == "ZoneRedundant"
    assert plan.one("ManagedEnvironment").get("zoneRedundant") is True
    assert {account.get("sku.name") for account in plan.of("StorageAccount")} == {"Standard_ZRS"}


# ------------------------------------------------------------ tenants


def test_a_tenant_apart_has_data_keys_and_containers_of_its_own() -> None:
    plan, everybody = bridged(), {"shared", "alpha", "beta"}

    for kind in ("Server", "ContainerApp", "azure-native:keyvault:Key", "AFDEndpoint"):
        assert {planned.get("tags.tenant") for planned in plan.of(kind)} == everybody
    encrypted = {
        account.get("tags.tenant"): account.get("encryption.keyVaultProperties.keyName")
        for account in plan.of("StorageAccount")
        if account.name.startswith("files")
    }
    assert {tenant: name.split("-")[3] for tenant, name in encrypted.items()} == {each: each for each in everybody}


def test_containers_of_a_tenant_reach_no_data_of_another() -> None:
    plan = bridged()
    files = [grant.name for grant in plan.of("RoleAssignment") if grant.name.startswith("identity-files-")]
    administrators = [one.name for one in beside_backup(plan, "AdministratorsMicrosoftEntra")]

    assert sorted(files) == [f"identity-files-{each}-{each}" for each in ("alpha", "beta", "shared")]
    assert sorted(administrators) == [f"database-{each}-{each}" for each in ("alpha", "beta", "shared")]


def test_shared_containers_serve_the_data_of_tenants_without_containers_of_their_own() -> None:
    settings = sandbox_on("azure", tenancy_database="silo", tenancy_files="silo", tenants=("alpha", "beta"))
    plan = plan_of(program, "azure_saas", settings)
    known = told(plan.one("ContainerApp"))

    assert set(json.loads(known["DATABASES"])) == set(json.loads(known["FILES"])) == {"alpha", "beta"}
    assert len(beside_backup(plan, "AdministratorsMicrosoftEntra")) == 2


def test_containers_for_which_no_database_is_are_told_of_none() -> None:
    settings = sandbox_on("azure", tenancy_compute="bridge", tenancy_database="silo", tenants=("alpha",))
    apps = {app.get("tags.tenant"): told(app) for app in plan_of(program, "azure_saas", settings).of("ContainerApp")}

    assert apps["shared"]["DATABASES"] == "{}"
    assert "DATABASE_HOST" not in apps["shared"]
    assert "DATABASE_HOST" in apps["alpha"]


def test_each_tenant_apart_has_its_own_name_under_the_domain() -> None:
    settings = production_on("azure", domain="shop.example", tenants=("alpha",), **APART)
    names = {one.get("hostName") for one in plan_of(program, "azure_saas", settings).of("AFDCustomDomain")}

    assert names == {"shop.example", "alpha.shop.example"}


LIMITS = {
    "ContainerApp": ("containerAppName", r"[a-z][a-z0-9-]{0,30}[a-z0-9]"),
    "ManagedEnvironment": ("environmentName", r"[a-z][a-z0-9-]{0,58}[a-z0-9]"),
    "StorageAccount": ("accountName", r"[a-z0-9]{3,24}"),
    "Vault": ("vaultName", r"[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]"),
    "Server": ("serverName", r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]"),
    "AFDEndpoint": ("endpointName", r"[a-zA-Z0-9][a-zA-Z0-9-]{0,44}[a-zA-Z0-9]"),
    "Policy": ("policyName", r"[a-zA-Z][a-zA-Z0-9]{0,127}"),
    "PrivateEndpoint": ("privateEndpointName", r"[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}[a-zA-Z0-9_]"),
    "UserAssignedIdentity": ("resourceName", r"[a-zA-Z0-9][a-zA-Z0-9_-]{2,127}"),
    "Workspace": ("workspaceName", r"[a-zA-Z0-9][a-zA-Z0-9-]{2,61}[a-zA-Z0-9]"),
    "Budget": ("budgetName", r"[a-zA-Z0-9_-]{1,63}"),
    "ActionGroup": ("groupShortName", r".{1,12}"),
    "ResourceGroup": ("resourceGroupName", r"[\w().-]{0,89}[\w()-]"),
}
"""How each service wants its names, of those that are strict about it."""


def test_names_fit_and_stay_apart_however_long_and_alike_the_codes_are() -> None:
    layers = dict.fromkeys(APART, "silo")
    alike = ("t" * 30 + "a", "t" * 30 + "b", "ab", "a-b")
    settings = production_on("azure", sandbox="s" * 31, tenants=alike, domain="shop.example", **layers)
    plan = plan_of(program, "azure_saas", settings)

    for kind, (field, form) in LIMITS.items():
        names = [planned.get(field) for planned in plan.of(kind)]
        assert names
        assert len(set(names)) == len(names), (kind, names)
        assert [name for name in names if not re.fullmatch(form, name)] == [], kind

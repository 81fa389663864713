"""What the Google Cloud stack promises: nothing open, nothing in the clear, nothing shared that should not be."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from infra_templates.settings import Mode, SaasSettings
from infra_templates.slo import BURNS
from infra_templates.stacks.gcp_saas.program import program
from tests.infra.mocks import Plan, Planned, plan_of, production_on, sandbox_on

HOME = Path("infra_templates/stacks/gcp_saas")
ACCOUNT = {"gcp_saas:billing_account": "000000-111111-222222"}
LABELLED = "cloudsteps-sandbox"
ANYWHERE = ("allUsers", "allAuthenticatedUsers")
BASIC_ROLES = ("roles/owner", "roles/editor", "roles/viewer")


@cache
def sandbox() -> Plan:
    return plan_of(program, "gcp_saas", sandbox_on("gcp", repository="vendor/shop")).without(BACKUP)


@cache
def production() -> Plan:
    return plan_of(
        program, "gcp_saas", production_on("gcp", domain="shop.example", repository="vendor/shop"), ACCOUNT
    ).without(BACKUP)


@cache
def bridged() -> Plan:
    layers = {
        "tenancy_compute": "bridge",
        "tenancy_database": "bridge",
        "tenancy_files": "silo",
        "tenancy_keys": "silo",
    }
    settings = production_on("gcp", domain="shop.example", tenants=("alpha", "beta"), **layers)
    return plan_of(program, "gcp_saas", settings).without(BACKUP)


def tenant_in(name: str) -> str:
    """Read a tenant's code from a name: the part before the digest that all names share."""
    found = re.search(r"-(?:run|files|db)-([a-z]+)-", name)
    assert found is not None, name
    return found[1]


BACKUP = "cloudsteps:gcp:Backup"
"""Has its own rules in `test_backup_components.py`."""
BOTH = pytest.mark.parametrize("plan", [sandbox, production], ids=["sandbox", "production"])


def members(plan: Plan) -> list[Planned]:
    return [planned for planned in plan.custom if planned.get("member")]


# ------------------------------------------------------------ who


@BOTH
def test_nobody_unknown_is_given_a_role(plan: Any) -> None:
    assert [planned.name for planned in members(plan()) if planned.get("member") in ANYWHERE] == []


@BOTH
def test_no_account_has_a_basic_role(plan: Any) -> None:
    assert [planned.name for planned in members(plan()) if planned.get("role") in BASIC_ROLES] == []


@BOTH
def test_no_account_has_a_key(plan: Any) -> None:
    assert not [planned for planned in plan().custom if planned.type.endswith(":Key")]


def test_roles_of_the_whole_project_are_narrowed_to_one_database() -> None:
    for planned in production().of("gcp:projects/iAMMember:IAMMember"):
        assert "/instances/cs-s7-db-shared-" in planned.get("condition.expression")


def test_only_the_main_branch_of_the_repository_may_deploy() -> None:
    provider = production().one("WorkloadIdentityPoolProvider")
    taken = [
        grant
        for grant in production().of("gcp:serviceaccount/iAMMember:IAMMember")
        if "principal" in grant.get("member")
    ]

    assert provider.get("attributeCondition") == (
        "assertion.repository == 'vendor/shop' && assertion.ref == 'refs/heads/main'"
    )
    assert [grant.get("member").split("/subject/")[1] for grant in taken] == ["repo:vendor/shop:ref:refs/heads/main"]


def test_without_a_repository_nobody_deploys_from_outside() -> None:
    assert bridged().of("WorkloadIdentityPool") == []
    assert "deploy_account" not in bridged().outputs


# ------------------------------------------------------------ data


@BOTH
def test_buckets_are_closed_versioned_and_under_own_keys(plan: Any) -> None:
    bucket = plan().one("Bucket")

    assert bucket.get("publicAccessPrevention") == "enforced"
    assert bucket.get("uniformBucketLevelAccess") is True
    assert bucket.get("versioning.enabled") is True
    assert bucket.get("encryption.defaultKmsKeyName") == "key-shared-id"
    assert bucket.get("retentionPolicy") is None


@BOTH
def test_databases_have_no_public_address_no_plain_connection_and_no_password(plan: Any) -> None:
    database = plan().one("DatabaseInstance")

    assert database.get("settings.ipConfiguration.ipv4Enabled") is False
    assert database.get("settings.ipConfiguration.sslMode") == "ENCRYPTED_ONLY"
    assert database.get("encryptionKeyName") == "key-shared-id"
    assert database.get("rootPassword") is None
    assert [user.get("type") for user in plan().of("User")] == ["CLOUD_IAM_SERVICE_ACCOUNT"]
    assert [user.get("password") for user in plan().of("User")] == [None]


@BOTH
def test_databases_restore_to_the_second_and_lie_in_the_region(plan: Any) -> None:
    backups = plan().one("DatabaseInstance").get("settings.backupConfiguration")

    assert backups["enabled"] is backups["pointInTimeRecoveryEnabled"] is True
    assert backups["transactionLogRetentionDays"] == 7
    assert backups["location"] == "asia-east1"


@pytest.mark.parametrize(("plan", "kept"), [(sandbox, 7), (production, 30)], ids=["sandbox", "production"])
def test_backups_are_kept_as_long_as_the_mode_allows(plan: Any, kept: int) -> None:
    backups = plan().one("DatabaseInstance").get("settings.backupConfiguration.backupRetentionSettings")

    assert backups["retainedBackups"] == kept


@BOTH
def test_what_encrypts_waits_until_it_may_use_the_key(plan: Any) -> None:
    lent = {grant.name for grant in plan().of("CryptoKeyIAMMember")}

    assert {"keys-shared-sql", "keys-shared-storage", "keys-shared-secrets"} <= lent


@BOTH
def test_names_that_google_never_gives_twice_get_an_ending_of_this_life(plan: Any) -> None:
    ring = plan().one("KeyRing")

    assert ring.get("name") is None
    assert plan().one("CryptoKey").get("name") is None
    assert plan().one("DatabaseInstance").get("name").endswith(ring.name.rsplit("-", 1)[-1])


def test_secrets_are_places_without_a_value() -> None:
    assert len(production().of("Secret")) == 1
    assert production().of("SecretVersion") == []


# ------------------------------------------------------------ network


@BOTH
def test_whatever_is_not_let_through_is_refused_and_logged(plan: Any) -> None:
    rules = {rule.name: rule for rule in plan().of("Firewall")}
    refused = [rules["network-refuse-in"], rules["network-refuse-out"]]

    assert [rule.get("denies.0.protocol") for rule in refused] == ["all", "all"]
    assert not [rule.name for rule in rules.values() if rule.get("direction") == "INGRESS" and rule.get("allows")]
    assert all(rule.get("logConfig") for rule in rules.values())


@BOTH
def test_traffic_of_every_subnet_is_logged_and_the_data_has_no_way_out(plan: Any) -> None:
    outlets = plan().one("RouterNat").get("subnetworks")

    assert all(subnet.get("logConfig.flowSampling") for subnet in plan().of("Subnetwork"))
    assert [outlet["name"] for outlet in outlets] == ["network-service-id"]


def test_nothing_is_peered_so_that_the_network_can_be_taken_down() -> None:
    assert [planned for planned in sandbox().custom if "servicenetworking" in planned.type] == []


# ------------------------------------------------------------ the way in


def test_with_a_domain_only_the_load_balancer_reaches_the_containers() -> None:
    service = production().one("gcp:cloudrunv2/service:Service")

    assert service.get("ingress") == "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
    assert service.get("defaultUriDisabled") is True
    assert production().one("BackendService").get("securityPolicy") == "entry-shield-rules-id"


def test_tls_is_recent_and_plain_requests_are_sent_to_it() -> None:
    assert production().one("SSLPolicy").get("minTlsVersion") == "TLS_1_2"
    assert {routes.name: routes.get("defaultUrlRedirect.httpsRedirect") for routes in production().of("URLMap")} == {
        "entry-routes": None,
        "entry-plain": True,
    }
    assert production().outputs["dns_records"]


def test_the_firewall_asks_for_attacks_before_it_counts_requests() -> None:
    rules = production().one("SecurityPolicy").get("rules")
    places = {rule["action"]: rule["priority"] for rule in rules}

    assert places["deny(403)"] < places["throttle"] < places["allow"]
    assert len({rule["priority"] for rule in rules}) == len(rules)


def test_a_sandbox_without_a_domain_answers_at_the_address_that_google_gives() -> None:
    assert sandbox().outputs["address"] == "https://run.example"
    assert sandbox().of("GlobalForwardingRule") == []


def test_production_without_a_domain_is_refused_with_what_to_do() -> None:
    with pytest.raises(pulumi.RunError, match=r"domain: In production .* Fill it in"):
        plan_of(program, "gcp_saas", production_on("gcp"))


@BOTH
def test_health_is_asked_for_at_a_path_that_google_leaves_to_the_container(plan: Any) -> None:
    probe = plan().one("gcp:cloudrunv2/service:Service").get("template.containers.0.startupProbe.httpGet.path")

    assert probe == plan().one("UptimeCheckConfig").get("httpCheck.path") == "/health"
    assert not probe.endswith("z")


@BOTH
def test_containers_answer_many_requests_at_once_and_so_have_a_whole_processor(plan: Any) -> None:
    template = plan().one("gcp:cloudrunv2/service:Service").get("template")

    assert template["maxInstanceRequestConcurrency"] > 1
    assert int(template["containers"][0]["resources"]["limits"]["cpu"]) >= 1
    assert template["scaling"]["minInstanceCount"] < template["scaling"]["maxInstanceCount"]


# ------------------------------------------------------------ modes


def test_a_sandbox_can_be_taken_down_to_its_last_resource() -> None:
    plan = sandbox()

    assert [planned.name for planned in plan.custom if planned.protected] == []
    assert plan.one("Bucket").get("forceDestroy") is True
    assert plan.one("Bucket").get("softDeletePolicy.retentionDurationSeconds") == 0
    assert plan.one("DatabaseInstance").get("deletionProtection") is False
    assert plan.one("DatabaseInstance").get("settings.deletionProtectionEnabled") is False
    assert plan.one("DatabaseInstance").get("settings.retainBackupsOnDelete") is False
    assert plan.of("ProjectBucketConfig") == []


def test_production_is_redundant_and_refuses_to_be_deleted() -> None:
    plan = production()
    database = plan.one("DatabaseInstance")

    assert database.get("settings.availabilityType") == "REGIONAL"
    assert database.get("settings.deletionProtectionEnabled") is database.get("deletionProtection") is True
    assert {"Bucket", "CryptoKey", "DatabaseInstance", "Secret"} <= {
        planned.type.rsplit(":", 1)[-1] for planned in plan.custom if planned.protected
    }
    assert plan.one("Bucket").get("forceDestroy") is False
    assert plan.one("Bucket").get("softDeletePolicy.retentionDurationSeconds") == 30 * 86_400
    assert plan.one("Bucket").get("enableObjectRetention") is True
    assert plan.one("ProjectBucketConfig").get("retentionDays") == 90


# ------------------------------------------------------------ tenants


def test_a_tenant_apart_has_data_and_keys_of_its_own() -> None:
    plan = bridged()
    keys = {bucket.get("labels.tenant"): bucket.get("encryption.defaultKmsKeyName") for bucket in plan.of("Bucket")}

    assert {planned.get("settings.userLabels.tenant") for planned in plan.of("DatabaseInstance")} == {
        "shared",
        "alpha",
        "beta",
    }
    assert keys == {"alpha": "key-alpha-id", "beta": "key-beta-id"}


def test_containers_of_a_tenant_reach_no_data_of_another() -> None:
    plan = bridged()
    files = {(tenant_in(grant.get("member")), tenant_in(grant.get("bucket"))) for grant in plan.of("BucketIAMMember")}
    databases = {
        (tenant_in(user.get("name")), tenant_in(user.get("instance"))) for user in plan.of("gcp:sql/user:User")
    }

    assert files == {("alpha", "alpha"), ("beta", "beta")}
    assert databases == {("shared", "shared"), ("alpha", "alpha"), ("beta", "beta")}


def test_shared_containers_serve_the_data_of_tenants_without_containers_of_their_own() -> None:
    plan = plan_of(program, "gcp_saas", sandbox_on("gcp", tenancy_database="silo", tenants=("alpha", "beta")))
    containers = plan.one("gcp:cloudrunv2/service:Service").get("template.containers")
    told = {env["name"]: env["value"] for env in containers[0]["envs"]}

    assert json.loads(told["DATABASE_PORTS"]) == {"alpha": 5432, "beta": 5433}
    assert len([part for part in containers[1]["args"] if part.startswith("vendor-project:")]) == 2


def test_containers_without_a_database_get_no_proxy() -> None:
    layers = {"tenancy_compute": "bridge", "tenancy_database": "silo", "tenants": ("alpha",)}
    services = plan_of(program, "gcp_saas", sandbox_on("gcp", **layers)).of("gcp:cloudrunv2/service:Service")

    assert {service.get("labels.tenant"): len(service.get("template.containers")) for service in services} == {
        "shared": 1,
        "alpha": 2,
    }


def test_each_tenant_apart_has_its_own_address_under_the_domain() -> None:
    assert bridged().outputs["addresses"] == {
        "shared": "https://shop.example",
        "alpha": "https://alpha.shop.example",
        "beta": "https://beta.shop.example",
    }


def test_names_fit_however_long_the_codes_are() -> None:
    layers = dict.fromkeys(("tenancy_compute", "tenancy_database", "tenancy_files", "tenancy_keys"), "silo")
    alike = {"sandbox": "s" * 31, "tenants": ("t" * 30 + "a", "t" * 30 + "b"), "domain": "shop.example"}
    settings = production_on("gcp", repository="vendor/shop", **alike, **layers)
    plan = plan_of(program, "gcp_saas", settings)

    limits = {"accountId": 30, "workloadIdentityPoolId": 32, "secretId": 63, "name": 63, "bucketId": 63}
    for planned in plan.custom:
        if planned.type in ("gcp:dns/recordSet:RecordSet", "gcp:sql/user:User"):
            continue
        for field, longest in limits.items():
            assert len(planned.get(field) or "") <= longest, (planned.type, planned.get(field))
    assert all(len(service.get("name")) <= 49 for service in plan.of("gcp:cloudrunv2/service:Service"))


# ------------------------------------------------------------ watching


@BOTH
def test_burning_is_told_when_both_windows_burn(plan: Any) -> None:
    burning = {alarm.name: alarm for alarm in plan().of("AlertPolicy") if alarm.get("combiner") == "AND"}

    assert set(burning) == {f"level-shared-{burn.name}" for burn in BURNS}
    for burn in BURNS:
        alarm = burning[f"level-shared-{burn.name}"]
        asked = [condition["conditionThreshold"]["filter"] for condition in alarm.get("conditions")]
        assert [
            f'"{minutes * 60}s"' in ask
            for minutes, ask in zip((burn.long_minutes, burn.short_minutes), asked, strict=True)
        ] == [True, True]
        assert alarm.get("conditions.0.conditionThreshold.thresholdValue") == float(burn.rate)


@BOTH
def test_every_alarm_tells_a_person(plan: Any) -> None:
    assert plan().one("NotificationChannel").get("labels.email_address") == "ops@vendor.example"
    assert all(alarm.get("notificationChannels") == ["watch-told-id"] for alarm in plan().of("AlertPolicy"))


@BOTH
def test_the_dashboard_shows_the_stack_s_own_services(plan: Any) -> None:
    shown = json.loads(plan().one("Dashboard").get("dashboardJson"))

    assert "cs-s7-run-shared-" in json.dumps(shown)
    assert len(shown["mosaicLayout"]["tiles"]) == 6


def test_the_budget_is_of_this_stack_only_and_warns_four_times() -> None:
    budget = production().one("Budget")

    assert budget.get("budgetFilter.labels") == {LABELLED: "s7"}
    assert [rule["thresholdPercent"] for rule in budget.get("thresholdRules")] == [0.5, 0.8, 1, 1]
    assert sandbox().of("Budget") == []


# ------------------------------------------------------------ labels


@BOTH
def test_whatever_takes_labels_bears_them(plan: Any) -> None:
    for planned in plan().custom:
        labels = planned.get("userLabels") or planned.get("settings.userLabels") or planned.get("labels")
        if labels is not None:
            assert labels.get(LABELLED) == "s7", planned.name
            assert all(value == value.lower() and len(value) <= 63 for value in labels.values())


@pytest.mark.parametrize("mode", list(Mode))
def test_everything_belongs_to_a_component_and_to_the_project(mode: Mode) -> None:
    plan = sandbox() if mode is Mode.SANDBOX else production()

    assert [planned.name for planned in plan.custom if "cloudsteps:gcp:" not in planned.parent] == []
    assert [planned.name for planned in plan.custom if planned.get("project") not in (None, "vendor-project")] == []


# ------------------------------------------------------------ what people are given


@pytest.mark.parametrize("mode", ["sandbox", "production"])
def test_the_example_of_each_mode_is_complete(mode: str) -> None:
    told = yaml.safe_load((HOME / f"Pulumi.{mode}.example.yaml").read_text(encoding="utf-8"))["config"]
    own = {name.removeprefix("gcp_saas:"): value for name, value in told.items() if name.startswith("gcp_saas:")}
    own.pop("billing_account", None)
    given = {name: json.loads(value) if value.startswith("[") else value for name, value in own.items()}

    settings = SaasSettings.model_validate({"cloud": "gcp", **given})

    assert (settings.mode, settings.region) == (mode, told["gcp:region"])
    plan_of(program, "gcp_saas", settings)


@pytest.mark.parametrize("page", ["README.md", "README.zh-Hant.md"])
def test_both_readmes_name_every_setting_and_every_file_they_point_to(page: str) -> None:
    text = (HOME / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if not link.startswith("https:")]

    wanted = [name for name in SaasSettings.model_fields if name not in ("cloud", "operation")]
    assert [name for name in wanted if name.replace("tenancy", "") not in text and name not in text] == []
    assert [link for link in links if not (HOME / link).exists()] == []

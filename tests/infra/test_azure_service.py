"""What the Azure stack promises of the service: the way in, containers, and who is told when it burns."""

import json

from infra_templates.slo import BURNS, failing_percent
from infra_templates.stacks.azure_saas.program import program
from tests.infra.azure_plans import BOTH, TAG, Planner, beside_backup, named_in, production, sandbox, told
from tests.infra.mocks import Plan, plan_of, production_on

UNTAGGED = {
    "AFDCustomDomain", "AFDOrigin", "AFDOriginGroup", "AdministratorsMicrosoftEntra", "BackupPolicy",
    "BlobContainer",
    "BlobServiceProperties", "Budget", "Configuration", "Database", "DiagnosticSetting", "FederatedIdentityCredential",
    "ManagementLockByScope", "ManagementPolicy", "PrivateDnsZoneGroup", "RoleAssignment", "RoleDefinition", "Route",
    "SecurityPolicy", "Subnet",
}  # fmt: skip
"""Types that take no tags on Azure."""


# ------------------------------------------------------------ the way in


@BOTH
def test_visitors_come_by_tls_and_health_is_asked_for(plan: Planner) -> None:
    route, group, origin = plan().one("Route"), plan().one("AFDOriginGroup"), plan().one("AFDOrigin")

    assert route.get("httpsRedirect") == "Enabled"
    assert route.get("forwardingProtocol") == "HttpsOnly"
    assert group.get("healthProbeSettings.probeProtocol") == "Https"
    assert group.get("healthProbeSettings.probePath") == "/healthz"
    assert origin.get("enforceCertificateNameCheck") is True
    assert origin.get("hostName") == origin.get("originHostHeader")
    assert plan().one("ContainerApp").get("configuration.ingress.allowInsecure") is False


def test_only_the_front_reaches_production_and_by_a_private_way() -> None:
    plan = production()

    assert plan.one("ManagedEnvironment").get("publicNetworkAccess") == "Disabled"
    assert plan.one("ManagedEnvironment").get("vnetConfiguration.internal") is True
    assert plan.one("AFDOrigin").get("sharedPrivateLinkResource.groupId") == "managedEnvironments"
    assert "private-endpoint-connection approve" in plan.outputs["approve"]
    assert sandbox().one("AFDOrigin").get("sharedPrivateLinkResource") is None


def test_a_sandbox_s_container_is_told_which_front_it_may_answer() -> None:
    assert told(sandbox().one("ContainerApp"))["FRONT_DOOR_ID"] == "front-door-id"


def test_from_a_region_without_private_ways_the_nearest_is_taken() -> None:
    plan = plan_of(program, "azure_saas", production_on("azure", region="taiwannorth"))

    assert plan.one("AFDOrigin").get("sharedPrivateLinkResource.privateLinkLocation") == "eastasia"


@BOTH
def test_the_firewall_stands_before_every_name(plan: Planner) -> None:
    guarded = plan().one("SecurityPolicy").get("parameters.associations.0.domains")
    (rules,) = plan().of("azure-native:frontdoor:Policy")

    assert len(guarded) == len(plan().of("AFDEndpoint")) + len(plan().of("AFDCustomDomain"))
    assert rules.get("policySettings.mode") == "Prevention"
    assert rules.get("customRules.rules.0.ruleType") == "RateLimitRule"
    assert rules.get("sku.name") == plan().one("azure-native:cdn:Profile").get("sku.name")


def test_azure_s_managed_rules_stand_where_the_front_has_them() -> None:
    def managed(plan: Plan) -> list[str]:
        (rules,) = plan.of("azure-native:frontdoor:Policy")
        return [one["ruleSetType"] for one in rules.get("managedRules.managedRuleSets") or []]

    assert managed(production()) == ["Microsoft_DefaultRuleSet", "Microsoft_BotManagerRuleSet"]
    assert managed(sandbox()) == []


def test_own_names_have_recent_tls_and_the_records_to_prove_them() -> None:
    plan = production()

    assert plan.one("AFDCustomDomain").get("tlsSettings") == {
        "certificateType": "ManagedCertificate",
        "minimumTlsVersion": "TLS12",
    }
    assert [(record["name"], record["type"]) for record in plan.outputs["dns_records"]] == [
        ("_dnsauth.shop.example", "TXT"),
        ("shop.example", "CNAME"),
    ]
    assert plan.outputs["address"] == "https://shop.example"
    assert "dns_records" not in sandbox().outputs


# ------------------------------------------------------------ containers


@BOTH
def test_containers_are_added_and_removed_with_the_requests(plan: Planner) -> None:
    scale = plan().one("ContainerApp").get("template.scale")

    assert 1 <= scale["minReplicas"] < scale["maxReplicas"]
    assert scale["rules"][0]["http"]["metadata"] == {"concurrentRequests": "50"}


@BOTH
def test_a_container_is_watched_from_its_start(plan: Planner) -> None:
    probes = plan().one("ContainerApp").get("template.containers.0.probes")

    assert {probe["type"] for probe in probes} == {"Startup", "Readiness", "Liveness"}
    assert {probe["httpGet"]["path"] for probe in probes} == {"/healthz"}


@BOTH
def test_a_container_gets_its_secret_from_the_vault_and_nothing_secret_in_the_clear(plan: Planner) -> None:
    app = plan().one("ContainerApp")

    assert [sorted(secret) for secret in app.get("configuration.secrets")] == [["identity", "keyVaultUrl", "name"]]
    assert "plain-secret" not in json.dumps(app.inputs)
    assert "plain-secret" not in json.dumps(plan().outputs)


# ------------------------------------------------------------ watching


@BOTH
def test_burning_is_told_when_both_windows_burn(plan: Planner) -> None:
    rules = {rule.name: rule for rule in beside_backup(plan(), "ScheduledQueryRule")}
    mode = "sandbox" if plan is sandbox else "production"

    assert set(rules) == {f"watch-{burn.name}" for burn in BURNS}
    for burn in BURNS:
        rule = rules[f"watch-{burn.name}"]
        question = rule.get("criteria.allOf.0.query")
        assert rule.get("windowSize") == f"PT{burn.long_minutes}M"
        assert f"ago({burn.short_minutes}m)" in question
        assert question.count(f"> {failing_percent(mode, burn):g}") == 2


@BOTH
def test_every_alert_tells_a_person(plan: Planner) -> None:
    group = plan().one("ActionGroup")

    assert group.get("emailReceivers.0.emailAddress") == "ops@vendor.example"
    assert {rule.get("actions.actionGroups.0") for rule in plan().of("ScheduledQueryRule")} == {"watch-told-id"}
    assert {alert.get("actions.0.actionGroupId") for alert in plan().of("MetricAlert")} == {"watch-told-id"}
    assert {alert.name for alert in plan().of("MetricAlert")} == {"watch-storage-shared", "watch-running-shared"}


@BOTH
def test_the_budget_is_of_this_stack_only_and_warns_four_times(plan: Planner) -> None:
    budget = plan().one("Budget")
    warnings = [(one["thresholdType"], one["threshold"]) for one in budget.get("notifications").values()]

    assert budget.get("filter.tags") == {"name": TAG, "operator": "In", "values": ["s7"]}
    assert sorted(warnings) == [("Actual", 50), ("Actual", 80), ("Actual", 100), ("Forecasted", 100)]
    assert budget.get("timePeriod.startDate").endswith("-01T00:00:00Z")


@BOTH
def test_the_workbook_asks_questions_of_the_stack_s_own_logs(plan: Planner) -> None:
    workbook = plan().one("Workbook")
    charts = json.loads(workbook.get("serializedData"))["items"]

    assert workbook.get("sourceId") == "place-logs-id"
    assert [chart["type"] for chart in charts] == [3, 3, 3]


# ------------------------------------------------------------ tags


@BOTH
def test_whatever_takes_tags_bears_them(plan: Planner) -> None:
    ours = [planned for planned in plan().custom if planned.type.startswith("azure-native:")]

    assert [one.name for one in ours if not one.get("tags") and not named_in(one, *UNTAGGED)] == []
    assert {one.get("tags")[TAG] for one in ours if one.get("tags")} == {"s7"}


@BOTH
def test_everything_belongs_to_a_component_and_to_the_stack_s_group(plan: Planner) -> None:
    groups = {planned.get("resourceGroupName") for planned in plan().custom if planned.get("resourceGroupName")}

    assert [planned.name for planned in plan().custom if "cloudsteps:" not in planned.parent] == []
    assert groups == {plan().outputs["resource_group"], "NetworkWatcherRG"}
    assert set(plan().outputs) >= {"address", "health", "dashboard", "files", "database", "sign_in"}

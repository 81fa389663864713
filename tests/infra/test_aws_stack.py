"""What the AWS stack promises: nothing open, nothing in the clear, nothing shared that should not be."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from infra_templates.slo import BURNS, failing_percent
from infra_templates.stacks.aws_saas.program import program
from tests.infra.mocks import Plan, Planned, plan_of, production_on, sandbox_on

TAG = "cloudsteps-sandbox"
APART = {f"tenancy_{layer}": "bridge" for layer in ("compute", "database", "files", "keys")}
UNTAGGED = {
    "Alias", "BucketLifecycleConfiguration", "BucketObjectLockConfiguration", "BucketOwnershipControls", "BucketPolicy",
    "BucketPublicAccessBlock", "BucketServerSideEncryptionConfiguration", "BucketVersioning", "CertificateValidation",
    "Dashboard", "LogMetricFilter", "OutboundWebIdentityFederation", "Policy", "RolePolicy", "RolePolicyAttachment",
    "Route", "RouteTableAssociation", "Schedule", "SecretVersion", "Selection", "TopicSubscription",
    "VaultLockConfiguration", "WebAclAssociation", "WebAclLoggingConfiguration",
}  # fmt: skip
"""Types that take no tags on AWS."""
OF_THE_ACCOUNT = "aws:iam/outboundWebIdentityFederation:OutboundWebIdentityFederation"


@cache
def sandbox() -> Plan:
    return plan_of(program, "aws_saas", sandbox_on("aws"))


@cache
def production() -> Plan:
    return plan_of(program, "aws_saas", production_on("aws", domain="shop.example", repository="vendor/shop"))


@cache
def bridged() -> Plan:
    settings = production_on("aws", domain="shop.example", tenants=("alpha", "beta"), **APART)
    return plan_of(program, "aws_saas", settings)


BOTH = pytest.mark.parametrize("plan", [sandbox, production], ids=["sandbox", "production"])
Planner = Callable[[], Plan]


def own(plan: Plan, type_: str) -> list[Planned]:
    """Give the resources of a type that serve the stack itself; the copy to a second cloud has rules of its own."""
    return [one for one in plan.of(type_) if one.type.startswith("aws:") and "cloudsteps:aws:Backup" not in one.parent]


def only(plan: Plan, type_: str) -> Planned:
    (found,) = own(plan, type_)
    return found


def statements(policy: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(policy)["Statement"]
    return found


# ------------------------------------------------------------ data


@BOTH
def test_files_are_versioned_encrypted_with_own_keys_and_closed(plan: Planner) -> None:
    versioning = only(plan(), "BucketVersioning").get("versioningConfiguration.status")
    rules = only(plan(), "BucketServerSideEncryptionConfiguration").get("rules.0")
    closed = only(plan(), "BucketPublicAccessBlock")

    assert versioning == "Enabled"
    assert rules["applyServerSideEncryptionByDefault"]["sseAlgorithm"] == "aws:kms"
    assert "keys-shared" in rules["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"]
    for way in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"):
        assert closed.get(way) is True


@BOTH
def test_files_are_given_by_tls_only(plan: Planner) -> None:
    (refusal,) = statements(only(plan(), "BucketPolicy").get("policy"))

    assert refusal["Effect"] == "Deny"
    assert refusal["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize(("plan", "days"), [(sandbox, 8), (production, 31)], ids=["sandbox", "production"])
def test_old_versions_go_a_day_after_nothing_holds_them(plan: Planner, days: int) -> None:
    rule = only(plan(), "BucketLifecycleConfiguration").get("rules.0")

    assert rule["noncurrentVersionExpiration"]["noncurrentDays"] == days
    assert "expiration" not in rule


def test_only_production_locks_versions() -> None:
    assert own(sandbox(), "BucketObjectLockConfiguration") == []
    assert only(sandbox(), "Bucket").get("objectLockEnabled") is False
    assert only(production(), "BucketObjectLockConfiguration").get("rule.defaultRetention") == {
        "mode": "GOVERNANCE",
        "days": 30,
    }


@BOTH
def test_databases_are_encrypted_private_and_their_passwords_known_to_aws_alone(plan: Planner) -> None:
    database = only(plan(), "aws:rds/instance:Instance")

    assert database.get("storageEncrypted") is database.get("manageMasterUserPassword") is True
    assert database.get("publiclyAccessible") is False
    assert database.get("password") is None
    assert "keys-shared" in database.get("kmsKeyId")
    forced = {one["name"]: one["value"] for one in only(plan(), "ParameterGroup").get("parameters")}
    assert forced["rds.force_ssl"] == "1"


@pytest.mark.parametrize(("asked", "kept"), [(14, 14), (35, 35), (400, 35)])
def test_databases_restore_to_the_minute_for_as_long_as_aws_can(asked: int, kept: int) -> None:
    plan = plan_of(program, "aws_saas", production_on("aws", backup_days=asked))

    assert only(plan, "aws:rds/instance:Instance").get("backupRetentionPeriod") == kept


@BOTH
def test_keys_are_changed_every_year(plan: Planner) -> None:
    assert [key.get("enableKeyRotation") for key in own(plan(), "aws:kms/key:Key")] == [True]


# ------------------------------------------------------------ network


@BOTH
def test_every_tier_stands_in_two_zones_and_gives_nothing_a_public_address(plan: Planner) -> None:
    subnets = own(plan(), "Subnet")

    for tier in ("edge", "service", "data"):
        assert len({one.get("availabilityZone") for one in subnets if one.get("tags.tier") == tier}) == 2
    assert {one.get("mapPublicIpOnLaunch") for one in subnets} == {False}
    network = only(plan(), "aws:ecs/service:Service").get("networkConfiguration")
    assert network["assignPublicIp"] is False
    assert {subnet.split("-")[1] for subnet in network["subnets"]} == {"service"}


@BOTH
def test_data_has_no_way_out(plan: Planner) -> None:
    routed = {route.get("routeTableId") for route in own(plan(), "Route")}

    assert "network-data-routes-id" not in routed
    assert {route.get("subnetId") for route in own(plan(), "RouteTableAssociation")} >= {"network-data-a-id"}


@BOTH
def test_the_world_reaches_the_load_balancer_alone(plan: Planner) -> None:
    open_ = [rule for rule in own(plan(), "SecurityGroupIngressRule") if rule.get("cidrIpv4") == "0.0.0.0/0"]

    assert {rule.get("securityGroupId") for rule in open_} <= {"network-edge-id"}
    assert {rule.get("fromPort") for rule in open_} <= {80, 443}
    assert only(plan(), "DefaultSecurityGroup").get("ingress") == []


def test_a_sandbox_s_load_balancer_answers_cloudfront_alone() -> None:
    rules = [
        one for one in own(sandbox(), "SecurityGroupIngressRule") if one.get("securityGroupId") == "network-edge-id"
    ]

    assert [(rule.get("cidrIpv4"), bool(rule.get("prefixListId"))) for rule in rules] == [(None, True)]


def test_production_has_a_way_out_for_each_zone() -> None:
    assert (len(own(sandbox(), "NatGateway")), len(own(production(), "NatGateway"))) == (1, 2)


@BOTH
def test_flows_are_logged(plan: Planner) -> None:
    assert only(plan(), "FlowLog").get("trafficType") == "ALL"


# ------------------------------------------------------------ the way in


def test_own_names_are_served_by_recent_tls_and_plain_requests_sent_there() -> None:
    listeners = {one.get("protocol"): one for one in own(production(), "Listener")}

    assert listeners["HTTPS"].get("sslPolicy") == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    assert listeners["HTTP"].get("defaultActions.0.type") == "redirect"
    assert production().outputs["dns_records"]


def test_without_a_domain_cloudfront_holds_the_certificate() -> None:
    name = only(sandbox(), "Distribution")

    assert name.get("defaultCacheBehavior.viewerProtocolPolicy") == "redirect-to-https"
    assert sandbox().outputs["address"] == "https://d111.cloudfront.example"


@BOTH
def test_health_is_asked_for_and_the_firewall_stands_before(plan: Planner) -> None:
    rules = only(plan(), "WebAcl").get("rules")

    assert only(plan(), "TargetGroup").get("healthCheck.path") == "/healthz"
    assert only(plan(), "WebAclAssociation").get("resourceArn").endswith("entry-balancer")
    assert len({rule["priority"] for rule in rules}) == len(rules) == 5
    assert plan().outputs["health"].endswith("/healthz")


@BOTH
def test_containers_write_nothing_run_as_nobody_and_are_told_no_password(plan: Planner) -> None:
    (container,) = json.loads(only(plan(), "TaskDefinition").get("containerDefinitions"))

    assert container["readonlyRootFilesystem"] is True
    assert container["user"] == "10001"
    assert not [one for one in container["environment"] if "PASSWORD" in one["name"]]
    assert {one["valueFrom"].split(":")[2] for one in container["secrets"]} == {"secretsmanager"}


@BOTH
def test_containers_are_added_and_removed_as_they_are_busy(plan: Planner) -> None:
    target, policy = only(plan(), "aws:appautoscaling/target:Target"), only(plan(), "aws:appautoscaling/policy:Policy")

    assert 1 <= target.get("minCapacity") < target.get("maxCapacity")
    assert policy.get("targetTrackingScalingPolicyConfiguration.targetValue") == 60


# ------------------------------------------------------------ who


@BOTH
def test_no_role_may_do_everything_and_containers_never_lift_a_lock(plan: Planner) -> None:
    granted = [one for policy in own(plan(), "RolePolicy") for one in statements(policy.get("policy"))]
    actions = {action for one in granted for action in one["Action"]}

    assert not {action for action in actions if action.endswith("*")}
    assert not actions & {"s3:BypassGovernanceRetention", "s3:DeleteObjectVersion", "s3:PutBucketPolicy"}


def test_only_the_main_branch_of_the_repository_may_deploy() -> None:
    (deploys,) = [role for role in own(production(), "aws:iam/role:Role") if role.name == "identity-deploys"]
    (trusted,) = statements(deploys.get("assumeRolePolicy"))

    assert trusted["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"] == (
        "repo:vendor/shop:ref:refs/heads/main"
    )
    assert own(sandbox(), "OpenIdConnectProvider") == []
    assert "deploy_role" not in sandbox().outputs


@BOTH
def test_nothing_secret_is_told_in_the_outputs(plan: Planner) -> None:
    assert set(plan().outputs["database_secret"].values()) == {"arn:aws:secretsmanager:mock:secret"}


# ------------------------------------------------------------ modes


def test_a_sandbox_can_be_taken_down_to_its_last_resource() -> None:
    plan = sandbox()
    database = only(plan, "aws:rds/instance:Instance")

    assert [one.name for one in plan.custom if one.protected] == []
    # What is left is a switch of the whole account, which others may use.
    assert {one.type for one in plan.custom if one.kept_on_delete} <= {OF_THE_ACCOUNT}
    assert only(plan, "Bucket").get("forceDestroy") is True
    assert database.get("skipFinalSnapshot") is database.get("deleteAutomatedBackups") is True
    assert database.get("deletionProtection") is only(plan, "LoadBalancer").get("enableDeletionProtection") is False
    assert only(plan, "aws:kms/key:Key").get("deletionWindowInDays") == 7


def test_production_is_redundant_and_refuses_to_be_deleted() -> None:
    plan = production()
    database = only(plan, "aws:rds/instance:Instance")

    assert {"keys-shared", "files-files-shared", "database-shared"} <= {
        one.name for one in plan.custom if one.protected
    }
    assert database.get("multiAz") is database.get("deletionProtection") is True
    assert database.get("skipFinalSnapshot") is False
    assert only(plan, "LoadBalancer").get("enableDeletionProtection") is True
    assert only(plan, "Bucket").get("forceDestroy") is False


# ------------------------------------------------------------ tenants


def test_a_tenant_apart_has_data_keys_and_containers_of_its_own() -> None:
    plan, everybody = bridged(), {"shared", "alpha", "beta"}

    for kind in ("aws:rds/instance:Instance", "aws:ecs/service:Service", "aws:kms/key:Key", "Bucket", "TargetGroup"):
        assert {one.get("tags.tenant") for one in own(plan, kind)} == everybody
    for database in own(plan, "aws:rds/instance:Instance"):
        assert database.get("kmsKeyId").endswith(f"keys-{database.get('tags.tenant')}")


def test_containers_of_a_tenant_reach_no_files_of_another() -> None:
    policies = {one.name: one.get("policy") for one in own(bridged(), "RolePolicy") if one.name.endswith("-files")}

    assert set(policies) == {f"identity-runs-{each}-files" for each in ("shared", "alpha", "beta")}
    for name, policy in policies.items():
        tenant = name.split("-")[2]
        for other in {"shared", "alpha", "beta"} - {tenant}:
            assert other not in policy


def test_shared_containers_serve_the_data_of_tenants_without_containers_of_their_own() -> None:
    settings = sandbox_on("aws", tenancy_database="silo", tenancy_files="silo", tenants=("alpha", "b-2"))
    (container,) = containers_of(plan_of(program, "aws_saas", settings)).values()
    told = {one["name"]: one["value"] for one in container["environment"]}

    assert set(json.loads(told["DATABASES"])) == set(json.loads(told["FILES_BUCKETS"])) == {"alpha", "b-2"}
    assert {"DATABASE_LOGIN_ALPHA", "DATABASE_LOGIN_B_2"} <= {one["name"] for one in container["secrets"]}


def test_containers_for_which_no_database_is_are_given_none() -> None:
    settings = sandbox_on("aws", tenancy_compute="bridge", tenancy_database="silo", tenants=("alpha",))
    found = containers_of(plan_of(program, "aws_saas", settings))

    assert found["shared"]["secrets"] == []
    assert "DATABASE_HOST" not in {one["name"] for one in found["shared"]["environment"]}
    assert len(found["alpha"]["secrets"]) == 3


def containers_of(plan: Plan) -> dict[str, dict[str, Any]]:
    """Give the container of each cell."""
    tasks = own(plan, "TaskDefinition")
    return {task.get("tags.tenant"): json.loads(task.get("containerDefinitions"))[0] for task in tasks}


def test_names_fit_and_stay_apart_however_long_and_alike_the_codes_are() -> None:
    limits = {
        "LoadBalancer": 32,
        "TargetGroup": 32,
        "aws:rds/instance:Instance": 63,
        "Bucket": 63,
        "aws:iam/role:Role": 64,
    }
    fields = {"aws:rds/instance:Instance": "identifier", "Bucket": "bucket"}
    layers = dict.fromkeys(APART, "silo")
    settings = production_on("aws", sandbox="s" * 31, tenants=("t" * 30 + "a", "t" * 30 + "b"), **layers)
    plan = plan_of(program, "aws_saas", settings)

    for kind, longest in limits.items():
        names = [one.get(fields.get(kind, "name")) for one in own(plan, kind)]
        assert max(len(name) for name in names) <= longest, kind
        assert len(set(names)) == len(names), kind


# ------------------------------------------------------------ watching


@BOTH
def test_burning_is_told_when_both_windows_burn(plan: Planner) -> None:
    mode = "sandbox" if plan is sandbox else "production"
    alarms = {one.name: one for one in own(plan(), "MetricAlarm")}
    together = {one.name: one.get("alarmRule") for one in own(plan(), "CompositeAlarm")}

    for burn in BURNS:
        assert together[f"watch-{burn.name}"].count("ALARM(") == 2
        for window in ("long", "short"):
            assert alarms[f"watch-{burn.name}-{window}"].get("threshold") == failing_percent(mode, burn)


@BOTH
def test_alarms_tell_a_person(plan: Planner) -> None:
    telling = [one for one in own(plan(), "MetricAlarm") if one.name.split("-")[1] in ("storage", "running")]

    assert only(plan(), "TopicSubscription").get("endpoint") == "ops@vendor.example"
    assert len(telling) == 2
    assert all(one.get("alarmActions") for one in [*telling, *own(plan(), "CompositeAlarm")])


@BOTH
def test_the_budget_is_of_this_stack_only_and_warns_four_times(plan: Planner) -> None:
    budget = only(plan(), "Budget")

    assert budget.get("costFilters.0.values") == ["user:cloudsteps-sandbox$s7"]
    assert [(one["notificationType"], one["threshold"]) for one in budget.get("notifications")] == [
        ("ACTUAL", 50),
        ("ACTUAL", 80),
        ("ACTUAL", 100),
        ("FORECASTED", 100),
    ]


# ------------------------------------------------------------ tags


@BOTH
def test_whatever_takes_tags_bears_them(plan: Planner) -> None:
    ours = [one for one in plan().custom if one.type.startswith("aws:")]

    assert [one.type for one in ours if not one.get("tags") and one.type.rsplit(":", 1)[-1] not in UNTAGGED] == []
    assert {one.get("tags")[TAG] for one in ours if one.get("tags")} == {"s7"}


@BOTH
def test_everything_belongs_to_a_component(plan: Planner) -> None:
    assert [one.name for one in plan().custom if "cloudsteps:" not in one.parent] == []

"""What the backups of every stack are made of: all six pairs, both modes, and the five digits of each plan."""

import json
from functools import cache
from importlib import import_module
from typing import Any

import pulumi
import pytest

from infra_templates.backup.digits import State
from infra_templates.backup.drill.settings import PAIRS
from infra_templates.backup.five_digits import digits_of_plan
from infra_templates.backup.mover.job import rclone_of, settings_of
from infra_templates.backup.retention import retention_of
from infra_templates.backup.targets.aws import FORBIDDEN
from infra_templates.settings import Cloud
from tests.infra.mocks import Plan, Planned, plan_of, production_on, sandbox_on

EACH = pytest.mark.parametrize(("source", "target"), PAIRS, ids=[f"{source}-{target}" for source, target in PAIRS])
MODES = pytest.mark.parametrize("mode", ["sandbox", "production"])
MAKE = {"sandbox": sandbox_on, "production": production_on}
BUCKETS = {
    Cloud.AWS: "aws:s3/bucket:Bucket",
    Cloud.AZURE: "azure-native:storage:StorageAccount",
    Cloud.GCP: "gcp:storage/bucket:Bucket",
}
TARGET = {cloud: f"cloudsteps:backup:{cloud.value.capitalize()}Target" for cloud in Cloud}


def settings(source: Cloud, target: Cloud, mode: str, **changes: Any) -> Any:
    return MAKE[mode](source.value, backup_cloud=target.value, domain="shop.example", **changes)


@cache
def whole(source: Cloud, target: Cloud, mode: str) -> Plan:
    program = import_module(f"infra_templates.stacks.{source}_saas.program").program
    return plan_of(program, f"{source}_saas", settings(source, target, mode))


def copy_of(source: Cloud, target: Cloud, mode: str) -> Plan:
    return whole(source, target, mode).within(TARGET[target])


def actions(policy: str) -> set[str]:
    rows = [row for row in json.loads(policy)["Statement"] if row["Effect"] == "Allow"]
    return {action for row in rows for action in row["Action"]}


@EACH
@MODES
def test_the_copy_is_closed_and_ages_only_after_nothing_needs_it(source: Cloud, target: Cloud, mode: str) -> None:
    plan = copy_of(source, target, mode)
    bucket = plan.one(BUCKETS[target])
    days = retention_of(settings(source, target, mode)).stored_days + 1

    if target is Cloud.AWS:
        assert set(plan.one("BucketPublicAccessBlock").inputs.values()) >= {True}
        assert plan.one("BucketVersioning").get("versioningConfiguration.status") == "Enabled"
        assert plan.one("BucketLifecycleConfiguration").get("rules.0.expiration.days") == days
        assert "aws:SecureTransport" in plan.one("BucketPolicy").get("policy")
        assert plan.one("aws:kms/key:Key").get("enableKeyRotation") is True
    elif target is Cloud.AZURE:
        assert bucket.get("allowBlobPublicAccess") is bucket.get("allowSharedKeyAccess") is False
        assert plan.one("BlobServiceProperties").get("isVersioningEnabled") is True
        aged = "policy.rules.0.definition.actions.baseBlob.delete.daysAfterCreationGreaterThan"
        assert plan.one("ManagementPolicy").get(aged) == days
    else:
        assert bucket.get("publicAccessPrevention") == "enforced"
        assert bucket.get("lifecycleRules.0.condition.age") == days
        assert bool(bucket.get("encryption")) is (mode == "production")


@EACH
def test_production_is_locked_for_as_long_as_it_is_kept(source: Cloud, target: Cloud) -> None:
    plan, days = copy_of(source, target, "production"), retention_of(settings(source, target, "production")).lock_days

    assert days == 37
    if target is Cloud.AWS:
        kept = plan.one("BucketObjectLockConfiguration").get("rule.defaultRetention")
        assert kept == {"mode": "COMPLIANCE", "days": days}
    elif target is Cloud.AZURE:
        kept = plan.one(BUCKETS[target]).get("immutableStorageWithVersioning.immutabilityPolicy")
        assert (kept["state"], kept["immutabilityPeriodSinceCreationInDays"]) == ("Unlocked", days)
    else:
        assert plan.one(BUCKETS[target]).get("retentionPolicy") == {
            "retentionPeriod": str(days * 86_400),
            "isLocked": True,
        }


@EACH
def test_nothing_of_a_sandbox_is_locked_or_protected(source: Cloud, target: Cloud) -> None:
    plan = whole(source, target, "sandbox")
    bucket = copy_of(source, target, "sandbox").one(BUCKETS[target])

    assert [planned.name for planned in plan.within(f"cloudsteps:{source}:Backup").custom if planned.protected] == []
    assert plan.of("VaultLockConfiguration") == copy_of(source, target, "sandbox").of("Lock") == []
    assert bucket.get("retentionPolicy") is bucket.get("immutableStorageWithVersioning") is None
    assert not bucket.get("objectLockEnabled")
    assert target is Cloud.AZURE or bucket.get("forceDestroy") is True


@EACH
@MODES
def test_the_writer_can_neither_delete_nor_unlock(source: Cloud, target: Cloud, mode: str) -> None:
    plan = copy_of(source, target, mode)

    if target is Cloud.AWS:
        allowed = actions(plan.one("RolePolicy").get("policy"))
        assert allowed <= {
            "s3:ListBucket", "s3:PutObject", "s3:GetObject", "s3:PutObjectRetention", "kms:GenerateDataKey", "kms:Decrypt"
        }  # fmt: skip
        assert set(FORBIDDEN) <= set(json.loads(plan.one("BucketPolicy").get("policy"))["Statement"][1]["Action"])
    elif target is Cloud.AZURE:
        role = plan.one("RoleDefinition").get("permissions.0")
        assert not [
            action for action in (*role["actions"], *role["dataActions"]) if "delete" in action or "*" in action
        ]
        assert {one.get("scope") for one in plan.of("RoleAssignment") if "writer" in one.name} == {"copy-copy-id"}
    else:
        roles = {one.get("role") for one in plan.of("BucketIAMMember")}
        assert roles == {"roles/storage.objectCreator", "roles/storage.objectViewer"}


@EACH
def test_the_writer_is_taken_by_the_job_alone_without_a_key(source: Cloud, target: Cloud) -> None:
    plan = copy_of(source, target, "production")

    if target is Cloud.AWS:
        trusted = json.loads(plan.one("aws:iam/role:Role").get("assumeRolePolicy"))["Statement"][0]
        assert trusted["Action"] == "sts:AssumeRoleWithWebIdentity"
        assert any(name.endswith(":sub") and value for name, value in trusted["Condition"]["StringEquals"].items())
    elif target is Cloud.AZURE:
        assert plan.one("FederatedIdentityCredential").get("subject")
    else:
        assert "assertion.sub == '" in plan.one("WorkloadIdentityPoolProvider").get("attributeCondition")
        assert "/subject/" in plan.one("gcp:serviceaccount/iAMMember:IAMMember").get("member")
    assert [
        one.name for one in plan.custom if one.type in {"aws:iam/accessKey:AccessKey", "gcp:serviceaccount/key:Key"}
    ] == []


@EACH
@MODES
def test_the_job_runs_as_often_as_the_rpo_needs_and_is_missed_when_late(
    source: Cloud, target: Cloud, mode: str
) -> None:
    plan = whole(source, target, mode).within(f"cloudsteps:{source}:Backup")
    retention = retention_of(settings(source, target, mode))
    assert retention.copy_every_minutes == 720

    if source is Cloud.AWS:
        assert plan.one("Schedule").get("scheduleExpression") == "rate(720 minutes)"
        late = next(one for one in plan.of("MetricAlarm") if one.name == "mover-copied")
        assert (late.get("period"), late.get("treatMissingData")) == (60 * retention.late_after_minutes, "breaching")
    elif source is Cloud.AZURE:
        assert (
            plan.one("azure-native:app:Job").get("configuration.scheduleTriggerConfig.cronExpression") == "0 */12 * * *"
        )
        late = next(one for one in plan.of("ScheduledQueryRule") if one.name == "mover-copied")
        assert int(late.get("windowSize")[2:-1]) >= retention.late_after_minutes
    else:
        assert plan.one("gcp:cloudscheduler/job:Job").get("schedule") == "0 */12 * * *"
        late = next(one for one in plan.of("AlertPolicy") if one.name == "backup-copied")
        assert late.get("conditions.0.conditionAbsent.duration") == f"{60 * retention.late_after_minutes}s"


def container(source: Cloud, plan: Plan) -> dict[str, str]:
    """Read what the job is told, with its password as the cloud would hand it over."""
    if source is Cloud.AWS:
        (told,) = json.loads(plan.one("aws:ecs/taskDefinition:TaskDefinition").get("containerDefinitions"))
        rows, hidden = told["environment"], {row["name"]: "from-the-store" for row in told["secrets"]}
    elif source is Cloud.AZURE:
        told = plan.one("azure-native:app:Job").get("template.containers.0")
        rows, hidden = told["env"], {}
    else:
        rows, hidden = plan.one("gcp:cloudrunv2/job:Job").get("template.template.containers.0.envs"), {}
    given = {row["name"]: row["value"] for row in rows if "value" in row}
    return {**hidden, **given, "CRYPT_WORDS": '{"password": "p", "salt": "s"}'}


@EACH
@MODES
def test_the_mover_understands_what_every_stack_tells_it(
    source: Cloud, target: Cloud, mode: str, tmp_path: Any
) -> None:
    plan = whole(source, target, mode).within(
        f"cloudsteps:{source}:Mover" if source is not Cloud.GCP else "cloudsteps:gcp:Backup"
    )
    environment = container(source, plan)

    rclone, copied = rclone_of(environment, tmp_path), settings_of(environment, lambda: "token")

    assert set(rclone.remotes) == {"source0", "store", "copy"}
    assert list(copied.sources) == ["shared"]
    (database,) = copied.databases
    assert database.connection["PGHOST"]
    assert database.connection["PGSSLMODE"] == "require"
    assert database.connection["PGPASSWORD"] == ("from-the-store" if source is Cloud.AWS else "token")
    locked = "object_lock_mode" in rclone.remotes["store"]
    assert locked is (target is Cloud.AWS and mode == "production")
    assert str(tmp_path) in "".join(rclone.environment.values())


@EACH
@MODES
def test_each_digit_is_computed_from_the_plan(source: Cloud, target: Cloud, mode: str) -> None:
    digits = {digit.name: digit for digit in digits_of_plan(source, whole(source, target, mode).resources)}
    drilled = {"source": source.value, "target": target.value, "ended": "2026-11-23", "passed": True}

    assert {digits[name].state for name in ("copies", "providers", "elsewhere")} == {State.MET}
    assert digits["errors"].state is State.UNPROVEN
    locked = {Cloud.AZURE: State.UNPROVEN}.get(target, State.MET) if mode == "production" else State.MISSING
    assert digits["immutable"].state is locked
    proven = digits_of_plan(source, whole(source, target, mode).resources, drilled)
    assert proven[-1].state is State.MET
    failed = digits_of_plan(source, whole(source, target, mode).resources, {**drilled, "passed": False})
    assert failed[-1].state is State.MISSING


@pytest.mark.parametrize(
    ("left_out", "digit"),
    [
        ("aws:backup/selection:Selection", "copies"),
        ("aws:scheduler/schedule:Schedule", "copies"),
        ("gcp:storage/bucket:Bucket", "copies"),
        ("gcp:storage/bucket:Bucket", "providers"),
        ("gcp:storage/bucket:Bucket", "elsewhere"),
        ("gcp:storage/bucket:Bucket", "immutable"),
    ],
)
def test_a_digit_is_missing_with_what_it_stands_on(left_out: str, digit: str) -> None:
    rest: list[Planned] = [
        planned for planned in whole(Cloud.AWS, Cloud.GCP, "production").resources if planned.type != left_out
    ]

    assert {one.name: one.state for one in digits_of_plan(Cloud.AWS, rest)}[digit] is State.MISSING


def test_what_contradicts_itself_is_refused_before_anything_is_planned() -> None:
    program = import_module("infra_templates.stacks.aws_saas.program").program

    with pytest.raises(pulumi.RunError, match="Make the RPO 22 minutes or more"):
        plan_of(program, "aws_saas", settings(Cloud.AWS, Cloud.GCP, "sandbox", rpo_minutes=10))


def test_the_password_of_the_copy_stands_in_no_plain_setting() -> None:
    plan = whole(Cloud.AWS, Cloud.GCP, "production")
    task = plan.within("cloudsteps:aws:Mover").one("aws:ecs/taskDefinition:TaskDefinition")

    assert "CRYPT_WORDS" in task.get("containerDefinitions")
    assert '"password": "' not in task.get("containerDefinitions")


STRANGE: dict[Cloud, dict[str, Any]] = {
    Cloud.AWS: {
        "buckets": {"shared": "their-files"},
        "databases": {"shared": {"host": "db.their.example", "name": "app", "secret": "arn:aws:secretsmanager:x"}},
        "keys": ["arn:aws:kms:x"], "cluster": "arn:aws:ecs:x", "subnets": ["subnet-a"], "group": "sg-a",
        "logs": "their-logs", "topic": "arn:aws:sns:x",
    },
    Cloud.AZURE: {
        "group": "theirs", "subscription": "/subscriptions/1", "tenant": "tenant", "container": "files",
        "accounts": {"shared": "/subscriptions/1/account"}, "account_names": {"shared": "theirs"}, "vault": "their-vault",
        "databases": {"shared": {"id": "/db", "server": "db", "host": "db.their.example", "name": "app"}},
        "environment": "/environment", "workspace": "/workspace", "told": "/told",
    },
    Cloud.GCP: {
        "project": "their-project", "buckets": {"shared": "their-files"}, "network": "net", "subnet": "sub",
        "databases": {"shared": {"instance": "db", "host": "db.their.example", "name": "app"}},
        "network_tag": "service", "told": "channel",
    },
}  # fmt: skip
"""Environments that others built, as the stack `backup` is told of them."""


def own_stack(source: Cloud, target: Cloud, environment: dict[str, Any]) -> Plan:
    program = import_module("infra_templates.stacks.backup.program").program
    told = {"backup:cloud": source.value, "backup:environment": json.dumps(environment)}
    return plan_of(program, "backup", settings(source, target, "production"), told)


@EACH
def test_an_environment_built_by_others_gets_the_same_backups(source: Cloud, target: Cloud) -> None:
    made = own_stack(source, target, STRANGE[source])
    parts = (f"cloudsteps:{source}:Backup", f"cloudsteps:{source}:Mover", TARGET[target])
    there = [one for one in whole(source, target, "production").custom if any(part in one.parent for part in parts)]

    assert made.outputs["backups"]["copy"]
    assert sorted(one.type for one in made.custom) == sorted(one.type for one in there)


def test_an_environment_told_by_half_is_refused() -> None:
    half = {name: value for name, value in STRANGE[Cloud.AWS].items() if name != "cluster"}

    with pytest.raises(pulumi.RunError, match="'cluster'"):
        own_stack(Cloud.AWS, Cloud.GCP, half)

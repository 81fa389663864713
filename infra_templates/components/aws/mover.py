"""The container that copies to the second cloud on a schedule, and the alarms that speak when it is late or fails."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra_templates.backup.handover import Asker, Destination, crypt_words, mover_environment, mover_image
from infra_templates.backup.retention import Retention
from infra_templates.backup.targets.choose import make_target
from infra_templates.components.aws.policies import document, trust
from infra_templates.components.part import Part
from infra_templates.settings import Cloud, SaasSettings

CPU, MEMORY_MIB = 1_024, 4_096
DAYS_TO_REGRET = {"sandbox": 0, "production": 30}
SPACE = "CloudSteps/Backup"
SCRATCH = "/tmp"  # noqa: S108  # nosec B108 - the task's own volume, which nobody shares
LONGEST_ROLE = 64
STARTS = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"


@dataclass(frozen=True)
class DatabasePlace:
    """A database that is dumped, and the secret with its user and password."""

    host: pulumi.Input[str]
    name: str
    secret: pulumi.Input[str]
    port: int = 5432


@dataclass(frozen=True)
class BackupGround:
    """What is backed up, and what the job runs on; plain values, so that an environment built by others has them too."""

    buckets: Mapping[str, pulumi.Input[str]]
    databases: Mapping[str, DatabasePlace]
    keys: tuple[pulumi.Input[str], ...]
    """ARNs of the keys of buckets and secrets; the first also encrypts the vault."""
    cluster: pulumi.Input[str]
    subnets: tuple[pulumi.Input[str], ...]
    group: pulumi.Input[str]
    """A security group that reaches the databases, and other clouds by TLS."""
    logs: pulumi.Input[str]
    topic: pulumi.Input[str]


class Mover(Part):
    """The job with its identity, the second cloud's bucket, the schedule and the alarms."""

    kind = "cloudsteps:aws:Mover"

    def __init__(
        self,
        name: str,
        settings: SaasSettings,
        ground: BackupGround,
        retention: Retention,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build them."""
        super().__init__(name, settings, opts=opts)
        self.ground, self.retention = ground, retention
        self.copies = self._role("copies", "ecs-tasks.amazonaws.com")
        self.destination = make_target("copy", settings, retention, self._asker(), self.mine())
        self.words = self._words()
        self._let_read()
        self._run_on_schedule(self._task(self.destination))
        self._tell()
        self.finish(copy=self.destination.address)

    def _asker(self) -> Asker:
        """Prove who the job is by tokens of the account, which are switched on once for all its stacks (see the README)."""
        issuer: pulumi.Input[str] | None = pulumi.Config().get("aws_token_issuer")
        if issuer is None:
            found = aws.iam.get_outbound_web_identity_federation_output(opts=pulumi.InvokeOptions(parent=self))
            issuer = found.issuer_identifier
        return Asker(Cloud.AWS, issuer, self.copies.arn)

    def _role(self, part: str, service: str) -> aws.iam.Role:
        return aws.iam.Role(
            f"{self.label}-{part}",
            name=self.named(f"backup-{part}", LONGEST_ROLE),
            assume_role_policy=trust(service),
            tags=self.tags,
            opts=self.mine(),
        )

    def _words(self) -> aws.secretsmanager.Secret:
        """Keep the copy's password; whoever loses it has no copy, so a person also keeps it outside of this account."""
        secret = aws.secretsmanager.Secret(
            f"{self.label}-words",
            name=self.named("backup-words"),
            kms_key_id=self.ground.keys[0],
            recovery_window_in_days=DAYS_TO_REGRET[self.settings.mode],
            tags=self.tags,
            opts=self.kept(),
        )
        aws.secretsmanager.SecretVersion(
            f"{self.label}-words",
            secret_id=secret.id,
            secret_string=crypt_words(),
            opts=self.kept(ignore_changes=["secretString"]),
        )
        return secret

    def _let_read(self) -> None:
        """Let the job read what it copies, and ask for its own token; it can change nothing here."""
        buckets = [pulumi.Output.concat("arn:aws:s3:::", bucket) for bucket in self.ground.buckets.values()]
        known = pulumi.Output.all(pulumi.Output.all(*buckets), pulumi.Output.all(*self.ground.keys))
        aws.iam.RolePolicy(
            f"{self.label}-copies",
            role=self.copies.id,
            policy=known.apply(lambda arns: _reading(*arns)),
            opts=self.mine(),
        )
        self.starts = self._role("starts", "ecs-tasks.amazonaws.com")
        aws.iam.RolePolicyAttachment(
            f"{self.label}-starts",
            role=self.starts.name,
            policy_arn=STARTS,
            opts=self.mine(),
        )
        secrets = [self.words.arn, *(database.secret for database in self.ground.databases.values())]
        both = pulumi.Output.all(pulumi.Output.all(*secrets), pulumi.Output.all(*self.ground.keys))
        aws.iam.RolePolicy(
            f"{self.label}-starts",
            role=self.starts.id,
            policy=both.apply(lambda arns: _opening(*arns)),
            opts=self.mine(),
        )

    def _task(self, destination: Destination) -> aws.ecs.TaskDefinition:
        databases = self.ground.databases
        known = pulumi.Output.all(
            environment=pulumi.Output.all(**mover_environment(self.settings, self.retention, destination)),
            buckets=pulumi.Output.all(**self.ground.buckets),
            hosts=pulumi.Output.all(**{cell: one.host for cell, one in databases.items()}),
            secrets=pulumi.Output.all(**{cell: one.secret for cell, one in databases.items()}),
            words=self.words.arn,
            logs=self.ground.logs,
        )
        return aws.ecs.TaskDefinition(
            f"{self.label}-mover",
            family=self.named("mover"),
            cpu=str(CPU),
            memory=str(MEMORY_MIB),
            network_mode="awsvpc",
            requires_compatibilities=["FARGATE"],
            runtime_platform={"cpu_architecture": "X86_64", "operating_system_family": "LINUX"},
            execution_role_arn=self.starts.arn,
            task_role_arn=self.copies.arn,
            volumes=[{"name": "tmp"}],
            container_definitions=known.apply(lambda values: json.dumps([self._container(values)])),
            tags=self.tags,
            opts=self.mine(),
        )

    def _container(self, known: Mapping[str, Any]) -> dict[str, object]:
        environment, hosts, secrets = known["environment"], known["hosts"], known["secrets"]
        databases = {
            cell: {
                "host": host,
                "name": self.ground.databases[cell].name,
                "port": self.ground.databases[cell].port,
                "user": f"DATABASE_{place}_USER",
                "password": f"DATABASE_{place}_PASSWORD",
            }
            for place, (cell, host) in enumerate(sorted(hosts.items()))
        }
        plain = {**environment, "SOURCES": json.dumps(known["buckets"]), "DATABASES": json.dumps(databases)}
        hidden = {"CRYPT_WORDS": str(known["words"])}
        for place, (_, secret) in enumerate(sorted(secrets.items())):
            hidden[f"DATABASE_{place}_USER"] = f"{secret}:username::"
            hidden[f"DATABASE_{place}_PASSWORD"] = f"{secret}:password::"
        options = {
            "awslogs-group": known["logs"],
            "awslogs-region": self.settings.region,
            "awslogs-stream-prefix": "mover",
        }
        return {
            "name": "mover",
            "image": mover_image(),
            "essential": True,
            "readonlyRootFilesystem": True,
            "user": "10001",
            "mountPoints": [{"sourceVolume": "tmp", "containerPath": SCRATCH, "readOnly": False}],
            "environment": [{"name": name, "value": value} for name, value in sorted(plain.items())],
            "secrets": [{"name": name, "valueFrom": value} for name, value in sorted(hidden.items())],
            "logConfiguration": {"logDriver": "awslogs", "options": options},
        }

    def _run_on_schedule(self, task: aws.ecs.TaskDefinition) -> None:
        runs = self._role("runs", "scheduler.amazonaws.com")
        known = pulumi.Output.all(task.arn, self.starts.arn, self.copies.arn)
        aws.iam.RolePolicy(
            f"{self.label}-runs",
            role=runs.id,
            policy=known.apply(lambda arns: _starting(*arns)),
            opts=self.mine(),
        )
        network = {"subnets": list(self.ground.subnets), "security_groups": [self.ground.group]}
        aws.scheduler.Schedule(
            f"{self.label}-copy",
            name=self.named("copy", LONGEST_ROLE),
            description="Copies what changed to the second cloud.",
            schedule_expression=f"rate({self.retention.copy_every_minutes} minutes)",
            flexible_time_window={"mode": "OFF"},
            target={
                "arn": self.ground.cluster,
                "role_arn": runs.arn,
                "ecs_parameters": {
                    "task_definition_arn": task.arn,
                    "launch_type": "FARGATE",
                    "task_count": 1,
                    "network_configuration": {**network, "assign_public_ip": False},
                },
                "retry_policy": {"maximum_retry_attempts": 2, "maximum_event_age_in_seconds": 900},
            },
            opts=self.mine(),
        )

    def _tell(self) -> None:
        """Speak when no copy ended well in time, and when one says that it failed."""
        minutes = self.retention.late_after_minutes
        self._alarm(
            "copied", "LessThanThreshold", minutes, f"No copy ended well within {minutes} minutes.", "breaching"
        )
        self._alarm("failed", "GreaterThanOrEqualToThreshold", 5, "A copy to the second cloud failed.", "notBreaching")

    def _alarm(self, event: str, comparison: str, minutes: int, told: str, missing: str) -> None:
        metric = self.named(f"copy-{event}")
        counted = aws.cloudwatch.LogMetricFilter(
            f"{self.label}-{event}",
            name=metric,
            log_group_name=self.ground.logs,
            pattern=f'{{ $.event = "backup_{event}" }}',
            metric_transformation={"name": metric, "namespace": SPACE, "value": "1"},
            opts=self.mine(),
        )
        aws.cloudwatch.MetricAlarm(
            f"{self.label}-{event}",
            name=metric,
            alarm_description=told,
            namespace=SPACE,
            metric_name=metric,
            statistic="Sum",
            period=minutes * 60,
            evaluation_periods=1,
            comparison_operator=comparison,
            threshold=1,
            treat_missing_data=missing,
            alarm_actions=[self.ground.topic],
            ok_actions=[self.ground.topic],
            tags=self.tags,
            opts=self.mine(depends_on=[counted]),
        )


def _reading(buckets: list[str], keys: list[str]) -> str:
    objects = [f"{bucket}/*" for bucket in buckets]
    allowed = ((["s3:ListBucket"], buckets), (["s3:GetObject"], objects), (["kms:Decrypt"], keys))
    statements = [{"Effect": "Allow", "Action": actions, "Resource": places} for actions, places in allowed if places]
    # A token has no resource; for whom it may be asked is narrowed by the second cloud, which trusts this role alone.
    return document(*statements, {"Effect": "Allow", "Action": ["sts:GetWebIdentityToken"], "Resource": ["*"]})


def _opening(secrets: list[str], keys: list[str]) -> str:
    return document(
        {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": secrets},
        {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": keys},
    )


def _starting(task: str, *roles: str) -> str:
    """Allow starting every revision of the task."""
    family = task.rpartition(":")[0]
    return document(
        {"Effect": "Allow", "Action": ["ecs:RunTask"], "Resource": [f"{family}:*"]},
        {"Effect": "Allow", "Action": ["iam:PassRole"], "Resource": list(roles)},
    )

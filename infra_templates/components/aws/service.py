"""Containers that scale out and in behind a load balancer with TLS and health checks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra_templates.cells import cells_of, parts_for
from infra_templates.components.aws.database import NAME, Database
from infra_templates.components.aws.database import PORT as DATABASE_PORT
from infra_templates.components.aws.entry import Entry
from infra_templates.components.aws.files import Files
from infra_templates.components.aws.identity import Identity
from infra_templates.components.aws.keys import Keys
from infra_templates.components.aws.network import Network
from infra_templates.components.part import Part
from infra_templates.settings import SaasSettings

PORT = 8080
HEALTH = "/healthz"
LOG_DAYS = {"sandbox": 7, "production": 90}
BUSY_PERCENT = 60
"""Average CPU to hold by adding and removing containers: room for one container to fail without the others drowning."""
SECONDS_BETWEEN_GROWTH = 60
SECONDS_BETWEEN_SHRINKING = 300
_WORDS = (("user", "username"), ("password", "password"))


@dataclass(frozen=True)
class Ground:
    """What the service stands on."""

    network: Network
    keys: Keys
    files: Files
    database: Database
    identity: Identity
    entry: Entry


class Service(Part):
    """A cluster with a service for each cell of tenants."""

    kind = "cloudsteps:aws:Service"

    def __init__(
        self, name: str, settings: SaasSettings, ground: Ground, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Build them."""
        super().__init__(name, settings, opts=opts)
        self.ground = ground
        self.cluster = aws.ecs.Cluster(
            f"{name}-cluster",
            name=self.named("service"),
            settings=[{"name": "containerInsights", "value": "enabled"}],
            tags=self.tags,
            opts=self.mine(),
        )
        self.logs = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=f"/cloudsteps/{self.named('service')}",
            retention_in_days=LOG_DAYS[settings.mode],
            kms_key_id=ground.keys.shared.arn,
            tags=self.tags,
            opts=self.mine(),
        )
        self.group = ground.network.group("service", "Containers of the service")
        self._connect()
        self.cells = cells_of(settings.tenancy_compute, settings.tenants)
        self.services = {cell: self._cell(cell, first=place == 0) for place, cell in enumerate(self.cells)}
        self.finish(cluster=self.cluster.name)

    def _connect(self) -> None:
        network, ground = self.ground.network, self.ground
        network.allow("edge-to-service", ground.entry.group, self.group, PORT)
        network.allow("service-to-database", self.group, ground.database.group, DATABASE_PORT)
        aws.vpc.SecurityGroupEgressRule(
            f"{self.label}-https-out",
            security_group_id=self.group.id,
            cidr_ipv4="0.0.0.0/0",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            description="Services of the cloud and of partners, by TLS only",
            tags=self.tags,
            opts=self.mine(),
        )

    def _cell(self, cell: str, *, first: bool) -> aws.ecs.Service:
        """Run one cell; the first takes what no other claims."""
        target = self.ground.entry.target(cell, PORT, HEALTH, first=first)
        service = aws.ecs.Service(
            f"{self.label}-{cell}",
            name=self.named(f"run-{cell}"),
            cluster=self.cluster.arn,
            task_definition=self._task(cell).arn,
            desired_count=self.capacity.least,
            launch_type="FARGATE",
            platform_version="LATEST",
            propagate_tags="SERVICE",
            enable_ecs_managed_tags=True,
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            health_check_grace_period_seconds=60,
            network_configuration={
                "subnets": [subnet.id for subnet in self.ground.network.service],
                "security_groups": [self.group.id],
                "assign_public_ip": False,
            },
            load_balancers=[{"target_group_arn": target.arn, "container_name": "app", "container_port": PORT}],
            tags={**self.tags, "tenant": cell},
            # The scaling policy owns the number of containers, and the pipeline their version, once they run.
            opts=self.mine(ignore_changes=["desiredCount", "taskDefinition"], depends_on=[self.ground.entry.open]),
        )
        self._scale(cell, service)
        return service

    def _task(self, cell: str) -> aws.ecs.TaskDefinition:
        return aws.ecs.TaskDefinition(
            f"{self.label}-{cell}",
            family=self.named(f"run-{cell}"),
            cpu=str(self.capacity.milli_cpu),
            memory=str(self.capacity.memory_mib),
            network_mode="awsvpc",
            requires_compatibilities=["FARGATE"],
            runtime_platform={"cpu_architecture": "X86_64", "operating_system_family": "LINUX"},
            execution_role_arn=self.ground.identity.starts.arn,
            task_role_arn=self.ground.identity.runs[cell].arn,
            container_definitions=self._containers(cell),
            tags={**self.tags, "tenant": cell},
            opts=self.mine(),
        )

    def _containers(self, cell: str) -> pulumi.Output[str]:
        """Tell a container of the data of its tenants; those of nobody it serves are not even named."""
        databases, files = self.ground.database, self.ground.files
        used = parts_for(cell, self.cells, tuple(databases.instances), self.settings.tenants)
        known = pulumi.Output.all(
            hosts=pulumi.Output.all(*(databases.instances[part].address for part in used)),
            logins=pulumi.Output.all(*(databases.secrets[part] for part in used)),
            buckets=pulumi.Output.all(*(files.buckets[part].bucket for part in self.ground.identity.uses[cell])),
            logs=self.logs.name,
        )
        return known.apply(lambda values: json.dumps([self._container(cell, used, values)]))

    def _container(self, cell: str, databases: tuple[str, ...], known: Mapping[str, Any]) -> dict[str, object]:
        hosts, buckets = known["hosts"], known["buckets"]
        plain = {
            "TENANT_CELL": cell,
            "PORT": str(PORT),
            "DATABASE_PORT": str(DATABASE_PORT),
            "DATABASE_NAME": NAME,
            "DATABASES": json.dumps(dict(zip(databases, hosts, strict=True))),
            "FILES_BUCKETS": json.dumps(dict(zip(self.ground.identity.uses[cell], buckets, strict=True))),
            **({"DATABASE_HOST": hosts[0]} if hosts else {}),
            **({"FILES_BUCKET": buckets[0]} if buckets else {}),
        }
        return {
            "name": "app",
            "image": self.settings.image,
            "essential": True,
            "readonlyRootFilesystem": True,
            "user": "10001",
            "portMappings": [{"containerPort": PORT, "protocol": "tcp"}],
            "environment": [{"name": name, "value": value} for name, value in plain.items()],
            "secrets": _logins(databases, known["logins"]),
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": known["logs"],
                    "awslogs-region": self.settings.region,
                    "awslogs-stream-prefix": cell,
                },
            },
        }

    def _scale(self, cell: str, service: aws.ecs.Service) -> None:
        place = pulumi.Output.concat("service/", self.cluster.name, "/", service.name)
        target = aws.appautoscaling.Target(
            f"{self.label}-{cell}",
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            resource_id=place,
            min_capacity=self.capacity.least,
            max_capacity=self.capacity.most,
            tags=self.tags,
            opts=self.mine(),
        )
        aws.appautoscaling.Policy(
            f"{self.label}-{cell}-busy",
            name=self.named(f"busy-{cell}"),
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            resource_id=target.resource_id,
            target_tracking_scaling_policy_configuration={
                "predefined_metric_specification": {"predefined_metric_type": "ECSServiceAverageCPUUtilization"},
                "target_value": BUSY_PERCENT,
                "scale_out_cooldown": SECONDS_BETWEEN_GROWTH,
                "scale_in_cooldown": SECONDS_BETWEEN_SHRINKING,
            },
            opts=self.mine(),
        )


def _logins(databases: tuple[str, ...], secrets: Sequence[str]) -> list[dict[str, str]]:
    """Have user and password of the first database given, and of every one as JSON under its tenant's code."""
    if not databases:
        return []
    first = [{"name": f"DATABASE_{name.upper()}", "valueFrom": f"{secrets[0]}:{word}::"} for name, word in _WORDS]
    each = zip(databases, secrets, strict=True)
    return first + [{"name": f"DATABASE_LOGIN_{_shouted(part)}", "valueFrom": secret} for part, secret in each]


def _shouted(part: str) -> str:
    """Write a tenant's code as a variable of the environment has it."""
    return part.upper().replace("-", "_")

"""Containers on Cloud Run that scale out and in, with health checks, inside the stack's network."""

import json
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from infra_templates.components.gcp.containers import FIRST_DATABASE_PORT, after_proxy, application, ports_of, proxy
from infra_templates.components.gcp.database import NAME, Database, user_of
from infra_templates.components.gcp.files import Files
from infra_templates.components.gcp.identity import Identity
from infra_templates.components.gcp.network import Network
from infra_templates.components.gcp.places import LONGEST_SERVICE, Reach, short
from infra_templates.components.gcp.project import Project
from infra_templates.components.gcp.secrets import Secrets
from infra_templates.components.part import Part
from infra_templates.settings import SaasSettings

AT_ONCE = 80
"""Requests that one container answers at the same time, before another is started."""
LONGEST_REQUEST = "60s"


@dataclass(frozen=True)
class Ground:
    """What the service stands on."""

    project: Project
    network: Network
    files: Files
    database: Database
    secrets: Secrets
    identity: Identity


class Service(Part):
    """A service for each cell of tenants; with a domain only the load balancer reaches it."""

    kind = "cloudsteps:gcp:Service"

    def __init__(
        self, name: str, settings: SaasSettings, ground: Ground, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Build them."""
        super().__init__(name, settings, opts=opts)
        self.ground = ground
        self.behind = settings.domain is not None
        self.services = {cell: self._cell(cell, reach) for cell, reach in ground.identity.reaches.items()}
        if ground.identity.deploys:
            self._let_deploy(ground.identity.deploys)
        self.finish(services=[service.name for service in self.services.values()])

    def _cell(self, cell: str, reach: Reach) -> gcp.cloudrunv2.Service:
        return gcp.cloudrunv2.Service(
            f"{self.label}-{cell}",
            name=self.named(f"run-{short(cell)}", LONGEST_SERVICE),
            project=self.ground.project.id,
            location=self.settings.region,
            ingress="INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" if self.behind else "INGRESS_TRAFFIC_ALL",
            default_uri_disabled=self.behind,
            # Visitors sign in to the application, not to Google.
            invoker_iam_disabled=True,
            deletion_protection=self.production,
            labels={**self.tags, "tenant": cell},
            template=self._template(cell, reach),
            traffics=[{"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 100}],
            # The pipeline owns the version once the service runs.
            opts=self.mine(ignore_changes=["template.containers[0].image", "client", "clientVersion"]),
        )

    def _template(self, cell: str, reach: Reach) -> dict[str, object]:
        return {
            "service_account": self.ground.identity.runs[cell].email,
            "execution_environment": "EXECUTION_ENVIRONMENT_GEN2",
            "max_instance_request_concurrency": AT_ONCE,
            "timeout": LONGEST_REQUEST,
            "scaling": {
                "min_instance_count": self.capacity.least,
                "max_instance_count": self.capacity.most,
            },
            "vpc_access": {
                "egress": "ALL_TRAFFIC",
                "network_interfaces": [
                    {
                        "network": self.ground.network.vpc.id,
                        "subnetwork": self.ground.network.service.id,
                        "tags": [self.ground.network.tag],
                    }
                ],
            },
            "containers": self._containers(cell, reach),
            "labels": {**self.tags, "tenant": cell},
        }

    def _containers(self, cell: str, reach: Reach) -> list[dict[str, object]]:
        instances = self.ground.database.instances
        app = application(
            self.settings.image, self.capacity, self._environment(cell, reach), always_awake=self.production
        )
        if not reach.databases:
            return [app]
        return [after_proxy(app), proxy([instances[part].connection_name for part in reach.databases])]

    def _environment(self, cell: str, reach: Reach) -> dict[str, pulumi.Input[str]]:
        """Tell the application where things are."""
        where: dict[str, pulumi.Input[str]] = {"TENANT_CELL": cell, "APP_SECRET": self.ground.secrets.of[cell].id}
        if reach.databases:
            where |= self._databases(cell, reach)
        if reach.files:
            buckets = {part: self.ground.files.buckets[part].name for part in reach.files}
            where |= {"FILES_BUCKET": buckets[reach.files[0]], "FILES_BUCKETS": pulumi.Output.json_dumps(buckets)}
        return where

    def _databases(self, cell: str, reach: Reach) -> dict[str, pulumi.Input[str]]:
        """Name the database of tenants who have none of their own, and the ports of all."""
        return {
            "DATABASE_HOST": "127.0.0.1",
            "DATABASE_PORT": str(FIRST_DATABASE_PORT),
            "DATABASE_NAME": NAME,
            "DATABASE_USER": user_of(self.ground.identity.runs[cell]),
            "DATABASE_PORTS": json.dumps(ports_of(reach.databases)),
        }

    def _let_deploy(self, account: gcp.serviceaccount.Account) -> None:
        """Let the pipeline put out versions of these services, and of no other in the project."""
        for cell, service in self.services.items():
            gcp.cloudrunv2.ServiceIamMember(
                f"{self.label}-{cell}-deploys",
                project=self.ground.project.id,
                location=self.settings.region,
                name=service.name,
                role="roles/run.developer",
                member=account.member,
                opts=self.mine(),
            )

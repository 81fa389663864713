"""Containers that scale out and in with the requests that come, behind TLS and health checks."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_azure_native as azure

from infra_templates.components.azure.database import NAME, Database
from infra_templates.components.azure.database import PORT as DATABASE_PORT
from infra_templates.components.azure.entry import Entry, Origin
from infra_templates.components.azure.files import Files
from infra_templates.components.azure.identity import Identity
from infra_templates.components.azure.keys import Keys
from infra_templates.components.azure.network import Network
from infra_templates.components.azure.part import AzurePart
from infra_templates.components.azure.place import Place
from infra_templates.names import cut
from infra_templates.settings import SaasSettings

PORT = 8080
HEALTH = "/healthz"
LONGEST_APP = 32
REQUESTS_AT_ONCE = 50
"""Requests that one container answers at a time before another is started beside it."""
SECONDS_BEFORE_SHRINKING = 300
SECONDS_TO_END = 60
TRACES = "traces"


@dataclass(frozen=True)
class Ground:
    """What the service stands on."""

    place: Place
    network: Network
    keys: Keys
    files: Files
    database: Database
    identity: Identity
    entry: Entry


class Service(AzurePart):
    """An environment in the network with an app for each cell of tenants."""

    kind = "cloudsteps:azure:Service"

    def __init__(
        self, name: str, settings: SaasSettings, ground: Ground, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Build them."""
        super().__init__(name, settings, ground.place, opts=opts)
        self.ground = ground
        self.environment = self._environment()
        self.log("environment", self.environment.id)
        self.traces, self.readable = ground.keys.keep(TRACES, ground.place.traces.connection_string)
        cells = ground.identity.cells
        self.apps = {cell: self._app(cell) for cell in cells}
        for place, cell in enumerate(cells):
            ground.entry.lead(cell, self._origin(cell), first=place == 0)
        ground.identity.let_deploy(self.environment.id, [app.id for app in self.apps.values()])
        self.finish(environment=self.environment.name)

    def _environment(self) -> azure.app.ManagedEnvironment:
        """Run in the network; production answers nobody but Front Door's private way."""
        access = azure.app.PublicNetworkAccess
        return azure.app.ManagedEnvironment(
            f"{self.label}-environment",
            environment_name=self.named("service", LONGEST_APP),
            resource_group_name=self.group,
            infrastructure_resource_group=self.named("service-parts", 63),
            location=self.settings.region,
            vnet_configuration={
                "infrastructure_subnet_id": self.ground.network.service.id,
                "internal": self.production,
            },
            public_network_access=access.DISABLED if self.production else access.ENABLED,
            zone_redundant=self.production,
            workload_profiles=[{"name": "Consumption", "workload_profile_type": "Consumption"}],
            peer_traffic_configuration={"encryption": {"enabled": True}},
            app_logs_configuration={"destination": "azure-monitor"},
            tags=self.tags,
            opts=self.mine(),
        )

    def _origin(self, cell: str) -> Origin:
        host = pulumi.Output.concat(self.apps[cell].name, ".", self.environment.default_domain)
        return Origin(host, self.environment.id, HEALTH)

    def _app(self, cell: str) -> azure.app.ContainerApp:
        identity = self.ground.identity.runs[cell]
        return azure.app.ContainerApp(
            f"{self.label}-{cell}",
            container_app_name=self.named(f"run-{cut(cell, 14)}", LONGEST_APP),
            resource_group_name=self.group,
            location=self.settings.region,
            managed_environment_id=self.environment.id,
            workload_profile_name="Consumption",
            identity={
                "type": azure.app.ManagedServiceIdentityType.USER_ASSIGNED,
                "user_assigned_identities": [identity.id],
            },
            configuration={
                "active_revisions_mode": "Single",
                "max_inactive_revisions": 10,
                "ingress": {
                    "external": True,
                    "allow_insecure": False,
                    "target_port": PORT,
                    "transport": "Auto",
                    "traffic": [{"latest_revision": True, "weight": 100}],
                },
                "secrets": [{"name": TRACES, "key_vault_url": self.traces, "identity": identity.id}],
            },
            template={
                "containers": [self._container(cell)],
                "scale": self._scale(),
                "termination_grace_period_seconds": SECONDS_TO_END,
            },
            tags={**self.tags, "tenant": cell},
            # The pipeline owns the version once the app runs.
            opts=self.mine(depends_on=self.readable, ignore_changes=["template.containers[0].image"]),
        )

    def _scale(self) -> azure.app.ScaleArgsDict:
        return {
            "min_replicas": self.capacity.least,
            "max_replicas": self.capacity.most,
            "cooldown_period": SECONDS_BEFORE_SHRINKING,
            "rules": [{"name": "requests", "http": {"metadata": {"concurrentRequests": str(REQUESTS_AT_ONCE)}}}],
        }

    def _container(self, cell: str) -> azure.app.ContainerArgsDict:
        return {
            "name": "app",
            "image": self.settings.image,
            "resources": {
                "cpu": self.capacity.milli_cpu / 1024,
                "memory": f"{self.capacity.memory_mib / 1024:g}Gi",
            },
            "env": self._environment_of(cell),
            "probes": [_probe("Startup", 2, 30), _probe("Readiness", 5, 3), _probe("Liveness", 15, 3)],
        }

    def _environment_of(self, cell: str) -> list[azure.app.EnvironmentVarArgsDict]:
        """Tell a container where everything is; it proves who it is by its identity, so that nothing here is secret."""
        ground = self.ground
        identity = ground.identity.runs[cell]
        databases = {
            part: ground.database.servers[part].fully_qualified_domain_name for part in ground.database.used[cell]
        }
        files = {part: ground.files.address(part) for part in ground.files.used[cell]}
        values: dict[str, pulumi.Input[str]] = {
            "TENANT_CELL": cell,
            "PORT": str(PORT),
            "AZURE_CLIENT_ID": identity.client_id,
            "DATABASE_PORT": str(DATABASE_PORT),
            "DATABASE_NAME": NAME,
            "DATABASE_USER": identity.name,
            "DATABASES": _table(databases),
            "FILES": _table(files),
            "FRONT_DOOR_ID": ground.entry.profile.front_door_id,
            "APPLICATIONINSIGHTS_AUTHENTICATION_STRING": pulumi.Output.concat(
                "Authorization=AAD;ClientId=", identity.client_id
            ),
        }
        plain: list[azure.app.EnvironmentVarArgsDict] = [
            {"name": name, "value": value}
            for name, value in {**values, **_first("DATABASE_HOST", databases), **_first("FILES_URL", files)}.items()
        ]
        return [*plain, {"name": "APPLICATIONINSIGHTS_CONNECTION_STRING", "secret_ref": TRACES}]


def _first(name: str, parts: Mapping[str, pulumi.Output[str]]) -> dict[str, pulumi.Input[str]]:
    """Name the one part, or the first, for an app that needs no more."""
    return {name: next(iter(parts.values()))} if parts else {}


def _table(parts: Mapping[str, pulumi.Output[str]]) -> pulumi.Output[str]:
    """Write by tenant what the containers of several tenants choose from."""
    if not parts:
        return pulumi.Output.from_input("{}")
    return pulumi.Output.all(**parts).apply(lambda known: json.dumps(known, sort_keys=True))


def _probe(kind: str, seconds: int, failures: int) -> azure.app.ContainerAppProbeArgsDict:
    return {
        "type": kind,
        "http_get": {"path": HEALTH, "port": PORT, "scheme": "HTTP"},
        "period_seconds": seconds,
        "timeout_seconds": min(seconds, 5),
        "failure_threshold": failures,
    }

"""A network of the region: containers that are reached by nobody directly, one way out, and data with no way out.

Subnets of Google Cloud lie in all zones of a region, and so do the way out and the load balancer.
"""

import pulumi
import pulumi_gcp as gcp

from infra_templates.components.gcp.project import Project
from infra_templates.components.part import Part
from infra_templates.settings import SaasSettings

EVERYWHERE = "0.0.0.0/0"
RANGES = {"service": "10.64.0.0/22", "data": "10.64.16.0/24"}
POSTGRES = ("3307", "5432")
"""Ports of Cloud SQL: the one of its proxy, which proves both sides, and PostgreSQL's own."""
LAST = 65_000
FIRST = 1_000


class Network(Part):
    """VPC, subnets with flow logs, the way out, and a firewall that lets out only what is named."""

    kind = "cloudsteps:gcp:Network"

    def __init__(
        self, name: str, settings: SaasSettings, project: Project, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Build it."""
        super().__init__(name, settings, opts=opts)
        self.project = project
        self.vpc = gcp.compute.Network(
            f"{name}-vpc",
            name=self.named("vpc"),
            project=project.id,
            auto_create_subnetworks=False,
            routing_mode="REGIONAL",
            description=self._about("network"),
            opts=self.mine(),
        )
        self.service = self._subnet("service")
        self.data = self._subnet("data")
        self.tag = self.named("run")
        self._lead_out()
        self._close()
        self.finish(vpc=self.vpc.id)

    def _about(self, part: str) -> str:
        """Say whose it is where Google Cloud takes no labels."""
        return f"CloudSteps {self.settings.sandbox}: {part}"

    def _subnet(self, tier: str) -> gcp.compute.Subnetwork:
        return gcp.compute.Subnetwork(
            f"{self.label}-{tier}",
            name=self.named(tier),
            project=self.project.id,
            region=self.settings.region,
            network=self.vpc.id,
            ip_cidr_range=RANGES[tier],
            private_ip_google_access=True,
            log_config={
                "aggregation_interval": "INTERVAL_10_MIN",
                "flow_sampling": 1.0 if self.production else 0.5,
                "metadata": "INCLUDE_ALL_METADATA",
            },
            description=self._about(tier),
            opts=self.mine(),
        )

    def _lead_out(self) -> None:
        """Give containers a way out; the subnet of the data gets none."""
        router = gcp.compute.Router(
            f"{self.label}-out",
            name=self.named("out"),
            project=self.project.id,
            region=self.settings.region,
            network=self.vpc.id,
            description=self._about("way out"),
            opts=self.mine(),
        )
        gcp.compute.RouterNat(
            f"{self.label}-out",
            name=self.named("out"),
            project=self.project.id,
            region=self.settings.region,
            router=router.name,
            nat_ip_allocate_option="AUTO_ONLY",
            source_subnetwork_ip_ranges_to_nat="LIST_OF_SUBNETWORKS",
            subnetworks=[{"name": self.service.id, "source_ip_ranges_to_nats": ["ALL_IP_RANGES"]}],
            log_config={"enable": True, "filter": "ERRORS_ONLY"},
            opts=self.mine(),
        )

    def _close(self) -> None:
        """Refuse whatever no rule lets through, and log it."""
        self._rule("refuse-in", direction="INGRESS", priority=LAST, denies=[_any()], source_ranges=[EVERYWHERE])
        self._rule("refuse-out", direction="EGRESS", priority=LAST, denies=[_any()], destination_ranges=[EVERYWHERE])
        self._let_out("database", RANGES["data"], POSTGRES)
        self._let_out("tls", EVERYWHERE, ("443",))

    def _let_out(self, part: str, target: str, ports: tuple[str, ...]) -> None:
        self._rule(
            f"out-{part}",
            direction="EGRESS",
            priority=FIRST,
            allows=[{"protocol": "tcp", "ports": list(ports)}],
            destination_ranges=[target],
            target_tags=[self.tag],
        )

    def _rule(self, part: str, **rule: object) -> None:
        gcp.compute.Firewall(
            f"{self.label}-{part}",
            name=self.named(part),
            project=self.project.id,
            network=self.vpc.name,
            log_config={"metadata": "INCLUDE_ALL_METADATA"},
            description=self._about(part),
            opts=self.mine(),
            **rule,
        )


def _any() -> dict[str, str]:
    return {"protocol": "all"}

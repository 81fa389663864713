"""The way in: Front Door, with TLS under the vendor's own names or the cloud's."""

from dataclasses import dataclass

import pulumi
import pulumi_azure_native as azure

from infra_templates.components.azure.part import GLOBAL, AzurePart
from infra_templates.components.azure.place import Place
from infra_templates.names import cut
from infra_templates.settings import SHARED, SaasSettings

LONGEST_ENDPOINT = 46
SECONDS_BETWEEN_PROBES = 30
PRIVATE_WAYS_START_IN = {"taiwannorth": "eastasia"}
"""Front Door begins its private ways in some regions only; from others the next one is taken."""


@dataclass(frozen=True)
class Origin:
    """What answers behind a way in."""

    host: pulumi.Output[str]
    environment: pulumi.Output[str]
    health: str


class Entry(AzurePart):
    """A profile with an endpoint for each cell; visitors come by TLS, and production is reached by a private way."""

    kind = "cloudsteps:azure:Entry"

    def __init__(
        self, name: str, settings: SaasSettings, place: Place, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Build the profile; the ways in are added when it is known what answers."""
        super().__init__(name, settings, place, opts=opts)
        sku = azure.cdn.SkuName
        self.profile = azure.cdn.Profile(
            f"{name}-profile",
            profile_name=self.named("front"),
            resource_group_name=self.group,
            location=GLOBAL,
            sku={"name": sku.PREMIUM_AZURE_FRONT_DOOR if self.production else sku.STANDARD_AZURE_FRONT_DOOR},
            origin_response_timeout_seconds=60,
            tags=self.tags,
            opts=self.mine(),
        )
        self.log("profile", self.profile.id)
        self.endpoints: dict[str, azure.cdn.AFDEndpoint] = {}
        self.domains: dict[str, azure.cdn.AFDCustomDomain] = {}
        self.records: list[dict[str, pulumi.Input[str]]] = []
        self.finish(profile=self.profile.name)

    @property
    def address(self) -> pulumi.Output[str]:
        """Give where visitors of the first cell come in."""
        if self.settings.domain:
            return pulumi.Output.from_input(f"https://{self.settings.domain}")
        return pulumi.Output.concat("https://", next(iter(self.endpoints.values())).host_name)

    def lead(self, cell: str, origin: Origin, *, first: bool) -> None:
        """Lead visitors to a cell: the first has the vendor's domain, each tenant's its own name below that."""
        endpoint = azure.cdn.AFDEndpoint(
            f"{self.label}-{cell}",
            endpoint_name=self.named(f"e-{cut(cell, 20)}", LONGEST_ENDPOINT),
            profile_name=self.profile.name,
            resource_group_name=self.group,
            location=GLOBAL,
            enabled_state="Enabled",
            tags={**self.tags, "tenant": cell},
            opts=self.mine(),
        )
        self.endpoints[cell] = endpoint
        domains = [self._domain(host, endpoint) for host in self._hosts(cell, first=first)]
        group = self._origins(cell, origin.health)
        answers = self._origin(cell, origin, group)
        azure.cdn.Route(
            f"{self.label}-{cell}",
            route_name=self.named(f"r-{cell}", 90),
            endpoint_name=endpoint.name,
            profile_name=self.profile.name,
            resource_group_name=self.group,
            origin_group={"id": group.id},
            custom_domains=[{"id": domain.id} for domain in domains],
            patterns_to_match=["/*"],
            supported_protocols=["Http", "Https"],
            https_redirect="Enabled",
            forwarding_protocol="HttpsOnly",
            link_to_default_domain="Enabled",
            enabled_state="Enabled",
            opts=self.mine(depends_on=[answers]),
        )

    def _hosts(self, cell: str, *, first: bool) -> list[str]:
        domain = self.settings.domain
        if domain is None:
            return []
        return [*([domain] if first else []), *([f"{cell}.{domain}"] if cell != SHARED else [])]

    def _origins(self, cell: str, health: str) -> azure.cdn.AFDOriginGroup:
        return azure.cdn.AFDOriginGroup(
            f"{self.label}-{cell}",
            origin_group_name=self.named(f"o-{cell}", 90),
            profile_name=self.profile.name,
            resource_group_name=self.group,
            health_probe_settings={
                "probe_path": health,
                "probe_protocol": azure.cdn.ProbeProtocol.HTTPS,
                "probe_request_type": azure.cdn.HealthProbeRequestType.GET,
                "probe_interval_in_seconds": SECONDS_BETWEEN_PROBES,
            },
            load_balancing_settings={
                "sample_size": 4,
                "successful_samples_required": 3,
                "additional_latency_in_milliseconds": 50,
            },
            session_affinity_state="Disabled",
            opts=self.mine(),
        )

    def _origin(self, cell: str, origin: Origin, group: azure.cdn.AFDOriginGroup) -> azure.cdn.AFDOrigin:
        return azure.cdn.AFDOrigin(
            f"{self.label}-{cell}",
            origin_name=self.named(f"app-{cell}", 90),
            origin_group_name=group.name,
            profile_name=self.profile.name,
            resource_group_name=self.group,
            host_name=origin.host,
            origin_host_header=origin.host,
            https_port=443,
            enforce_certificate_name_check=True,
            enabled_state="Enabled",
            shared_private_link_resource=self._private_way(origin.environment) if self.production else None,
            opts=self.mine(),
        )

    def _private_way(self, environment: pulumi.Output[str]) -> azure.cdn.SharedPrivateLinkResourcePropertiesArgsDict:
        """Ask for a way that no visitor sees; somebody of the account approves it once."""
        region = self.settings.region
        return {
            "private_link": {"id": environment},
            "group_id": "managedEnvironments",
            "private_link_location": PRIVATE_WAYS_START_IN.get(region, region),
            "request_message": self.named("front"),
        }

    def _domain(self, host: str, endpoint: azure.cdn.AFDEndpoint) -> azure.cdn.AFDCustomDomain:
        domain = azure.cdn.AFDCustomDomain(
            f"{self.label}-{host}",
            custom_domain_name=cut(host.replace(".", "-"), 60),
            host_name=host,
            profile_name=self.profile.name,
            resource_group_name=self.group,
            tls_settings={
                "certificate_type": azure.cdn.AfdCertificateType.MANAGED_CERTIFICATE,
                "minimum_tls_version": azure.cdn.AfdMinimumTlsVersion.TLS12,
            },
            opts=self.mine(),
        )
        self.domains[host] = domain
        proof = domain.validation_properties.apply(lambda known: known.validation_token)
        self.records += [
            {"name": f"_dnsauth.{host}", "type": "TXT", "value": proof},
            {"name": host, "type": "CNAME", "value": endpoint.host_name},
        ]
        return domain

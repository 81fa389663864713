"""A network in two tiers: containers, and data that is reached from there alone and never from outside."""

from collections.abc import Sequence

import pulumi
import pulumi_azure_native as azure

from infra_templates.components.azure.part import GLOBAL, AzurePart
from infra_templates.components.azure.place import Place
from infra_templates.components.azure.rules import DATABASE, ENDPOINTS, RULES, SERVICE
from infra_templates.names import cut
from infra_templates.settings import SaasSettings

RANGE = "10.72.0.0/16"
BLOBS_ZONE = "privatelink.blob.core.windows.net"
VAULT_ZONE = "privatelink.vaultcore.azure.net"


class Network(AzurePart):
    """Virtual network, subnets with their rules, private names, and private ways to what Azure runs elsewhere."""

    kind = "cloudsteps:azure:Network"

    def __init__(
        self, name: str, settings: SaasSettings, place: Place, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Build it."""
        super().__init__(name, settings, place, opts=opts)
        self.whole = azure.network.VirtualNetwork(
            f"{name}-whole",
            virtual_network_name=self.named("network"),
            resource_group_name=self.group,
            location=settings.region,
            address_space={"address_prefixes": [RANGE]},
            tags=self.tags,
            # Subnets are resources of their own here; the network shows them too.
            opts=self.mine(ignore_changes=["subnets"]),
        )
        self.log("whole", self.whole.id)
        # Azure changes one subnet of a network at a time.
        self.service = self._subnet("service", SERVICE, "Microsoft.App/environments", [])
        self.database = self._subnet("database", DATABASE, "Microsoft.DBforPostgreSQL/flexibleServers", [self.service])
        self.endpoints = self._subnet("endpoints", ENDPOINTS, None, [self.database])
        self.links: dict[str, azure.privatedns.VirtualNetworkLink] = {}
        self.blobs = self.zone("blobs", BLOBS_ZONE)
        self.vaults = self.zone("vaults", VAULT_ZONE)
        self.finish(network=self.whole.name)

    def zone(self, part: str, domain: str) -> azure.privatedns.PrivateZone:
        """Make names of a domain that are known inside the network only."""
        zone = azure.privatedns.PrivateZone(
            f"{self.label}-{part}",
            private_zone_name=domain,
            resource_group_name=self.group,
            location=GLOBAL,
            tags=self.tags,
            opts=self.mine(),
        )
        self.links[part] = azure.privatedns.VirtualNetworkLink(
            f"{self.label}-{part}",
            virtual_network_link_name=self.named(f"names-{part}"),
            private_zone_name=zone.name,
            resource_group_name=self.group,
            location=GLOBAL,
            registration_enabled=False,
            virtual_network={"id": self.whole.id},
            tags=self.tags,
            opts=self.mine(),
        )
        return zone

    def reach(
        self, part: str, target: pulumi.Output[str], kind: str, zone: azure.privatedns.PrivateZone
    ) -> azure.network.PrivateEndpoint:
        """Give something that Azure runs elsewhere an address in this network, under its own name."""
        endpoint = azure.network.PrivateEndpoint(
            f"{self.label}-{part}",
            private_endpoint_name=self.named(f"to-{cut(part, 38)}"),
            resource_group_name=self.group,
            location=self.settings.region,
            subnet={"id": self.endpoints.id},
            private_link_service_connections=[
                {"name": cut(part, 38), "private_link_service_id": target, "group_ids": [kind]}
            ],
            tags=self.tags,
            opts=self.mine(),
        )
        azure.network.PrivateDnsZoneGroup(
            f"{self.label}-{part}",
            private_dns_zone_group_name="default",
            private_endpoint_name=endpoint.name,
            resource_group_name=self.group,
            private_dns_zone_configs=[{"name": kind, "private_dns_zone_id": zone.id}],
            opts=self.mine(),
        )
        return endpoint

    def _subnet(
        self, tier: str, addresses: str, tenant: str | None, after: Sequence[pulumi.Resource]
    ) -> azure.network.Subnet:
        rules = azure.network.NetworkSecurityGroup(
            f"{self.label}-{tier}",
            network_security_group_name=self.named(f"rules-{tier}"),
            resource_group_name=self.group,
            location=self.settings.region,
            security_rules=[rule.written(place) for place, rule in enumerate(RULES[tier])],
            tags=self.tags,
            opts=self.mine(),
        )
        self.log(tier, rules.id)
        return azure.network.Subnet(
            f"{self.label}-{tier}",
            subnet_name=tier,
            virtual_network_name=self.whole.name,
            resource_group_name=self.group,
            address_prefix=addresses,
            delegations=[{"name": "tenant", "service_name": tenant}] if tenant else None,
            network_security_group={"id": rules.id},
            default_outbound_access=False,
            private_endpoint_network_policies="Enabled",
            opts=self.mine(depends_on=list(after)),
        )

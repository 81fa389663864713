"""What each subnet lets in and out, as data: the rules of its network security group, the first that fits decides."""

from dataclasses import dataclass

import pulumi_azure_native as azure

SERVICE = "10.72.0.0/23"
DATABASE = "10.72.16.0/24"
ENDPOINTS = "10.72.32.0/24"

INTERNET = "Internet"
NETWORK = "VirtualNetwork"


@dataclass(frozen=True)
class Rule:
    """One rule of a subnet; the direction is seen from the subnet."""

    name: str
    inbound: bool
    source: str
    target: str
    ports: tuple[str, ...]
    allow: bool = True
    protocol: str = "Tcp"

    def written(self, place: int) -> azure.network.SecurityRuleArgsDict:
        """Write it for Azure, in its place of the order."""
        return {
            "name": self.name,
            "priority": 100 + place * 10,
            "direction": "Inbound" if self.inbound else "Outbound",
            "access": "Allow" if self.allow else "Deny",
            "protocol": self.protocol,
            "source_address_prefix": self.source,
            "source_port_range": "*",
            "destination_address_prefix": self.target,
            "destination_port_ranges": list(self.ports),
        }


def _nothing_else_in(target: str) -> Rule:
    return Rule(
        "nothing-else-in", inbound=True, source="*", target=target, ports=("0-65535",), allow=False, protocol="*"
    )


def _nothing_else_out(source: str) -> Rule:
    return Rule(
        "nothing-else-out", inbound=False, source=source, target=INTERNET, ports=("0-65535",), allow=False, protocol="*"
    )


RULES: dict[str, tuple[Rule, ...]] = {
    # Visitors come through Azure's own front; Azure's health checks need their ports.
    "service": (
        Rule("visitors", inbound=True, source=NETWORK, target=SERVICE, ports=("80", "443", "31080", "31443")),
        Rule("among-themselves", inbound=True, source=SERVICE, target=SERVICE, ports=("0-65535",), protocol="*"),
        Rule("azure-checks", inbound=True, source="AzureLoadBalancer", target=SERVICE, ports=("30000-32767",)),
        _nothing_else_in(SERVICE),
        Rule("tls-out", inbound=False, source=SERVICE, target=INTERNET, ports=("443",)),
        _nothing_else_out(SERVICE),
    ),
    # Azure's own upkeep of a server: its standby, its backups, and who may sign in.
    "database": (
        Rule("containers", inbound=True, source=SERVICE, target=DATABASE, ports=("5432",)),
        Rule("among-themselves", inbound=True, source=DATABASE, target=DATABASE, ports=("5432", "6432")),
        _nothing_else_in(DATABASE),
        Rule("to-one-another", inbound=False, source=DATABASE, target=DATABASE, ports=("5432", "6432")),
        Rule("backups", inbound=False, source=DATABASE, target="Storage", ports=("443",)),
        Rule("sign-in", inbound=False, source=DATABASE, target="AzureActiveDirectory", ports=("443",)),
        Rule("key", inbound=False, source=DATABASE, target="AzureKeyVault", ports=("443",)),
        _nothing_else_out(DATABASE),
    ),
    "endpoints": (
        Rule("containers", inbound=True, source=SERVICE, target=ENDPOINTS, ports=("443",)),
        _nothing_else_in(ENDPOINTS),
        _nothing_else_out(ENDPOINTS),
    ),
}

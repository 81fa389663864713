"""A network in two zones: a public edge, private containers, and data that reaches nothing outside."""

import pulumi
import pulumi_aws as aws

from infra_templates.components.aws.keys import Keys
from infra_templates.components.aws.policies import policy, trust
from infra_templates.components.part import Part
from infra_templates.settings import SaasSettings

CIDR = "10.64.0.0/16"
ZONES = ("a", "c")
"""Every region that is offered has these two; Tokyo opens no zone b to new accounts."""
_FIRST_OCTETS = {"edge": 0, "service": 16, "data": 32}
FLOW_LOG_DAYS = 30


class Network(Part):
    """VPC, subnets, routes, and a log of what was let through and what was not."""

    kind = "cloudsteps:aws:Network"

    def __init__(
        self, name: str, settings: SaasSettings, keys: Keys, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Build it."""
        super().__init__(name, settings, opts=opts)
        self.vpc = aws.ec2.Vpc(
            f"{name}-vpc",
            cidr_block=CIDR,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self._called("vpc"),
            opts=self.mine(),
        )
        aws.ec2.DefaultSecurityGroup(
            f"{name}-default-closed",
            vpc_id=self.vpc.id,
            ingress=[],
            egress=[],
            tags=self._called("default-closed"),
            opts=self.mine(),
        )
        self.edge = self._subnets("edge")
        self.service = self._subnets("service")
        self.data = self._subnets("data")
        self._route_edge()
        self._route_service()
        self._route_data()
        self._log_flows(keys)
        self.finish(vpc_id=self.vpc.id)

    def group(self, part: str, description: str) -> aws.ec2.SecurityGroup:
        """Make a security group without a rule."""
        return aws.ec2.SecurityGroup(
            f"{self.label}-{part}",
            name=self.named(part),
            description=description,
            vpc_id=self.vpc.id,
            tags=self._called(part),
            opts=self.mine(),
        )

    def allow(self, part: str, source: aws.ec2.SecurityGroup, target: aws.ec2.SecurityGroup, port: int) -> None:
        """Let one security group reach another on one port; both sides need the rule."""
        aws.vpc.SecurityGroupEgressRule(
            f"{self.label}-{part}-out",
            security_group_id=source.id,
            referenced_security_group_id=target.id,
            description=f"{part}: out",
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            tags=self.tags,
            opts=self.mine(),
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{self.label}-{part}-in",
            security_group_id=target.id,
            referenced_security_group_id=source.id,
            description=f"{part}: in",
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            tags=self.tags,
            opts=self.mine(),
        )

    def _called(self, part: str) -> dict[str, str]:
        return {**self.tags, "Name": self.named(part)}

    def _subnets(self, tier: str) -> list[aws.ec2.Subnet]:
        return [
            aws.ec2.Subnet(
                f"{self.label}-{tier}-{zone}",
                vpc_id=self.vpc.id,
                availability_zone=f"{self.settings.region}{zone}",
                cidr_block=f"10.64.{_FIRST_OCTETS[tier] + place}.0/24",
                map_public_ip_on_launch=False,
                tags={**self._called(f"{tier}-{zone}"), "tier": tier},
                opts=self.mine(),
            )
            for place, zone in enumerate(ZONES)
        ]

    def _table(self, part: str, subnets: list[aws.ec2.Subnet]) -> aws.ec2.RouteTable:
        table = aws.ec2.RouteTable(
            f"{self.label}-{part}", vpc_id=self.vpc.id, tags=self._called(part), opts=self.mine()
        )
        for place, subnet in enumerate(subnets):
            aws.ec2.RouteTableAssociation(
                f"{self.label}-{part}-{place}", route_table_id=table.id, subnet_id=subnet.id, opts=self.mine()
            )
        return table

    def _route_edge(self) -> None:
        gateway = aws.ec2.InternetGateway(
            f"{self.label}-internet", vpc_id=self.vpc.id, tags=self._called("internet"), opts=self.mine()
        )
        table = self._table("edge-routes", self.edge)
        self.internet = aws.ec2.Route(
            f"{self.label}-to-internet",
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=gateway.id,
            opts=self.mine(),
        )

    def _route_service(self) -> None:
        """Give containers a way out: one address in a sandbox, one for each zone in production."""
        ways = ZONES if self.production else ZONES[:1]
        gateways = [self._way_out(zone, place) for place, zone in enumerate(ways)]
        self.service_tables = [
            self._table(f"service-routes-{zone}", [self.service[place]]) for place, zone in enumerate(ZONES)
        ]
        for place, table in enumerate(self.service_tables):
            aws.ec2.Route(
                f"{self.label}-out-{ZONES[place]}",
                route_table_id=table.id,
                destination_cidr_block="0.0.0.0/0",
                nat_gateway_id=gateways[min(place, len(gateways) - 1)].id,
                opts=self.mine(),
            )

    def _way_out(self, zone: str, place: int) -> aws.ec2.NatGateway:
        address = aws.ec2.Eip(
            f"{self.label}-out-{zone}", domain="vpc", tags=self._called(f"out-{zone}"), opts=self.mine()
        )
        return aws.ec2.NatGateway(
            f"{self.label}-out-{zone}",
            allocation_id=address.id,
            subnet_id=self.edge[place].id,
            tags=self._called(f"out-{zone}"),
            opts=self.mine(depends_on=[self.internet]),
        )

    def _route_data(self) -> None:
        """Leave data without a way out; objects are reached inside the cloud's own network."""
        data = self._table("data-routes", self.data)
        aws.ec2.VpcEndpoint(
            f"{self.label}-objects",
            vpc_id=self.vpc.id,
            service_name=f"com.amazonaws.{self.settings.region}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=[data.id, *(table.id for table in self.service_tables)],
            tags=self._called("objects"),
            opts=self.mine(),
        )

    def _log_flows(self, keys: Keys) -> None:
        group = aws.cloudwatch.LogGroup(
            f"{self.label}-flows",
            name=f"/cloudsteps/{self.named('flows')}",
            retention_in_days=FLOW_LOG_DAYS,
            kms_key_id=keys.shared.arn,
            tags=self.tags,
            opts=self.mine(),
        )
        role = aws.iam.Role(
            f"{self.label}-flows",
            name=self.named("flows"),
            assume_role_policy=trust("vpc-flow-logs.amazonaws.com"),
            tags=self.tags,
            opts=self.mine(),
        )
        allowed = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]
        aws.iam.RolePolicy(
            f"{self.label}-flows",
            role=role.id,
            policy=group.arn.apply(lambda arn: policy(allowed, [f"{arn}:*"])),
            opts=self.mine(),
        )
        aws.ec2.FlowLog(
            f"{self.label}-flows",
            vpc_id=self.vpc.id,
            traffic_type="ALL",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            tags=self._called("flows"),
            opts=self.mine(),
        )

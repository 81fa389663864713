"""The way in: a load balancer, and TLS with the vendor's own name or, in a sandbox, with the cloud's."""

import pulumi
import pulumi_aws as aws

from infra_templates.components.aws.network import Network
from infra_templates.components.part import Part
from infra_templates.names import cut
from infra_templates.settings import SaasSettings

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
ONLY_FROM_CLOUDFRONT = "com.amazonaws.global.cloudfront.origin-facing"
# AWS's own names for "cache nothing" and "send on everything but the host".
CACHE_NOTHING = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
EVERYTHING_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
LONGEST_NAME = 32
"""Characters that a load balancer and a target group may have in their names."""


class Entry(Part):
    """A load balancer in two zones; with a domain it holds the certificate, without one CloudFront does."""

    kind = "cloudsteps:aws:Entry"

    def __init__(
        self, name: str, settings: SaasSettings, network: Network, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Build it."""
        super().__init__(name, settings, opts=opts)
        self.network = network
        self.group = network.group("edge", "Load balancer")
        self.balancer = aws.lb.LoadBalancer(
            f"{name}-balancer",
            name=self.named("lb", LONGEST_NAME),
            load_balancer_type="application",
            internal=False,
            subnets=[subnet.id for subnet in network.edge],
            security_groups=[self.group.id],
            drop_invalid_header_fields=True,
            desync_mitigation_mode="strictest",
            enable_deletion_protection=self.production,
            tags=self.tags,
            opts=self.mine(),
        )
        self.certificate = self._certificate() if settings.domain else None
        self.open = self._listen_with_own_name(self.certificate) if self.certificate else self._listen_to_cloudfront()
        self.address = self._own_address() if settings.domain else self._cloudfront_address()
        self.finish(address=self.address)

    def target(self, cell: str, port: int, health: str, *, first: bool) -> aws.lb.TargetGroup:
        """Make the group that a cell's containers join; all but the first are chosen by the tenant's host name."""
        group = aws.lb.TargetGroup(
            f"{self.label}-{cell}",
            name=self.named(f"t-{cut(cell, 14)}", LONGEST_NAME),
            vpc_id=self.network.vpc.id,
            target_type="ip",
            port=port,
            protocol="HTTP",
            deregistration_delay=30,
            health_check={
                "path": health,
                "matcher": "200",
                "interval": 15,
                "timeout": 5,
                "healthy_threshold": 2,
                "unhealthy_threshold": 3,
            },
            tags={**self.tags, "tenant": cell},
            opts=self.mine(),
        )
        # Both lead to the group; the first without a condition on the host, and after all others.
        aws.lb.ListenerRule(
            f"{self.label}-{cell}",
            listener_arn=self.open.arn,
            conditions=[{"path_pattern": {"values": ["/*"]}}]
            if first
            else [{"host_header": {"values": [f"{cell}.*"]}}],
            actions=[{"type": "forward", "target_group_arn": group.arn}],
            priority=1_000 if first else None,
            tags=self.tags,
            opts=self.mine(),
        )
        return group

    def _certificate(self) -> aws.acm.Certificate:
        domain = str(self.settings.domain)
        return aws.acm.Certificate(
            f"{self.label}-certificate",
            domain_name=domain,
            subject_alternative_names=[f"*.{domain}"],
            validation_method="DNS",
            tags=self.tags,
            opts=self.mine(),
        )

    def _listen_with_own_name(self, certificate: aws.acm.Certificate) -> aws.lb.Listener:
        """Answer by TLS once the vendor's DNS proves the domain; plain requests are sent there."""
        proven = aws.acm.CertificateValidation(
            f"{self.label}-certificate", certificate_arn=certificate.arn, opts=self.mine()
        )
        for port in (80, 443):
            self._let_in(str(port), port, cidr_ipv4="0.0.0.0/0")
        aws.lb.Listener(
            f"{self.label}-plain",
            load_balancer_arn=self.balancer.arn,
            port=80,
            protocol="HTTP",
            default_actions=[
                {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "status_code": "HTTP_301"}}
            ],
            tags=self.tags,
            opts=self.mine(),
        )
        return aws.lb.Listener(
            f"{self.label}-tls",
            load_balancer_arn=self.balancer.arn,
            port=443,
            protocol="HTTPS",
            ssl_policy=TLS_POLICY,
            certificate_arn=proven.certificate_arn,
            default_actions=[_nobody()],
            tags=self.tags,
            opts=self.mine(),
        )

    def _listen_to_cloudfront(self) -> aws.lb.Listener:
        """Answer nobody but CloudFront, which holds a certificate for a name that AWS gives."""
        known = aws.ec2.get_managed_prefix_list_output(name=ONLY_FROM_CLOUDFRONT)
        self._let_in("cloudfront", 80, prefix_list_id=known.id)
        return aws.lb.Listener(
            f"{self.label}-from-cloudfront",
            load_balancer_arn=self.balancer.arn,
            port=80,
            protocol="HTTP",
            default_actions=[_nobody()],
            tags=self.tags,
            opts=self.mine(),
        )

    def _let_in(
        self,
        part: str,
        port: int,
        *,
        cidr_ipv4: str | None = None,
        prefix_list_id: pulumi.Output[str] | None = None,
    ) -> None:
        aws.vpc.SecurityGroupIngressRule(
            f"{self.label}-in-{part}",
            security_group_id=self.group.id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            cidr_ipv4=cidr_ipv4,
            prefix_list_id=prefix_list_id,
            description=f"Visitors: {part}",
            tags=self.tags,
            opts=self.mine(),
        )

    def _own_address(self) -> pulumi.Output[str]:
        return pulumi.Output.from_input(f"https://{self.settings.domain}")

    def _cloudfront_address(self) -> pulumi.Output[str]:
        distribution = aws.cloudfront.Distribution(
            f"{self.label}-name",
            comment=self.named("name"),
            enabled=True,
            http_version="http2and3",
            is_ipv6_enabled=True,
            price_class="PriceClass_200",
            origins=[
                {
                    "origin_id": "balancer",
                    "domain_name": self.balancer.dns_name,
                    "custom_origin_config": {
                        "http_port": 80,
                        "https_port": 443,
                        "origin_protocol_policy": "http-only",
                        "origin_ssl_protocols": ["TLSv1.2"],
                    },
                }
            ],
            default_cache_behavior={
                "target_origin_id": "balancer",
                "viewer_protocol_policy": "redirect-to-https",
                "allowed_methods": ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
                "cached_methods": ["GET", "HEAD"],
                "cache_policy_id": CACHE_NOTHING,
                "origin_request_policy_id": EVERYTHING_BUT_HOST,
                "compress": True,
            },
            restrictions={"geo_restriction": {"restriction_type": "none"}},
            viewer_certificate={"cloudfront_default_certificate": True},
            tags=self.tags,
            opts=self.mine(),
        )
        return pulumi.Output.concat("https://", distribution.domain_name)


def _nobody() -> aws.lb.ListenerDefaultActionArgsDict:
    """Answer what belongs to no cell."""
    return {
        "type": "fixed-response",
        "fixed_response": {"content_type": "text/plain", "message_body": "No such service.", "status_code": "404"},
    }

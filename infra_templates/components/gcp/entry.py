"""The way in: a load balancer with the vendor's own name or, in a sandbox without one, the address that Google gives."""

import pulumi
import pulumi_gcp as gcp

from infra_templates.components.gcp.places import short
from infra_templates.components.gcp.project import Project
from infra_templates.components.gcp.service import Service
from infra_templates.components.gcp.shield import Shield
from infra_templates.components.part import Part
from infra_templates.settings import SaasSettings

SCHEME = "EXTERNAL_MANAGED"


class Entry(Part):
    """A load balancer of Google's whole edge, with TLS by a managed certificate and the firewall before it."""

    kind = "cloudsteps:gcp:Entry"

    def __init__(
        self,
        name: str,
        settings: SaasSettings,
        project: Project,
        service: Service,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it; without a domain there is nothing to build but the firewall is missing too, which is said."""
        super().__init__(name, settings, opts=opts)
        self.project, self.service = project.id, service
        self.backends: dict[str, gcp.compute.BackendService] = {}
        self.proof: gcp.certificatemanager.DnsAuthorization | None = None
        self.ip: gcp.compute.GlobalAddress | None = None
        self.addresses = self._own(settings.domain, project) if settings.domain else self._given()
        self.address = next(iter(self.addresses.values()))
        self.finish(address=self.address)

    def _given(self) -> dict[str, pulumi.Output[str]]:
        pulumi.log.warn(
            "Without a domain the service answers at its run.app address: no load balancer and no web application "
            "firewall stand before it. 沒有網域時，服務直接使用 run.app 的網址，前面沒有負載平衡器與網站應用程式防火牆。",
            resource=self,
        )
        return {cell: service.uri for cell, service in self.service.services.items()}

    def _own(self, domain: str, project: Project) -> dict[str, pulumi.Output[str]]:
        """Answer the first cell by the domain itself, and each other by its tenant's name under it."""
        shield = Shield(f"{self.label}-shield", self.settings, project, opts=self.mine())
        self.backends = {
            cell: self._backend(cell, service.name, shield) for cell, service in self.service.services.items()
        }
        first, *others = self.backends
        hosts = {first: domain, **{cell: f"{cell}.{domain}" for cell in others}}
        self.ip = gcp.compute.GlobalAddress(
            f"{self.label}-address",
            name=self.named("lb"),
            project=self.project,
            labels=self.tags,
            opts=self.kept(),
        )
        self._answer(self._routes(hosts, first), self._certificates(domain), self.ip)
        self._send_to_tls(self.ip)
        return {cell: pulumi.Output.from_input(f"https://{host}") for cell, host in hosts.items()}

    def _backend(self, cell: str, service: pulumi.Output[str], shield: Shield) -> gcp.compute.BackendService:
        group = gcp.compute.RegionNetworkEndpointGroup(
            f"{self.label}-{cell}",
            name=self.named(f"run-{short(cell)}"),
            project=self.project,
            region=self.settings.region,
            network_endpoint_type="SERVERLESS",
            cloud_run={"service": service},
            opts=self.mine(),
        )
        return gcp.compute.BackendService(
            f"{self.label}-{cell}",
            name=self.named(f"run-{short(cell)}"),
            project=self.project,
            protocol="HTTPS",
            load_balancing_scheme=SCHEME,
            backends=[{"group": group.id}],
            security_policy=shield.policy.id,
            log_config={"enable": True, "sample_rate": 1.0},
            description=f"CloudSteps {self.settings.sandbox}: {cell}",
            opts=self.mine(),
        )

    def _routes(self, hosts: dict[str, str], first: str) -> gcp.compute.URLMap:
        others = {cell: host for cell, host in hosts.items() if cell != first}
        return gcp.compute.URLMap(
            f"{self.label}-routes",
            name=self.named("routes"),
            project=self.project,
            default_service=self.backends[first].id,
            host_rules=[{"hosts": [host], "path_matcher": cell} for cell, host in others.items()],
            path_matchers=[{"name": cell, "default_service": self.backends[cell].id} for cell in others],
            opts=self.mine(),
        )

    def _certificates(self, domain: str) -> gcp.certificatemanager.CertificateMap:
        """Ask for a certificate by one DNS record, which can be set days before the domain points here."""
        part = f"{self.label}-certificate"
        own = {"project": self.project, "labels": self.tags, "opts": self.mine()}
        self.proof = gcp.certificatemanager.DnsAuthorization(part, name=self.named("proof"), domain=domain, **own)
        names = [domain, f"*.{domain}"]
        certificate = gcp.certificatemanager.Certificate(
            part,
            name=self.named("certificate"),
            managed={"domains": names, "dns_authorizations": [self.proof.id]},
            **own,
        )
        held = gcp.certificatemanager.CertificateMap(part, name=self.named("certificates"), **own)
        for place, name in zip(("domain", "tenants"), names, strict=True):
            gcp.certificatemanager.CertificateMapEntry(
                f"{part}-{place}",
                name=self.named(f"cert-{place}"),
                map=held.name,
                hostname=name,
                certificates=[certificate.id],
                **own,
            )
        return held

    def _answer(
        self,
        routes: gcp.compute.URLMap,
        certificates: gcp.certificatemanager.CertificateMap,
        ip: gcp.compute.GlobalAddress,
    ) -> None:
        policy = gcp.compute.SSLPolicy(
            f"{self.label}-tls",
            name=self.named("tls"),
            project=self.project,
            min_tls_version="TLS_1_2",
            profile="RESTRICTED",
            opts=self.mine(),
        )
        proxy = gcp.compute.TargetHttpsProxy(
            f"{self.label}-tls",
            name=self.named("tls"),
            project=self.project,
            url_map=routes.id,
            certificate_map=pulumi.Output.concat("//certificatemanager.googleapis.com/", certificates.id),
            ssl_policy=policy.id,
            opts=self.mine(),
        )
        self._listen("tls", "443", proxy.id, ip)

    def _send_to_tls(self, ip: gcp.compute.GlobalAddress) -> None:
        routes = gcp.compute.URLMap(
            f"{self.label}-plain",
            name=self.named("plain"),
            project=self.project,
            default_url_redirect={
                "https_redirect": True,
                "strip_query": False,
                "redirect_response_code": "MOVED_PERMANENTLY_DEFAULT",
            },
            opts=self.mine(),
        )
        proxy = gcp.compute.TargetHttpProxy(
            f"{self.label}-plain",
            name=self.named("plain"),
            project=self.project,
            url_map=routes.id,
            opts=self.mine(),
        )
        self._listen("plain", "80", proxy.id, ip)

    def _listen(self, part: str, port: str, target: pulumi.Output[str], ip: gcp.compute.GlobalAddress) -> None:
        gcp.compute.GlobalForwardingRule(
            f"{self.label}-{part}",
            name=self.named(part),
            project=self.project,
            load_balancing_scheme=SCHEME,
            ip_address=ip.id,
            port_range=port,
            target=target,
            labels=self.tags,
            opts=self.mine(),
        )

"""The way in: TLS for visitors, nothing open that need not be, a firewall in front, and a record of what passed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infra_templates.guardrails.rule import Severity, Subject, Terrain, rule
from infra_templates.planned import UNKNOWN, Planned, list_of, part_of

ANYWHERE = ("0.0.0.0/0", "::/0", "*", "Internet")

LISTENER = "aws:lb/listener:Listener"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
GROUP = "aws:ec2/securityGroup:SecurityGroup"


@rule(
    "aws-security-group-closed",
    Severity.BLOCKING,
    why=(
        "安全群組對整個網際網路開放了 80 與 443 以外的連接埠。",
        "A security group opens other ports than 80 and 443 to the whole internet.",
    ),
    do=("改用來源安全群組，或縮小 CIDR 範圍。", "Name a source security group instead, or a narrower range."),
)
def aws_security_group_closed(plan: Terrain) -> Iterator[Subject]:
    """Object to doors that are open to everybody."""
    for entry in plan.of(INGRESS):
        ranges = (entry.get("cidrIpv4"), entry.get("cidrIpv6"))
        if any(one in ANYWHERE for one in ranges) and not _is_web(entry.get("fromPort"), entry.get("toPort")):
            yield entry
    for group in plan.of(GROUP):
        if any(_opens(entry) for entry in group.rows("ingress")):
            yield group


@rule(
    "aws-default-group-closed",
    Severity.WARNING,
    why=("VPC 的預設安全群組沒有收回規則。", "The default security group of a VPC keeps its rules."),
    do=("加上沒有規則的 DefaultSecurityGroup。", "Add a DefaultSecurityGroup without rules."),
)
def aws_default_group_closed(plan: Terrain) -> Iterator[Subject]:
    """Object to a network whose default group still lets its members speak."""
    for vpc in plan.of("aws:ec2/vpc:Vpc"):
        closed = plan.for_(vpc, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
        if not any(not one.get("ingress") and not one.get("egress") for one in closed):
            yield vpc


@rule(
    "aws-visitors-tls",
    Severity.BLOCKING,
    why=("訪客可以不經加密使用服務。", "Visitors can use the service without encryption."),
    do=(
        "HTTP 監聽器只轉址到 HTTPS；沒有網域時由 CloudFront 轉址。",
        "Let the HTTP listener do nothing but redirect to HTTPS; without a domain let CloudFront redirect.",
    ),
)
def aws_visitors_tls(plan: Terrain) -> Iterator[Subject]:
    """Object to a balancer that serves plain HTTP to visitors, and to CloudFront where it does."""
    for name in plan.of(DISTRIBUTION):
        if not name.is_("defaultCacheBehavior.viewerProtocolPolicy", "redirect-to-https", "https-only"):
            yield name
    if not plan.has(DISTRIBUTION):
        yield from (one for one in plan.of(LISTENER) if _serves_plain(one))


@rule(
    "aws-balancer-tls",
    Severity.WARNING,
    why=(
        "CloudFront 到負載平衡器之間沒有加密；沒有網域就沒有憑證。",
        "The way from CloudFront to the load balancer is not encrypted: without a domain there is no certificate.",
    ),
    do=(
        "設定 domain。沙箱可以接受，但不要放真實資料。",
        "Set a domain. A sandbox may do without, with no real data in it.",
    ),
)
def aws_balancer_tls(plan: Terrain) -> Iterator[Subject]:
    """Tell of a plain way inside; visitors themselves come by TLS."""
    if plan.has(DISTRIBUTION):
        yield from (one for one in plan.of(LISTENER) if _serves_plain(one))


@rule(
    "aws-tls-version",
    Severity.BLOCKING,
    why=("負載平衡器接受 TLS 1.2 以前的版本。", "A load balancer answers versions of TLS before 1.2."),
    do=(
        "sslPolicy 使用 ELBSecurityPolicy-TLS13-1-2 開頭的政策。",
        "Use an sslPolicy that begins with ELBSecurityPolicy-TLS13-1-2.",
    ),
)
def aws_tls_version(plan: Terrain) -> Iterator[Subject]:
    """Object to old TLS; not said means the default, which is old."""
    for listener in plan.of(LISTENER):
        if listener.get("protocol") in ("HTTPS", "TLS") and not _is_modern(listener.get("sslPolicy")):
            yield listener


@rule(
    "aws-flow-logs",
    Severity.WARNING,
    why=("VPC 沒有流量紀錄，事後查不到連線。", "A VPC keeps no record of its connections for whoever asks later."),
    do=("加上 FlowLog。", "Add a FlowLog."),
)
def aws_flow_logs(plan: Terrain) -> Iterator[Subject]:
    """Object to a network without a record."""
    return (vpc for vpc in plan.of("aws:ec2/vpc:Vpc") if not plan.for_(vpc, "aws:ec2/flowLog:FlowLog"))


@rule(
    "azure-network-closed",
    Severity.BLOCKING,
    why=(
        "網路安全性群組對網際網路開放了 80 與 443 以外的連接埠。",
        "A network security group opens other ports than 80 and 443 to the internet.",
    ),
    do=("縮小 sourceAddressPrefix，或改為 Deny。", "Narrow sourceAddressPrefix, or deny."),
)
def azure_network_closed(plan: Terrain) -> Iterator[Subject]:
    """Object to doors that are open to everybody."""
    for group in plan.of("azure-native:network:NetworkSecurityGroup"):
        if any(_azure_opens(entry) for entry in group.rows("securityRules")):
            yield group


@rule(
    "azure-visitors-tls",
    Severity.BLOCKING,
    why=(
        "Front Door 沒有把訪客轉到 HTTPS，或以 HTTP 連到服務。",
        "Front Door does not send visitors to HTTPS, or asks the service by plain HTTP.",
    ),
    do=(
        "httpsRedirect 設為 Enabled，forwardingProtocol 設為 HttpsOnly。",
        "Set httpsRedirect to Enabled and forwardingProtocol to HttpsOnly.",
    ),
)
def azure_visitors_tls(plan: Terrain) -> Iterator[Subject]:
    """Object to a route that serves plain HTTP."""
    for route in plan.of("azure-native:cdn:Route"):
        if not (route.is_("httpsRedirect", "Enabled") and route.is_("forwardingProtocol", "HttpsOnly")):
            yield route


@rule(
    "azure-app-tls",
    Severity.BLOCKING,
    why=("容器應用程式接受沒有加密的連線。", "A container app answers connections that are not encrypted."),
    do=("configuration.ingress.allowInsecure 設為 false。", "Set configuration.ingress.allowInsecure to false."),
)
def azure_app_tls(plan: Terrain) -> Iterator[Subject]:
    """Object to plain HTTP at the container itself."""
    apps = plan.of("azure-native:app:ContainerApp")
    return (
        one
        for one in apps
        if one.get("configuration.ingress") and not one.is_("configuration.ingress.allowInsecure", False)
    )


@rule(
    "azure-domain-tls",
    Severity.BLOCKING,
    why=("自訂網域接受 TLS 1.2 以前的版本。", "A domain of one's own answers versions of TLS before 1.2."),
    do=("tlsSettings.minimumTlsVersion 設為 TLS12。", "Set tlsSettings.minimumTlsVersion to TLS12."),
)
def azure_domain_tls(plan: Terrain) -> Iterator[Subject]:
    """Object to old TLS."""
    domains = plan.of("azure-native:cdn:AFDCustomDomain")
    return (one for one in domains if not one.is_("tlsSettings.minimumTlsVersion", "TLS12", "TLS13"))


@rule(
    "gcp-firewall-closed",
    Severity.BLOCKING,
    why=(
        "防火牆規則對整個網際網路開放了 80 與 443 以外的連接埠。",
        "A firewall rule opens other ports than 80 and 443 to the whole internet.",
    ),
    do=("縮小 sourceRanges，或改為 denies。", "Narrow sourceRanges, or deny."),
)
def gcp_firewall_closed(plan: Terrain) -> Iterator[Subject]:
    """Object to doors that are open to everybody; a rule that names no source means anywhere."""
    for entry in plan.of("gcp:compute/firewall:Firewall"):
        named = list_of(entry.inputs, "sourceRanges") or list_of(entry.inputs, "sourceTags") or list(ANYWHERE)
        inward = entry.get("direction") in (None, "INGRESS") and any(one in ANYWHERE for one in named)
        if inward and any(not _ports_are_web(list_of(one, "ports")) for one in entry.rows("allows")):
            yield entry


@rule(
    "gcp-visitors-tls",
    Severity.BLOCKING,
    why=("HTTP 的入口不是只轉址到 HTTPS。", "The plain entry does more than redirect to HTTPS."),
    do=(
        "HTTP 代理的 URLMap 設定 defaultUrlRedirect.httpsRedirect。",
        "Give the HTTP proxy a URLMap with defaultUrlRedirect.httpsRedirect.",
    ),
)
def gcp_visitors_tls(plan: Terrain) -> Iterator[Subject]:
    """Object to a plain proxy that serves anything."""
    maps = {one.urn: one for one in plan.of("gcp:compute/uRLMap:URLMap")}
    for proxy in plan.of("gcp:compute/targetHttpProxy:TargetHttpProxy"):
        led = [maps[urn] for urn in proxy.needs.get("urlMap", ()) if urn in maps]
        if not any(one.is_("defaultUrlRedirect.httpsRedirect", True) for one in led):
            yield proxy


@rule(
    "gcp-tls-version",
    Severity.BLOCKING,
    why=("負載平衡器接受 TLS 1.2 以前的版本。", "A load balancer answers versions of TLS before 1.2."),
    do=("加上 SSLPolicy，minTlsVersion 設為 TLS_1_2。", "Add an SSLPolicy with minTlsVersion TLS_1_2."),
)
def gcp_tls_version(plan: Terrain) -> Iterator[Subject]:
    """Object to old TLS; a proxy without a policy has Google's default, which is old."""
    modern = {one.urn for one in plan.of("gcp:compute/sSLPolicy:SSLPolicy") if one.is_("minTlsVersion", "TLS_1_2")}
    proxies = plan.of("gcp:compute/targetHttpsProxy:TargetHttpsProxy")
    return (one for one in proxies if not modern & set(one.needs.get("sslPolicy", ())))


@rule(
    "gcp-service-behind-balancer",
    Severity.BLOCKING,
    why=(
        "正式環境的 Cloud Run 可以繞過負載平衡器直接連上。",
        "A Cloud Run service in production can be reached around the load balancer.",
    ),
    do=(
        "ingress 設為 INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER。",
        "Set ingress to INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER.",
    ),
)
def gcp_service_behind_balancer(plan: Terrain) -> Iterator[Subject]:
    """Object to a way past the firewall."""
    if plan.production:
        wanted = ("INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER", "INGRESS_TRAFFIC_INTERNAL_ONLY")
        yield from (one for one in plan.of("gcp:cloudrunv2/service:Service") if not one.is_("ingress", *wanted))


@rule(
    "web-firewall",
    Severity.BLOCKING,
    why=("正式環境前面沒有網站應用程式防火牆。", "No web application firewall stands before production."),
    do=(
        "AWS 加上 WebAclAssociation，Azure 加上 SecurityPolicy，Google Cloud 的 BackendService 設定 securityPolicy。",
        "On AWS add a WebAclAssociation, on Azure a SecurityPolicy, on Google Cloud a securityPolicy of the BackendService.",
    ),
)
def web_firewall(plan: Terrain) -> Iterator[Subject]:
    """Object to production that anybody may try out."""
    if not plan.production:
        return
    yield from _unshielded(plan, "aws:lb/loadBalancer:LoadBalancer", "aws:wafv2/webAclAssociation:WebAclAssociation")
    yield from _unshielded(plan, "azure-native:cdn:AFDEndpoint", "azure-native:cdn:SecurityPolicy")
    yield from (one for one in plan.of("gcp:compute/backendService:BackendService") if not one.get("securityPolicy"))
    if plan.has("gcp:cloudrunv2/service:Service") and not plan.has("gcp:compute/backendService:BackendService"):
        yield from plan.of("gcp:cloudrunv2/service:Service")


def _unshielded(plan: Terrain, entry: str, shield: str) -> Iterator[Planned]:
    return (one for one in plan.of(entry) if not plan.for_(one, shield))


def _is_web(first: Any, last: Any) -> bool:
    return first == last and first in (80, 443)


def _opens(entry: Mapping[str, Any]) -> bool:
    """Whether an inline rule of a security group opens more than the web to everybody."""
    ranges = [*list_of(entry, "cidrBlocks"), *list_of(entry, "ipv6CidrBlocks")]
    return any(one in ANYWHERE for one in ranges) and not _is_web(entry.get("fromPort"), entry.get("toPort"))


def _azure_opens(entry: Mapping[str, Any]) -> bool:
    if entry.get("direction") != "Inbound" or entry.get("access") != "Allow":
        return False
    sources = [entry.get("sourceAddressPrefix"), *list_of(entry, "sourceAddressPrefixes")]
    ports = list_of(entry, "destinationPortRanges") or [entry.get("destinationPortRange")]
    return any(one in ANYWHERE for one in sources) and not _ports_are_web(ports)


def _ports_are_web(ports: Sequence[Any]) -> bool:
    return bool(ports) and all(str(port) in {"80", "443"} for port in ports)


def _serves_plain(listener: Planned) -> bool:
    """Whether a listener answers by HTTP with anything but the way to HTTPS."""
    if listener.get("protocol") != "HTTP":
        return False
    return any(_action(one) != "HTTPS" for one in listener.rows("defaultActions") or [{}])


def _action(action: Mapping[str, Any]) -> Any:
    return part_of(action, "redirect").get("protocol") if action.get("type") == "redirect" else None


def _is_modern(policy: Any) -> bool:
    return policy == UNKNOWN or (
        isinstance(policy, str) and ("TLS13-1-2" in policy or "TLS13-1-3" in policy or "TLS-1-2" in policy)
    )

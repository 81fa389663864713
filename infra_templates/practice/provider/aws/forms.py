"""Forms of AWS: what Pulumi and the API write too differently for names and shapes to tell."""

import json
from collections.abc import Mapping
from typing import Any

from infra_templates.practice.provider.templates import digest, form

ANYWHERE = {"cidrBlocks": ("IpRanges", "CidrIp"), "ipv6CidrBlocks": ("Ipv6Ranges", "CidrIpv6")}

_BALANCER = {
    "enableDeletionProtection": "deletion_protection.enabled",
    "idleTimeout": "idle_timeout.timeout_seconds",
    "dropInvalidHeaderFields": "routing.http.drop_invalid_header_fields.enabled",
    "enableHttp2": "routing.http2.enabled",
    "desyncMitigationMode": "routing.http.desync_mitigation_mode",
    "preserveHostHeader": "routing.http.preserve_host_header.enabled",
    "deregistrationDelay": "deregistration_delay.timeout_seconds",
    "slowStart": "slow_start.duration_seconds",
    "loadBalancingAlgorithmType": "load_balancing.algorithm.type",
}
_CONDITIONS = {
    "pathPattern": ("path-pattern", "PathPatternConfig"),
    "hostHeader": ("host-header", "HostHeaderConfig"),
    "httpRequestMethod": ("http-request-method", "HttpRequestMethodConfig"),
    "sourceIp": ("source-ip", "SourceIpConfig"),
    "httpHeader": ("http-header", "HttpHeaderConfig"),
    "queryStrings": ("query-string", "QueryStringConfig"),
}


@form
def parse(value: Any) -> Any:
    """Read JSON text."""
    return json.loads(value) if isinstance(value, str) else value


@form
def dump(value: Any) -> str:
    """Write JSON text."""
    return value if isinstance(value, str) else json.dumps(value)


@form
def location(region: str) -> str | None:
    """Say where a bucket is; in the oldest region nothing may be said."""
    return None if region == "us-east-1" else region


@form
def enabled(value: Any) -> str:
    """Write yes or no as ECS does."""
    return "ENABLED" if value else "DISABLED"


@form
def is_enabled(value: Any) -> bool:
    """Read yes or no as ECS writes it."""
    return str(value) == "ENABLED"


@form
def is_zero(value: Any) -> bool | None:
    """Say yes for none, and nothing otherwise."""
    return True if int(value) == 0 else None


@form
def not_zero(value: Any) -> int | None:
    """Give a number, and nothing for none."""
    return int(value) or None


@form
def negated(value: Any) -> bool:
    """Turn yes into no."""
    return not value


@form
def last(value: str) -> str:
    """Give what stands behind the last slash."""
    return value.rsplit("/", 1)[-1]


@form
def after_type(value: str) -> str:
    """Give the part of an ARN that CloudWatch's dimensions want: app/name/id, targetgroup/name/id."""
    tail = value.rsplit(":", 1)[-1]
    return tail.removeprefix("loadbalancer/")


@form
def without_star(value: str) -> str:
    """Give the ARN of a log group as its tags want it."""
    return value.removesuffix(":*")


@form
def scheme(internal: Any) -> str:
    """Say whom a load balancer serves."""
    return "internal" if internal else "internet-facing"


@form
def balancer_attributes(properties: Mapping[str, Any]) -> list[dict[str, str]]:
    """Give the attributes of a load balancer or a target group."""
    attributes = [
        {"Key": key, "Value": _text(properties[name])}
        for name, key in _BALANCER.items()
        if properties.get(name) is not None
    ]
    logs = properties.get("accessLogs") or {}
    if logs.get("bucket"):
        attributes += [
            {"Key": "access_logs.s3.enabled", "Value": _text(logs.get("enabled", False))},
            {"Key": "access_logs.s3.bucket", "Value": logs["bucket"]},
            {"Key": "access_logs.s3.prefix", "Value": logs.get("prefix", "")},
        ]
    return attributes


@form
def conditions(rows: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Write the conditions of a listener's rule."""
    return [
        {"Field": field, config: {key[0].upper() + key[1:]: value for key, value in row[name].items()}}
        for row in rows
        for name, (field, config) in _CONDITIONS.items()
        if row.get(name)
    ]


@form
def permissions(rules: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Write the rules of a security group as EC2 reads them; a rule can point at its own group only when that is known."""
    return [_permission(rule) for rule in rules]


@form
def rules(found: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Read the rules of a security group, one per source."""
    result = []
    for row in found:
        base = {"protocol": row["IpProtocol"], "fromPort": row.get("FromPort", 0), "toPort": row.get("ToPort", 0)}
        for name, (ranges, key) in ANYWHERE.items():
            result += [_rule(base, name, part[key], part) for part in row.get(ranges, [])]
        result += [_rule(base, "securityGroups", part["GroupId"], part) for part in row.get("UserIdGroupPairs", [])]
        result += [_rule(base, "prefixListIds", part["PrefixListId"], part) for part in row.get("PrefixListIds", [])]
    return result


@form
def rule_permission(rule: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write a rule that is a resource of its own."""
    lists = {
        "cidrBlocks": rule.get("cidrIpv4"),
        "ipv6CidrBlocks": rule.get("cidrIpv6"),
        "securityGroups": rule.get("referencedSecurityGroupId"),
        "prefixListIds": rule.get("prefixListId"),
    }
    whole = {name: [value] for name, value in lists.items() if value}
    ports = {name: rule.get(name) for name in ("fromPort", "toPort", "description")}
    return [_permission({"protocol": rule.get("ipProtocol"), **ports, **whole})]


@form
def old_rule_permission(rule: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write a rule of the older kind of resource."""
    source = rule.get("sourceSecurityGroupId")
    return [_permission({**rule, **({"securityGroups": [source]} if source else {})})]


@form
def metrics(queries: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Write the metric queries of an alarm."""
    return [_query(query) for query in queries]


@form
def budget_notices(rows: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Write who is told when a budget is passed."""
    return [
        {
            "Notification": {
                "NotificationType": row["notificationType"],
                "ComparisonOperator": row["comparisonOperator"],
                "Threshold": float(row["threshold"]),
                "ThresholdType": row.get("thresholdType", "PERCENTAGE"),
            },
            "Subscribers": [
                {"SubscriptionType": kind, "Address": address}
                for kind, name in (("EMAIL", "subscriberEmailAddresses"), ("SNS", "subscriberSnsTopicArns"))
                for address in row.get(name) or []
            ],
        }
        for row in rows
    ]


@form
def budget_filters(rows: list[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Write what a budget counts."""
    return {row["name"]: list(row["values"]) for row in rows}


@form
def record_values(values: list[str]) -> list[dict[str, str]]:
    """Write the values of a DNS record."""
    return [{"Value": value} for value in values]


@form
def alias_target(rows: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Write what a DNS alias points at."""
    row = rows[0]
    return {
        "DNSName": row["name"],
        "HostedZoneId": row["zoneId"],
        "EvaluateTargetHealth": bool(row.get("evaluateTargetHealth")),
    }


@form
def dotted(name: str) -> str:
    """Write a DNS name as Route 53 lists it."""
    return name if name.endswith(".") else f"{name}."


@form
def validation_options(rows: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give the DNS records by which a certificate is proved."""
    return [
        {
            "domainName": row["domainName"],
            "resourceRecordName": row["resourceRecord"]["name"],
            "resourceRecordType": row["resourceRecord"]["type"],
            "resourceRecordValue": row["resourceRecord"]["value"],
        }
        for row in rows
        if row.get("resourceRecord")
    ]


@form
def parameters(rows: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Write the parameters of a database."""
    return [
        {
            "ParameterName": row["name"],
            "ParameterValue": _text(row["value"]),
            "ApplyMethod": row.get("applyMethod", "immediate"),
        }
        for row in rows
    ]


@form
def distribution(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Write the configuration of a CloudFront distribution, where every list is counted."""
    origins = [_origin(row) for row in properties.get("origins") or []]
    restriction = (properties.get("restrictions") or {}).get("geoRestriction") or {}
    certificate = properties.get("viewerCertificate") or {}
    return {
        "CallerReference": digest(json.dumps(properties, sort_keys=True)),
        "Comment": properties.get("comment") or "",
        "Enabled": bool(properties.get("enabled")),
        "HttpVersion": properties.get("httpVersion") or "http2",
        "IsIPV6Enabled": bool(properties.get("isIpv6Enabled")),
        "PriceClass": properties.get("priceClass") or "PriceClass_All",
        "Aliases": _counted(properties.get("aliases")),
        "Origins": {"Quantity": len(origins), "Items": origins},
        "DefaultCacheBehavior": _behaviour(properties.get("defaultCacheBehavior") or {}),
        "Restrictions": {
            "GeoRestriction": {"RestrictionType": restriction.get("restrictionType", "none"), "Quantity": 0}
        },
        "ViewerCertificate": {"CloudFrontDefaultCertificate": bool(certificate.get("cloudfrontDefaultCertificate"))},
        "WebACLId": properties.get("webAclId") or "",
    }


def _origin(row: Mapping[str, Any]) -> dict[str, Any]:
    own = row.get("customOriginConfig") or {}
    custom = {
        "HTTPPort": int(own.get("httpPort") or 80),
        "HTTPSPort": int(own.get("httpsPort") or 443),
        "OriginProtocolPolicy": own.get("originProtocolPolicy") or "https-only",
        "OriginSslProtocols": _counted(own.get("originSslProtocols")),
    }
    return {"Id": row["originId"], "DomainName": row["domainName"], "CustomOriginConfig": custom}


def _behaviour(row: Mapping[str, Any]) -> dict[str, Any]:
    methods = {**_counted(row.get("allowedMethods")), "CachedMethods": _counted(row.get("cachedMethods"))}
    return {
        "TargetOriginId": row.get("targetOriginId", ""),
        "ViewerProtocolPolicy": row.get("viewerProtocolPolicy", "redirect-to-https"),
        "AllowedMethods": methods,
        "CachePolicyId": row.get("cachePolicyId", ""),
        "OriginRequestPolicyId": row.get("originRequestPolicyId", ""),
        "Compress": bool(row.get("compress")),
    }


def _counted(values: list[str] | None) -> dict[str, Any]:
    return {"Quantity": len(values or []), "Items": list(values or [])}


def _permission(rule: Mapping[str, Any]) -> dict[str, Any]:
    about = {"Description": rule["description"]} if rule.get("description") else {}
    found: dict[str, Any] = {"IpProtocol": str(rule.get("protocol") or "-1")}
    if found["IpProtocol"] not in {"-1", "all"}:
        found |= {"FromPort": int(rule.get("fromPort") or 0), "ToPort": int(rule.get("toPort") or 0)}
    for name, (ranges, key) in ANYWHERE.items():
        found[ranges] = [{key: value, **about} for value in rule.get(name) or []]
    found["UserIdGroupPairs"] = [{"GroupId": value, **about} for value in rule.get("securityGroups") or []]
    found["PrefixListIds"] = [{"PrefixListId": value, **about} for value in rule.get("prefixListIds") or []]
    return {name: value for name, value in found.items() if value != []}


def _rule(base: Mapping[str, Any], name: str, value: str, part: Mapping[str, Any]) -> dict[str, Any]:
    about = {"description": part["Description"]} if part.get("Description") else {}
    return {**base, name: [value], **about}


def _query(query: Mapping[str, Any]) -> dict[str, Any]:
    names = {"id": "Id", "expression": "Expression", "label": "Label", "returnData": "ReturnData", "period": "Period"}
    found: dict[str, Any] = {names[name]: value for name, value in query.items() if name in names and value is not None}
    metric = query.get("metric")
    if metric:
        dimensions = [{"Name": name, "Value": value} for name, value in (metric.get("dimensions") or {}).items()]
        found["MetricStat"] = {
            "Metric": {
                "Namespace": metric.get("namespace"),
                "MetricName": metric["metricName"],
                "Dimensions": dimensions,
            },
            "Period": int(metric["period"]),
            "Stat": metric["stat"],
        }
    return found


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

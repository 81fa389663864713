"""Web application firewall before the load balancer."""

import pulumi
import pulumi_aws as aws

from infra_templates.components.aws.entry import Entry
from infra_templates.components.part import Part
from infra_templates.settings import SaasSettings

MANAGED = (
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesSQLiRuleSet",
    "AWSManagedRulesAmazonIpReputationList",
)
REQUESTS_IN_FIVE_MINUTES = 2_000
"""From one address; an office of fifty people behind one address stays well below."""
LOG_DAYS = 30


class Shield(Part):
    """AWS's managed rules and a limit for each address, with a log of what was blocked."""

    kind = "cloudsteps:aws:Shield"

    def __init__(
        self, name: str, settings: SaasSettings, entry: Entry, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Build it."""
        super().__init__(name, settings, opts=opts)
        self.acl = aws.wafv2.WebAcl(
            f"{name}-rules",
            name=self.named("shield"),
            scope="REGIONAL",
            default_action={"allow": {}},
            rules=[_limit(), *(_managed(place, rule) for place, rule in enumerate(MANAGED, start=1))],
            visibility_config=_seen("shield"),
            tags=self.tags,
            opts=self.mine(),
        )
        aws.wafv2.WebAclAssociation(
            f"{name}-rules", resource_arn=entry.balancer.arn, web_acl_arn=self.acl.arn, opts=self.mine()
        )
        # AWS takes a log group for this only when its name begins so.
        logs = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=f"aws-waf-logs-{self.named('shield')}",
            retention_in_days=LOG_DAYS,
            tags=self.tags,
            opts=self.mine(),
        )
        aws.wafv2.WebAclLoggingConfiguration(
            f"{name}-logs",
            resource_arn=self.acl.arn,
            log_destination_configs=[logs.arn],
            redacted_fields=[{"single_header": {"name": "authorization"}}, {"single_header": {"name": "cookie"}}],
            opts=self.mine(),
        )
        self.finish(rules=self.acl.arn)


def _limit() -> aws.wafv2.WebAclRuleArgsDict:
    return {
        "name": "limit",
        "priority": 0,
        "action": {"block": {"custom_response": {"response_code": 429}}},
        "statement": {"rate_based_statement": {"limit": REQUESTS_IN_FIVE_MINUTES, "aggregate_key_type": "IP"}},
        "visibility_config": _seen("limit"),
    }


def _managed(place: int, rule: str) -> aws.wafv2.WebAclRuleArgsDict:
    return {
        "name": rule,
        "priority": place,
        "override_action": {"none": {}},
        "statement": {"managed_rule_group_statement": {"vendor_name": "AWS", "name": rule}},
        "visibility_config": _seen(rule),
    }


def _seen(name: str) -> aws.wafv2.WebAclRuleVisibilityConfigArgsDict:
    return {"cloudwatch_metrics_enabled": True, "sampled_requests_enabled": True, "metric_name": name}

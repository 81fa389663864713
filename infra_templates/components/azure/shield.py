"""Web application firewall at the front."""

import pulumi
import pulumi_azure_native as azure

from infra_templates.components.azure.entry import Entry
from infra_templates.components.azure.part import GLOBAL, AzurePart
from infra_templates.components.azure.place import Place
from infra_templates.names import plain_name_of
from infra_templates.settings import SaasSettings

MANAGED = (("Microsoft_DefaultRuleSet", "2.1"), ("Microsoft_BotManagerRuleSet", "1.1"))
"""Azure's own rules; only the premium front has them, so a sandbox does with the limit."""
REQUESTS_IN_FIVE_MINUTES = 2_000
"""From one address; an office of fifty people behind one address stays well below."""
EVERYBODY = ("0.0.0.0/0", "::/0")


class Shield(AzurePart):
    """A limit for each address, and in production Azure's managed rules; what is blocked stands in the front's log."""

    kind = "cloudsteps:azure:Shield"

    def __init__(
        self, name: str, settings: SaasSettings, place: Place, entry: Entry, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Build it before every name that the front answers to."""
        super().__init__(name, settings, place, opts=opts)
        sku = azure.frontdoor.SkuName
        self.policy = azure.frontdoor.Policy(
            f"{name}-rules",
            policy_name=plain_name_of(settings, "shield", longest=128),
            resource_group_name=self.group,
            location=GLOBAL,
            sku={"name": sku.PREMIUM_AZURE_FRONT_DOOR if self.production else sku.STANDARD_AZURE_FRONT_DOOR},
            policy_settings={"enabled_state": "Enabled", "mode": "Prevention", "request_body_check": "Enabled"},
            custom_rules={"rules": [_limit()]},
            managed_rules={"managed_rule_sets": [_managed(*rules) for rules in MANAGED]} if self.production else None,
            tags=self.tags,
            opts=self.mine(),
        )
        answering = [*entry.endpoints.values(), *entry.domains.values()]
        azure.cdn.SecurityPolicy(
            f"{name}-rules",
            security_policy_name=self.named("shield"),
            profile_name=entry.profile.name,
            resource_group_name=self.group,
            parameters={
                "type": "WebApplicationFirewall",
                "waf_policy": {"id": self.policy.id},
                "associations": [{"domains": [{"id": one.id} for one in answering], "patterns_to_match": ["/*"]}],
            },
            opts=self.mine(),
        )
        self.finish(rules=self.policy.name)


def _limit() -> azure.frontdoor.CustomRuleArgsDict:
    return {
        "name": "limit",
        "priority": 1,
        "enabled_state": "Enabled",
        "rule_type": azure.frontdoor.RuleType.RATE_LIMIT_RULE,
        "action": azure.frontdoor.ActionType.BLOCK,
        "rate_limit_duration_in_minutes": 5,
        "rate_limit_threshold": REQUESTS_IN_FIVE_MINUTES,
        "group_by": [{"variable_name": azure.frontdoor.VariableName.SOCKET_ADDR}],
        "match_conditions": [
            {
                "match_variable": azure.frontdoor.MatchVariable.SOCKET_ADDR,
                "operator": "IPMatch",
                "match_value": list(EVERYBODY),
            }
        ],
    }


def _managed(rules: str, version: str) -> azure.frontdoor.ManagedRuleSetArgsDict:
    return {
        "rule_set_type": rules,
        "rule_set_version": version,
        "rule_set_action": azure.frontdoor.ManagedRuleSetActionType.BLOCK,
    }

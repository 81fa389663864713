"""Web application firewall (Cloud Armor) on the load balancer."""

import pulumi
import pulumi_gcp as gcp

from infra_templates.components.gcp.project import Project
from infra_templates.components.part import Part
from infra_templates.settings import SaasSettings

MANAGED = (
    "sqli-v33-stable",
    "xss-v33-stable",
    "lfi-v33-stable",
    "rfi-v33-stable",
    "rce-v33-stable",
    "protocolattack-v33-stable",
    "scannerdetection-v33-stable",
    "sessionfixation-v33-stable",
    "cve-canary",
)
SENSITIVITY = 1
"""1 blocks what is surely an attack; each step up to 4 blocks more, honest visitors among them."""
FIRST_MANAGED = 1_000
LIMIT = 10_000
"""After the managed rules: the first rule that fits decides, and this one fits every request."""
LAST = 2_147_483_647
REQUESTS_IN_FIVE_MINUTES = 2_000
"""From one address; an office of fifty people behind one address stays well below."""


class Shield(Part):
    """Google's managed rules and a limit for each address; what is refused is in the load balancer's log."""

    kind = "cloudsteps:gcp:Shield"

    def __init__(
        self, name: str, settings: SaasSettings, project: Project, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Build it."""
        super().__init__(name, settings, opts=opts)
        self.policy = gcp.compute.SecurityPolicy(
            f"{name}-rules",
            name=self.named("shield"),
            project=project.id,
            type="CLOUD_ARMOR",
            description=f"CloudSteps {settings.sandbox}",
            rules=[*(_managed(place, rule) for place, rule in enumerate(MANAGED)), _limit(), _rest()],
            advanced_options_config={"json_parsing": "STANDARD", "log_level": "NORMAL"},
            labels=self.tags,
            opts=self.mine(),
        )
        self.finish(policy=self.policy.name)


def _managed(place: int, rule: str) -> dict[str, object]:
    expression = f"evaluatePreconfiguredWaf('{rule}', {{'sensitivity': {SENSITIVITY}}})"
    return {
        "action": "deny(403)",
        "priority": FIRST_MANAGED + place,
        "match": {"expr": {"expression": expression}},
        "description": rule,
    }


def _limit() -> dict[str, object]:
    return {
        "action": "throttle",
        "priority": LIMIT,
        "match": _everybody(),
        "rate_limit_options": {
            "conform_action": "allow",
            "exceed_action": "deny(429)",
            "enforce_on_key": "IP",
            "rate_limit_threshold": {"count": REQUESTS_IN_FIVE_MINUTES, "interval_sec": 300},
        },
        "description": "limit",
    }


def _rest() -> dict[str, object]:
    """Write out the rule that every policy ends with, so that nobody has to know it."""
    return {"action": "allow", "priority": LAST, "match": _everybody(), "description": "the rest"}


def _everybody() -> dict[str, object]:
    return {"versioned_expr": "SRC_IPS_V1", "config": {"src_ip_ranges": ["*"]}}

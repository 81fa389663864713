"""Ask every guardrail of a plan."""

from collections.abc import Mapping, Sequence
from typing import Any

from infra_templates.guardrails import rules
from infra_templates.guardrails.rule import RULES, Finding, Limits, Rule, Severity, Terrain
from infra_templates.planned import Planned

__all__ = ["RULES", "ask", "blocks", "check_plan", "get_rule", "rules"]

_ORDER = list(Severity)


def check_plan(
    resources: Sequence[Planned], outputs: Mapping[str, Any] | None = None, limits: Limits | None = None
) -> list[Finding]:
    """Give what breaks a rule, the gravest first."""
    terrain = Terrain(resources, outputs or {}, limits or Limits())
    found = [finding for rule in RULES for finding in ask(rule, terrain)]
    return sorted(found, key=lambda one: (_ORDER.index(one.severity), one.rule.id, one.subject))


def ask(rule: Rule, terrain: Terrain) -> list[Finding]:
    """Ask one rule."""
    return [
        Finding(rule, one.urn if one else "", one.name if one else "", one.type if one else "")
        for one in rule.check(terrain)
    ]


def get_rule(id_: str) -> Rule:
    """Give a guardrail by its id."""
    return next(rule for rule in RULES if rule.id == id_)


def blocks(findings: Sequence[Finding]) -> bool:
    """Whether something found forbids to deploy the plan."""
    return any(one.severity is Severity.BLOCKING for one in findings)

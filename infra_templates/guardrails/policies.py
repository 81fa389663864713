"""The guardrails as a CrossGuard pack, for those who use Pulumi's command line."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    PolicyResource,
    ReportViolation,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy import Severity as Grade
from pulumi_policy.proxy import UnknownValueError

from infra_templates.guardrails.check import RULES, ask
from infra_templates.guardrails.rule import Limits, Rule, Severity, Terrain
from infra_templates.planned import STACK, UNKNOWN, Planned
from infra_templates.sentences import Sentence
from infra_templates.settings import Cloud

_LEVELS = {
    Severity.BLOCKING: (EnforcementLevel.MANDATORY, Grade.HIGH),
    Severity.WARNING: (EnforcementLevel.ADVISORY, Grade.MEDIUM),
    Severity.NOTE: (EnforcementLevel.ADVISORY, Grade.LOW),
}
_REGIONS = PolicyConfigSchema(
    properties={
        "regions": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Regions of all clouds that are allowed.",
        }
    }
)
OF_OUTPUTS = "no-secret-in-outputs"
"""Asked of the application's plan alone: CrossGuard opens secrets before a policy sees them, and shows no exports."""


def policies() -> list[Policy]:
    """Give a policy for each guardrail."""
    return [_policy(rule) for rule in RULES if rule.id != OF_OUTPUTS]


def planned_of(resources: Sequence[PolicyResource]) -> list[Planned]:
    """Read the resources of a policy's arguments."""
    return [_planned(one) for one in resources if not _is_of_pulumi(one)]


def _policy(rule: Rule) -> StackValidationPolicy:
    level, grade = _LEVELS[rule.severity]
    return StackValidationPolicy(
        name=rule.id,
        description=_both(rule.reason),
        validate=_asking(rule),
        enforcement_level=level,
        severity=grade,
        remediation_steps=_both(rule.remedy),
        config_schema=_REGIONS if rule.id == "region-allowed" else None,
    )


def _asking(rule: Rule) -> Callable[[StackValidationArgs, ReportViolation], None]:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        allowed = args.get_config().get("regions")
        limits = Limits({cloud: frozenset(allowed) for cloud in Cloud}) if allowed else Limits()
        for finding in ask(rule, Terrain(planned_of(args.resources), limits=limits)):
            report(_both(rule.remedy), finding.subject or None)

    return validate


def _planned(resource: PolicyResource) -> Planned:
    return Planned(
        type=resource.resource_type,
        name=resource.name,
        urn=resource.urn,
        parent=resource.parent.urn if resource.parent else "",
        inputs=dict(_opened(resource.props)),
        needs={name: [one.urn for one in needed] for name, needed in resource.property_dependencies.items()},
        custom=not resource.resource_type.startswith("cloudsteps:"),
        protected=bool(resource.opts.protect),
    )


def _opened(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Read values that refuse to be read while they are unknown."""
    for name in values:
        try:
            yield name, _plain(values[name])
        except UnknownValueError:
            yield name, UNKNOWN


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(_opened(value))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [part for _, part in _opened_list(value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _opened_list(values: Sequence[Any]) -> Iterator[tuple[int, Any]]:
    for place in range(len(values)):
        try:
            yield place, _plain(values[place])
        except UnknownValueError:
            yield place, UNKNOWN


def _is_of_pulumi(resource: PolicyResource) -> bool:
    return resource.resource_type == STACK or resource.resource_type.startswith("pulumi:providers:")


def _both(sentence: Sentence) -> str:
    return f"{sentence.en} {sentence.zh_hant}"

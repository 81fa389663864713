"""What a guardrail is: a plain function over a plan, with its id, how grave it is, why, and what to do."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from infra_templates.planned import Planned, types_in
from infra_templates.sentences import Sentence
from infra_templates.settings import REGIONS, Cloud, Mode

COST_TAG = "cloudsteps-cost"


class Severity(StrEnum):
    """How grave a finding is."""

    BLOCKING = "blocking"
    """Nobody may deploy this plan."""
    WARNING = "warning"
    """Whoever approves the plan has to know."""
    NOTE = "note"
    """Good to know."""


SEVERITY_WORDS: Mapping[Severity, Sentence] = {
    Severity.BLOCKING: Sentence("不得部署", "Blocks"),
    Severity.WARNING: Sentence("警告", "Warning"),
    Severity.NOTE: Sentence("提醒", "Note"),
}


@dataclass(frozen=True)
class Limits:
    """What an office allows beyond the rules themselves."""

    regions: Mapping[Cloud, frozenset[str]] = field(
        default_factory=lambda: {cloud: frozenset(offered) for cloud, offered in REGIONS.items()}
    )
    mode: Mode | None = None
    """Whether a sandbox or production is planned; where it isn't told, the tags of the resources tell."""


@dataclass(frozen=True)
class Terrain:
    """A plan as rules look at it."""

    resources: Sequence[Planned]
    outputs: Mapping[str, Any] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)

    def of(self, *types: str) -> Iterator[Planned]:
        """Give the resources of these types, by their whole names."""
        return (one for one in self.resources if one.type in types)

    def has(self, *types: str) -> bool:
        """Whether the plan has a resource of one of these types."""
        return any(self.of(*types))

    def for_(self, subject: Planned, type_: str) -> list[Planned]:
        """Give the resources of a type that need this one, such as the versioning of a bucket."""
        return [one for one in self.of(type_) if any(subject.urn in urns for urns in one.needs.values())]

    @cached_property
    def custom(self) -> list[Planned]:
        """Give what a provider makes."""
        return [one for one in self.resources if one.custom]

    @cached_property
    def mode(self) -> Mode:
        """Tell a sandbox from production; what doesn't say so is held to the stricter rules."""
        if self.limits.mode is not None:
            return self.limits.mode
        told = {tag_of(one, COST_TAG) for one in self.custom}
        return Mode.SANDBOX if "sandbox" in told else Mode.PRODUCTION

    @property
    def production(self) -> bool:
        """Whether the stricter rules apply."""
        return self.mode is Mode.PRODUCTION


Subject = Planned | None
"""What a rule objects to; None: something that the whole plan lacks."""
Check = Callable[[Terrain], Iterable[Subject]]


@dataclass(frozen=True)
class Rule:
    """One guardrail."""

    id: str
    severity: Severity
    reason: Sentence
    remedy: Sentence
    check: Check


@dataclass(frozen=True)
class Finding:
    """One resource, or the whole plan, that breaks a rule."""

    rule: Rule
    subject: str
    """The URN of the resource; empty where the plan as a whole lacks something."""
    name: str
    type: str

    @property
    def rule_id(self) -> str:
        """Name the rule that is broken."""
        return self.rule.id

    @property
    def severity(self) -> Severity:
        """Say how grave it is."""
        return self.rule.severity

    @property
    def reason(self) -> Sentence:
        """Say what is wrong."""
        return self.rule.reason

    @property
    def remedy(self) -> Sentence:
        """Say what to do."""
        return self.rule.remedy

    def row(self) -> dict[str, Any]:
        """Write it as plain values."""
        return {
            "rule": self.rule_id,
            "severity": self.severity.value,
            "subject": self.subject,
            "name": self.name,
            "type": self.type,
            "reason": self.reason._asdict(),
            "remedy": self.remedy._asdict(),
        }


RULES: list[Rule] = []
"""Every guardrail, in the order of its file."""


def rule(id_: str, severity: Severity, *, why: tuple[str, str], do: tuple[str, str]) -> Callable[[Check], Check]:
    """Make a function a guardrail; `why` and `do` are its reason and remedy, zh-Hant first."""

    def made(check: Check) -> Check:
        RULES.append(Rule(id_, severity, Sentence(*why), Sentence(*do), check))
        return check

    return made


def tags_of(resource: Planned) -> Mapping[str, Any]:
    """Give the tags or labels of a resource."""
    for name in ("tags", "labels", "userLabels"):
        found = resource.get(name)
        if isinstance(found, Mapping):
            return found
    return {}


def tag_of(resource: Planned, name: str) -> Any:
    """Give one tag of a resource; None where it has none."""
    return tags_of(resource).get(name)


def is_copy(resource: Planned) -> bool:
    """Whether a resource belongs to the copy in the second cloud."""
    return any(type_.startswith("cloudsteps:backup:") for type_ in types_in(resource.urn))

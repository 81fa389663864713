"""A plan as people approve it: resources, findings, price, picture, and the digest that tells whether it changed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from infra_templates.backup.digits import Digit, State
from infra_templates.backup.five_digits import digits_of_plan
from infra_templates.guardrails.check import blocks, check_plan
from infra_templates.guardrails.rule import Finding, Limits
from infra_templates.plan.digest import digest_of
from infra_templates.plan.picture.draw import Picture, Subject
from infra_templates.plan.preview import Listener, preview
from infra_templates.plan.prices import Price, price_of
from infra_templates.plan.templates import TEMPLATES, Template, template_of
from infra_templates.planned import Planned
from infra_templates.practice.cloud import PracticeCloud
from infra_templates.practice.provider.handlers import EMULATED, RECORDED
from infra_templates.sentences import Sentence
from infra_templates.settings import SaasSettings


@dataclass(frozen=True)
class PlanReport:
    """What a template would make with these settings."""

    template: str
    settings: SaasSettings
    resources: Sequence[Planned]
    """What will be there afterwards; each says in `practice` whether an emulator would hold it."""
    removed: Sequence[Planned]
    """What is there now and will go."""
    outputs: Mapping[str, Any]
    notes: Sequence[str]
    """What the program itself warned of."""
    findings: Sequence[Finding]
    digits: Sequence[Digit]
    price: Price
    program_digest: str
    """Changes with the program, the configuration or the plan; not with the operation that asks."""

    @property
    def counts(self) -> dict[str, int]:
        """Count the resources by type, without the components that hold them."""
        return dict(sorted(Counter(one.type for one in self.resources if one.custom).items()))

    @property
    def changes(self) -> dict[str, int]:
        """Count what happens to them: create, update, same, delete."""
        return dict(sorted(Counter(one.change for one in (*self.resources, *self.removed) if one.custom).items()))

    @property
    def emulated(self) -> int:
        """Count the resources that an emulator would hold."""
        return sum(one.practice == EMULATED for one in self.resources)

    @property
    def recorded(self) -> int:
        """Count the resources that the practice cloud would only write down."""
        return sum(one.practice == RECORDED for one in self.resources)

    @property
    def is_blocked(self) -> bool:
        """Whether a guardrail forbids to deploy it."""
        return blocks(self.findings)

    @cached_property
    def svg(self) -> str:
        """Draw the architecture, labelled in zh-Hant."""
        return self.picture("zh-Hant")

    def picture(self, language: str) -> str:
        """Draw the architecture, labelled in zh-Hant or en."""
        told = self.settings
        subject = Subject(self.template, told.mode.value, told.cloud.value, told.region)
        return Picture(subject, self.resources, language).svg()

    def row(self) -> dict[str, Any]:
        """Write it as plain values, fit for JSON; the picture is apart."""
        return {
            "template": self.template,
            "settings": self.settings.model_dump(mode="json"),
            "program_digest": self.program_digest,
            "changes": self.changes,
            "counts": self.counts,
            "emulated": self.emulated,
            "recorded": self.recorded,
            "resources": [one.row() for one in self.resources],
            "removed": [one.row() for one in self.removed],
            "outputs": sorted(self.outputs),
            "notes": list(self.notes),
            "findings": [one.row() for one in self.findings],
            "digits": [one.row() for one in self.digits],
            "price": self.price.row(),
        }


def plan_stack(
    template: str,
    settings: SaasSettings,
    *,
    cloud: PracticeCloud,
    work_dir: Path,
    stack: str = "plan",
    more: Mapping[str, str] | None = None,
    on_event: Listener | None = None,
) -> PlanReport:
    """Preview a template against a practice cloud by the real engine, and say all that is to be known before `up`.

    `work_dir` keeps the state of the stack that is named, so that what is there already shows as same; `more` is configuration
    beside the settings, by its full names. Settings that can't be planned raise Unsuitable, an engine that refuses raises
    PlanFailed with what it said.
    """
    chosen = template_of(template, settings, more)
    found = preview(chosen, cloud, work_dir, stack=stack, on_event=on_event)
    return report_of(chosen, found.resources, found.removed, found.outputs, found.notes)


def report_of(
    template: Template,
    resources: Sequence[Planned],
    removed: Sequence[Planned] = (),
    outputs: Mapping[str, Any] | None = None,
    notes: Sequence[str] = (),
    *,
    limits: Limits | None = None,
    today: date | None = None,
) -> PlanReport:
    """Judge, price and draw what was planned."""
    settings = template.settings
    asked = limits or Limits()
    return PlanReport(
        template.name,
        settings,
        resources,
        removed,
        outputs or {},
        notes,
        check_plan(resources, outputs, Limits(asked.regions, settings.mode)),
        _digits(template, resources),
        price_of(resources, settings.mode, today=today or date.today()),  # noqa: DTZ011 - the day of whoever reads it
        digest_of(template, resources, removed),
    )


def _digits(template: Template, resources: Sequence[Planned]) -> list[Digit]:
    """Compute the five digits; of data that others built a plan can say nothing."""
    found = digits_of_plan(template.settings.cloud, resources)
    if TEMPLATES[template.name] is not None:
        return list(found)
    return [
        replace(one, state=State.UNPROVEN, reason=_OF_OTHERS)
        if one.name in ("copies", "providers") and one.state is State.MISSING
        else one
        for one in found
    ]


_OF_OTHERS = Sentence(
    "資料由別的程式建立，這個計畫看不到；請在執行後以演練證明。",
    "The data was built by others and is not in this plan; hold a drill once it runs.",
)

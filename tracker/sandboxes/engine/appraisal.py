"""What a plan means: what the guardrails say of it, what it costs in a month, and how it looks; all told by the templates' own side."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from infra_templates.plan.report import report_of
from infra_templates.plan.templates import template_of
from infra_templates.planned import Planned
from infra_templates.settings import Cloud, SaasSettings
from tracker.sandboxes.engine.job import Job
from tracker.sandboxes.engine.settling import UNKNOWN

_SECRET_MARK = "4dabf18193072939515e22adb298388d"  # noqa: S105 - how the engine marks one
_SEVERITIES = {"blocking": "blocking", "warning": "waivable", "note": "note"}
_NOT_ASKED = {
    "rule": "not-asked",
    "severity": "note",
    "subject": "",
    "reason": {
        "zh-Hant": "這個範本沒有防護規則與價格表可以查。",
        "en": "There are no guardrails and no prices to ask about this template.",
    },
    "remedy": {"zh-Hant": "請自行檢查資源清單。", "en": "Look through the resources yourself."},
}


def appraise(job: Job, plan: bytes, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Give findings, price and picture of a plan of the catalogue's templates; of another program only that none was asked."""
    if not job.program.startswith("infra_templates.stacks."):
        return {"findings": [_NOT_ASKED], "price": {}, "picture": ""}
    own = f"{job.project}:"
    settings = _settings(job, own)
    known_names = SaasSettings.model_fields.keys()
    more = {name: value for name, value in job.config.items() if name.removeprefix(own) not in known_names}
    made = report_of(
        template_of(job.project, settings, more),
        _planned(plan, rows),
        today=date.fromisoformat(job.details["today"]),
    )
    findings = [_finding(one.row()) for one in made.findings]
    return {"findings": findings, "price": made.price.row(), "picture": made.svg}


def _settings(job: Job, own: str) -> SaasSettings:
    given = {name.removeprefix(own): value for name, value in job.config.items() if name.startswith(own)}
    plain = {name: json.loads(value) if value.startswith("[") else value for name, value in given.items()}
    cloud = Cloud(job.project.partition("_")[0])
    return SaasSettings.model_validate({**plain, "cloud": cloud})


def _planned(plan: bytes, rows: list[dict[str, Any]]) -> list[Planned]:
    """Read the engine's own plan, which is what will be approved, as the guardrails look at plans."""
    plans: Mapping[str, Any] = json.loads(plan).get("resourcePlans") or {}
    practice = {row["urn"]: row["practice"] for row in rows}
    planned = []
    for urn, one in sorted(plans.items()):
        goal = one.get("goal") or {}
        type_ = str(goal.get("type", ""))
        if not type_ or type_.startswith("pulumi:"):
            continue
        inputs = {**(goal.get("inputDiff") or {}).get("adds", {}), **(goal.get("inputDiff") or {}).get("updates", {})}
        needs = {name: tuple(sorted(urns or ())) for name, urns in (goal.get("propertyDependencies") or {}).items()}
        planned.append(
            Planned(
                type=type_,
                name=str(goal.get("name", "")),
                urn=urn,
                parent=str(goal.get("parent", "")),
                inputs=_plain(inputs),
                needs=needs,
                custom=bool(goal.get("custom")),
                protected=bool(goal.get("protect")),
                change=next(iter(one.get("steps") or ("same",))),
                practice=practice.get(urn, ""),
            )
        )
    return planned


def _plain(value: Any) -> Any:
    """Read values of the engine: secrets stay hidden, whole numbers are whole, what is computed is unknown."""
    if isinstance(value, Mapping):
        return "[secret]" if _SECRET_MARK in value else {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return UNKNOWN if isinstance(value, str) and UNKNOWN in value else value


def _finding(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "rule": row["rule"],
        "severity": _SEVERITIES[row["severity"]],
        "subject": " · ".join(filter(None, (str(row["name"]), str(row["type"]).rsplit(":", 1)[-1])))[:200],
        "reason": _both(row["reason"]),
        "remedy": _both(row["remedy"]),
    }


def _both(said: Mapping[str, str]) -> dict[str, str]:
    return {"zh-Hant": said["zh_hant"], "en": said["en"]}

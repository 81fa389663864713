"""A real preview by the engine, read into planned resources."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi import automation

from infra_templates.plan.templates import Template
from infra_templates.planned import HIDDEN, STACK, UNKNOWN, Planned
from infra_templates.practice.cloud import PracticeCloud
from infra_templates.practice.provider.handlers import EMULATED, RECORDED
from infra_templates.practice.provider.naming import SIGNS
from infra_templates.practice.provider.tables import PACKAGES, package_of, table_of
from infra_templates.practice.run import StackSettings, open_stack

Listener = Callable[[Any], None]

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_HIDDEN = "1b47061264138c4ac30d75fd1eb44270"
"""How the engine marks a secret."""
_CHANCE = re.compile(rf"-[0-9a-f]{{{SIGNS}}}$")
_LATER = ("delete", "delete-replaced", "discard", "discard-replaced")
"""Steps that end a resource; the plan is what is there afterwards."""


class PlanFailed(Exception):
    """The engine refused to plan: what it said, without its colours."""


@dataclass
class Preview:
    """What the engine said it would do."""

    resources: list[Planned] = field(default_factory=list)
    removed: list[Planned] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    """What the program warned of."""


def preview(
    template: Template, cloud: PracticeCloud, home: Path, *, stack: str = "plan", on_event: Listener | None = None
) -> Preview:
    """Let the engine preview a template against a practice cloud; nothing is made."""
    found = Preview()
    faults: list[str] = []

    def listen(event: Any) -> None:
        _take(event, found, faults)
        if on_event is not None:
            on_event(event)

    settings = StackSettings(
        home, project=template.name, stack=stack, config=template.config, packages=template.packages
    )
    with cloud.providers(settings.packages) as attached:
        opened = open_stack(template.program, settings, attached)
        try:
            answer = opened.preview(json=True, on_event=listen)
        except automation.CommandError as error:
            raise PlanFailed("\n".join(faults) or str(error)) from error
    steps = json.loads(answer.stdout)["steps"]
    drawn = _drawn_in(steps)
    for step in steps:
        _place(step, found, drawn)
    found.resources.sort(key=lambda one: one.urn)
    found.outputs = _without_chance(found.outputs, drawn)
    return found


def _take(event: Any, found: Preview, faults: list[str]) -> None:
    """Note what the digest of steps leaves out: exports, warnings and refusals."""
    outputs = event.res_outputs_event
    if outputs and outputs.metadata.type == STACK and outputs.metadata.new:
        found.outputs.update(_plain(outputs.metadata.new.outputs or {}))
    said = event.diagnostic_event
    if said and said.severity in ("warning", "error"):
        (found.notes if said.severity == "warning" else faults).append(_without_colour(said.message))


def _place(step: Mapping[str, Any], found: Preview, drawn: Mapping[str, str]) -> None:
    state = step.get("newState") or step.get("oldState")
    if state is None or state["type"] == STACK or state["type"].startswith("pulumi:providers:"):
        return
    planned = Planned(
        type=state["type"],
        name=step["urn"].split("::", 3)[3],
        urn=step["urn"],
        parent=state.get("parent", ""),
        inputs=_without_chance(_plain(state.get("inputs") or {}), drawn),
        needs={name: tuple(sorted(urns or ())) for name, urns in (state.get("propertyDependencies") or {}).items()},
        custom=bool(state.get("custom")),
        protected=bool(state.get("protect")),
        change=step["op"],
        practice=_practice(state["type"]),
    )
    (found.removed if step["op"] in _LATER else found.resources).append(planned)


def _drawn_in(steps: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Find the names that a provider draws anew in each preview until their resource is made, and what to write for them."""
    drawn = {}
    for step in steps:
        state = step.get("newState") or {}
        package = package_of(state.get("type", ""))
        if step["op"] != "create" or package not in PACKAGES:
            continue
        name = str((state.get("inputs") or {}).get(table_of(package)[state["type"]].name or "", ""))
        if _CHANCE.search(name):
            drawn[name] = _CHANCE.sub("-…", name)
    return drawn


def _without_chance(value: Any, drawn: Mapping[str, str]) -> Any:
    """Put what repeats in place of drawn names, wherever they are mentioned."""
    if isinstance(value, Mapping):
        return {name: _without_chance(part, drawn) for name, part in value.items()}
    if isinstance(value, list):
        return [_without_chance(part, drawn) for part in value]
    if isinstance(value, str):
        for name, written in drawn.items():
            value = value.replace(name, written)
    return value


def _practice(type_: str) -> str:
    package = package_of(type_)
    if package not in PACKAGES:
        return ""
    return EMULATED if table_of(package)[type_].emulated else RECORDED


def _plain(value: Any) -> Any:
    """Read values of the engine: secrets stay hidden, whole numbers are whole, what is computed is unknown."""
    if isinstance(value, Mapping):
        if value.get(_SIGNATURE) == _HIDDEN:
            return HIDDEN
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return UNKNOWN if isinstance(value, str) and UNKNOWN in value else value


def _without_colour(message: str) -> str:
    """Take the engine's own marks of colour out: <{%fg 1%}>."""
    parts = message.split("<{%")
    return (parts[0] + "".join(part.partition("%}>")[2] for part in parts[1:])).strip()

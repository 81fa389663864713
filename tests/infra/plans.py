"""Plans of the stacks as guardrails, prices and pictures look at them, and single resources for examples."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from infra_templates.planned import HIDDEN, Planned
from infra_templates.settings import SaasSettings
from tests.infra.mocks import Plan, plan_of, production_on, sandbox_on

_SECRET = "1b47061264138c4ac30d75fd1eb44270"
MAKE = {"sandbox": sandbox_on, "production": production_on}
CLOUDS = ("aws", "azure", "gcp")
MODES = ("sandbox", "production")


def settings_of(cloud: str, mode: str) -> SaasSettings:
    more = {"domain": "shop.example", "repository": "vendor/shop"} if mode == "production" else {}
    return MAKE[mode](cloud, **more)


@cache
def recorded(cloud: str, mode: str) -> Plan:
    """Give a whole stack as a program registers it, without an engine; once each."""
    program = import_module(f"infra_templates.stacks.{cloud}_saas.program").program
    return plan_of(program, f"{cloud}_saas", settings_of(cloud, mode))


def planned(plan: Plan) -> list[Planned]:
    """Give the resources of a plan in the form that a preview has."""
    return [
        Planned(one.type, one.name, one.urn, one.parent, _plain(one.inputs), one.needs, one.custom, one.protected)
        for one in plan.resources
    ]


def one(
    type_: str,
    name: str = "it",
    *,
    within: str = "",
    needs: Mapping[str, Planned] | None = None,
    protected: bool = False,
    **inputs: Any,
) -> Planned:
    """Give a single resource, inside a component where one is named."""
    parents = f"{within}$" if within else ""
    urn = f"urn:pulumi:plan::test::{parents}{type_}::{name}"
    parent = f"urn:pulumi:plan::test::{within}::{name}" if within else ""
    needed = {property_: [other.urn] for property_, other in (needs or {}).items()}
    return Planned(type_, name, urn, parent, inputs, needed, not type_.startswith("cloudsteps:"), protected)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        if _SECRET in value.values():
            return HIDDEN
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value

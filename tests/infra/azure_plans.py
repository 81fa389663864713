"""The Azure stack as tests of its rules look at it: planned once each way."""

from collections.abc import Callable
from functools import cache

import pytest

from infra_templates.stacks.azure_saas.program import program
from tests.infra.mocks import Plan, Planned, plan_of, production_on, sandbox_on

TAG = "cloudsteps-sandbox"
BACKUP = "cloudsteps:azure:Backup"
"""Has its own rules in `test_backup_components.py`."""
APART = {f"tenancy_{layer}": "bridge" for layer in ("compute", "database", "files", "keys")}


@cache
def sandbox() -> Plan:
    return plan_of(program, "azure_saas", sandbox_on("azure")).without(BACKUP)


@cache
def production() -> Plan:
    return plan_of(
        program, "azure_saas", production_on("azure", domain="shop.example", repository="vendor/shop")
    ).without(BACKUP)


@cache
def bridged() -> Plan:
    return plan_of(program, "azure_saas", production_on("azure", tenants=("alpha", "beta"), **APART)).without(BACKUP)


BOTH = pytest.mark.parametrize("plan", [sandbox, production], ids=["sandbox", "production"])
Planner = Callable[[], Plan]


def beside_backup(plan: Plan, type_: str) -> list[Planned]:
    """Give the resources of a type that serve the stack itself; the copy to a second cloud has rules of its own."""
    return [planned for planned in plan.of(type_) if "cloudsteps:azure:Backup" not in planned.parent]


def named_in(planned: Planned, *names: str) -> str:
    """Give the last part of a resource's type if it is one of these."""
    kind = planned.type.rsplit(":", 1)[-1]
    return kind if kind in names else ""


def told(app: Planned) -> dict[str, str]:
    """Read what a container is told in its environment."""
    return {one["name"]: one.get("value", "") for one in app.get("template.containers.0.env")}

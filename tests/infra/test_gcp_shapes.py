"""Every property that the Google Cloud stack sets, however deep, is one that the SDK knows."""

import importlib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pulumi_gcp
import pytest

from infra_templates.stacks.gcp_saas.program import program
from tests.infra.mocks import Plan, plan_of, production_on, sandbox_on

NESTED = re.compile(r"\w+Args\b")


def plans() -> Iterator[Plan]:
    yield plan_of(program, "gcp_saas", sandbox_on("gcp"))
    yield plan_of(
        program,
        "gcp_saas",
        production_on("gcp", domain="shop.example", repository="vendor/shop", tenancy_compute="bridge"),
        {"gcp_saas:billing_account": "000000-111111-222222"},
    )


def test_every_property_is_one_of_the_sdk() -> None:
    unknown = {
        f"{planned.type}: {path}"
        for plan in plans()
        for planned in plan.custom
        if planned.type.startswith("gcp:")
        for path in strange(planned.inputs, args_of(planned.type), planned.type.split(":")[1].split("/")[0])
    }

    assert unknown == set()


@pytest.mark.parametrize("inputs", [{"versioning": {"enable": True}}, {"versoning": {"enabled": True}}])
def test_a_misspelt_property_is_noticed(inputs: dict[str, Any]) -> None:
    assert list(strange(inputs, args_of("gcp:storage/bucket:Bucket"), "storage"))


def args_of(type_: str) -> type:
    _, path, name = type_.split(":")
    module = importlib.import_module(f"{pulumi_gcp.__name__}.{path.split('/')[0]}")
    return getattr(module, f"{name}Args")  # type: ignore[no-any-return]  # the SDK is not followed


def strange(inputs: Mapping[str, Any], args: type, module: str) -> Iterator[str]:
    """Walk down the inputs beside the classes of the SDK, and name what has no place there."""
    known = properties_of(args)
    for name, value in inputs.items():
        if name not in known:
            yield name
            continue
        inner = known[name]
        if inner:
            below = getattr(importlib.import_module(f"{pulumi_gcp.__name__}.{module}"), inner)
            for part in value if isinstance(value, list) else [value]:
                yield from (f"{name}.{path}" for path in strange(part, below, module))


@cache
def properties_of(args: type) -> dict[str, str]:
    """Give the properties of a class by their names on the wire, with the class of what lies below."""
    known = {}
    for attribute, value in vars(args).items():
        if isinstance(value, property) and value.fget is not None:
            told = str(value.fget.__annotations__.get("return", ""))
            below = NESTED.search(told)
            known[wire_name(value.fget, attribute)] = below[0] if below else ""
    return known


def wire_name(getter: Any, attribute: str) -> str:
    return str(getattr(getter, "_pulumi_name", attribute))

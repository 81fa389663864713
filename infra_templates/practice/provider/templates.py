"""Texts of the table with places for values: `{property}`, `{property.part}`, and `{@id}` for what the provider itself knows.

`{property|form}` puts a value into another form; the forms of a package are functions in its `forms.py`.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

Form = Callable[[Any], Any]

FORMS: dict[str, Form] = {}

_PLACE = re.compile(r"\{(@?[A-Za-z_][\w.@-]*(?:\|\w+)?)\}")


def form(function: Form) -> Form:
    """Let the table name a function as a form."""
    FORMS[function.__name__] = function
    return function


@form
def uuid(value: Any) -> str:
    """Give an identifier in the form of a UUID, the same for the same value."""
    return str(UUID(hashlib.sha256(str(value).encode()).hexdigest()[:32]))


@form
def digest(value: Any) -> str:
    """Give a short sign of a long value."""
    return hashlib.sha256(str(value).encode()).hexdigest()[:12]


@form
def under_condition(inputs: Mapping[str, Any]) -> str:
    """Tell a grant under a condition from the same grant without one, or under another: Google keeps them apart."""
    condition = inputs.get("condition")
    return f"/{digest(sorted(condition.items()))}" if condition else ""


def fill(template: Any, values: Mapping[str, Any]) -> Any:
    """Fill a template, however deep its places lie; None where a value of it is missing.

    A text that is nothing but one place gives the value itself, so that lists and numbers stay what they are.
    """
    if isinstance(template, Mapping):
        filled = {name: fill(part, values) for name, part in template.items()}
        known = {name: part for name, part in filled.items() if part is not None}
        return known if known or not template else None
    if isinstance(template, list):
        parts = [fill(part, values) for part in template]
        return None if any(part is None for part in parts) else parts
    return _fill_text(template, values) if isinstance(template, str) else template


def look_up(values: Mapping[str, Any], path: str) -> Any:
    """Follow a dotted path, and put what it leads to into the form it names; None where it leads nowhere."""
    steps, _, name = path.partition("|")
    value: Any = values
    for step in steps.split("."):
        value = _step(value, step)
        if value is None:
            return None
    return FORMS[name](value) if name else value


def _step(value: Any, step: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, Sequence) and not isinstance(value, str) and step.isdecimal() and int(step) < len(value):
        return value[int(step)]
    return None


def _fill_text(template: str, values: Mapping[str, Any]) -> Any:
    whole = _PLACE.fullmatch(template)
    if whole:
        return look_up(values, whole[1])
    found = {path: look_up(values, path) for path in _PLACE.findall(template)}
    if any(value is None for value in found.values()):
        return None
    return _PLACE.sub(lambda place: str(found[place[1]]), template)

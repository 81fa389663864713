"""From the properties of Pulumi's classes to the arguments of AWS's calls and back, led by the shapes that botocore knows.

`cidrBlock` is `CidrBlock` and `multiAz` is `MultiAZ`: names are compared without case and signs. Blocks that Pulumi has as a list of
one, tags as a map, numbers as text and policies as text are put into the form that the shape asks for.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

_SIGNS = re.compile(r"[^a-z0-9]")
_FIRST_WORD = re.compile(r"^(?:[A-Z]+(?![a-z])|[A-Z])")
_PAIRS = (("Key", "Value"), ("key", "value"), ("TagKey", "TagValue"), ("Name", "Value"))
_NUMBERS = {"integer": int, "long": int, "float": float, "double": float}


def plain(name: str) -> str:
    """Strip a name of what differs between Pulumi and AWS."""
    return _SIGNS.sub("", name.lower())


def camel(name: str) -> str:
    """Write an API's name as Pulumi would: DNSName becomes dnsName."""
    return _FIRST_WORD.sub(lambda word: word[0].lower(), name)


def member_of(shape: StructureShape, name: str, rename: Mapping[str, str]) -> str | None:
    """Find the member that a property stands for."""
    alike = {plain(member): member for member in shape.members}
    return alike.get(plain(rename.get(name, name))) or alike.get(plain(name))


def arguments(properties: Mapping[str, Any], shape: StructureShape, rename: Mapping[str, str]) -> dict[str, Any]:
    """Give the arguments of a call that properties stand for; the others are not its own."""
    found: dict[str, Any] = {}
    for name, value in properties.items():
        member = member_of(shape, name, rename)
        if member is not None and value is not None:
            found[member] = to_api(value, shape.members[member], rename)
    return found


def to_api(value: Any, shape: Shape, rename: Mapping[str, str]) -> Any:
    """Put a value into the form of a shape."""
    if isinstance(shape, StructureShape):
        return _to_structure(value, shape, rename)
    if isinstance(shape, ListShape):
        return _to_list(value, shape, rename)
    if isinstance(shape, MapShape):
        return {str(name): to_api(part, shape.value, rename) for name, part in dict(value).items()}
    return _to_scalar(value, shape.type_name)


def _to_structure(value: Any, shape: StructureShape, rename: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        value = value[0] if value else {}
    if isinstance(value, Mapping):
        return arguments(value, shape, rename)
    key = _pair(shape)
    return {key[0]: value} if key else value


def _to_list(value: Any, shape: ListShape, rename: Mapping[str, str]) -> list[Any]:
    pair = _pair(shape.member)
    if pair and isinstance(value, Mapping):
        return [{pair[0]: name, pair[1]: str(part)} for name, part in sorted(value.items())]
    parts = value if isinstance(value, list) else [value]
    return [to_api(part, shape.member, rename) for part in parts]


def _to_scalar(value: Any, kind: str) -> Any:
    if kind == "string":
        return _to_text(value)
    if kind == "boolean":
        return value if isinstance(value, bool) else str(value).lower() in {"true", "enabled"}
    if kind in _NUMBERS:
        return _NUMBERS[kind](value)
    if kind == "blob" and isinstance(value, str):
        return value.encode()
    return value


def _to_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


def _pair(shape: Shape) -> tuple[str, str] | None:
    """Give the names of a tag's two members, however an API writes them."""
    if not isinstance(shape, StructureShape):
        return None
    for key, value in _PAIRS:
        if key in shape.members:
            return key, value
    return None


def tags_from(found: Any) -> dict[str, str]:
    """Read tags, which APIs give as a map or as pairs under three pairs of names."""
    if isinstance(found, Mapping):
        return {str(name): str(value) for name, value in found.items()}
    pairs = [{plain(name): value for name, value in part.items()} for part in found or []]
    return {pair.get("key") or pair["tagkey"]: pair.get("value", pair.get("tagvalue", "")) for pair in pairs}


def overlay(wanted: Any, actual: Any, rename: Mapping[str, str]) -> Any:
    """Give a wanted value as it really is: the wanted form where both say the same, what is there where they differ."""
    if isinstance(actual, list) and isinstance(wanted, Mapping):
        actual = _unlisted(actual)
    if isinstance(wanted, list) and isinstance(actual, Mapping):
        actual = [actual]
    if isinstance(wanted, Mapping) and isinstance(actual, Mapping):
        return overlay_all(wanted, actual, rename)
    if isinstance(wanted, list) and isinstance(actual, list):
        return _overlay_list(wanted, actual, rename)
    if _alike(wanted, actual):
        return wanted
    return json.dumps(actual) if isinstance(wanted, str) and isinstance(actual, dict) else from_api(actual)


def _unlisted(actual: list[Any]) -> Any:
    """Open a block that the API has as a list of one, and pairs that Pulumi has as a map."""
    if actual and all(isinstance(part, Mapping) and len(part) == len("kv") for part in actual):
        pairs = [list(part.values()) for part in actual]
        if all(isinstance(part, str) for pair in pairs for part in pair):
            return dict(pairs)
    return actual[0] if len(actual) == 1 else actual


def overlay_all(wanted: Mapping[str, Any], actual: Mapping[str, Any], rename: Mapping[str, str]) -> dict[str, Any]:
    """Overlay every property that the API speaks of."""
    members = {plain(name): value for name, value in actual.items()}
    result = dict(wanted)
    for name, value in wanted.items():
        found = members.get(plain(rename.get(name, name)))
        found = members.get(plain(name)) if found is None else found
        if found is not None:
            result[name] = overlay(value, found, rename)
    return result


def _overlay_list(wanted: list[Any], actual: list[Any], rename: Mapping[str, str]) -> list[Any]:
    if len(wanted) != len(actual):
        return [from_api(part) for part in actual]
    if all(not isinstance(part, dict | list) for part in [*wanted, *actual]):
        return wanted if sorted(map(str, wanted)) == sorted(map(str, actual)) else list(actual)
    if _same_in_any_order(wanted, actual, rename):
        return wanted
    return [overlay(part, other, rename) for part, other in zip(wanted, actual, strict=True)]


def _same_in_any_order(wanted: list[Any], actual: list[Any], rename: Mapping[str, str]) -> bool:
    left = list(actual)
    for part in wanted:
        match = next((other for other in left if overlay(part, other, rename) == part), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _alike(wanted: Any, actual: Any) -> bool:
    """Whether a wanted text and what the API tells mean the same."""
    if isinstance(wanted, bool) or isinstance(actual, bool):
        return _to_text(wanted) == _to_text(actual)
    if isinstance(wanted, str) and wanted[:1] in {"{", "["}:
        return bool(_json(wanted) == _json(actual))
    return str(wanted) == str(actual)


def _json(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


def from_api(value: Any) -> Any:
    """Write what an API tells in Pulumi's names."""
    if isinstance(value, Mapping):
        return {camel(name): from_api(part) for name, part in value.items()}
    if isinstance(value, list):
        return [from_api(part) for part in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, bool | int | float | str) else str(value)

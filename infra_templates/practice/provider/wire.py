"""Values as the engine sends them, and as plain Python.

The provider says that it takes neither secrets nor outputs, so the engine opens both before they get here and marks what comes
back; only unknown values, assets and archives keep a form of their own.
"""

from collections.abc import Mapping
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct

Properties = dict[str, Any]

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine writes in a preview where a value is known only after the deployment."""


def from_wire(struct: Struct) -> Properties:
    """Read properties; whole numbers become int, which the wire doesn't know."""
    return {name: _plain(value) for name, value in MessageToDict(struct).items()}


def to_wire(values: Mapping[str, Any]) -> Struct:
    """Write properties, leaving out what is None."""
    struct = Struct()
    struct.update({name: value for name, value in values.items() if value is not None})
    return struct


def is_unknown(value: object) -> bool:
    """Whether a value, or anything within it, is known only after the deployment."""
    if isinstance(value, Mapping):
        return any(is_unknown(part) for part in value.values())
    if isinstance(value, list):
        return any(is_unknown(part) for part in value)
    return value == UNKNOWN


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value

"""Identities of a resource: programs name them in a list, and Azure tells of each what it is."""

from collections.abc import Mapping
from typing import Any

from infra_templates.practice.provider.templates import uuid
from infra_templates.practice.provider.wire import UNKNOWN, Properties, is_unknown

IDENTITIES = "userAssignedIdentities"


def as_told(inputs: Mapping[str, Any]) -> Properties:
    """Give what Azure tells of the identities that a resource was given."""
    identity = inputs.get("identity")
    if not isinstance(identity, Mapping) or not identity.get(IDENTITIES):
        return {}
    if is_unknown(identity[IDENTITIES]):
        return {"identity": {**identity, IDENTITIES: UNKNOWN}}
    known = {id_: {"principalId": uuid(id_), "clientId": uuid(f"client {id_}")} for id_ in identity[IDENTITIES]}
    return {"identity": {**identity, IDENTITIES: known}}


def as_given(inputs: Properties, given: Mapping[str, Any]) -> Properties:
    """Write the identities of what was read the way the program gave them."""
    found, before = inputs.get("identity"), given.get("identity")
    if (
        not isinstance(found, Mapping)
        or not isinstance(before, Mapping)
        or not isinstance(found.get(IDENTITIES), Mapping)
    ):
        return inputs
    names = list(found[IDENTITIES])
    written: Any = names if isinstance(before.get(IDENTITIES), list) else {name: {} for name in names}
    return {**inputs, "identity": {**found, IDENTITIES: written}}

"""One digest of program, configuration and plan: whoever approved it can see that nothing changed since."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from infra_templates.plan.templates import Template
from infra_templates.planned import Planned

ROOT = Path(__file__).resolve().parents[1]
_SDKS = ("pulumi", "pulumi-aws", "pulumi-azure-native", "pulumi-gcp")
_OPERATION = "cloudsteps-operation"
"""The tag that every operation sets anew; it says who made a thing, not what is made."""


def digest_of(template: Template, resources: Sequence[Planned], removed: Sequence[Planned]) -> str:
    """Give the digest; the same again for a repeated preview of the same."""
    config = {name: value for name, value in template.config.items() if not name.endswith(":operation")}
    whole = {
        "template": template.name,
        "program": _program_of(template.name),
        "sdks": {name: version(name) for name in _SDKS},
        "config": config,
        "resources": sorted(_lines(resources), key=str),
        "removed": sorted(one.urn for one in removed),
    }
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _program_of(template: str) -> str:
    """Give a digest of every source file that can change what the template plans."""
    digest = hashlib.sha256()
    for path in sorted(_sources(template)):
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources(template: str) -> Iterator[Path]:
    yield from ROOT.glob("*.py")
    yield from (ROOT / "stacks" / template).rglob("*.py")
    yield from (ROOT / "components").rglob("*.py")
    for folder in (ROOT / "backup", ROOT / "backup" / "targets"):
        yield from folder.glob("*.py")


def _lines(resources: Sequence[Planned]) -> Iterator[list[Any]]:
    for one in resources:
        needs = {name: sorted(urns) for name, urns in one.needs.items() if urns}
        yield [one.urn, one.change, one.protected, _scrubbed(one.inputs), needs]


def _scrubbed(value: Any) -> Any:
    """Leave the tag of the operation out, however deep it lies."""
    if isinstance(value, Mapping):
        return {name: _scrubbed(part) for name, part in value.items() if name != _OPERATION}
    if isinstance(value, list):
        return [_scrubbed(part) for part in value]
    return value

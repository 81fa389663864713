"""The program of a template: found by its name, and known by a digest of everything that it is made of."""

import hashlib
import importlib
import importlib.metadata
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = ROOT / "infra_templates"
_APART = ("practice", "engine")
"""What runs templates and is no part of them."""
_SDKS = ("pulumi", "pulumi-aws", "pulumi-azure-native", "pulumi-gcp")


def load(name: str) -> Callable[[], None]:
    """Give the function that `module:function` names."""
    module, _, function = name.partition(":")
    found: Callable[[], None] = getattr(importlib.import_module(module), function)
    return found


def digest_of(name: str) -> str:
    """Hash the program's sources and the versions of the SDKs, so that a changed template voids what was approved of it."""
    module = name.partition(":")[0]
    own = ROOT / (module.replace(".", "/") + ".py")
    files = [own] if not own.is_relative_to(TEMPLATES) else _sources()
    whole = hashlib.sha256(name.encode())
    for path in files:
        whole.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    for package in _SDKS:
        whole.update(f"{package} {_version(package)}\0".encode())
    return whole.hexdigest()


def _sources() -> list[Path]:
    return [path for path in sorted(TEMPLATES.rglob("*.py")) if path.relative_to(TEMPLATES).parts[0] not in _APART]


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "none"

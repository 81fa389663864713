"""The three packages, each with its table, its emulator and its functions."""

import json
from collections.abc import Mapping
from pathlib import Path

from infra_templates.practice.provider.aws import forms as _aws_forms  # noqa: F401 - the table names them
from infra_templates.practice.provider.aws.clients import ACCOUNT, Clients
from infra_templates.practice.provider.aws.functions import aws_functions
from infra_templates.practice.provider.aws.handler import AwsHandler
from infra_templates.practice.provider.functions import Functions
from infra_templates.practice.provider.handlers import Setting
from infra_templates.practice.provider.recorded import Recorder
from infra_templates.practice.provider.records import Records
from infra_templates.practice.provider.service import Package
from infra_templates.practice.provider.tables import table_of
from infra_templates.practice.provider.wire import Properties


def records_of(folder: Path, package: str) -> Records:
    """Give the records of a package in a practice cloud."""
    return Records(folder / "records" / package)


def package_in(folder: Path, name: str, endpoints: Mapping[str, str]) -> Package:
    """Set up a package for the practice cloud in a folder."""
    return {"aws": _aws}[name](folder, endpoints)


def _aws(folder: Path, endpoints: Mapping[str, str]) -> Package:
    clients, table = Clients(endpoints["aws"]), table_of("aws")
    recorder = Recorder(records_of(folder, "aws"))
    return Package("aws", table, _aws_setting, AwsHandler(clients, table), recorder, Functions(aws_functions(clients)))


def _aws_setting(config: Properties) -> Setting:
    tags = _opened(config.get("defaultTags")) or {}
    return Setting(str(config.get("region") or "us-east-1"), ACCOUNT, tags.get("tags") or {})


def _opened(value: object) -> dict[str, dict[str, str]] | None:
    """Read a block of a provider's configuration, which comes as JSON text."""
    if isinstance(value, str) and value:
        return dict(json.loads(value))
    return value if isinstance(value, dict) else None

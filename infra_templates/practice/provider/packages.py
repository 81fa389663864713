"""The three packages, each with its table, its emulator and its functions."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from infra_templates.practice.provider.functions import Functions
from infra_templates.practice.provider.handlers import Setting
from infra_templates.practice.provider.recorded import Recorder
from infra_templates.practice.provider.records import Records
from infra_templates.practice.provider.service import Package
from infra_templates.practice.provider.tables import table_of
from infra_templates.practice.provider.wire import Properties

BESIDE_GCP = "gcp-storage"
"""What is kept beside the emulator of Cloud Storage; these buckets are emulated, not recorded."""


def records_of(folder: Path, package: str) -> Records:
    """Give the records of a package in a practice cloud."""
    return Records(folder / "records" / package)


def package_in(folder: Path, name: str, endpoints: Mapping[str, str]) -> Package:
    """Set up a package for the practice cloud in a folder; only what it needs is imported, since that is slow."""
    packages: Mapping[str, Callable[[Path, str], Package]] = {"aws": _aws, "azure-native": _azure, "gcp": _gcp}
    return packages[name](folder, endpoints[name])


def _aws(folder: Path, endpoint: str) -> Package:
    from infra_templates.practice.provider.aws import forms as _  # noqa: F401, PLC0415 - the table names them
    from infra_templates.practice.provider.aws.clients import ACCOUNT, Clients  # noqa: PLC0415 - see package_in
    from infra_templates.practice.provider.aws.functions import aws_functions  # noqa: PLC0415 - see package_in
    from infra_templates.practice.provider.aws.handler import AwsHandler  # noqa: PLC0415 - see package_in

    def configured(config: Properties) -> Setting:
        tags = _opened(config.get("defaultTags")).get("tags") or {}
        return Setting(str(config.get("region") or "us-east-1"), ACCOUNT, tags)

    clients, table = Clients(endpoint), table_of("aws")
    recorder = Recorder(records_of(folder, "aws"))
    return Package("aws", table, configured, AwsHandler(clients, table), recorder, Functions(aws_functions(clients)))


def _azure(folder: Path, endpoint: str) -> Package:
    from infra_templates.practice.provider.azure.accounts import Accounts  # noqa: PLC0415 - see package_in
    from infra_templates.practice.provider.azure.functions import SUBSCRIPTION, azure_functions  # noqa: PLC0415 - see package_in
    from infra_templates.practice.provider.azure.handler import AzureRecorder, BlobHandler  # noqa: PLC0415 - see package_in

    def configured(config: Properties) -> Setting:
        return Setting(str(config.get("location") or ""), str(config.get("subscriptionId") or SUBSCRIPTION))

    accounts = Accounts(folder / "azure", endpoint)
    recorder = AzureRecorder(records_of(folder, "azure-native"), accounts)
    table = table_of("azure-native")
    return Package("azure-native", table, configured, BlobHandler(accounts), recorder, Functions(azure_functions()))


def _gcp(folder: Path, endpoint: str) -> Package:
    from infra_templates.practice.provider.gcp.functions import PROJECT, gcp_functions  # noqa: PLC0415 - see package_in
    from infra_templates.practice.provider.gcp.handler import StorageHandler  # noqa: PLC0415 - see package_in

    def configured(config: Properties) -> Setting:
        labels = _opened(config.get("defaultLabels"))
        return Setting(str(config.get("region") or ""), str(config.get("project") or PROJECT), labels)

    handler = StorageHandler(endpoint, records_of(folder, BESIDE_GCP))
    recorder = Recorder(records_of(folder, "gcp"))
    return Package("gcp", table_of("gcp"), configured, handler, recorder, Functions(gcp_functions()))


def _opened(value: Any) -> dict[str, Any]:
    """Read a block of a provider's configuration, which comes as JSON text."""
    if isinstance(value, str) and value:
        return dict(json.loads(value))
    return value if isinstance(value, dict) else {}

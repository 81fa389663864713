"""Find what bears certain tags: the only proof that something is left, or that nothing is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from infra_templates.practice.provider.packages import BESIDE_GCP, records_of
from infra_templates.practice.provider.tables import PACKAGES, table_of


@dataclass(frozen=True)
class Found:
    """A resource that bears the tags."""

    package: str
    type: str
    id: str
    region: str
    emulated: bool
    """False: it was only recorded, never deployed."""


def search_in(folder: Path, endpoints: Mapping[str, str], tags: Mapping[str, str]) -> list[Found]:
    """Search the records and the emulators of a practice cloud, in every region."""
    if not tags:
        raise ValueError("A search without tags would find what isn't ours. Give at least one tag.")
    found = list(_recorded(folder, tags))
    if "aws" in endpoints:
        found += _on_aws(endpoints["aws"], tags)
    if "azure-native" in endpoints:
        found += _containers(folder, endpoints["azure-native"], found)
    if "gcp" in endpoints:
        found += _buckets(folder, endpoints["gcp"], tags)
    return found


def _recorded(folder: Path, tags: Mapping[str, str]) -> Iterator[Found]:
    for package in PACKAGES:
        for record in records_of(folder, package):
            if tags.items() <= record.tags.items():
                yield Found(package, record.type, record.id, record.region, emulated=False)


def _on_aws(endpoint: str, tags: Mapping[str, str]) -> Iterator[Found]:
    from infra_templates.practice.provider.aws.search import Everywhere, search_aws  # noqa: PLC0415 - slow, and only where AWS is practised

    for type_, id_, region in search_aws(Everywhere(endpoint), table_of("aws"), tags):
        yield Found("aws", type_, id_, region, emulated=True)


def _containers(folder: Path, endpoint: str, found: list[Found]) -> Iterator[Found]:
    """Give the containers of the storage accounts that bear the tags; a container has none of its own."""
    from infra_templates.practice.provider.azure.accounts import Accounts  # noqa: PLC0415 - slow, and only where Azure is practised
    from infra_templates.practice.provider.azure.handler import ACCOUNT, CONTAINER  # noqa: PLC0415 - as above

    accounts = Accounts(folder / "azure", endpoint)
    for account in [row for row in found if row.type == ACCOUNT]:
        for container in accounts.client(account.id.rsplit("/", 1)[-1]).list_containers():
            id_ = f"{account.id}/blobServices/default/containers/{container.name}"
            yield Found("azure-native", CONTAINER, id_, account.region, emulated=True)


def _buckets(folder: Path, endpoint: str, tags: Mapping[str, str]) -> Iterator[Found]:
    from infra_templates.practice.provider.gcp.handler import StorageHandler  # noqa: PLC0415 - only where Google Cloud is practised

    beside = records_of(folder, BESIDE_GCP)
    handler = StorageHandler(endpoint, beside)
    for record in beside:
        if tags.items() <= record.tags.items() and handler.holds(record.id):
            yield Found("gcp", record.type, record.id, record.region, emulated=True)

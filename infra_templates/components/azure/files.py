"""Object storage for what tenants upload: versioned, encrypted, reached from the containers alone."""

import pulumi
import pulumi_azure_native as azure

from infra_templates.cells import cells_of, parts_for
from infra_templates.components.azure.identity import Identity
from infra_templates.components.azure.keys import Keys
from infra_templates.components.azure.network import Network
from infra_templates.components.azure.part import AzurePart
from infra_templates.components.azure.place import Place
from infra_templates.components.azure.roles import BLOBS_CONTRIBUTOR
from infra_templates.components.azure.storage import age, closed_account, locked_days_of, remember
from infra_templates.names import cut
from infra_templates.settings import SaasSettings

CONTAINER = "files"
LONGEST_CELL = 15
"""Signs of a tenant's code in the name of a storage account, which may have 24."""


class Files(AzurePart):
    """A storage account for each cell, with one container."""

    kind = "cloudsteps:azure:Files"

    def __init__(
        self,
        name: str,
        settings: SaasSettings,
        place: Place,
        network: Network,
        keys: Keys,
        identity: Identity,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build them."""
        super().__init__(name, settings, place, opts=opts)
        self.network, self.keys = network, keys
        cells = cells_of(settings.tenancy_files, settings.tenants)
        self.accounts = {cell: self._account(cell) for cell in cells}
        self.containers = {cell: self._container(cell) for cell in cells}
        self.used = {each: parts_for(each, identity.cells, cells, settings.tenants) for each in identity.cells}
        for each, parts in self.used.items():
            for part in parts:
                self._let_use(identity, each, part)
        self.finish(accounts=[account.name for account in self.accounts.values()])

    def address(self, cell: str) -> pulumi.Output[str]:
        """Give where a cell's files are."""
        return pulumi.Output.concat("https://", self.accounts[cell].name, ".blob.core.windows.net/", CONTAINER)

    def _account(self, cell: str) -> azure.storage.StorageAccount:
        part = f"f{cut(cell, LONGEST_CELL, plain=True)}"
        ready = self.kept(depends_on=self.keys.granted)
        account = closed_account(self, part, self.keys, cell, opts=ready, locked_days=locked_days_of(self.settings))
        versions = remember(self, part, account, self.settings)
        age(self, part, account, versions, days=self.settings.kept_days + 1)
        self.network.reach(f"files-{cell}", account.id, "blob", self.network.blobs)
        return account

    def _container(self, cell: str) -> azure.storage.BlobContainer:
        return azure.storage.BlobContainer(
            f"{self.label}-{cell}",
            container_name=CONTAINER,
            account_name=self.accounts[cell].name,
            resource_group_name=self.group,
            public_access=azure.storage.PublicAccess.NONE,
            opts=self.kept(),
        )

    def _let_use(self, identity: Identity, cell: str, part: str) -> None:
        identity.allow(
            f"files-{part}-{cell}",
            identity.runs[cell],
            self.place.role(BLOBS_CONTRIBUTOR),
            self.containers[part].id,
        )

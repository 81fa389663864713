"""What every component on Azure has beside what all components have: a place to be in, and a log of its own doing."""

from typing import TYPE_CHECKING

import pulumi
import pulumi_azure_native as azure

from infra_templates.components.part import Part
from infra_templates.settings import SaasSettings

if TYPE_CHECKING:
    from infra_templates.components.azure.place import Place

GLOBAL = "Global"
"""Where Azure keeps what belongs to no region."""


class AzurePart(Part):
    """A component inside the stack's resource group."""

    def __init__(
        self, name: str, settings: SaasSettings, place: "Place", *, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register the component in its place."""
        super().__init__(name, settings, opts=opts)
        self.place = place
        self.group = place.group.name

    def log(self, part: str, resource: pulumi.Input[str]) -> None:
        """Send all that a resource tells of itself to the stack's logs."""
        azure.monitor.DiagnosticSetting(
            f"{self.label}-{part}-log",
            name=self.named(f"log-{part}"),
            resource_uri=resource,
            workspace_id=self.place.workspace.id,
            log_analytics_destination_type="Dedicated",
            logs=[{"category_group": "allLogs", "enabled": True}],
            opts=self.mine(),
        )

    def guard(self, part: str, resource: pulumi.Input[str]) -> None:
        """Have Azure itself refuse to delete what holds data; a sandbox has no such lock."""
        if self.production:
            azure.authorization.ManagementLockByScope(
                f"{self.label}-{part}-lock",
                lock_name=self.named(f"keep-{part}"),
                scope=resource,
                level=azure.authorization.LockLevel.CAN_NOT_DELETE,
                notes="Holds data of customers. Whoever removes this lock has decided to delete them.",
                opts=self.kept(),
            )

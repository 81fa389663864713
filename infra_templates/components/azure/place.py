"""Where everything is: a resource group, and the logs and traces of all that happens in it."""

import pulumi
import pulumi_azure_native as azure

from infra_templates.components.part import Part
from infra_templates.settings import SaasSettings

LOG_DAYS = {"sandbox": 30, "production": 90}
SANDBOX_GIB_A_DAY = 1
"""Logs that a sandbox may write in a day; a loop that writes without end would cost more than the rest together."""
LONGEST_GROUP = 90


class Place(Part):
    """The resource group with its log workspace, and the traces of the service."""

    kind = "cloudsteps:azure:Place"

    def __init__(
        self,
        name: str,
        settings: SaasSettings,
        client: azure.authorization.AwaitableGetClientConfigResult,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it for the subscription that the engine is signed in to."""
        super().__init__(name, settings, opts=opts)
        self.tenant = client.tenant_id
        self.subscription = f"/subscriptions/{client.subscription_id}"
        self.group = azure.resources.ResourceGroup(
            f"{name}-group",
            resource_group_name=self.named("group", LONGEST_GROUP),
            location=settings.region,
            tags=self.tags,
            opts=self.kept(),
        )
        self.workspace = self._workspace()
        self.traces = self._traces()
        self.finish(group=self.group.name)

    def role(self, id_: str) -> str:
        """Give the place of one of Azure's own roles."""
        return f"{self.subscription}/providers/Microsoft.Authorization/roleDefinitions/{id_}"

    def _workspace(self) -> azure.operationalinsights.Workspace:
        return azure.operationalinsights.Workspace(
            f"{self.label}-logs",
            workspace_name=self.named("logs"),
            resource_group_name=self.group.name,
            location=self.settings.region,
            sku={"name": azure.operationalinsights.WorkspaceSkuNameEnum.PER_GB2018},
            retention_in_days=LOG_DAYS[self.settings.mode],
            features={"disable_local_auth": True, "enable_log_access_using_only_resource_permissions": True},
            workspace_capping=None if self.production else {"daily_quota_gb": SANDBOX_GIB_A_DAY},
            tags=self.tags,
            opts=self.mine(),
        )

    def _traces(self) -> azure.applicationinsights.Component:
        """Take traces from who proves its identity, not from who knows a key."""
        return azure.applicationinsights.Component(
            f"{self.label}-traces",
            resource_name_=self.named("traces"),
            resource_group_name=self.group.name,
            location=self.settings.region,
            kind="web",
            application_type=azure.applicationinsights.ApplicationType.WEB,
            ingestion_mode=azure.applicationinsights.IngestionMode.LOG_ANALYTICS,
            workspace_resource_id=self.workspace.id,
            disable_local_auth=True,
            tags=self.tags,
            opts=self.mine(additional_secret_outputs=["connectionString", "instrumentationKey"]),
        )

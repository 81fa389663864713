"""A log of what the network let through and what it did not."""

import pulumi
import pulumi_azure_native as azure

from infra_templates.components.azure.identity import Identity
from infra_templates.components.azure.keys import Keys
from infra_templates.components.azure.network import Network
from infra_templates.components.azure.part import AzurePart
from infra_templates.components.azure.place import Place
from infra_templates.components.azure.roles import BLOBS_CONTRIBUTOR
from infra_templates.components.azure.storage import age, closed_account, remember
from infra_templates.settings import SHARED, SaasSettings

FLOW_LOG_DAYS = {"sandbox": 7, "production": 30}
WATCHERS = "NetworkWatcherRG"
"""The group in which Azure keeps its one watcher for each region, made with the first network of a subscription."""


class Flows(AzurePart):
    """Flow logs of the whole network: as files for a while, and in the logs for asking."""

    kind = "cloudsteps:azure:Flows"

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
        days = FLOW_LOG_DAYS[settings.mode]
        account = closed_account(self, "flows", keys, SHARED, opts=self.kept(depends_on=keys.granted))
        kept = remember(self, "flows", account, settings)
        age(self, "flows", account, kept, days=days, whole=True)
        writer = identity.identity("flows")
        may = identity.allow("flows", writer, place.role(BLOBS_CONTRIBUTOR), account.id)
        azure.network.FlowLog(
            f"{name}-log",
            flow_log_name=self.named("flows"),
            network_watcher_name=f"NetworkWatcher_{settings.region}",
            resource_group_name=WATCHERS,
            location=settings.region,
            target_resource_id=network.whole.id,
            storage_id=account.id,
            identity={
                "type": azure.network.ResourceIdentityType.USER_ASSIGNED,
                "user_assigned_identities": [writer.id],
            },
            enabled=True,
            format={"type": "JSON", "version": 2},
            retention_policy={"enabled": True, "days": days},
            flow_analytics_configuration={"network_watcher_flow_analytics_configuration": self._asked(place)},
            tags=self.tags,
            opts=self.mine(depends_on=[may]),
        )
        self.finish(account=account.name)

    def _asked(self, place: Place) -> azure.network.TrafficAnalyticsConfigurationPropertiesArgsDict:
        return {
            "enabled": True,
            "workspace_resource_id": place.workspace.id,
            "workspace_id": place.workspace.customer_id,
            "workspace_region": self.settings.region,
            "traffic_analytics_interval": 60,
        }

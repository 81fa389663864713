"""What tells people: alerts on the service level's burn, on the database and on containers, and one workbook."""

import json

import pulumi
import pulumi_azure_native as azure

from infra_templates.components.azure.database import Database
from infra_templates.components.azure.part import GLOBAL, AzurePart
from infra_templates.components.azure.place import Place
from infra_templates.components.azure.questions import BLOCKED, REQUESTS_AND_FAILURES, RESPONSE_TIME, burning
from infra_templates.components.azure.roles import fixed_uuid
from infra_templates.components.azure.service import Service
from infra_templates.settings import SaasSettings
from infra_templates.slo import BURNS, Burn, failing_percent

FULL_PERCENT = 85
SHORT_NAME = "cloudsteps"
"""Shown in messages; Azure takes twelve signs."""
SEVERITY = {"fast": 0, "slow": 2}
CHARTS = (
    ("Requests and failures", REQUESTS_AND_FAILURES),
    ("Response time, 95 of 100, seconds", RESPONSE_TIME),
    ("Blocked by the firewall", BLOCKED),
)


class Watch(AzurePart):
    """A group of people who are told, and the alerts that tell them."""

    kind = "cloudsteps:azure:Watch"

    def __init__(
        self,
        name: str,
        settings: SaasSettings,
        place: Place,
        database: Database,
        service: Service,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it."""
        super().__init__(name, settings, place, opts=opts)
        self.told = azure.monitor.ActionGroup(
            f"{name}-told",
            action_group_name=self.named("told"),
            group_short_name=SHORT_NAME,
            resource_group_name=self.group,
            location=GLOBAL,
            enabled=True,
            email_receivers=[
                {"name": "people", "email_address": settings.alert_email, "use_common_alert_schema": True}
            ],
            tags=self.tags,
            opts=self.mine(),
        )
        for burn in BURNS:
            self._burning(burn)
        for cell, server in database.servers.items():
            self._filling(cell, server)
        for cell, app in service.apps.items():
            self._too_few(cell, app)
        self.dashboard = self._workbook()
        self.finish(told=self.told.name)

    @property
    def address(self) -> pulumi.Output[str]:
        """Give where the workbook is shown."""
        return pulumi.Output.concat(
            f"https://portal.azure.com/#@{self.place.tenant}/resource", self.dashboard.id, "/workbook"
        )

    def _burning(self, burn: Burn) -> None:
        query = burning(burn, failing_percent(self.settings.mode, burn))
        azure.monitor.ScheduledQueryRule(
            f"{self.label}-{burn.name}",
            rule_name=self.named(f"burn-{burn.name}"),
            description=f"The month's allowance of failures burns {float(burn.rate):g} times too fast.",
            resource_group_name=self.group,
            location=self.settings.region,
            kind="LogAlert",
            scopes=[self.place.workspace.id],
            severity=SEVERITY[burn.name],
            enabled=True,
            evaluation_frequency="PT5M",
            window_size=f"PT{burn.long_minutes}M",
            criteria={
                "all_of": [
                    {
                        "query": query,
                        "time_aggregation": "Count",
                        "operator": "GreaterThan",
                        "threshold": 0.0,
                        "failing_periods": {"number_of_evaluation_periods": 1, "min_failing_periods_to_alert": 1},
                    }
                ]
            },
            auto_mitigate=True,
            # Until the first visitor comes there is no log to check the question against.
            skip_query_validation=True,
            actions={"action_groups": [self.told.id]},
            tags=self.tags,
            opts=self.mine(),
        )

    def _filling(self, cell: str, server: azure.dbforpostgresql.Server) -> None:
        self._metric(
            f"storage-{cell}",
            f"More than {FULL_PERCENT} % of the database's storage is used.",
            server.id,
            {
                "name": "storage",
                "metric_name": "storage_percent",
                "operator": azure.monitor.Operator.GREATER_THAN,
                "threshold": float(FULL_PERCENT),
                "time_aggregation": azure.monitor.AggregationTypeEnum.MAXIMUM,
                "criterion_type": "StaticThresholdCriterion",
            },
        )

    def _too_few(self, cell: str, app: azure.app.ContainerApp) -> None:
        self._metric(
            f"running-{cell}",
            "Fewer containers run than the least that should.",
            app.id,
            {
                "name": "running",
                "metric_name": "Replicas",
                "operator": azure.monitor.Operator.LESS_THAN,
                "threshold": float(self.capacity.least),
                "time_aggregation": azure.monitor.AggregationTypeEnum.MAXIMUM,
                "criterion_type": "StaticThresholdCriterion",
            },
        )

    def _metric(
        self,
        part: str,
        description: str,
        scope: pulumi.Output[str],
        criterion: azure.monitor.MetricCriteriaArgsDict,
    ) -> None:
        azure.monitor.MetricAlert(
            f"{self.label}-{part}",
            rule_name=self.named(part),
            description=description,
            resource_group_name=self.group,
            location=GLOBAL,
            scopes=[scope],
            severity=1,
            enabled=True,
            evaluation_frequency="PT5M",
            window_size="PT15M",
            criteria={
                "odata_type": "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
                "all_of": [criterion],
            },
            actions=[{"action_group_id": self.told.id}],
            auto_mitigate=True,
            tags=self.tags,
            opts=self.mine(),
        )

    def _workbook(self) -> azure.applicationinsights.Workbook:
        items = [_chart(place, title, query) for place, (title, query) in enumerate(CHARTS)]
        return azure.applicationinsights.Workbook(
            f"{self.label}-dashboard",
            resource_name_=fixed_uuid(self.named("dashboard")),
            display_name=self.named("dashboard"),
            resource_group_name=self.group,
            location=self.settings.region,
            kind=azure.applicationinsights.WorkbookSharedTypeKind.SHARED,
            category="workbook",
            source_id=self.place.workspace.id,
            serialized_data=json.dumps({"version": "Notebook/1.0", "items": items}),
            tags=self.tags,
            opts=self.mine(),
        )


def _chart(place: int, title: str, query: str) -> dict[str, object]:
    content = {
        "version": "KqlItem/1.0",
        "title": title,
        "query": query,
        "size": 0,
        "timeContext": {"durationMs": 86_400_000},
        "queryType": 0,
        "resourceType": "microsoft.operationalinsights/workspaces",
    }
    return {"type": 3, "name": f"chart-{place}", "content": content}

"""What tells people: alarms on the service level, on the address, the databases and the containers, and one dashboard."""

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

import pulumi
import pulumi_gcp as gcp

from infra_templates.components.gcp.containers import HEALTH
from infra_templates.components.gcp.database import Database
from infra_templates.components.gcp.entry import Entry
from infra_templates.components.gcp.level import SILENCE, Channel, Level, counted_at_balancer, counted_at_service
from infra_templates.components.gcp.plots import dashboard
from infra_templates.components.gcp.project import Project
from infra_templates.components.gcp.service import Service
from infra_templates.components.part import Part
from infra_templates.settings import SaasSettings

FULL_SHARE = 0.85
FAILED_PLACES = 1
"""More than this many places of the world must fail to reach the address: one alone may have troubles of its own."""


class Watch(Part):
    """A channel that people are told by, and the alarms that speak on it."""

    kind = "cloudsteps:gcp:Watch"

    def __init__(
        self,
        name: str,
        settings: SaasSettings,
        project: Project,
        entry: Entry,
        database: Database,
        service: Service,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it."""
        super().__init__(name, settings, opts=opts)
        self.project = project.id
        self.told = gcp.monitoring.NotificationChannel(
            f"{name}-told",
            display_name=self.named("told"),
            project=self.project,
            type="email",
            labels={"email_address": settings.alert_email},
            force_delete=not self.production,
            user_labels=self.tags,
            opts=self.mine(),
        )
        self.channel = Channel(self.project, self.told.id)
        self._levels(entry, service)
        for cell, address in entry.addresses.items():
            self._reachable(cell, address)
        for cell, instance in database.instances.items():
            self._full(cell, instance)
        for cell, running in service.services.items():
            self._at_the_limit(cell, running)
        self.dashboard = gcp.monitoring.Dashboard(
            f"{name}-dashboard",
            project=self.project,
            dashboard_json=self._plots(database, service),
            opts=self.mine(),
        )
        self.finish(dashboard=self.dashboard.id)

    def _levels(self, entry: Entry, service: Service) -> None:
        for cell, running in service.services.items():
            counted = counted_at_balancer(entry.backends[cell]) if entry.backends else counted_at_service(running)
            Level(self.settings, cell, counted, self.channel, opts=self.mine())

    def _reachable(self, cell: str, address: pulumi.Output[str]) -> None:
        """Ask for the health of a cell from outside, every minute."""
        check = gcp.monitoring.UptimeCheckConfig(
            f"{self.label}-{cell}",
            display_name=self.named(f"up-{cell}"),
            project=self.project,
            period="60s",
            timeout="10s",
            http_check={"path": HEALTH, "port": 443, "use_ssl": True, "validate_ssl": True, "request_method": "GET"},
            monitored_resource={
                "type": "uptime_url",
                "labels": {"project_id": self.project, "host": address.apply(_host)},
            },
            user_labels={**self.tags, "tenant": cell},
            opts=self.mine(),
        )
        failed = pulumi.Output.concat(
            'metric.type="monitoring.googleapis.com/uptime_check/check_passed" resource.type="uptime_url" ',
            'metric.labels.check_id="',
            check.uptime_check_id,
            '"',
        )
        self._alarm(
            f"down-{cell}",
            f"“{cell}” is not reached from outside.",
            failed,
            FAILED_PLACES,
            {
                "alignment_period": "120s",
                "per_series_aligner": "ALIGN_NEXT_OLDER",
                "cross_series_reducer": "REDUCE_COUNT_FALSE",
                "group_by_fields": ["resource.label.host"],
            },
        )

    def _full(self, cell: str, instance: gcp.sql.DatabaseInstance) -> None:
        used = pulumi.Output.concat(
            'metric.type="cloudsql.googleapis.com/database/disk/utilization" resource.type="cloudsql_database" ',
            'resource.labels.database_id="',
            self.project,
            ":",
            instance.name,
            '"',
        )
        told = f"The disk of the database “{cell}” is more than {FULL_SHARE:.0%} full."
        self._alarm(f"storage-{cell}", told, used, FULL_SHARE, _over_five_minutes("ALIGN_MEAN"))

    def _at_the_limit(self, cell: str, service: gcp.cloudrunv2.Service) -> None:
        running = pulumi.Output.concat(
            'metric.type="run.googleapis.com/container/instance_count" resource.type="cloud_run_revision" ',
            'resource.labels.service_name="',
            service.name,
            '"',
        )
        most = self.capacity.most
        self._alarm(
            f"most-{cell}",
            f"“{cell}” runs as many containers as it may ({most}); more visitors will have to wait.",
            running,
            most - 0.5,
            {
                **_over_five_minutes("ALIGN_MAX"),
                "cross_series_reducer": "REDUCE_SUM",
                "group_by_fields": ["resource.label.service_name"],
            },
        )

    def _alarm(
        self, part: str, told: str, what: pulumi.Output[str], limit: float, aggregation: Mapping[str, object]
    ) -> None:
        gcp.monitoring.AlertPolicy(
            f"{self.label}-{part}",
            display_name=self.named(part),
            project=self.project,
            combiner="OR",
            conditions=[
                {
                    "display_name": told,
                    "condition_threshold": {
                        "filter": what,
                        "comparison": "COMPARISON_GT",
                        "threshold_value": limit,
                        "duration": "300s",
                        "aggregations": [aggregation],
                    },
                }
            ],
            notification_channels=[self.channel.id],
            documentation={"content": told, "mime_type": "text/markdown"},
            alert_strategy={"auto_close": SILENCE},
            user_labels=self.tags,
            opts=self.mine(),
        )

    def _plots(self, database: Database, service: Service) -> pulumi.Output[str]:
        names = pulumi.Output.all(
            project=self.project,
            services=pulumi.Output.all(*(running.name for running in service.services.values())),
            databases=pulumi.Output.all(*(instance.name for instance in database.instances.values())),
        )
        title = self.named("dashboard")
        return names.apply(
            lambda known: json.dumps(dashboard(title, known["services"], _ids(known["project"], known["databases"])))
        )


def _ids(project: str, instances: list[str]) -> list[str]:
    return [f"{project}:{instance}" for instance in instances]


def _host(address: str) -> str:
    return urlsplit(address).netloc


def _over_five_minutes(aligner: str) -> dict[str, object]:
    return {"alignment_period": "300s", "per_series_aligner": aligner}

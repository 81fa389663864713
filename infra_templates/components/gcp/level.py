"""The service level of one cell, and the alarms that speak when its allowance of failures burns too fast."""

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from infra_templates.components.part import Part
from infra_templates.settings import SaasSettings
from infra_templates.slo import AVAILABILITY, BURNS, Burn

DAYS = 30
SILENCE = "86400s"
"""An alarm that hears nothing more is closed after a day."""


@dataclass(frozen=True)
class Counted:
    """Where requests are counted: all, and those that failed by a fault of ours."""

    every: pulumi.Output[str]
    failed: pulumi.Output[str]


@dataclass(frozen=True)
class Channel:
    """Whom alarms tell, and in which project."""

    project: pulumi.Output[str]
    id: pulumi.Output[str]


class Level(Part):
    """An objective over 30 days with an alarm for each speed of burning."""

    kind = "cloudsteps:gcp:Level"

    def __init__(
        self,
        settings: SaasSettings,
        cell: str,
        counted: Counted,
        channel: Channel,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it."""
        super().__init__(f"level-{cell}", settings, opts=opts)
        self.cell, self.channel = cell, channel
        labels = {**self.tags, "tenant": cell}
        service = gcp.monitoring.CustomService(
            self.label,
            service_id=self.named(f"slo-{cell}"),
            display_name=self.named(f"slo-{cell}"),
            project=channel.project,
            user_labels=labels,
            opts=self.mine(),
        )
        self.objective = gcp.monitoring.Slo(
            self.label,
            slo_id=self.named(f"slo-{cell}"),
            display_name=f"{float(AVAILABILITY[settings.mode]):.3%} / {DAYS} d",
            project=channel.project,
            service=service.service_id,
            goal=float(AVAILABILITY[settings.mode]),
            rolling_period_days=DAYS,
            request_based_sli={
                "good_total_ratio": {"total_service_filter": counted.every, "bad_service_filter": counted.failed}
            },
            user_labels=labels,
            opts=self.mine(),
        )
        for burn in BURNS:
            self._burning(burn, labels)
        self.finish(objective=self.objective.name)

    def _burning(self, burn: Burn, labels: dict[str, str]) -> None:
        """Speak when both windows burn: the long one means that it matters, the short one that it still goes on."""
        windows = (burn.long_minutes, burn.short_minutes)
        told = f"The month's allowance of failures of “{self.cell}” burns {float(burn.rate):g} times too fast."
        gcp.monitoring.AlertPolicy(
            f"{self.label}-{burn.name}",
            display_name=self.named(f"burn-{burn.name}-{self.cell}"),
            project=self.channel.project,
            combiner="AND",
            conditions=[self._faster_than(burn, minutes) for minutes in windows],
            notification_channels=[self.channel.id],
            severity="CRITICAL" if burn is BURNS[0] else "WARNING",
            documentation={"content": told, "mime_type": "text/markdown"},
            alert_strategy={"auto_close": SILENCE},
            user_labels=labels,
            opts=self.mine(),
        )

    def _faster_than(self, burn: Burn, minutes: int) -> dict[str, object]:
        rate = pulumi.Output.concat('select_slo_burn_rate("', self.objective.name, f'", "{minutes * 60}s")')
        return {
            "display_name": f"Burn rate over {minutes} minutes",
            "condition_threshold": {
                "filter": rate,
                "comparison": "COMPARISON_GT",
                "threshold_value": float(burn.rate),
                "duration": "0s",
            },
        }


def counted_at_balancer(backend: gcp.compute.BackendService) -> Counted:
    """Count at the load balancer, where requests that reached no container are seen too."""
    return _counted(
        'metric.type="loadbalancing.googleapis.com/https/request_count" resource.type="https_lb_rule"',
        "backend_target_name",
        backend.name,
        "metric.labels.response_code_class=500",
    )


def counted_at_service(service: gcp.cloudrunv2.Service) -> Counted:
    """Count at the service itself, where no load balancer stands before it."""
    return _counted(
        'metric.type="run.googleapis.com/request_count" resource.type="cloud_run_revision"',
        "service_name",
        service.name,
        'metric.labels.response_code_class="5xx"',
    )


def _counted(metric: str, label: str, name: pulumi.Output[str], failed: str) -> Counted:
    every = pulumi.Output.concat(f"{metric} resource.labels.{label}=", '"', name, '"')
    return Counted(every, pulumi.Output.concat(every, f" {failed}"))

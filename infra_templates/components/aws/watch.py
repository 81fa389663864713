"""What tells people: alarms on the service level's burn, on the database and on containers, and one dashboard."""

import json

import pulumi
import pulumi_aws as aws

from infra_templates.components.aws.database import Database
from infra_templates.components.aws.entry import Entry
from infra_templates.components.aws.keys import Keys
from infra_templates.components.aws.service import Service
from infra_templates.components.part import Part
from infra_templates.settings import SaasSettings
from infra_templates.slo import BURNS, Burn, failing_percent

FREE_STORAGE_PERCENT = 15
GIB = 1024**3


class Watch(Part):
    """A topic that people are told by, and the alarms that speak on it."""

    kind = "cloudsteps:aws:Watch"

    def __init__(
        self,
        name: str,
        settings: SaasSettings,
        keys: Keys,
        entry: Entry,
        database: Database,
        service: Service,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it."""
        super().__init__(name, settings, opts=opts)
        self.balancer = entry.balancer.arn_suffix
        self.topic = aws.sns.Topic(
            f"{name}-told",
            name=self.named("told"),
            kms_master_key_id=keys.shared.id,
            tags=self.tags,
            opts=self.mine(),
        )
        aws.sns.TopicSubscription(
            f"{name}-told", topic=self.topic.arn, protocol="email", endpoint=settings.alert_email, opts=self.mine()
        )
        for burn in BURNS:
            self._burning(burn)
        for cell, instance in database.instances.items():
            self._low_storage(cell, instance)
        for cell, running in service.services.items():
            self._too_few(cell, service.cluster, running)
        self.dashboard = self._dashboard()
        self.finish(topic=self.topic.arn)

    def _burning(self, burn: Burn) -> None:
        """Speak when both windows burn: the long one means that it matters, the short one that it still goes on."""
        limit = failing_percent(self.settings.mode, burn)
        windows = {
            window: self._failing(f"{burn.name}-{window}", minutes, limit)
            for window, minutes in (("long", burn.long_minutes), ("short", burn.short_minutes))
        }
        rule = pulumi.Output.all(*(alarm.arn for alarm in windows.values())).apply(
            lambda arns: " AND ".join(f'ALARM("{arn}")' for arn in arns)
        )
        aws.cloudwatch.CompositeAlarm(
            f"{self.label}-{burn.name}",
            alarm_name=self.named(f"burn-{burn.name}"),
            alarm_description=f"The month's allowance of failures burns {float(burn.rate):g} times too fast.",
            alarm_rule=rule,
            alarm_actions=[self.topic.arn],
            ok_actions=[self.topic.arn],
            tags=self.tags,
            opts=self.mine(depends_on=list(windows.values())),
        )

    def _failing(self, part: str, minutes: int, limit: float) -> aws.cloudwatch.MetricAlarm:
        counted = (
            ("failed", "HTTPCode_Target_5XX_Count"),
            ("refused", "HTTPCode_ELB_5XX_Count"),
            ("all", "RequestCount"),
        )
        queries: list[aws.cloudwatch.MetricAlarmMetricQueryArgsDict] = [
            {"id": name, "return_data": False, "metric": self._metric(metric, minutes * 60)} for name, metric in counted
        ]
        share = "IF(all > 0, 100 * (FILL(failed, 0) + FILL(refused, 0)) / all, 0)"
        return aws.cloudwatch.MetricAlarm(
            f"{self.label}-{part}",
            name=self.named(part),
            alarm_description=f"Failed requests of the last {minutes} minutes, in percent.",
            comparison_operator="GreaterThanThreshold",
            threshold=limit,
            evaluation_periods=1,
            treat_missing_data="notBreaching",
            metric_queries=[*queries, {"id": "share", "expression": share, "label": "failed, %", "return_data": True}],
            tags=self.tags,
            opts=self.mine(),
        )

    def _metric(self, name: str, seconds: int) -> aws.cloudwatch.MetricAlarmMetricQueryMetricArgsDict:
        return {
            "namespace": "AWS/ApplicationELB",
            "metric_name": name,
            "dimensions": {"LoadBalancer": self.balancer},
            "period": seconds,
            "stat": "Sum",
        }

    def _low_storage(self, cell: str, instance: aws.rds.Instance) -> None:
        aws.cloudwatch.MetricAlarm(
            f"{self.label}-storage-{cell}",
            name=self.named(f"storage-{cell}"),
            alarm_description=f"Less than {FREE_STORAGE_PERCENT} % of the database's first storage is free.",
            namespace="AWS/RDS",
            metric_name="FreeStorageSpace",
            dimensions={"DBInstanceIdentifier": instance.identifier},
            statistic="Minimum",
            period=300,
            evaluation_periods=2,
            comparison_operator="LessThanThreshold",
            threshold=self.capacity.database_gib * GIB * FREE_STORAGE_PERCENT / 100,
            alarm_actions=[self.topic.arn],
            tags=self.tags,
            opts=self.mine(),
        )

    def _too_few(self, cell: str, cluster: aws.ecs.Cluster, service: aws.ecs.Service) -> None:
        aws.cloudwatch.MetricAlarm(
            f"{self.label}-running-{cell}",
            name=self.named(f"running-{cell}"),
            alarm_description="Fewer containers run than the least that should.",
            namespace="ECS/ContainerInsights",
            metric_name="RunningTaskCount",
            dimensions={"ClusterName": cluster.name, "ServiceName": service.name},
            statistic="Minimum",
            period=60,
            evaluation_periods=5,
            comparison_operator="LessThanThreshold",
            threshold=self.capacity.least,
            treat_missing_data="breaching",
            alarm_actions=[self.topic.arn],
            tags=self.tags,
            opts=self.mine(),
        )

    def _dashboard(self) -> aws.cloudwatch.Dashboard:
        plots = (
            ("Requests and failures", ["RequestCount", "HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count"], "Sum"),
            ("Response time, 95 of 100, seconds", ["TargetResponseTime"], "p95"),
        )
        return aws.cloudwatch.Dashboard(
            f"{self.label}-dashboard",
            dashboard_name=self.named("dashboard"),
            dashboard_body=self.balancer.apply(
                lambda balancer: json.dumps(
                    {"widgets": [self._plot(place, *plot, balancer) for place, plot in enumerate(plots)]}
                )
            ),
            opts=self.mine(),
        )

    def _plot(self, place: int, title: str, metrics: list[str], stat: str, balancer: str) -> dict[str, object]:
        return {
            "type": "metric",
            "x": 0,
            "y": place * 6,
            "width": 24,
            "height": 6,
            "properties": {
                "title": title,
                "region": self.settings.region,
                "stat": stat,
                "period": 60,
                "metrics": [["AWS/ApplicationELB", metric, "LoadBalancer", balancer] for metric in metrics],
            },
        }

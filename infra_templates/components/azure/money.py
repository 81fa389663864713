"""A budget for what this stack costs, and a warning before it is spent."""

from datetime import UTC, datetime

import pulumi
import pulumi_azure_native as azure

from infra_templates.components.azure.part import AzurePart
from infra_templates.components.azure.place import Place
from infra_templates.settings import SaasSettings

SPENT_PERCENT = (50, 80, 100)
FORECAST_PERCENT = 100


class Money(AzurePart):
    """A monthly budget over the tag of this stack, in the currency that the subscription is billed in."""

    kind = "cloudsteps:azure:Money"

    def __init__(
        self, name: str, settings: SaasSettings, place: Place, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Build it over the subscription, since Azure puts some parts of a service into groups of its own."""
        super().__init__(name, settings, place, opts=opts)
        threshold = azure.consumption.ThresholdType
        warnings = {f"spent-{percent}": self._warning(percent, threshold.ACTUAL) for percent in SPENT_PERCENT}
        warnings |= {f"expected-{FORECAST_PERCENT}": self._warning(FORECAST_PERCENT, threshold.FORECASTED)}
        self.budget = azure.consumption.Budget(
            f"{name}-month",
            budget_name=self.named("budget"),
            scope=place.subscription,
            category=azure.consumption.CategoryType.COST,
            time_grain=azure.consumption.TimeGrainType.MONTHLY,
            amount=float(settings.monthly_budget),
            filter={"tags": {"name": "cloudsteps-sandbox", "operator": "In", "values": [settings.sandbox]}},
            time_period={"start_date": _this_month()},
            notifications=warnings,
            # Azure takes no other start once a budget runs.
            opts=self.mine(ignore_changes=["timePeriod"]),
        )
        self.finish(budget=self.budget.name)

    def _warning(self, percent: int, kind: azure.consumption.ThresholdType) -> azure.consumption.NotificationArgsDict:
        return {
            "enabled": True,
            "operator": azure.consumption.OperatorType.GREATER_THAN,
            "threshold": float(percent),
            "threshold_type": kind,
            "contact_emails": [self.settings.alert_email],
            "locale": azure.consumption.CultureCode.ZH_TW,
        }


def _this_month() -> str:
    """Give the first day of this month, the only day on which Azure lets a budget begin."""
    return datetime.now(UTC).strftime("%Y-%m-01T00:00:00Z")

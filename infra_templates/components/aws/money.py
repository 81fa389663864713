"""A budget for what this stack costs, and a warning before it is spent."""

import pulumi
import pulumi_aws as aws

from infra_templates.components.part import Part
from infra_templates.settings import SaasSettings

SPENT_PERCENT = (50, 80, 100)
FORECAST_PERCENT = 100


class Money(Part):
    """A monthly budget over the tag of this stack; the tag must be switched on for billing once per account."""

    kind = "cloudsteps:aws:Money"

    def __init__(self, name: str, settings: SaasSettings, opts: pulumi.ResourceOptions | None = None) -> None:
        """Build it."""
        super().__init__(name, settings, opts=opts)
        tag = f"user:cloudsteps-sandbox${settings.sandbox}"
        warnings = [("ACTUAL", percent) for percent in SPENT_PERCENT] + [("FORECASTED", FORECAST_PERCENT)]
        self.budget = aws.budgets.Budget(
            f"{name}-month",
            name=self.named("budget"),
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(settings.monthly_budget),
            limit_unit="USD",
            cost_filters=[{"name": "TagKeyValue", "values": [tag]}],
            notifications=[
                {
                    "notification_type": kind,
                    "comparison_operator": "GREATER_THAN",
                    "threshold": percent,
                    "threshold_type": "PERCENTAGE",
                    "subscriber_email_addresses": [settings.alert_email],
                }
                for kind, percent in warnings
            ],
            tags=self.tags,
            opts=self.mine(),
        )
        self.finish(budget=self.budget.name)

"""A budget for what this stack costs, and a warning before it is spent."""

import pulumi
import pulumi_gcp as gcp

from infra_templates.components.gcp.project import Project
from infra_templates.components.gcp.watch import Watch
from infra_templates.components.part import Part
from infra_templates.settings import SaasSettings

SPENT_SHARES = (0.5, 0.8, 1.0)
FORECAST_SHARE = 1.0
SERVICE = "billingbudgets"


class Money(Part):
    """A monthly budget over the label of this stack, on the billing account that pays for the project."""

    kind = "cloudsteps:gcp:Money"

    def __init__(
        self,
        name: str,
        settings: SaasSettings,
        project: Project,
        watch: Watch,
        billing_account: str | None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it; without a billing account say that nobody will be warned."""
        super().__init__(name, settings, opts=opts)
        self.budget = self._budget(billing_account, project, watch) if billing_account else None
        if self.budget is None:
            self._say_there_is_none()
        self.finish(budget=self.budget.display_name if self.budget else None)

    def _say_there_is_none(self) -> None:
        pulumi.log.warn(
            "No budget: set `billing_account`, or nobody is told before the money is spent. "
            "沒有預算：請設定 billing_account，否則花費超過時沒有人會收到通知。",
            resource=self,
        )

    def _budget(self, billing_account: str, project: Project, watch: Watch) -> gcp.billing.Budget:
        known = gcp.organizations.get_project_output(project_id=project.id)
        warnings = [("CURRENT_SPEND", share) for share in SPENT_SHARES] + [("FORECASTED_SPEND", FORECAST_SHARE)]
        return gcp.billing.Budget(
            f"{self.label}-month",
            billing_account=billing_account,
            display_name=self.named("budget", 60),
            amount={"specified_amount": {"currency_code": "USD", "units": str(self.settings.monthly_budget)}},
            budget_filter={
                "projects": [pulumi.Output.concat("projects/", known.number)],
                "labels": {"cloudsteps-sandbox": self.settings.sandbox},
                "calendar_period": "MONTH",
                "credit_types_treatment": "INCLUDE_ALL_CREDITS",
            },
            threshold_rules=[{"spend_basis": basis, "threshold_percent": share} for basis, share in warnings],
            all_updates_rule={"monitoring_notification_channels": [watch.told.id]},
            opts=self.mine(),
        )

"""Plan a template without a cloud."""

from infra_templates.plan.preview import PlanFailed
from infra_templates.plan.report import PlanReport, plan_stack

__all__ = ["PlanFailed", "PlanReport", "plan_stack"]

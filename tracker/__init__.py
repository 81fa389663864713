"""CloudSteps: counselling information-service vendors from projects to cloud subscriptions."""

__version__ = "0.1.0"

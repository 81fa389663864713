"""Pages of sandboxes: asked for, planned, approved, built live, used, extended, drilled and destroyed with proof."""

from tracker.sandboxes.routes import bulk, figures, live, plans, requests, sandboxes
from tracker.sandboxes.routes.blueprint import bp

__all__ = ["bp", "bulk", "figures", "live", "plans", "requests", "sandboxes"]

"""Pages of the journey."""

from tracker.journey.routes import engagement_list, engagements, gates, items, playbooks
from tracker.journey.routes.blueprint import bp

__all__ = ["bp", "engagement_list", "engagements", "gates", "items", "playbooks"]

"""Pages of the journey."""

from tracker.journey.routes import (
    engagement_list,
    engagement_playbooks,
    engagements,
    gates,
    items,
    playbooks,
    previews,
)
from tracker.journey.routes.blueprint import bp

__all__ = ["bp", "engagement_list", "engagement_playbooks", "engagements", "gates", "items", "playbooks", "previews"]

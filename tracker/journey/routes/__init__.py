"""Pages of the journey."""

from tracker.journey.routes import engagements, gates, items, playbooks
from tracker.journey.routes.blueprint import bp

__all__ = ["bp", "engagements", "gates", "items", "playbooks"]

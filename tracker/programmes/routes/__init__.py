"""Pages of programme years, their rules and people, and of the office's calendar."""

from tracker.programmes.routes import calendar, comparison, years
from tracker.programmes.routes.blueprint import bp

__all__ = ["bp", "calendar", "comparison", "years"]

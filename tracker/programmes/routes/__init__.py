"""Pages of programme years, their rules and people, and of the office's calendar."""

from tracker.programmes.routes import calendar, years
from tracker.programmes.routes.blueprint import bp

__all__ = ["bp", "calendar", "years"]

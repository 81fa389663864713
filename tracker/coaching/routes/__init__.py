"""Pages of coaching: sessions, actions, lists and calendars."""

from tracker.coaching.routes import actions, calendars, figures, lists, meetings, records, sessions
from tracker.coaching.routes.blueprint import bp

__all__ = ["actions", "bp", "calendars", "figures", "lists", "meetings", "records", "sessions"]

"""Pages of events."""

from tracker.events.routes import after, door, events, lists, people, public, tickets
from tracker.events.routes.blueprint import bp

__all__ = ["after", "bp", "door", "events", "lists", "people", "public", "tickets"]

"""Programme years, opened from the shipped rulebooks."""

from tracker.accounts.access import SYSTEM, Actor
from tracker.programmes import operations, queries
from tracker.programmes.models import Programme


def programme(roc_year: int = 115, code: str = "counselling", *, actor: Actor = SYSTEM) -> Programme:
    """Give the programme year, opened when it is not yet."""
    return queries.find_programme(code, roc_year) or operations.open_programme(code, roc_year, actor=actor)

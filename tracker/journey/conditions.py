"""What features above this one ask of a gate; `app.py` hands the functions over at start."""

from collections.abc import Callable

from tracker.journey.models import Engagement
from tracker.journey.rules import Missing

Condition = Callable[[Engagement], list[Missing]]
_conditions: dict[str, Condition] = {}


def register(name: str, condition: Condition) -> None:
    """Let a feature say what it misses before the gate of the engagement's current step can be passed."""
    _conditions[name] = condition


def missing(engagement: Engagement) -> tuple[Missing, ...]:
    """Ask every feature what it misses."""
    return tuple(one for condition in _conditions.values() for one in condition(engagement))

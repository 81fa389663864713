"""What an assessment recommends for a sandbox; the feature above hands it over at start."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.accounts.access import Actor
from tracker.journey.models import Engagement


@dataclass(frozen=True)
class Recommendation:
    """A template with its parameters, to be taken unchanged."""

    template: str
    parameters: Mapping[str, Any]


Recommend = Callable[[Engagement, Actor], Recommendation | None]
_recommenders: list[Recommend] = []


def register(recommend: Recommend) -> None:
    """Let a feature say what it recommends for an engagement; the newest registration is asked."""
    _recommenders[:] = [recommend]


def recommended(engagement: Engagement, actor: Actor) -> Recommendation | None:
    """Give what is recommended for an engagement, None where nothing is."""
    return _recommenders[0](engagement, actor) if _recommenders else None

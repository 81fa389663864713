"""What proofs of concept rest on and features elsewhere know: the assessment's architecture, and the sandboxes it stands in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.accounts.access import Actor
from tracker.core.text import Labelled
from tracker.journey.models import Engagement


@dataclass(frozen=True)
class Basis:
    """The architecture that an assessment recommends: a template with its parameters."""

    assessment_id: int
    number: int
    template: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Ground:
    """A sandbox of the engagement, as a line that leads to it."""

    text: str
    url: str
    state: Labelled


BasisOf = Callable[[Engagement, Actor], Basis | None]
GroundsOf = Callable[[Engagement, Actor], Sequence[Ground]]
_basis: list[BasisOf] = []
_grounds: list[GroundsOf] = []


def register_basis(find: BasisOf) -> None:
    """Say how the newest recommendation of an engagement's assessments is found; called from `app.py`."""
    _basis[:] = [find]


def register_grounds(find: GroundsOf) -> None:
    """Say how the sandboxes of an engagement are found; called from `app.py`."""
    _grounds[:] = [find]


def basis_of(engagement: Engagement, actor: Actor) -> Basis | None:
    """Find what the newest closed assessment recommends, as far as the actor may know."""
    return next((found for find in _basis if (found := find(engagement, actor)) is not None), None)


def grounds_of(engagement: Engagement, actor: Actor) -> list[Ground]:
    """List the sandboxes of an engagement that the actor may see."""
    return [ground for find in _grounds for ground in find(engagement, actor)]

"""The architecture that an assessment recommends, for the proof of concept that rests on it."""

from tracker.accounts.access import Actor
from tracker.assessments.queries import assessments_of, read_result
from tracker.assessments.rules.states import AssessmentState
from tracker.journey.models import Engagement
from tracker.poc.foundations import Basis


def recommended(engagement: Engagement, _actor: Actor) -> Basis | None:
    """Find what the newest closed assessment of an engagement that the actor may see recommends."""
    closed = [one for one in assessments_of(engagement) if one.state is AssessmentState.CLOSED]
    if not closed:
        return None
    blueprint = read_result(closed[0]).blueprint
    if blueprint is None:
        return None
    return Basis(closed[0].id, closed[0].number, blueprint.template, dict(blueprint.parameters))

"""What a proof of concept rests on: the architecture that an assessment recommends, and the sandboxes of its engagement."""

from flask import url_for

from tracker.accounts.access import Actor
from tracker.assessments.queries import assessments_of, read_result
from tracker.assessments.rules.states import AssessmentState
from tracker.core.db import read
from tracker.journey.models import Engagement
from tracker.overview.engagement_lines import SANDBOXES
from tracker.poc.foundations import Basis, Ground


def recommended(engagement: Engagement, _actor: Actor) -> Basis | None:
    """Find what the newest closed assessment of an engagement that the actor may see recommends."""
    closed = [one for one in assessments_of(engagement) if one.state is AssessmentState.CLOSED]
    if not closed:
        return None
    blueprint = read_result(closed[0]).blueprint
    if blueprint is None:
        return None
    return Basis(closed[0].id, closed[0].number, blueprint.template, dict(blueprint.parameters))


def sandboxes(engagement: Engagement, _actor: Actor) -> list[Ground]:
    """List the newest sandboxes of an engagement that the actor may see."""
    return [
        Ground(one.title, url_for("sandboxes.show", sandbox_id=one.id), one.state)
        for one in read(SANDBOXES, {"engagement_id": engagement.id})
    ]

"""What follows from a result: somebody acts on a risk, the engagement takes up playbooks."""

from tracker.accounts.access import Actor
from tracker.assessments.models import Assessment, AssessmentAction
from tracker.assessments.queries.sheets import actions_of, read_result
from tracker.coaching.models import ActionItem
from tracker.coaching.operations import ActionDetails, add_action
from tracker.coaching.rules import ActionState
from tracker.core.db import session
from tracker.core.errors import NotFound, Refused
from tracker.core.text import N_
from tracker.journey import operations as journey
from tracker.journey.models import PlaybookVersion
from tracker.journey.operations.schedule import lock
from tracker.journey.rules import check_active


def add_action_for_risk(assessment: Assessment, risk: str, details: ActionDetails, *, actor: Actor) -> ActionItem:
    """Give somebody something to do about a risk, once."""
    lock(assessment.engagement)
    check_active(assessment.engagement.state)
    if risk not in {found.code for found in read_result(assessment).risks}:
        raise NotFound
    known = actions_of(assessment).get(risk)
    if known is not None and known.state is not ActionState.DROPPED:
        raise Refused(
            N_("Somebody has this in hand already: “%(text)s”, %(name)s."), text=known.text, name=known.assignee.name
        )
    action = add_action(assessment.engagement, details, actor=actor)
    link = session().query(AssessmentAction).filter_by(assessment_id=assessment.id, risk=risk).one_or_none()
    if link is None:
        session().add(AssessmentAction(assessment_id=assessment.id, risk=risk, action=action))
    else:
        link.action = action
    session().flush()
    return action


def add_proposed_playbooks(
    assessment: Assessment, playbooks: tuple[str, ...], *, actor: Actor
) -> list[PlaybookVersion]:
    """Let the engagement take up playbooks that the answers propose."""
    return journey.add_playbooks(assessment.engagement, playbooks, actor=actor)

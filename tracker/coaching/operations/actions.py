"""What somebody will do until a day: added, finished, dropped and opened again."""

from sqlalchemy import inspect

from tracker.accounts.access import Actor
from tracker.coaching import queries, rules
from tracker.coaching.models import ActionItem, CoachingSession
from tracker.coaching.operations.details import ActionDetails
from tracker.coaching.operations.sessions import check_action, identity_of
from tracker.coaching.people import people_of
from tracker.coaching.rules import ActionState
from tracker.core import audit, clock
from tracker.core.db import session
from tracker.core.text import N_
from tracker.journey.models import Engagement
from tracker.notifications.operations import notify
from tracker.notifications.rules import Reason


def add_action(
    engagement: Engagement, details: ActionDetails, *, actor: Actor, logged: CoachingSession | None = None
) -> ActionItem:
    """Give somebody of an engagement something to do."""
    check_action(details, engagement, people_of(engagement, actor=actor), logged)
    action = ActionItem(
        engagement=engagement,
        session_id=logged.id if logged is not None else None,
        text=details.text,
        assignee_id=details.assignee_id,
        due_on=details.due_on,
    )
    session().add(action)
    session().flush()
    _record("action.added", action, actor, assignee=action.assignee_id, due_on=action.due_on)
    if action.assignee_id != actor.user_id:
        notify(
            [action.assignee_id],
            Reason.ASSIGNED,
            N_("You have something to do until %(due)s: %(text)s"),
            {"due": action.due_on, "text": action.text},
            path=f"/actions/{action.id}",
            engagement_id=engagement.id,
            once_key=f"action:{action.id}:{action.assignee_id}",
        )
    return action


def finish_action(action: ActionItem, *, actor: Actor) -> None:
    """Mark an action as done."""
    action = _move(action, ActionState.DONE, actor)
    action.done_at = clock.now()


def drop_action(action: ActionItem, *, actor: Actor) -> None:
    """Mark an action as no longer wanted."""
    _move(action, ActionState.DROPPED, actor)


def reopen_action(action: ActionItem, *, actor: Actor) -> None:
    """Take back that an action was done or dropped."""
    action = _move(action, ActionState.OPEN, actor)
    action.done_at = None


def _move(action: ActionItem, new: ActionState, actor: Actor) -> ActionItem:
    if inspect(action).expired:
        action = queries.get_action(identity_of(action), actor=actor)
    rules.check_action_move(action.state, new)
    old, action.state = action.state, new
    _record(_ACTIONS[new], action, actor, state=[old.value, new.value])
    return action


_ACTIONS = {
    ActionState.DONE: "action.finished",
    ActionState.DROPPED: "action.dropped",
    ActionState.OPEN: "action.reopened",
}


def _record(name: str, action: ActionItem, actor: Actor, **facts: object) -> None:
    audit.record(
        name,
        action,
        actor=actor,
        engagement_id=action.engagement_id,
        organisation_id=action.engagement.organisation_id,
        **facts,
    )

"""Assigning experts to engagements."""

from sqlalchemy import select

from tracker.accounts.access import Actor
from tracker.accounts.models import RoleGrant, User
from tracker.accounts.rules import Role
from tracker.core import audit, clock
from tracker.core.db import session
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.journey.models import Assignment, Engagement
from tracker.journey.operations.schedule import lock
from tracker.journey.operations.telling import say_farewell, tell
from tracker.journey.rules import AssignmentPart
from tracker.notifications.rules import Reason


def assign_expert(engagement: Engagement, user_id: int, part: AssignmentPart, *, actor: Actor) -> Assignment:
    """Assign an expert; a new lead takes the place of the one before, who stays on as a supporting expert."""
    lock(engagement)
    _check_expert(user_id)
    work = session()
    current = work.scalars(
        select(Assignment).where(Assignment.engagement_id == engagement.id, Assignment.ended_at.is_(None))
    ).all()
    mine = next((one for one in current if one.user_id == user_id), None)
    if mine is not None and mine.part is part:
        raise Refused(N_("This expert has this part already."), field="user_id")
    if part is AssignmentPart.LEAD:
        for one in current:
            if one.part is AssignmentPart.LEAD:
                one.part = AssignmentPart.SUPPORT
    if mine is None:
        mine = Assignment(engagement=engagement, user_id=user_id, part=part)
        work.add(mine)
    mine.part = part
    work.flush()
    _record(mine, "expert.assigned", actor)
    tell([user_id], Reason.ASSIGNED, N_("You were assigned to %(vendor)s, %(product)s."), engagement, actor=actor)
    return mine


def _check_expert(user_id: int) -> None:
    holds = select(RoleGrant.user_id).where(RoleGrant.user_id == User.id, RoleGrant.role == Role.EXPERT).exists()
    if session().scalar(select(User.id).where(User.id == user_id, User.active, holds)) is None:
        raise Refused(N_("This person is not an active expert. Choose one of the list."), field="user_id")


def end_assignment(assignment: Assignment, *, actor: Actor) -> None:
    """End an expert's assignment, and with it every right that came from it."""
    lock(assignment.engagement)
    if assignment.ended_at is not None:
        raise Refused(N_("This assignment has ended already."))
    assignment.ended_at = clock.now()
    _record(assignment, "expert.released", actor)
    ended = N_("Your assignment to %(vendor)s, %(product)s has ended.")
    say_farewell(assignment.user_id, ended, assignment.engagement, actor=actor)


def _record(assignment: Assignment, action: str, actor: Actor) -> None:
    audit.record(
        action,
        assignment,
        actor=actor,
        engagement_id=assignment.engagement_id,
        organisation_id=assignment.engagement.organisation_id,
        person_id=assignment.user_id,
        part=assignment.part.value,
    )

"""Who is concerned by an engagement."""

from collections.abc import Sequence

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import joinedload

from tracker.accounts.access import Actor
from tracker.accounts.models import RoleGrant, User
from tracker.accounts.rules import OFFICE, Role
from tracker.core.db import read, session
from tracker.core.errors import NotFound
from tracker.journey import permissions
from tracker.journey.models import Assignment, Engagement
from tracker.journey.rules import AssignmentPart
from tracker.programmes.models import ProgrammeMember
from tracker.vendors.models import Membership

MOST_EXPERTS = 500


EXPERTS = (
    select(Assignment.id, User.id.label("user_id"), User.name, Assignment.part)
    .join(User, User.id == Assignment.user_id)
    .where(Assignment.engagement_id == bindparam("engagement_id"), Assignment.ended_at.is_(None))
    .order_by(Assignment.part, Assignment.id)
)
"""The experts assigned now to `:engagement_id`, the lead first."""

_HOLDERS = (
    select(User.id, User.name)
    .where(User.active, User.id.in_(select(RoleGrant.user_id).where(RoleGrant.role == Role.EXPERT)))
    .order_by(User.name, User.id)
    .limit(MOST_EXPERTS)
)


def expert_choices() -> Sequence[Row[int, str]]:
    """List the people who can be assigned as experts."""
    return read(_HOLDERS).all()


def engagement_experts(engagement_id: int) -> Sequence[Row[int, int, str, AssignmentPart]]:
    """List the experts assigned now, the lead first."""
    return read(EXPERTS, {"engagement_id": engagement_id}).all()


def get_assignment(assignment_id: int, *, actor: Actor) -> Assignment:
    """Give an assignment that has not ended, of an engagement that the actor may see."""
    statement = (
        select(Assignment)
        .join(Engagement, Engagement.id == Assignment.engagement_id)
        .options(joinedload(Assignment.engagement), joinedload(Assignment.user))
        .where(Assignment.id == assignment_id, Assignment.ended_at.is_(None), permissions.visible(actor))
    )
    assignment = session().scalars(statement).one_or_none()
    if assignment is None:
        raise NotFound
    return assignment


def expert_ids(engagement: Engagement) -> frozenset[int]:
    """Give the experts assigned to the engagement now."""
    statement = select(Assignment.user_id).where(
        Assignment.engagement_id == engagement.id, Assignment.ended_at.is_(None)
    )
    return frozenset(session().scalars(statement))


_MEMBERS = select(Membership.user_id).where(
    Membership.organisation_id == bindparam("organisation_id"), Membership.ended_at.is_(None)
)


def vendor_ids(engagement: Engagement) -> frozenset[int]:
    """Give the people of the engagement's vendor."""
    return frozenset(read(_MEMBERS, {"organisation_id": engagement.organisation_id}).scalars())


def office_ids(engagement: Engagement) -> frozenset[int]:
    """Give the office members of the engagement's programme year."""
    statement = select(ProgrammeMember.user_id).where(
        ProgrammeMember.programme_id == engagement.programme_id,
        ProgrammeMember.ended_at.is_(None),
        ProgrammeMember.user_id.in_(select(RoleGrant.user_id).where(RoleGrant.role.in_(OFFICE))),
    )
    return frozenset(session().scalars(statement))

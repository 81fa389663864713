"""Co-creation camps with their groups, narrowed to the groups that the actor works in."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from tracker.accounts.access import SYSTEM, Actor
from tracker.accounts.rules import Role
from tracker.core import keyset
from tracker.core.db import session
from tracker.core.errors import NotFound
from tracker.core.keyset import AnySelect, Page, Sort
from tracker.journey import permissions as journey
from tracker.journey.models import Engagement
from tracker.poc.models import Camp, CampGroup, CampMember, CampMilestone, Poc
from tracker.poc.queries.pocs import WITH_CASE

NEWEST = Sort((Camp.starts_on, Camp.id), descending=True)
MOST_CHOICES = 300


def visible_groups(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on `CampGroup` for what the actor may see: the office its years, others the groups they work in."""
    if actor is SYSTEM or actor.has(Role.AUDITOR):
        return true()
    mine = (
        select(CampMember.group_id)
        .join(Poc, Poc.id == CampMember.poc_id)
        .join(Engagement, Engagement.id == Poc.engagement_id)
        .where(CampMember.removed_at.is_(None), journey.visible(actor))
    )
    parts: list[ColumnElement[bool]] = [CampGroup.id.in_(mine), CampGroup.mentor_id == actor.user_id]
    if actor.is_office:
        held = select(Camp.id).where(Camp.programme_id.in_(actor.scope("programme")))
        parts.append(CampGroup.camp_id.in_(held))
    return or_(*parts)


def visible_camps(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on `Camp` for what the actor may see."""
    if actor is SYSTEM or actor.has(Role.AUDITOR):
        return true()
    joined = Camp.id.in_(select(CampGroup.camp_id).where(visible_groups(actor)))
    return or_(joined, Camp.programme_id.in_(actor.scope("programme"))) if actor.is_office else joined


def camps_page(*, actor: Actor, after: str | None = None, before: str | None = None) -> Page:
    """Read a page of the camps that the actor may see, the newest first, with the number of their groups."""
    groups = select(func.count(CampGroup.id)).where(CampGroup.camp_id == Camp.id, visible_groups(actor))
    statement: AnySelect = (
        select(Camp, groups.scalar_subquery()).options(joinedload(Camp.programme)).where(visible_camps(actor))
    )
    return keyset.read_page(statement, NEWEST, after=after, before=before)


def count_camps(actor: Actor) -> int:
    """Count the camps that the actor may see."""
    return session().scalar(select(func.count(Camp.id)).where(visible_camps(actor))) or 0


def get_camp(camp_id: int, *, actor: Actor) -> Camp:
    """Give a camp that the actor may see."""
    statement = select(Camp).options(joinedload(Camp.programme)).where(Camp.id == camp_id, visible_camps(actor))
    found = session().scalars(statement).one_or_none()
    if found is None:
        raise NotFound
    return found


_WITH_MEMBERS = (
    joinedload(CampGroup.mentor),
    selectinload(CampGroup.members).joinedload(CampMember.poc).options(WITH_CASE),
    selectinload(CampGroup.milestones),
)


def groups_of(camp: Camp, *, actor: Actor) -> Sequence[CampGroup]:
    """List the groups of a camp that the actor may see, in the order of the demo day as far as it is set."""
    statement = select(CampGroup).options(*_WITH_MEMBERS).where(CampGroup.camp_id == camp.id, visible_groups(actor))
    turns = func.coalesce(CampGroup.demo_order, select(func.count(CampGroup.id)).scalar_subquery() + CampGroup.number)
    return session().scalars(statement.order_by(turns, CampGroup.number)).all()


def get_group(group_id: int, *, actor: Actor) -> CampGroup:
    """Give a group that the actor may see, with its camp, vendors and milestones."""
    statement = (
        select(CampGroup)
        .options(*_WITH_MEMBERS, joinedload(CampGroup.camp).joinedload(Camp.programme))
        .where(CampGroup.id == group_id, visible_groups(actor))
    )
    found = session().scalars(statement).one_or_none()
    if found is None:
        raise NotFound
    return found


def get_member(camp_member_id: int, *, actor: Actor) -> CampMember:
    """Give a vendor's place in a group that the actor may see."""
    found = session().get(CampMember, camp_member_id)
    if found is None or found.removed_at is not None:
        raise NotFound
    get_group(found.group_id, actor=actor)
    return found


def get_camp_milestone(stage_id: int, *, actor: Actor) -> CampMilestone:
    """Give a milestone of a group that the actor may see."""
    found = session().get(CampMilestone, stage_id)
    if found is None or found.removed_at is not None:
        raise NotFound
    get_group(found.group_id, actor=actor)
    return found


def members_of(group: CampGroup) -> list[CampMember]:
    """List the vendors that work in a group now."""
    return [member for member in group.members if member.removed_at is None]


def milestones_of_group(group: CampGroup) -> list[CampMilestone]:
    """List the milestones of a group by their due days."""
    return [one for one in group.milestones if one.removed_at is None]


def turns_of(camp: Camp, *, besides: CampGroup | None = None) -> Mapping[int, str]:
    """Tell which group has which turn on the demo day."""
    statement = select(CampGroup.demo_order, CampGroup.name).where(
        CampGroup.camp_id == camp.id,
        CampGroup.demo_order.is_not(None),
        CampGroup.id != (besides.id if besides is not None else 0),
    )
    return {turn: name for turn, name in session().execute(statement) if turn is not None}


def taken_pocs(camp: Camp) -> list[int]:
    """List the proofs that work in a group of the camp."""
    statement = (
        select(CampMember.poc_id)
        .join(CampGroup, CampGroup.id == CampMember.group_id)
        .where(CampGroup.camp_id == camp.id, CampMember.removed_at.is_(None))
    )
    return list(session().scalars(statement))


def free_pocs(camp: Camp, *, actor: Actor) -> Sequence[Poc]:
    """List the proofs of the camp's year that work in none of its groups."""
    statement = (
        select(Poc)
        .join(Engagement, Engagement.id == Poc.engagement_id)
        .options(WITH_CASE)
        .where(Engagement.programme_id == camp.programme_id, Poc.id.not_in(taken_pocs(camp)), journey.visible(actor))
    )
    return session().scalars(statement.order_by(Poc.id).limit(MOST_CHOICES)).all()


def places_of(poc: Poc, *, actor: Actor) -> Sequence[CampMember]:
    """List the groups that a proof works in, with their camps."""
    statement = (
        select(CampMember)
        .join(CampGroup, CampGroup.id == CampMember.group_id)
        .options(joinedload(CampMember.group).joinedload(CampGroup.camp))
        .where(CampMember.poc_id == poc.id, CampMember.removed_at.is_(None), visible_groups(actor))
    )
    return session().scalars(statement.order_by(CampMember.id.desc())).all()

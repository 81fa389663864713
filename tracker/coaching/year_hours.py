"""The hours of each expert in a programme year, beside what the year allows."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select

from tracker.accounts.access import Actor
from tracker.accounts.models import RoleGrant, User
from tracker.accounts.rules import Role
from tracker.coaching import queries
from tracker.coaching.models import CoachingSession, HourQuota
from tracker.coaching.rules import HoursUsed, SessionState
from tracker.core import keyset
from tracker.core.db import session
from tracker.core.keyset import Sort
from tracker.programmes.models import Programme

EXPERTS_PER_PAGE = 25
BY_NAME = Sort((User.name, User.id))


@dataclass(frozen=True)
class ExpertHours:
    """An expert's hours of a programme year."""

    user_id: int
    name: str
    hours: HoursUsed
    reason: str
    """Why the hours differ from the rulebook; empty where they do not."""


@dataclass(frozen=True)
class HoursPage:
    """A page of experts."""

    experts: list[ExpertHours]
    before: str | None
    after: str | None


def page(programme: Programme, *, actor: Actor, after: str | None = None, before: str | None = None) -> HoursPage:
    """Give a page of the experts of a programme year; an expert sees its own hours only."""
    wanted = select(User).where(_counsels_in(programme.id))
    if not (actor.has(Role.AUDITOR) or (actor.is_office and programme.id in actor.scope("programme"))):
        wanted = wanted.where(User.id == actor.user_id)
    found = keyset.read_page(wanted, BY_NAME, after=after, before=before, size=EXPERTS_PER_PAGE)
    people = [row[0] for row in found.rows]
    hours = queries.hours_of([user.id for user in people], programme)
    reasons = _reasons(programme.id, [user.id for user in people])
    experts = [ExpertHours(user.id, user.name, hours[user.id], reasons.get(user.id, "")) for user in people]
    return HoursPage(experts, found.before, found.after)


def _counsels_in(programme_id: int) -> ColumnElement[bool]:
    """Give the condition on `User` for experts, and for those who were experts when they logged sessions of the year."""
    holders = select(RoleGrant.user_id).where(RoleGrant.role == Role.EXPERT)
    logged = select(CoachingSession.id).where(
        CoachingSession.programme_id == programme_id,
        CoachingSession.expert_id == User.id,
        CoachingSession.state != SessionState.DRAFT,
    )
    return or_(User.id.in_(holders), logged.exists())


def _reasons(programme_id: int, user_ids: list[int]) -> dict[int, str]:
    wanted = select(HourQuota.user_id, HourQuota.reason).where(
        HourQuota.programme_id == programme_id, HourQuota.user_id.in_(user_ids)
    )
    return {row.user_id: row.reason for row in session().execute(wanted)}

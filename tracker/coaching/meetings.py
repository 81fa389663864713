"""Reads of planned meetings, narrowed to what the actor may see."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from tracker.accounts.access import Actor
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.coaching.models import Meeting
from tracker.core import clock
from tracker.core.content import names_of
from tracker.core.db import UtcTimestamp, session
from tracker.core.errors import NotFound
from tracker.core.keyset import of_each_row
from tracker.core.text import N_, Message
from tracker.journey import permissions as journey
from tracker.journey.models import Engagement
from tracker.journey.rules import EngagementState
from tracker.notifications.rules import Reason, Reminder
from tracker.vendors.models import Membership

USUAL_LENGTH = timedelta(hours=1)
MOST = 100
FAR_AWAY = datetime(9000, 1, 1, tzinfo=UTC)

_WHOLE = contains_eager(Meeting.engagement).options(joinedload(Engagement.organisation), joinedload(Engagement.product))


def get_meeting(meeting_id: int, *, actor: Actor) -> Meeting:
    """Give a meeting of an engagement that the actor may see."""
    wanted = (
        select(Meeting)
        .join(Meeting.engagement)
        .where(Meeting.id == meeting_id, journey.visible(actor))
        .options(_WHOLE, joinedload(Meeting.expert))
    )
    found = session().scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound
    return found


def agreed_in(session_id: int) -> Meeting | None:
    """Find the meeting that was agreed in a session and lies ahead."""
    wanted = select(Meeting).where(
        Meeting.session_id == session_id, Meeting.cancelled_at.is_(None), Meeting.starts_at > clock.now()
    )
    return session().scalars(wanted.options(joinedload(Meeting.engagement)).limit(1)).one_or_none()


def own_meetings(actor: Actor, limit: int) -> Sequence[Meeting]:
    """List the meetings that the actor goes to, as the expert or as the vendor's member, the next one first."""
    parts: list[ColumnElement[bool]] = []
    if actor.has(Role.EXPERT):
        parts.append(Meeting.expert_id == actor.user_id)
    if actor.has(Role.VENDOR):
        parts.append(Meeting.organisation_id.in_(actor.scope("organisation")))
    if not parts:
        return []
    return _planned(clock.now() - USUAL_LENGTH, None, or_(*parts), actor=actor, limit=limit)


NEXT_MEETING = (
    select(Meeting.id, Meeting.starts_at, User.name.label("expert"))
    .join(User, User.id == Meeting.expert_id)
    .where(Meeting.engagement_id == bindparam("engagement_id"), Meeting.cancelled_at.is_(None))
    .where(Meeting.starts_at >= bindparam("meets", type_=UtcTimestamp))
    .order_by(Meeting.starts_at, Meeting.id)
    .limit(1)
)
"""The next meeting of `:engagement_id` that begins after `:meets`."""


def still_counts(engagement: Engagement) -> datetime:
    """Give from when on a meeting of an engagement is still ahead; far away while the engagement does not go on."""
    return clock.now() - USUAL_LENGTH if engagement.state is EngagementState.ACTIVE else FAR_AWAY


def meetings_between(
    first: datetime, last: datetime, *, engagement_id: int | None, expert_id: int | None, actor: Actor, limit: int
) -> Sequence[Meeting]:
    """List the meetings of some days that the actor may see and that lie ahead."""
    narrowed = [
        column == value
        for column, value in ((Meeting.engagement_id, engagement_id), (Meeting.expert_id, expert_id))
        if value is not None
    ]
    return _planned(max(first, clock.now() - USUAL_LENGTH), last, *narrowed, actor=actor, limit=limit)


def _planned(
    first: datetime, last: datetime | None, *narrowed: ColumnElement[bool], actor: Actor, limit: int
) -> Sequence[Meeting]:
    wanted = (
        select(Meeting)
        .join(Meeting.engagement)
        .where(Meeting.starts_at >= first, Meeting.cancelled_at.is_(None), *narrowed)
        .where(of_each_row(Engagement.state) == EngagementState.ACTIVE, journey.visible(actor))
        .options(_WHOLE, joinedload(Meeting.expert))
    )
    if last is not None:
        wanted = wanted.where(Meeting.starts_at < last)
    return session().scalars(wanted.order_by(Meeting.starts_at, Meeting.id).limit(limit)).unique().all()


def reminders(day: date) -> Iterable[Reminder]:
    """Tell who goes to a meeting within a week."""
    begins = clock.start_of(day)
    wanted = (
        select(Meeting)
        .join(Meeting.engagement)
        .where(Meeting.starts_at >= begins, Meeting.starts_at < begins + timedelta(days=8))
        .where(Meeting.cancelled_at.is_(None), Engagement.state == EngagementState.ACTIVE)
        .options(contains_eager(Meeting.engagement).joinedload(Engagement.product))
        .order_by(Meeting.starts_at, Meeting.id)
    )
    found = session().scalars(wanted).unique().all()
    members = _members_of({meeting.organisation_id for meeting in found})
    for meeting in found:
        local = clock.in_taipei(meeting.starts_at)
        params = {"time": local.strftime("%H:%M"), "product": names_of(meeting.engagement.product)}
        message = Message(N_("Coaching meeting at %(time)s: %(product)s"), params)
        for user_id in dict.fromkeys([meeting.expert_id, *members.get(meeting.organisation_id, [])]):
            yield Reminder(user_id, Reason.SESSION, message, f"/meetings/{meeting.id}", local.date())


def _members_of(organisation_ids: Iterable[int]) -> dict[int, list[int]]:
    wanted = select(Membership.organisation_id, Membership.user_id).where(
        Membership.organisation_id.in_(list(organisation_ids)), Membership.ended_at.is_(None)
    )
    found: dict[int, list[int]] = {}
    for organisation_id, user_id in session().execute(wanted.order_by(Membership.id)):
        found.setdefault(organisation_id, []).append(user_id)
    return found

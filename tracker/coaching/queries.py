"""Reads of coaching sessions, actions and hours, narrowed to what the actor may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, bindparam, case, false, func, literal, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload, with_expression
from sqlalchemy.sql.base import ExecutableOption

from tracker.accounts.access import Actor
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.coaching import permissions
from tracker.coaching.models import ActionItem, Addendum, CoachingSession, HourQuota, SessionFile, SessionItem
from tracker.coaching.rules import TAKES_SESSIONS, ActionState, HoursUsed, SessionState
from tracker.core.db import read, session
from tracker.core.errors import NotFound
from tracker.core.keyset import of_each_row
from tracker.core.text import N_, Message
from tracker.evidence.models import Evidence
from tracker.journey import permissions as journey
from tracker.journey.case_names import OF_CASE
from tracker.journey.models import Assignment, Engagement, Item, PlaybookVersion
from tracker.journey.rules import AssignmentPart, ItemState, Step
from tracker.notifications.rules import Reason, Reminder
from tracker.programmes.models import Programme
from tracker.programmes.queries import rulebook_of
from tracker.vendors.models import Membership

HOURS_RULE = "coaching.hours-per-expert"
TOPICS_RULE = "coaching.topics"
MANY = 100
"""More than this nobody chooses from in a list."""

_CASE: tuple[ExecutableOption, ...] = (
    joinedload(CoachingSession.engagement).options(*OF_CASE),
    joinedload(CoachingSession.expert),
)
_WHOLE: tuple[ExecutableOption, ...] = (
    joinedload(CoachingSession.acknowledged_by),
    selectinload(CoachingSession.participants),
    selectinload(CoachingSession.topics),
    selectinload(CoachingSession.items).joinedload(SessionItem.item).joinedload(Item.playbook_version),
    selectinload(CoachingSession.actions).joinedload(ActionItem.assignee),
    selectinload(CoachingSession.files).joinedload(SessionFile.evidence).joinedload(Evidence.stored_file),
    selectinload(CoachingSession.addenda).joinedload(Addendum.author),
)


def get_session(session_id: int, *, actor: Actor) -> CoachingSession:
    """Give a session that the actor may see, with vendor, product, programme and expert."""
    return _get(session_id, actor, *_CASE)


def get_whole_session(session_id: int, *, actor: Actor) -> CoachingSession:
    """Give a session that the actor may see with everything on it; the internal note only to those it is for."""
    note = case((_reads_internal(actor), CoachingSession.internal_note), else_="")
    return _get(session_id, actor, *_CASE, *_WHOLE, with_expression(CoachingSession.readable_note, note))


def _get(session_id: int, actor: Actor, *options: ExecutableOption) -> CoachingSession:
    wanted = select(CoachingSession).where(CoachingSession.id == session_id, permissions.visible(actor))
    found = session().scalars(wanted.options(*options).execution_options(populate_existing=True)).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def _reads_internal(actor: Actor) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = []
    if actor.has(Role.AUDITOR):
        return literal(value=True)
    if actor.is_office:
        parts.append(CoachingSession.programme_id.in_(actor.scope("programme")))
    if actor.has(Role.EXPERT):
        parts.append(CoachingSession.engagement_id.in_(actor.scope("engagement")))
    return or_(*parts) if parts else false()


def read_internal_note(session_id: int) -> str:
    """Give the internal note; for operations and forms of those who may write it."""
    return session().scalar(select(CoachingSession.internal_note).where(CoachingSession.id == session_id)) or ""


def reload_session(session_id: int) -> CoachingSession:
    """Read a session as it stands under the write lock, with what its changes touch."""
    wanted = select(CoachingSession).where(CoachingSession.id == session_id)
    touched = (
        selectinload(CoachingSession.topics),
        selectinload(CoachingSession.actions),
        selectinload(CoachingSession.files).joinedload(SessionFile.evidence),
    )
    found = session().scalars(wanted.options(*_CASE, *touched).execution_options(populate_existing=True))
    return found.unique().one()


_SENT = select(CoachingSession.id).where(CoachingSession.client_key == bindparam("client_key"))


def find_by_key(client_key: str) -> CoachingSession | None:
    """Find the session that a device has sent already, whoever asks."""
    session_id = read(_SENT, {"client_key": client_key}).scalar()
    return session().get(CoachingSession, session_id) if session_id is not None else None


def recent_sessions(engagement: Engagement, *, actor: Actor, limit: int = 5) -> Sequence[CoachingSession]:
    """List the newest sessions of an engagement that the actor may see."""
    wanted = (
        select(CoachingSession)
        .where(CoachingSession.engagement_id == engagement.id, permissions.visible(actor))
        .options(joinedload(CoachingSession.expert), selectinload(CoachingSession.topics))
        .order_by(CoachingSession.starts_at.desc(), CoachingSession.id.desc())
    )
    return session().scalars(wanted.limit(limit)).all()


def sessions_waiting(actor: Actor, limit: int) -> Sequence[CoachingSession]:
    """List the records that wait for the actor: as the vendor's member to acknowledge, as the expert to submit."""
    own_drafts = and_(CoachingSession.state == SessionState.DRAFT, CoachingSession.expert_id == actor.user_id)
    to_acknowledge = and_(
        CoachingSession.state == SessionState.SUBMITTED,
        CoachingSession.organisation_id.in_(actor.scope("organisation")),
    )
    wanted = select(CoachingSession).where(permissions.visible(actor), or_(own_drafts, to_acknowledge)).options(*_CASE)
    return session().scalars(wanted.order_by(CoachingSession.starts_at, CoachingSession.id).limit(limit)).all()


# --- the engagement that a session is logged for --------------------------------------------------------------------------


_CASE_NOW = (
    select(Engagement)
    .where(Engagement.id == bindparam("engagement_id"))
    .options(*OF_CASE)
    .execution_options(populate_existing=True)
)


def reload_engagement(engagement_id: int) -> Engagement:
    """Read the engagement as it stands under the write lock, with all that a session needs of it, at once."""
    return session().scalars(_CASE_NOW, {"engagement_id": engagement_id}).one()


def last_engagement_id(actor: Actor) -> int | None:
    """Find the engagement that the actor logged a session for last; without one, the first that waits for it."""
    takes = of_each_row(Engagement.state).in_(TAKES_SESSIONS)
    logged = (
        select(CoachingSession.engagement_id)
        .join(CoachingSession.engagement)
        .where(CoachingSession.expert_id == actor.user_id, permissions.visible(actor), takes)
        .order_by(CoachingSession.created_at.desc(), CoachingSession.id.desc())
    )
    found = session().scalar(logged.limit(1))
    if found is not None:
        return found
    first = select(Engagement.id).where(_may_log(actor), takes).order_by(Engagement.changed_at.desc())
    return session().scalar(first.limit(1))


def engagements_to_log(actor: Actor) -> Sequence[Engagement]:
    """List engagements that the actor may log sessions for, those that changed last first."""
    wanted = (
        select(Engagement)
        .where(_may_log(actor), of_each_row(Engagement.state).in_(TAKES_SESSIONS))
        .options(joinedload(Engagement.organisation), joinedload(Engagement.product))
    )
    return session().scalars(wanted.order_by(Engagement.changed_at.desc()).limit(MANY)).all()


def _may_log(actor: Actor) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = []
    if actor.is_office:
        parts.append(of_each_row(Engagement.programme_id).in_(actor.scope("programme")))
    if actor.has(Role.EXPERT):
        parts.append(Engagement.id.in_(actor.scope("engagement")))
    return or_(*parts) if parts else false()


def last_session_of(engagement_id: int) -> CoachingSession | None:
    """Find the newest session of an engagement, with who took part."""
    wanted = (
        select(CoachingSession)
        .where(CoachingSession.engagement_id == engagement_id)
        .options(selectinload(CoachingSession.participants))
        .order_by(CoachingSession.starts_at.desc(), CoachingSession.id.desc())
    )
    return session().scalars(wanted.limit(1)).one_or_none()


@dataclass(frozen=True)
class OfferedItem:
    """An item as the form of a session offers it."""

    id: int
    step: Step
    position: int
    key: str
    version_id: int
    digest: str


_OFFERED = select(Item.id, Item.step, Item.position, Item.key, Item.playbook_version_id, PlaybookVersion.digest).join(
    PlaybookVersion, PlaybookVersion.id == Item.playbook_version_id
)
_OPEN_ITEMS = _OFFERED.where(
    Item.engagement_id == bindparam("engagement_id"),
    Item.state.not_in((ItemState.VERIFIED, ItemState.NOT_APPLICABLE)),
    Item.retired_at.is_(None),
)
_TOUCHED_ITEMS = _OFFERED.join(SessionItem, SessionItem.item_id == Item.id).where(
    SessionItem.session_id == bindparam("session_id")
)


def offered_items(engagement_id: int, session_id: int | None) -> list[OfferedItem]:
    """List the items of every step that are not finished, and those that a session touched before, in their order."""
    rows = [*read(_OPEN_ITEMS, {"engagement_id": engagement_id})]
    if session_id is not None:
        rows += read(_TOUCHED_ITEMS, {"session_id": session_id})
    items = {row.id: OfferedItem(*row) for row in rows}
    return sorted(items.values(), key=lambda item: (item.step.number, item.position, item.id))


def items_of(engagement_id: int, item_ids: Iterable[int]) -> frozenset[int]:
    """Give those of the ids that are items of the engagement."""
    wanted = select(Item.id).where(Item.engagement_id == engagement_id, Item.id.in_(list(item_ids)))
    return frozenset(session().scalars(wanted))


# --- actions ---------------------------------------------------------------------------------------------------------------


def get_action(action_id: int, *, actor: Actor) -> ActionItem:
    """Give an action of an engagement that the actor may see; those of a draft only to those who see the draft."""
    wanted = (
        select(ActionItem)
        .join(ActionItem.engagement)
        .outerjoin(ActionItem.session)
        .options(contains_eager(ActionItem.engagement), joinedload(ActionItem.assignee))
        .where(ActionItem.id == action_id, journey.visible(actor))
        .where(or_(ActionItem.session_id.is_(None), permissions.visible(actor)))
    )
    found = session().scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound
    return found


def actions_owed(actor: Actor, limit: int) -> Sequence[ActionItem]:
    """List the actions that the actor owes, due first; those of drafts are not owed yet."""
    wanted = (
        select(ActionItem)
        .join(ActionItem.engagement)
        .options(
            contains_eager(ActionItem.engagement).options(
                joinedload(Engagement.organisation), joinedload(Engagement.product)
            )
        )
        .where(ActionItem.assignee_id == actor.user_id, ActionItem.state == ActionState.OPEN)
        .where(journey.visible(actor), _is_known())
        .order_by(ActionItem.due_on, ActionItem.id)
    )
    return session().scalars(wanted.limit(limit)).all()


def _is_known() -> ColumnElement[bool]:
    """Give the condition on `ActionItem` that its session, where it came from one, is no draft any more."""
    submitted = select(CoachingSession.id).where(
        CoachingSession.id == ActionItem.session_id, CoachingSession.state != SessionState.DRAFT
    )
    return or_(ActionItem.session_id.is_(None), submitted.exists())


OPEN_ACTIONS = (
    select(ActionItem.id, ActionItem.text, ActionItem.due_on, ActionItem.state, User.name.label("assignee"))
    .join(User, User.id == ActionItem.assignee_id)
    .where(ActionItem.engagement_id == bindparam("engagement_id"), ActionItem.state == ActionState.OPEN, _is_known())
    .order_by(ActionItem.due_on, ActionItem.id)
    .limit(bindparam("most"))
)
"""What is still to do in `:engagement_id`, due first, as many as `:most`."""


def reminders(day: date) -> Iterable[Reminder]:
    """Tell who owes an action that is due within a week, and which members have a record to acknowledge."""
    wanted = (
        select(ActionItem.id, ActionItem.assignee_id, ActionItem.text, ActionItem.due_on)
        .where(ActionItem.state == ActionState.OPEN, ActionItem.due_on <= day + timedelta(days=7), _is_known())
        .order_by(ActionItem.due_on, ActionItem.id)
    )
    for action_id, assignee_id, text, due_on in session().execute(wanted).all():
        message = Message(N_("Action: %(text)s"), {"text": text})
        yield Reminder(assignee_id, Reason.DUE, message, f"/actions/{action_id}", due_on)
    yield from _records_to_acknowledge()


def _records_to_acknowledge() -> Iterable[Reminder]:
    wanted = (
        select(Membership.user_id, CoachingSession.id, CoachingSession.starts_at)
        .join(Membership, Membership.organisation_id == CoachingSession.organisation_id)
        .where(CoachingSession.state == SessionState.SUBMITTED, Membership.ended_at.is_(None))
        .order_by(CoachingSession.starts_at, CoachingSession.id)
    )
    for user_id, session_id, starts_at in session().execute(wanted).all():
        message = Message(N_("The session record of %(day)s waits for your acknowledgement"), {"day": starts_at})
        yield Reminder(user_id, Reason.DECISION, message, f"/coaching-sessions/{session_id}", None)


# --- hours -----------------------------------------------------------------------------------------------------------------


def hours_used(user_id: int, programme: Programme) -> HoursUsed:
    """Count an expert's hours of a programme year against the quota; drafts do not count yet."""
    return hours_of([user_id], programme)[user_id]


_USED = select(func.sum(CoachingSession.hours)).where(
    CoachingSession.programme_id == bindparam("programme_id"),
    CoachingSession.expert_id == User.id,
    CoachingSession.state.in_([state for state in SessionState if state is not SessionState.DRAFT]),
)
_OWN_QUOTA = select(HourQuota.hours).where(
    HourQuota.programme_id == bindparam("programme_id"), HourQuota.user_id == User.id
)
_HOURS = select(User.id, _USED.scalar_subquery(), _OWN_QUOTA.scalar_subquery()).where(
    User.id.in_(bindparam("user_ids", type_=Integer, expanding=True))
)


_HOURS_IN_YEAR = (
    select(
        Programme,
        select(func.sum(CoachingSession.hours))
        .where(CoachingSession.programme_id == Programme.id, CoachingSession.expert_id == bindparam("user_id"))
        .where(CoachingSession.state.in_([state for state in SessionState if state is not SessionState.DRAFT]))
        .scalar_subquery(),
        select(HourQuota.hours)
        .where(HourQuota.programme_id == Programme.id, HourQuota.user_id == bindparam("user_id"))
        .scalar_subquery(),
    )
    .join(Engagement, Engagement.programme_id == Programme.id)
    .where(Engagement.id == bindparam("engagement_id"))
)


def hours_of(user_ids: Sequence[int], programme: Programme) -> dict[int, HoursUsed]:
    """Count the hours of several experts at once."""
    usual = usual_quota(programme)
    rows: Iterable[Any] = read(_HOURS, {"programme_id": programme.id, "user_ids": list(user_ids)})
    return {
        user_id: HoursUsed(Decimal(hours or 0), quota if quota is not None else usual) for user_id, hours, quota in rows
    }


def hours_in_year_of(user_id: int, engagement_id: int) -> HoursUsed | None:
    """Count an expert's hours of the programme year that an engagement belongs to, in one query."""
    values = {"user_id": user_id, "engagement_id": engagement_id}
    found: Any = session().execute(_HOURS_IN_YEAR, values).one_or_none()
    if found is None:
        return None
    programme, hours, quota = found
    return HoursUsed(Decimal(hours or 0), usual_quota(programme) if quota is None else quota)


def usual_quota(programme: Programme) -> Decimal:
    """Give the yearly hours that the rulebook allows an expert; none where it says nothing."""
    rule = rulebook_of(programme).find_rule(HOURS_RULE)
    return Decimal(rule.value) if rule is not None and isinstance(rule.value, int) else Decimal(0)


def find_quota(programme_id: int, user_id: int) -> HourQuota | None:
    """Find the hours that the lead has set for an expert."""
    wanted = select(HourQuota).where(HourQuota.programme_id == programme_id, HourQuota.user_id == user_id)
    return session().scalars(wanted).one_or_none()


def lead_expert_id(engagement_id: int) -> int | None:
    """Find the expert who leads the engagement now; without a lead, the first one assigned."""
    part = case((Assignment.part == AssignmentPart.LEAD, 0), else_=1)
    wanted = select(Assignment.user_id).where(Assignment.engagement_id == engagement_id, Assignment.ended_at.is_(None))
    return session().scalar(wanted.order_by(part, Assignment.id).limit(1))

"""Who may do what with coaching sessions, actions and hours."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from tracker.accounts.access import Actor, Permission, has_role, signed_in
from tracker.accounts.rules import OFFICE, Role
from tracker.coaching.models import ActionItem, CoachingSession
from tracker.coaching.rules import SessionState
from tracker.core.text import N_
from tracker.journey.permissions import AUDITS, is_assigned, of_office, of_vendor
from tracker.programmes.models import Programme


def visible(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on `CoachingSession` for what the actor may see; a vendor's members see no drafts."""
    if actor.has(Role.AUDITOR):
        return true()
    parts: list[ColumnElement[bool]] = []
    if actor.is_office:
        parts.append(CoachingSession.programme_id.in_(actor.scope("programme")))
    if actor.has(Role.EXPERT):
        parts.append(CoachingSession.engagement_id.in_(actor.scope("engagement")))
    if actor.has(Role.VENDOR):
        own = CoachingSession.organisation_id.in_(actor.scope("organisation"))
        parts.append(and_(own, CoachingSession.state != SessionState.DRAFT))
    return or_(*parts) if parts else false()


def of_reading_vendor(actor: Actor, subject: Any) -> bool:
    """Tell whether the actor belongs to the vendor, and the record is no draft any more."""
    return (
        isinstance(subject, CoachingSession) and subject.state is not SessionState.DRAFT and of_vendor(actor, subject)
    )


def is_author(actor: Actor, subject: Any) -> bool:
    """Tell whether the session is the actor's own, and the engagement still assigned to it."""
    return isinstance(subject, CoachingSession) and subject.expert_id == actor.user_id and is_assigned(actor, subject)


def is_assignee(actor: Actor, subject: Any) -> bool:
    """Tell whether the action is the actor's to do, and the engagement still within its reach."""
    if not isinstance(subject, ActionItem) or subject.assignee_id != actor.user_id:
        return False
    return any(holds(actor, subject) for holds in (of_office, is_assigned, of_vendor))


def leads(actor: Actor, programme: Any) -> bool:
    """Tell whether the actor leads the programme year."""
    return isinstance(programme, Programme) and actor.has(Role.LEAD) and programme.id in actor.scope("programme")


READERS = has_role(*OFFICE, Role.AUDITOR, Role.EXPERT, Role.VENDOR)
LIST_SESSIONS = Permission("sessions.list", N_("List coaching sessions"), (READERS,))
VIEW_SESSION = Permission(
    "sessions.view", N_("Read a coaching session"), (of_office, is_assigned, of_reading_vendor, AUDITS)
)
START_SESSION = Permission("sessions.start", N_("Log coaching sessions"), (has_role(*OFFICE, Role.EXPERT),))
LOG_SESSION = Permission("sessions.log", N_("Log a session of this engagement"), (of_office, is_assigned))
EDIT_SESSION = Permission("sessions.edit", N_("Change, submit or take back a session record"), (of_office, is_author))
ACKNOWLEDGE_SESSION = Permission("sessions.acknowledge", N_("Acknowledge a session record"), (of_reading_vendor,))
CLOSE_SESSION = Permission("sessions.close", N_("Close a session record"), (of_office, is_assigned))
ADD_ADDENDUM = Permission(
    "sessions.add_addendum", N_("Add a note to a session record"), (of_office, is_assigned, of_reading_vendor)
)
PLAN_MEETING = Permission("meetings.plan", N_("Plan, move or call off a meeting"), (of_office, is_assigned))
VIEW_MEETING = Permission("meetings.view", N_("Read a planned meeting"), (of_office, is_assigned, of_vendor, AUDITS))
ADD_ACTION = Permission("actions.add", N_("Add an action"), (of_office, is_assigned))
VIEW_ACTION = Permission("actions.view", N_("Read an action"), (of_office, is_assigned, of_vendor, AUDITS))
FINISH_ACTION = Permission("actions.finish", N_("Finish an action"), (of_office, is_assigned, is_assignee))
DROP_ACTION = Permission("actions.drop", N_("Drop an action"), (of_office, is_assigned))
VIEW_HOURS = Permission("hours.view", N_("Read the hours of experts"), (has_role(*OFFICE, Role.AUDITOR, Role.EXPERT),))
SET_QUOTA = Permission("hours.set_quota", N_("Set an expert's yearly hours"), (leads,))
VIEW_COVERAGE = Permission(
    "coverage.view", N_("Read which topics were covered"), (has_role(*OFFICE, Role.AUDITOR, Role.EXPERT),)
)
OWN_FEED = Permission("feeds.own", N_("Have a calendar feed of one's own"), (signed_in,))

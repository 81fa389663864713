"""Meetings: planned, moved, called off; everybody who is to come is told."""

from sqlalchemy import inspect

from tracker.accounts.access import Actor
from tracker.coaching import meetings, queries, rules
from tracker.coaching.models import CoachingSession, Meeting
from tracker.coaching.operations.details import MeetingDetails
from tracker.coaching.operations.trail import note
from tracker.core import audit, clock
from tracker.core.content import names_of
from tracker.core.db import check_version, session
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.journey.models import Engagement
from tracker.journey.queries import vendor_ids
from tracker.notifications.operations import notify
from tracker.notifications.rules import Reason


def plan_meeting(
    engagement: Engagement, details: MeetingDetails, *, actor: Actor, logged: CoachingSession | None = None
) -> Meeting:
    """Plan when an engagement's expert and vendor meet next."""
    rules.check_meeting(details.starts_at, engagement.state, now=clock.now())
    meeting = Meeting(
        engagement=engagement,
        organisation_id=engagement.organisation_id,
        expert_id=logged.expert_id if logged is not None else _expert_of(engagement, actor),
        session_id=logged.id if logged is not None else None,
        starts_at=details.starts_at,
        mode=details.mode,
        place=details.place.strip(),
    )
    session().add(meeting)
    session().flush()
    note("meeting.planned", meeting, actor, starts_at=meeting.starts_at)
    _tell(meeting, N_("A coaching meeting is planned for %(day)s, %(time)s: %(product)s."), actor)
    return meeting


def change_meeting(meeting: Meeting, details: MeetingDetails, *, actor: Actor) -> None:
    """Move a meeting to another time or place."""
    meeting = _current(meeting, actor)
    check_version(meeting, details.version)
    rules.check_holds(meeting.state)
    rules.check_meeting(details.starts_at, meeting.engagement.state, now=clock.now())
    changed = audit.changes(meeting, starts_at=details.starts_at, mode=details.mode, place=details.place.strip())
    if changed:
        session().flush()
        note("meeting.changed", meeting, actor, starts_at=meeting.starts_at, changed=changed)
        _tell(meeting, N_("The coaching meeting was moved: now %(day)s, %(time)s: %(product)s."), actor)


def call_off_meeting(meeting: Meeting, *, actor: Actor) -> None:
    """Call a meeting off."""
    meeting = _current(meeting, actor)
    rules.check_holds(meeting.state)
    meeting.cancelled_at = clock.now()
    session().flush()
    note("meeting.called_off", meeting, actor, starts_at=meeting.starts_at)
    _tell(meeting, N_("The coaching meeting of %(day)s, %(time)s was called off: %(product)s."), actor)


def agree_in_session(logged: CoachingSession, wanted: MeetingDetails | None, *, actor: Actor) -> None:
    """Keep what a session's record says of the next meeting; one that has begun stays as it was."""
    known = meetings.agreed_in(logged.id)
    if known is None:
        if wanted is not None:
            plan_meeting(logged.engagement, wanted, actor=actor, logged=logged)
    elif wanted is None:
        call_off_meeting(known, actor=actor)
    else:
        change_meeting(known, wanted, actor=actor)


def _current(meeting: Meeting, actor: Actor) -> Meeting:
    identity = inspect(meeting).identity
    return meetings.get_meeting(identity[0], actor=actor) if inspect(meeting).expired and identity else meeting


def _expert_of(engagement: Engagement, actor: Actor) -> int:
    if actor.user_id is not None and engagement.id in actor.scope("engagement"):
        return actor.user_id
    lead = queries.lead_expert_id(engagement.id)
    if lead is None:
        raise Refused(N_("Nobody counsels this engagement yet. Assign an expert first."))
    return lead


def _tell(meeting: Meeting, msgid: str, actor: Actor) -> None:
    begins = clock.in_taipei(meeting.starts_at)
    notify(
        [one for one in {meeting.expert_id, *vendor_ids(meeting.engagement)} if one != actor.user_id],
        Reason.SESSION,
        msgid,
        {"day": begins.date(), "time": begins.strftime("%H:%M"), "product": names_of(meeting.engagement.product)},
        path=f"/meetings/{meeting.id}",
        engagement_id=meeting.engagement_id,
    )

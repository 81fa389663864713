"""The demo's coaching sessions: every few weeks, acknowledged and closed, the newest still open."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from tracker.coaching import operations as coaching
from tracker.coaching.models import ActionItem, CoachingSession
from tracker.coaching.people import people_of
from tracker.coaching.rules import Mode, SessionState
from tracker.core import clock
from tracker.core.db import session
from tracker.demo.cast import ADVICE, FINDINGS, TASKS
from tracker.demo.stories import Turn
from tracker.journey.rules import EngagementState
from tracker.programmes.queries import rulebook_of

if TYPE_CHECKING:
    from tracker.demo.history import Case

EVERY = timedelta(days=24)
QUIET = frozenset({Turn.SILENT, Turn.WITHDRAWN, Turn.ON_HOLD})


@dataclass
class Visit:
    """A session of the demo, once it is logged."""

    case: "Case"
    turn: int
    starts_at: datetime
    session_id: int = 0

    def read(self) -> CoachingSession:
        """Read the session."""
        return session().get_one(CoachingSession, self.session_id)


def plan_sessions(case: "Case") -> None:
    """Plan the sessions of an engagement."""
    end = case.world.now - (timedelta(days=20) if case.story.turn in QUIET else timedelta(hours=30))
    moment, turn = case.begins + timedelta(days=5, hours=4), 0
    while moment < end:
        visit = Visit(case, turn, moment.replace(minute=0, second=0))
        case.at(moment + timedelta(hours=3), partial(log, visit))
        case.at(moment + timedelta(days=2), partial(acknowledge, visit))
        case.at(moment + timedelta(days=6), partial(close, visit))
        moment, turn = moment + EVERY, turn + 1


def log(visit: Visit) -> None:
    """Log and submit the session; the newest of every fifth engagement stays a draft."""
    case = visit.case
    engagement, actor, number = case.engagement(), case.world.actor(case.expert), case.number + visit.turn
    topics = [option.id for option in rulebook_of(engagement.programme).rule("coaching.topics").options]
    due = clock.today() + timedelta(days=10)
    details = coaching.SessionDetails(
        step=engagement.step,
        starts_at=visit.starts_at,
        hours=Decimal(2) + Decimal("0.5") * (number % 3),
        mode=Mode.ONLINE if number % 3 else Mode.ON_SITE,
        place="線上會議" if number % 3 else "示範市雲階路一段 1 號",
        people=tuple(people_of(engagement, actor=actor)),
        topics=(topics[number % len(topics)], topics[(number + 4) % len(topics)]),
        findings=FINDINGS[number % len(FINDINGS)],
        recommendations=ADVICE[number % len(ADVICE)],
        actions=(coaching.ActionDetails(TASKS[number % len(TASKS)], case.world.people[case.vendor], due),),
    )
    details = replace(details, next_meeting=next_visit(visit, details))
    logged = coaching.log_session(engagement, details, actor=actor)
    session().flush()
    visit.session_id = logged.id
    if case.number % 5 or case.world.now - visit.starts_at > EVERY:
        coaching.submit_session(logged, actor=actor)


def next_visit(visit: Visit, details: coaching.SessionDetails) -> coaching.MeetingDetails | None:
    """Give when people meet next: on the usual day, at two in the afternoon; nobody plans where nothing happens any more."""
    if visit.case.story.turn in QUIET or visit.case.engagement().state is not EngagementState.ACTIVE:
        return None
    day = clock.in_taipei(visit.starts_at + EVERY).replace(hour=14, minute=0)
    return coaching.MeetingDetails(day, details.mode, details.place)


def acknowledge(visit: Visit) -> None:
    """Acknowledge the session for the vendor, and do what was agreed the time before."""
    logged, actor = visit.read(), visit.case.world.actor(visit.case.vendor)
    if logged.state is SessionState.SUBMITTED:
        coaching.acknowledge_session(logged, actor=actor)
    for action in previous_actions(visit):
        coaching.finish_action(action, actor=actor)


def previous_actions(visit: Visit) -> list[ActionItem]:
    """Give what earlier sessions of the engagement left to do."""
    query = select(ActionItem).where(
        ActionItem.engagement_id == visit.case.engagement_id,
        ActionItem.session_id < visit.session_id,
        ActionItem.done_at.is_(None),
    )
    return list(session().scalars(query))


def close(visit: Visit) -> None:
    """Close the session."""
    logged = visit.read()
    if logged.state is SessionState.ACKNOWLEDGED:
        coaching.close_session(logged, actor=visit.case.world.actor(visit.case.expert))

"""Which topics were spoken about in which step of which engagement, and which no expert has touched."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from tracker.accounts.access import Actor
from tracker.coaching.models import CoachingSession, SessionTopic
from tracker.coaching.rules import SessionState, Touched, untouched_topics
from tracker.core import keyset
from tracker.core.db import session
from tracker.core.keyset import Sort
from tracker.journey import permissions as journey
from tracker.journey.models import Engagement
from tracker.journey.rules import EngagementState, Step

ENGAGEMENTS_PER_PAGE = 12
NEWEST = Sort((Engagement.id,), descending=True)
COUNTED = (EngagementState.ACTIVE, EngagementState.ON_HOLD)


@dataclass(frozen=True)
class Cell:
    """A step and topic of an engagement: how many sessions spoke about it."""

    step: Step
    topic: str
    sessions: int


@dataclass(frozen=True)
class Row:
    """An engagement with its steps and topics."""

    engagement: Engagement
    touched: Touched
    topics: list[str]

    def cells(self, step: Step) -> list[Cell]:
        """Give the cells of a step in the order of the topics."""
        return [Cell(step, topic, self.touched.get((step, topic), 0)) for topic in self.topics]

    def has_begun(self, step: Step) -> bool:
        """Tell whether the engagement has come to this step."""
        return step.number <= self.engagement.step.number

    @property
    def untouched(self) -> list[str]:
        """List the topics that nobody has spoken about in any step."""
        return untouched_topics(self.touched, self.topics)


@dataclass(frozen=True)
class Grid:
    """A page of the grid."""

    rows: list[Row]
    before: str | None
    after: str | None


def grid(
    programme_id: int, topics: list[str], *, actor: Actor, after: str | None = None, before: str | None = None
) -> Grid:
    """Give a page of a programme year's engagements with their topics."""
    wanted = (
        select(Engagement)
        .where(Engagement.programme_id == programme_id, Engagement.state.in_(COUNTED), journey.visible(actor))
        .options(joinedload(Engagement.organisation), joinedload(Engagement.product))
    )
    found = keyset.read_page(wanted, NEWEST, after=after, before=before, size=ENGAGEMENTS_PER_PAGE)
    engagements = [row[0] for row in found.rows]
    touched = touched_of([engagement.id for engagement in engagements])
    return Grid([Row(one, touched.get(one.id, {}), topics) for one in engagements], found.before, found.after)


def touched_of(engagement_ids: Sequence[int]) -> dict[int, dict[tuple[str, str], int]]:
    """Count the sessions by step and topic of some engagements; drafts do not count yet."""
    counted = (
        select(CoachingSession.engagement_id, CoachingSession.step, SessionTopic.topic, func.count())
        .join(SessionTopic, SessionTopic.session_id == CoachingSession.id)
        .where(CoachingSession.engagement_id.in_(engagement_ids), CoachingSession.state != SessionState.DRAFT)
        .group_by(CoachingSession.engagement_id, CoachingSession.step, SessionTopic.topic)
    )
    found: dict[int, dict[tuple[str, str], int]] = {}
    for engagement_id, step, topic, sessions in session().execute(counted).all():
        found.setdefault(engagement_id, {})[step, topic] = sessions
    return found

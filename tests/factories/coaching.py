"""Coaching sessions, made by the operations."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.factories import journey, people
from tests.factories.people import acting
from tracker.accounts.access import Actor
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.coaching import operations
from tracker.coaching.models import ActionItem, CoachingSession
from tracker.coaching.operations import ActionDetails, SessionDetails
from tracker.coaching.people import people_of
from tracker.core import clock
from tracker.journey.models import Engagement
from tracker.journey.rules import Step

_turns = itertools.count(1)


@dataclass(frozen=True)
class Case:
    """An engagement with one person of each side."""

    engagement: Engagement
    expert: User
    member: User
    staff: User

    @property
    def as_expert(self) -> Actor:
        """Give the expert with the rights of now."""
        return acting(self.expert)

    @property
    def as_member(self) -> Actor:
        """Give the vendor's member with the rights of now."""
        return acting(self.member)

    @property
    def as_staff(self) -> Actor:
        """Give the office member with the rights of now."""
        return acting(self.staff)


def case(*, language: str = "zh-Hant") -> Case:
    """Make an engagement with an expert, a vendor's member and an office member of its programme year."""
    engagement = journey.engagement()
    expert = people.person(Role.EXPERT, name="示範專家", language=language)
    member = people.person(Role.VENDOR, name="示範窗口", language=language)
    staff = people.person(Role.STAFF, name="示範專員", language=language)
    people.assign(expert, engagement)
    people.join_organisation(member, engagement.organisation)
    people.join_programme(staff, engagement.programme)
    return Case(engagement, expert, member, staff)


def details(**changed: Any) -> SessionDetails:
    """Give what a form of a usual session holds; each one an hour before the last."""
    values: dict[str, Any] = {
        "step": Step.ASSESS,
        "starts_at": datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=next(_turns) % 500 + 1),
        "hours": Decimal("1.5"),
        "findings": "雲端架構已盤點。",
        "recommendations": "先導入備份。",
        "internal_note": "僅供計畫辦公室參考的內部說明",
        "topics": ("architecture",),
    }
    return SessionDetails(**{**values, **changed})


def draft(of: Case, **changed: Any) -> CoachingSession:
    """Log a session of the case's expert and leave it a draft."""
    return operations.log_session(of.engagement, details(**changed), actor=of.as_expert)


def submitted(of: Case, **changed: Any) -> CoachingSession:
    """Log a session and submit it."""
    logged = draft(of, **changed)
    operations.submit_session(logged, actor=of.as_expert)
    return logged


def acknowledged(of: Case, **changed: Any) -> CoachingSession:
    """Log a session, submit it and acknowledge it for the vendor."""
    logged = submitted(of, **changed)
    operations.acknowledge_session(logged, actor=of.as_member)
    return logged


def closed(of: Case, **changed: Any) -> CoachingSession:
    """Log a session and take it to its end."""
    logged = acknowledged(of, **changed)
    operations.close_session(logged, actor=of.as_expert)
    return logged


def action_of(of: Case, text: str = "盤點授權數量", *, days: int = 7) -> ActionDetails:
    """Give an action of the vendor's member."""
    return ActionDetails(text, of.member.id, clock.today() + timedelta(days=days))


def with_action(of: Case) -> tuple[CoachingSession, ActionItem]:
    """Submit a session from which the vendor's member has something to do."""
    logged = submitted(of, actions=(action_of(of),))
    return logged, logged.actions[0]


def everybody(of: Case) -> Sequence[Any]:
    """Give the people that a form of the case offers."""
    return tuple(people_of(of.engagement, actor=of.as_expert))

"""What happens to sessions and meetings, written into the audit trail."""

from tracker.accounts.access import Actor
from tracker.coaching.models import CoachingSession, Meeting
from tracker.core import audit


def note(action: str, about: CoachingSession | Meeting, actor: Actor, **facts: object) -> None:
    """Record what happened to a session or a meeting, with the engagement and the vendor that it belongs to."""
    audit.record(
        action,
        about,
        actor=actor,
        engagement_id=about.engagement_id,
        organisation_id=about.organisation_id,
        **facts,
    )

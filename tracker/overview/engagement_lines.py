"""The newest assessments and sandboxes of an engagement, for the pages that compose what features know of it."""

from sqlalchemy import bindparam, select

from tracker.assessments.models import Assessment
from tracker.sandboxes.models import Sandbox

LINES = 3
ASSESSMENTS = (
    select(
        Assessment.id,
        Assessment.number,
        Assessment.state,
        Assessment.closed_at,
        Assessment.asked,
        Assessment.done,
        Assessment.percent,
    )
    .where(Assessment.engagement_id == bindparam("engagement_id"))
    .order_by(Assessment.number.desc())
    .limit(LINES)
)
SANDBOXES = (
    select(Sandbox.id, Sandbox.title, Sandbox.state, Sandbox.expires_at)
    .where(Sandbox.engagement_id == bindparam("engagement_id"))
    .order_by(Sandbox.id.desc())
    .limit(LINES)
)

"""The newest assessments and sandboxes of an engagement, read together: the page of an engagement asks often enough."""

from collections.abc import Sequence
from typing import Any

from flask import g
from sqlalchemy import Integer, String, bindparam, cast, literal, null, select, union_all

from tracker.assessments.models import Assessment
from tracker.core.db import read
from tracker.journey.models import Engagement
from tracker.sandboxes.models import Sandbox

LINES = 3
_ASSESSMENTS = (
    select(
        literal("assessment").label("kind"),
        Assessment.id.label("id"),
        cast(Assessment.number, String).label("title"),
        cast(Assessment.state, String).label("state"),
        Assessment.closed_at.label("moment"),
        Assessment.asked.label("asked"),
        Assessment.done.label("done"),
        Assessment.percent.label("percent"),
    )
    .where(Assessment.engagement_id == bindparam("engagement_id"))
    .order_by(Assessment.number.desc())
    .limit(LINES)
    .subquery()
)
_SANDBOXES = (
    select(
        literal("sandbox"),
        Sandbox.id,
        Sandbox.title,
        cast(Sandbox.state, String),
        Sandbox.expires_at,
        cast(null(), Integer),
        cast(null(), Integer),
        cast(null(), Integer),
    )
    .where(Sandbox.engagement_id == bindparam("engagement_id"))
    .order_by(Sandbox.id.desc())
    .limit(LINES)
    .subquery()
)
_BOTH = union_all(select(_ASSESSMENTS), select(_SANDBOXES)).subquery()
_LINES = select(_BOTH)


def lines_of(kind: str, engagement: Engagement) -> Sequence[Any]:
    """Give the newest of a kind, read once for a request."""
    known: dict[int, Sequence[Any]] = g.setdefault("engagement_lines", {})
    if engagement.id not in known:
        known[engagement.id] = read(_LINES, {"engagement_id": engagement.id}).all()
    return [row for row in known[engagement.id] if row.kind == kind]

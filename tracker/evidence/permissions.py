"""Who may open which evidence."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, true

from tracker.accounts.access import Actor, Permission
from tracker.accounts.rules import Role
from tracker.core.text import N_
from tracker.evidence.models import Evidence

EngagementIds = Callable[[Actor], Select[int]]
_engagement_ids: list[EngagementIds] = []


def register_engagements(visible_ids: EngagementIds) -> None:
    """Say which engagements an actor may see; called from `app.py`, since engagements live above this package."""
    _engagement_ids[:] = [visible_ids]


def visible(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on `Evidence` for what the actor may see.

    Evidence of an engagement is seen by whoever sees the engagement; evidence of a vendor alone by the office, the vendor
    and its experts. What is internal is not seen by the vendor.
    """
    if actor.has(Role.AUDITOR):
        return true()
    parts: list[ColumnElement[bool]] = []
    of_engagement = _of_visible_engagement(actor)
    alone = Evidence.engagement_id.is_(None)
    if actor.is_office:
        parts += [of_engagement, alone]
    if actor.has(Role.EXPERT):
        parts.append(Evidence.engagement_id.in_(actor.scope("engagement")))
        parts.append(and_(alone, Evidence.organisation_id.in_(actor.scope("counselled"))))
    if actor.has(Role.VENDOR):
        parts.append(and_(Evidence.organisation_id.in_(actor.scope("organisation")), Evidence.internal.is_(False)))
    return or_(*parts) if parts else false()


def _of_visible_engagement(actor: Actor) -> ColumnElement[bool]:
    return Evidence.engagement_id.in_(_engagement_ids[0](actor)) if _engagement_ids and actor.is_office else false()


def is_visible(actor: Actor, evidence: Any) -> bool:
    """Tell that the evidence was loaded by `queries.get_evidence`, which gives only what the actor may see."""
    return actor.is_authenticated and isinstance(evidence, Evidence)


OPEN_EVIDENCE = Permission("evidence.open", N_("Open a file that was handed in as evidence"), (is_visible,))

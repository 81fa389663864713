"""Who may do what with notices: everybody with their own."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, or_

from tracker.accounts.access import Actor, Permission
from tracker.core.text import N_
from tracker.notifications.models import Notice

EngagementIds = Callable[[Actor], Select[int]]
_engagement_ids: list[EngagementIds] = []


def register_engagements(visible_ids: EngagementIds) -> None:
    """Say which engagements an actor may see; called from `app.py`, since engagements live above this package."""
    _engagement_ids[:] = [visible_ids]


def visible(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on `Notice` that it speaks of nothing that the actor may not see any more."""
    about_nothing = Notice.engagement_id.is_(None)
    return or_(about_nothing, Notice.engagement_id.in_(_engagement_ids[0](actor))) if _engagement_ids else about_nothing


def is_own(actor: Actor, notice: Any) -> bool:
    """Tell whether the notice is in the actor's inbox."""
    return isinstance(notice, Notice) and actor.is_authenticated and notice.user_id == actor.user_id


READ_NOTICE = Permission("notices.read", N_("Read one's own notices"), (is_own,))

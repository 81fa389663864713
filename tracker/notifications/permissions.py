"""Who may do what with notices: everybody with their own."""

from typing import Any

from tracker.accounts.access import Actor, Permission
from tracker.core.text import N_
from tracker.notifications.models import Notice


def is_own(actor: Actor, notice: Any) -> bool:
    """Tell whether the notice is in the actor's inbox."""
    return isinstance(notice, Notice) and actor.is_authenticated and notice.user_id == actor.user_id


READ_NOTICE = Permission("notices.read", N_("Read one's own notices"), (is_own,))

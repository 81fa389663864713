"""Who may read reports."""

from sqlalchemy import ColumnElement, false, true

from tracker.accounts.access import Actor, Permission, has_role
from tracker.accounts.rules import OFFICE, Role
from tracker.core.text import N_
from tracker.programmes.models import Programme


def reported(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on `Programme` for the years that the actor reads reports of: the office its own, auditors all."""
    if actor.has(Role.AUDITOR):
        return true()
    return Programme.id.in_(actor.scope("programme")) if actor.is_office else false()


VIEW_REPORTS = Permission("reports.view", N_("Read reports"), (has_role(*OFFICE, Role.AUDITOR),))

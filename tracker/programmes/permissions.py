"""Who may do what with programme years."""

from typing import Any

from sqlalchemy import ColumnElement, Select, false, select, true

from tracker.accounts.access import SYSTEM, Actor, Permission, has_role
from tracker.accounts.rules import OFFICE, Role
from tracker.core.text import N_
from tracker.programmes.models import Programme, ProgrammeMember


def programmes_of(user_id: int) -> Select[int]:
    """Select the programme years that an office member works in."""
    return select(ProgrammeMember.programme_id).where(
        ProgrammeMember.user_id == user_id, ProgrammeMember.ended_at.is_(None)
    )


def members_of(programme_id: int) -> Select[int]:
    """Select the people who work in a programme year now."""
    return select(ProgrammeMember.user_id).where(
        ProgrammeMember.programme_id == programme_id, ProgrammeMember.ended_at.is_(None)
    )


def visible(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on `Programme` for what the actor may see: rules are no secret among those who signed in."""
    return true() if actor is SYSTEM or actor.is_authenticated else false()


def works_in(actor: Actor, subject: Any) -> bool:
    """Tell whether the actor is of the office and works in the programme year."""
    programme = subject.programme if isinstance(subject, ProgrammeMember) else subject
    return actor.is_office and isinstance(programme, Programme) and programme.id in actor.scope("programme")


def leads(actor: Actor, subject: Any) -> bool:
    """Tell whether the actor is a lead who works in the programme year."""
    return actor.has(Role.LEAD) and works_in(actor, subject)


READERS = (*OFFICE, Role.ADMINISTRATOR, Role.AUDITOR, Role.EXPERT, Role.VENDOR, Role.REVIEWER)
VIEW_PROGRAMMES = Permission("programmes.view", N_("Read programmes and their rules"), (has_role(*READERS),))
OPEN_PROGRAMME = Permission("programmes.open", N_("Open a programme year"), (has_role(Role.LEAD),))
CHANGE_PROGRAMME = Permission("programmes.change", N_("Change a programme year and its people"), (leads,))
DECLARE_DAY = Permission("programmes.declare_day", N_("Declare a working day or a day off"), (has_role(Role.LEAD),))

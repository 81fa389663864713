"""Who may do what with events, registrations and attendance."""

from typing import Any

from sqlalchemy import ColumnElement, false, or_, true

from tracker.accounts.access import SYSTEM, Actor, Permission, has_role
from tracker.accounts.rules import OFFICE, Role
from tracker.core.text import N_
from tracker.events.models import Event
from tracker.events.rules.events import EventState

PEOPLE = (*OFFICE, Role.AUDITOR, Role.EXPERT, Role.VENDOR)


def visible(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on `Event` for what the actor may see: drafts are their programme's office's."""
    if actor is SYSTEM or actor.has(Role.AUDITOR):
        return true()
    parts: list[ColumnElement[bool]] = []
    if actor.is_office:
        parts.append(Event.programme_id.in_(actor.scope("programme")))
    if actor.has(*PEOPLE):
        parts.append(Event.state != EventState.DRAFT)
    return or_(*parts) if parts else false()


def visible_registrations(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on `Registration`, joined with its event, for what the actor may read of people."""
    if actor is SYSTEM or actor.has(Role.AUDITOR):
        return true()
    return Event.programme_id.in_(actor.scope("programme")) if actor.is_office else false()


def _event(subject: Any) -> Event | None:
    if isinstance(subject, Event):
        return subject
    found = getattr(subject, "event", None)
    return found if isinstance(found, Event) else None


def of_office(actor: Actor, subject: Any) -> bool:
    """Tell whether the actor is of the office that runs the event's programme year."""
    event = _event(subject)
    return event is not None and actor.is_office and event.programme_id in actor.scope("programme")


def is_announced(actor: Actor, subject: Any) -> bool:
    """Tell whether the event is no draft any more, and the actor one of those whom events are for."""
    event = _event(subject)
    return event is not None and event.state is not EventState.DRAFT and actor.has(*PEOPLE)


AUDITS = has_role(Role.AUDITOR)
LIST_EVENTS = Permission("events.list", N_("List events"), (has_role(*PEOPLE),))
VIEW_EVENT = Permission("events.view", N_("Read about an event"), (of_office, is_announced, AUDITS))
ADD_EVENT = Permission("events.add", N_("Add events"), (has_role(*OFFICE),))
MANAGE_EVENT = Permission("events.manage", N_("Change an event, its state and its questions"), (of_office,))
READ_PEOPLE = Permission("events.read_people", N_("Read who registered for an event and who came"), (of_office, AUDITS))
MANAGE_PEOPLE = Permission("events.manage_people", N_("Decide on registrations and enter attendance"), (of_office,))
CHECK_IN = Permission("events.check_in", N_("Check people in at the door"), (of_office,))

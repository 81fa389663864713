"""Events with people who register and come, made by the operations."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.factories import programmes
from tracker.accounts.access import ANONYMOUS, SYSTEM
from tracker.core import clock
from tracker.core.db import session
from tracker.events import operations
from tracker.events.models import Event, Registration
from tracker.events.operations import DoorAnswer, DoorDetails, EventDetails, PersonDetails, SessionDetails
from tracker.events.rules.attendance import Way
from tracker.events.rules.events import EventKind, EventState, Span

BEGINS = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
"""Half past nine in Taipei."""
BEFORE = BEGINS - timedelta(days=20)
DURING = BEGINS + timedelta(minutes=5)
AFTER = BEGINS + timedelta(days=1)
HOURS = 3
_numbers = itertools.count(1)


def details(*, days: int = 1, **changed: Any) -> EventDetails:
    """Give what the form of a usual workshop holds: three hours on each of some days."""
    sessions = tuple(
        SessionDetails(Span(BEGINS + timedelta(days=day), BEGINS + timedelta(days=day, hours=HOURS)))
        for day in range(days)
    )
    values: dict[str, Any] = {
        "programme_id": programmes.programme().id,
        "kind": EventKind.WORKSHOP,
        "name_zh": "示範雲端架構工作坊",
        "name_en": "Demo workshop on cloud architecture",
        "sessions": sessions,
        "place": "示範市雲階路一段 1 號",
        "consent_zh": "示範個資告知事項",
        "consent_en": "Demo notice on personal data",
    }
    return EventDetails(**{**values, **changed})


def event(*, state: EventState = EventState.OPEN, days: int = 1, **changed: Any) -> Event:
    """Make an event that takes place on the usual day, open for registration unless said otherwise."""
    with clock.at(BEFORE):
        made = operations.add_event(details(days=days, **changed), actor=SYSTEM)
        if state is not EventState.DRAFT:
            operations.move_event(made, EventState.OPEN, actor=SYSTEM)
        if state not in {EventState.DRAFT, EventState.OPEN}:
            operations.move_event(made, state, actor=SYSTEM)
    return made


def person(of: Event, name: str = "", **changed: Any) -> PersonDetails:
    """Give what the public form holds of somebody whom no event has met."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "name": name or f"報名者{number}",
        "email": f"guest{number}@guests.example",
        "company": "示範來賓有限公司",
        "consent_id": of.consent.id if of.consent else None,
    }
    return PersonDetails(**{**values, **changed})


def registration(of: Event, name: str = "", **changed: Any) -> Registration:
    """Register somebody on the public page some weeks before the event."""
    with clock.at(BEFORE):
        made = operations.register(of, person(of, name, **changed), actor=ANONYMOUS).registration
    session().flush()
    return made


def show(of: Event, ticket: Registration | str, *, at: datetime = DURING, **more: Any) -> DoorAnswer:
    """Show a ticket at the door."""
    code = ticket if isinstance(ticket, str) else ticket.door_code
    with clock.at(at):
        return operations.check_in(of, DoorDetails(Way.QR, code=code, **more), actor=SYSTEM)


def came(of: Event, name: str = "", **changed: Any) -> Registration:
    """Register somebody and check them in to the first session."""
    made = registration(of, name, **changed)
    show(of, made)
    return made

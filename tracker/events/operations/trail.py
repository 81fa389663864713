"""What happens to events, written into the audit trail."""

from typing import Any

from tracker.accounts.access import Actor
from tracker.core import audit
from tracker.core.db import Base
from tracker.events.models import Event, Registration


def note(action: str, about: Base, actor: Actor, *, organisation_id: int | None = None, **facts: Any) -> None:
    """Record what happened, on the vendor whom it concerns."""
    audit.record(action, about, actor=actor, organisation_id=organisation_id, **facts)


def note_event(action: str, event: Event, actor: Actor, **facts: Any) -> None:
    """Record what happened to an event, with its name."""
    note(action, event, actor, title=event.name_zh, **facts)


def note_registration(action: str, registration: Registration, actor: Actor, **facts: Any) -> None:
    """Record what happened to a registration, with the name of its event."""
    note(
        action,
        registration,
        actor,
        organisation_id=registration.organisation_id,
        title=registration.event.name_zh,
        **facts,
    )

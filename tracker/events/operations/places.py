"""Places of an event: one writer at a time, counted anew with each change, offered to whoever waits longest."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from tracker.accounts.access import Actor
from tracker.core import clock
from tracker.core.db import read, session, table_of, take_turn, write
from tracker.core.errors import NotFound
from tracker.events import mails
from tracker.events.models import Event, Registration
from tracker.events.operations.trail import note_registration
from tracker.events.rules import registrations as rules
from tracker.events.rules.events import ENDED, EventState
from tracker.events.rules.registrations import HOLDING, Places, RegistrationState

_COUNTS = (
    select(Registration.state, func.count())
    .where(Registration.state.in_((*HOLDING, RegistrationState.WAITING)))
    .group_by(Registration.state)
)


def lock_event(event_id: int) -> Event:
    """Give an event as it stands, while nobody else changes its registrations."""
    take_turn(f"event:{event_id}")
    wanted = (
        select(Event)
        .where(Event.id == event_id)
        .options(
            joinedload(Event.programme),
            selectinload(Event.sessions),
            selectinload(Event.questions),
            selectinload(Event.consents),
        )
    )
    found = session().scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound
    return found


def lock_registration(registration_id: int) -> Registration:
    """Give a registration as it stands, under its event's turn."""
    event_id = read(select(Registration.event_id).where(Registration.id == registration_id)).scalar()
    if event_id is None:
        raise NotFound
    lock_event(event_id)
    wanted = select(Registration).where(Registration.id == registration_id).options(joinedload(Registration.attendee))
    return session().scalars(wanted.execution_options(populate_existing=True)).one()


def places_of(event: Event) -> Places:
    """Count the places under the event's turn."""
    counts = {row[0]: row[1] for row in read(_COUNTS.where(Registration.event_id == event.id))}
    taken = sum(counts.get(state, 0) for state in HOLDING)
    return Places(event.capacity, taken, counts.get(RegistrationState.WAITING, 0))


def recount(event: Event) -> Places:
    """Write down how many places are taken; the event itself, which people edit, keeps its version."""
    places = places_of(event)
    if places.taken != event.taken:
        changed = update(table_of(Event)).where(Event.id == event.id)
        write(changed.values(taken=places.taken, changed_at=Event.changed_at))
        set_committed_value(event, "taken", places.taken)
    return places


def fill_places(event: Event, *, actor: Actor) -> int:
    """Offer each free place to whoever waits longest; give how many were offered."""
    places = recount(event)
    begun = event.begins_at is None or event.begins_at <= clock.now()
    if not places.waiting or event.state in {*ENDED, EventState.DRAFT} or begun:
        return 0
    number = places.waiting if places.free is None else min(places.free, places.waiting)
    for registration in _waiting(event, number):
        offer_place(registration, actor=actor)
    recount(event)
    return number


def _waiting(event: Event, number: int) -> list[Registration]:
    waiting = (
        select(Registration)
        .where(Registration.event_id == event.id, Registration.state == RegistrationState.WAITING)
        .order_by(Registration.waiting_since, Registration.id)
    )
    return list(session().scalars(waiting.limit(number))) if number else []


def offer_place(registration: Registration, *, actor: Actor) -> None:
    """Hold a place for somebody of the waiting list for some hours, and write to them."""
    event = registration.event
    move(registration, RegistrationState.OFFERED)
    registration.offer_until = rules.offer_until(clock.now(), event.offer_hours, event.begins_at)
    session().flush()
    note_registration("registration.offered", registration, actor, until=registration.offer_until)
    mails.tell_state(registration)


def lapse_offers(event_id: int, *, actor: Actor) -> int:
    """Put those who did not take their place in time at the end of the waiting list, and offer it to the next."""
    event = lock_event(event_id)
    lapsed = select(Registration).where(
        Registration.event_id == event.id,
        Registration.state == RegistrationState.OFFERED,
        Registration.offer_until <= clock.now(),
    )
    found = list(session().scalars(lapsed.order_by(Registration.offer_until, Registration.id)))
    for registration in found:
        move(registration, RegistrationState.WAITING)
        note_registration("registration.offer_lapsed", registration, actor)
        mails.tell(registration, mails.LAPSED)
    session().flush()
    fill_places(event, actor=actor)
    return len(found)


def move(registration: Registration, new: RegistrationState) -> None:
    """Set a registration's state with the moments that go with it."""
    rules.check_registration_move(registration.state, new)
    registration.state = new
    registration.offer_until = None
    registration.waiting_since = clock.now() if new is RegistrationState.WAITING else None
    registration.cancelled_at = clock.now() if new is RegistrationState.CANCELLED else None

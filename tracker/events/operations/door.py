"""The door: a ticket, a name or a walk-in becomes one attendance, whatever is sent twice, late or from several doors."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.accounts.access import Actor
from tracker.core import clock
from tracker.core.db import session, take_turn
from tracker.core.errors import NotFound, Refused
from tracker.core.text import N_
from tracker.events.models import Attendance, AttendeeMail, DoorMessage, Event, EventSession, Registration
from tracker.events.operations.attendance import note_arrival, turn_of
from tracker.events.operations.details import DoorAnswer, DoorDetails, PersonDetails, WalkIn
from tracker.events.operations.places import lock_event, move, recount
from tracker.events.operations.registrations import (
    add_attendee,
    begin,
    fill_in,
    final,
    find_attendee,
    find_registration,
    new_registration,
)
from tracker.events.operations.trail import note_registration
from tracker.events.queries.attendance import find_attendance
from tracker.events.rules import attendance as rules
from tracker.events.rules.attendance import CAME, Outcome, Ticket, Way
from tracker.events.rules.registrations import RegistrationState, Source, mail_key
from tracker.vendors.rules import check_email


def check_in(event: Event, details: DoorDetails, *, actor: Actor) -> DoorAnswer:
    """Take a check-in from a device: once for each nonce, once for each person and session."""
    take_turn(f"event-door:{details.nonce}")
    known = session().scalars(select(DoorMessage).where(DoorMessage.nonce == details.nonce)).one_or_none()
    if known is not None:
        if known.event_id != event.id:
            raise NotFound
        return _as_answered(known)
    now = clock.now()
    moment = rules.happened_at(now, details.age_seconds)
    answer = _judge(event, details, moment, actor)
    session().add(
        DoorMessage(
            event_id=event.id,
            nonce=details.nonce,
            registration_id=answer.registration_id,
            outcome=answer.outcome,
            answer=answer.plain(),
            happened_at=moment,
            received_at=now,
            by_id=actor.user_id,
        )
    )
    session().flush()
    return answer


def _as_answered(known: DoorMessage) -> DoorAnswer:
    since = known.answer.get("since")
    return DoorAnswer(
        known.outcome,
        known.answer["name"],
        known.answer["company"],
        known.answer["session"],
        datetime.fromisoformat(since) if since else None,
        known.registration_id,
    )


def _judge(event: Event, details: DoorDetails, moment: datetime, actor: Actor) -> DoorAnswer:
    sessions = event.live_sessions
    closed = rules.judge_door(event.state, [one.span for one in sessions], moment)
    if closed is not None:
        return DoorAnswer(closed)
    one = sessions[rules.session_at([one.span for one in sessions], moment) or 0]
    if details.walk_in is not None:
        return _walk_in(event, one, details.walk_in, moment, actor)
    registration = _shown(event, details)
    return _arrive(event, one, registration, moment, details.way, actor)


def _shown(event: Event, details: DoorDetails) -> Registration | None:
    """Find whose ticket is shown, also one of another event, so that the door can say so."""
    wanted = select(Registration).options(joinedload(Registration.event))
    if details.registration_id is not None:
        wanted = wanted.where(Registration.id == details.registration_id, Registration.event_id == event.id)
    else:
        code = "".join(details.code.upper().split()).replace("-", "").rpartition("/")[2]
        wanted = wanted.where(Registration.door_code == code)
    return session().scalars(wanted).one_or_none()


def _arrive(
    event: Event, one: EventSession, registration: Registration | None, moment: datetime, way: Way, actor: Actor
) -> DoorAnswer:
    if registration is None:
        return DoorAnswer(rules.judge_ticket(None))
    turn_of(registration.id)
    session().refresh(registration, ["state"])
    there = find_attendance(registration.id, one.id)
    came = there is not None and there.state in CAME
    outcome = rules.judge_ticket(Ticket(registration.event_id == event.id, registration.state, came))
    if outcome is Outcome.OTHER_EVENT:
        return DoorAnswer(outcome)
    if outcome is Outcome.ARRIVED:
        there = note_arrival(registration, one, moment, way, actor=actor)
    return _answer(outcome, registration, one, there)


def _answer(outcome: Outcome, registration: Registration, one: EventSession, there: Attendance | None) -> DoorAnswer:
    since = there.arrived_at if there is not None and outcome is Outcome.ALREADY else None
    return DoorAnswer(outcome, registration.name, registration.company, one.title, since, registration.id)


def _walk_in(event: Event, one: EventSession, walk_in: WalkIn, moment: datetime, actor: Actor) -> DoorAnswer:
    """Register somebody at the door and check them in; who was registered already is checked in on that registration."""
    contact = walk_in.contact.strip()
    mail, phone = (contact, "") if "@" in contact else ("", contact)
    person = PersonDetails(walk_in.name.strip(), mail, phone, company=walk_in.company.strip())
    if not (person.name and person.company and contact) or not _is_mail(mail):
        return DoorAnswer(Outcome.REFUSED)
    event = lock_event(event.id)
    attendee = find_attendee(person) or add_attendee(person)
    known = find_registration(event, attendee)
    if known is not None and known.state is RegistrationState.CONFIRMED:
        return _arrive(event, one, known, moment, Way.SEARCH, actor)
    registration = known or new_registration(event, attendee, Source.WALK_IN)
    if known is None:
        fill_in(registration, person, Source.WALK_IN)
        begin(registration, RegistrationState.CONFIRMED)
    else:
        move(registration, RegistrationState.CONFIRMED)
        session().flush()
    recount(event)
    note_registration("registration.made", registration, actor, state=registration.state, source=Source.WALK_IN)
    turn_of(registration.id)
    there = note_arrival(registration, one, moment, Way.WALK_IN, actor=actor)
    return _answer(Outcome.WALKED_IN, registration, one, there)


def _is_mail(mail: str) -> bool:
    try:
        check_email(mail)
    except Refused:
        return False
    return True


# --- by oneself -----------------------------------------------------------------------------------------------------------


def check_in_by_mail(event: Event, typed: str, mail: str, secret: str, *, actor: Actor) -> DoorAnswer:
    """Let somebody note their own presence by the code on the screen and the mail that they registered with."""
    one = _check_code(event, typed, secret)
    person = session().scalars(select(AttendeeMail).where(AttendeeMail.mail_key == mail_key(mail))).one_or_none()
    registration = find_registration(event, final(person.attendee)) if person is not None else None
    if registration is None:
        raise Refused(N_("Nobody is registered with this mail address. Correct it, or ask at the door."), field="email")
    return _arrive(event, one, registration, clock.now(), Way.SELF, actor)


def check_in_by_ticket(registration: Registration, typed: str, secret: str, *, actor: Actor) -> DoorAnswer:
    """Let the owner of a ticket note their own presence by the code on the screen."""
    event = registration.event
    one = _check_code(event, typed, secret)
    return _arrive(event, one, registration, clock.now(), Way.SELF, actor)


def _check_code(event: Event, typed: str, secret: str) -> EventSession:
    now, sessions = clock.now(), event.live_sessions
    closed = rules.judge_door(event.state, [one.span for one in sessions], now)
    if closed is not None:
        raise Refused(closed.label, field="code")
    one = sessions[rules.session_at([one.span for one in sessions], now) or 0]
    if not rules.is_self_code(typed, secret, one.id, now):
        raise Refused(
            N_("This is not the code on the screen. It changes every half minute: type the one that is shown now."),
            field="code",
        )
    return one

"""Registering, changing, cancelling; the office's decisions; who is the same person."""

import secrets

from sqlalchemy import select

from tracker.accounts.access import Actor
from tracker.core import audit, clock
from tracker.core.db import check_version, session, take_turn
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.events import mails
from tracker.events.companies import match_company
from tracker.events.models import Attendance, Attendee, AttendeeMail, Event, Registration
from tracker.events.operations.details import PersonDetails, Registered
from tracker.events.operations.places import fill_places, lock_event, lock_registration, move, places_of, recount
from tracker.events.operations.trail import note_registration
from tracker.events.queries.registrations import find_account, fits_audience
from tracker.events.rules import registrations as rules
from tracker.events.rules.registrations import LIVE, MatchReason, RegistrationState, Source, mail_key
from tracker.events.rules.surveys import Purpose, check_answers
from tracker.vendors.models import Organisation
from tracker.vendors.rules import check_email


def new_code(length: int = rules.CODE_LENGTH) -> str:
    """Draw a code that nobody can guess."""
    return "".join(secrets.choice(rules.CODE_ALPHABET) for _ in range(length))


def register(event: Event, details: PersonDetails, *, actor: Actor, source: Source = Source.PUBLIC) -> Registered:
    """Register a person: with a place, on the waiting list, or waiting for the office; each person once."""
    event = lock_event(event.id)
    if source is Source.PUBLIC:
        rules.check_registrable(event.state, closes_at=event.closes_at, ends_at=event.ends_at, now=clock.now())
        _check_consent(event, details)
    else:
        rules.check_not_ended(event.state)
    check_email(details.email, field="email")
    attendee = find_attendee(details) or add_attendee(details)
    known = find_registration(event, attendee)
    if known is not None and known.state in LIVE:
        return _again(known, details, source)
    registration = known or new_registration(event, attendee, source)
    fill_in(registration, details, source)
    needs_approval = source is Source.PUBLIC and (event.needs_approval or not fits_audience(event, registration))
    state = rules.first_state(places_of(event), needs_approval=needs_approval)
    begin(registration, state)
    recount(event)
    note_registration("registration.made", registration, actor, state=state, source=source)
    mails.tell_state(registration)
    return Registered(registration, is_new=True)


def _check_consent(event: Event, details: PersonDetails) -> None:
    if event.consent is not None and details.consent_id != event.consent.id:
        raise Refused(
            N_(
                "Please read the text on personal data as it stands now, and agree to it; without that nobody is registered."
            ),
            field="consent",
        )


def _again(known: Registration, details: PersonDetails, source: Source) -> Registered:
    """Answer a person who is registered already: their link is sent once more, to the mail that they gave first."""
    if source is Source.OFFICE:
        raise Refused(
            N_("This person is registered already. Open that registration in the list instead."), field="email"
        )
    if mail_key(details.email) != mail_key(known.email):
        raise Refused(
            N_(
                "Somebody with this name and phone number is registered already. The ticket is in the mail to the address that was given first."
            ),
            field="email",
        )
    mails.tell_state(known, once_key=f"event-again:{known.id}:{known.state}:{clock.today()}")
    return Registered(known, is_new=False)


def find_attendee(details: PersonDetails) -> Attendee | None:
    """Find the person of a mail address, else of the same name and phone under another address, which they are then given."""
    if key := mail_key(details.email):
        take_turn(f"attendee:{key}")
        mail = session().scalars(select(AttendeeMail).where(AttendeeMail.mail_key == key)).one_or_none()
        if mail is not None:
            return final(mail.attendee)
    key_of_person = rules.person_key(details.name, details.phone)
    if key_of_person is None:
        return None
    name, phone = key_of_person
    same = select(Attendee).where(Attendee.phone_key == phone, Attendee.name_key == name)
    found = session().scalars(same.order_by(Attendee.id).limit(1)).one_or_none()
    return final(found) if found is not None else None


def final(attendee: Attendee) -> Attendee:
    """Give the person that this one turned out to be."""
    while attendee.merged_into_id is not None:
        attendee = session().get_one(Attendee, attendee.merged_into_id)
    return attendee


def add_attendee(details: PersonDetails) -> Attendee:
    """Note a person whom no event has met yet."""
    attendee = Attendee(
        name=details.name, name_key=rules.name_key(details.name), phone_key=rules.phone_key(details.phone)
    )
    if details.email:
        attendee.mails = [AttendeeMail(mail_key=mail_key(details.email))]
    session().add(attendee)
    session().flush()
    return attendee


def find_registration(event: Event, attendee: Attendee) -> Registration | None:
    """Find a person's registration for an event, in whatever state."""
    wanted = select(Registration).where(Registration.event_id == event.id, Registration.attendee_id == attendee.id)
    return session().scalars(wanted.execution_options(populate_existing=True)).one_or_none()


def new_registration(event: Event, attendee: Attendee, source: Source) -> Registration:
    """Make the row of a registration, with the codes of its ticket and its links."""
    return Registration(
        event=event,
        attendee=attendee,
        source=source,
        state=RegistrationState.PENDING,
        door_code=new_code(),
        link_key=secrets.token_urlsafe(12),
        invite_sequence=0,
    )


def begin(registration: Registration, state: RegistrationState) -> None:
    """Let a registration begin in a state, also one that was cancelled before."""
    registration.state, registration.offer_until, registration.cancelled_at = state, None, None
    registration.waiting_since = clock.now() if state is RegistrationState.WAITING else None
    session().add(registration)
    session().flush()


def fill_in(registration: Registration, details: PersonDetails, source: Source) -> None:
    """Write who registers into a registration, with the vendor that their company is."""
    event = registration.event
    registration.source = source
    registration.email = registration.email or details.email.strip()
    registration.language = details.language
    registration.user_id = find_account(details.email)
    _write_person(registration, details)
    if source is Source.PUBLIC:
        asked = [one.asked for one in event.questions_for(Purpose.REGISTRATION)]
        registration.answers = check_answers(asked, details.answers)
        registration.consent_id = details.consent_id if event.consent is not None else None
        registration.consented_at = clock.now() if registration.consent_id is not None else None


def _write_person(registration: Registration, details: PersonDetails) -> dict[str, list[object]]:
    changed = audit.changes(
        registration,
        name=details.name,
        phone=details.phone,
        job_title=details.job_title,
        company=details.company,
        ubn=details.ubn,
    )
    if changed.keys() & {"company", "ubn"} or registration.match_reason is None:
        match = match_company(details.ubn, details.company, user_id=registration.user_id)
        registration.organisation_id, registration.match_reason = match.organisation_id, match.reason
    return changed


def change_registration(registration: Registration, details: PersonDetails, *, actor: Actor) -> None:
    """Change what a person wrote when they registered; the mail address stays, since it says who they are."""
    registration = lock_registration(registration.id)
    check_version(registration, details.version)
    rules.check_not_ended(registration.event.state)
    if registration.state not in LIVE:
        raise Refused(N_("This registration is cancelled. Register again on the event's page."))
    changed = _write_person(registration, details)
    answers = check_answers(
        [one.asked for one in registration.event.questions_for(Purpose.REGISTRATION)], details.answers
    )
    if answers != registration.answers:
        registration.answers = answers
        changed["answers"] = []
    if changed:
        session().flush()
        note_registration("registration.changed", registration, actor, fields=sorted(changed))


def cancel_registration(registration: Registration, *, actor: Actor) -> None:
    """Cancel a registration and offer its place to whoever waits longest."""
    registration = lock_registration(registration.id)
    if registration.state is RegistrationState.CANCELLED:
        return
    rules.check_not_ended(registration.event.state)
    move(registration, RegistrationState.CANCELLED)
    session().flush()
    note_registration("registration.cancelled", registration, actor)
    mails.tell_state(registration)
    fill_places(registration.event, actor=actor)


def accept_offer(registration: Registration, *, actor: Actor) -> None:
    """Take the place that is held."""
    registration = lock_registration(registration.id)
    if registration.state is RegistrationState.CONFIRMED:
        return
    rules.check_offer(registration.state, registration.offer_until, clock.now())
    _confirm(registration, actor)


def admit(registration: Registration, *, actor: Actor) -> None:
    """Admit somebody who waits for the office or on the waiting list; with every place taken, to the waiting list."""
    registration = lock_registration(registration.id)
    rules.check_not_ended(registration.event.state)
    free = places_of(registration.event).free
    if free is None or free > 0 or registration.state is RegistrationState.OFFERED:
        _confirm(registration, actor)
        return
    if registration.state is RegistrationState.WAITING:
        raise Refused(N_("Every place is taken. Give the event more places, or cancel a registration first."))
    move(registration, RegistrationState.WAITING)
    session().flush()
    note_registration("registration.waits", registration, actor)
    mails.tell_state(registration)


def decline(registration: Registration, *, actor: Actor) -> None:
    """Decline a registration that waits for the office."""
    registration = lock_registration(registration.id)
    move(registration, RegistrationState.DECLINED)
    session().flush()
    note_registration("registration.declined", registration, actor)
    mails.tell_state(registration)


def _confirm(registration: Registration, actor: Actor) -> None:
    move(registration, RegistrationState.CONFIRMED)
    session().flush()
    recount(registration.event)
    note_registration("registration.confirmed", registration, actor)
    mails.tell_state(registration)


def choose_vendor(registration: Registration, organisation_id: int | None, *, actor: Actor) -> None:
    """Say which vendor a person comes from, or that it is none."""
    registration = lock_registration(registration.id)
    if organisation_id is not None and session().get(Organisation, organisation_id) is None:
        raise Refused(N_("No vendor has this UBN. Add the vendor first, or correct the number."), field="ubn")
    before = registration.organisation_id
    reason = MatchReason.OFFICE if organisation_id is not None else MatchReason.NONE
    if audit.changes(registration, organisation_id=organisation_id, match_reason=reason):
        session().flush()
        note_registration("registration.vendor_chosen", registration, actor, vendor=[before, organisation_id])


def merge_people(kept: Registration, double: Registration, *, actor: Actor) -> None:
    """Say that two registrations are one person with two mails: their mails and registrations become one person's.

    Where both are registered for an event, what was noted of the double's attendance goes to the other registration as far as
    that has none, and the double is cancelled; whatever stays on it counts nowhere, since its person has been merged.
    """
    if kept.id == double.id:
        raise Refused(N_("Choose another registration than this one."), field="code")
    lock_registration(double.id)
    kept, double = lock_registration(kept.id), session().get_one(Registration, double.id)
    person, other = final(kept.attendee), final(double.attendee)
    if person.id == other.id:
        raise Refused(N_("Both are the same person already."), field="code")
    for mail in list(other.mails):
        mail.attendee = person
    other.merged_into_id = person.id
    session().flush()
    theirs = select(Registration).where(Registration.attendee_id == other.id)
    for registration in session().scalars(theirs.order_by(Registration.event_id)).all():
        known = find_registration(lock_event(registration.event_id), person)
        if known is None:
            registration.attendee = person
        else:
            _give_up_double(registration, known, actor)
    session().flush()
    note_registration("registration.merged", kept, actor, double=double.id)


def _give_up_double(double: Registration, known: Registration, actor: Actor) -> None:
    noted = select(Attendance.session_id).where(Attendance.registration_id == known.id)
    theirs = select(Attendance).where(Attendance.registration_id == double.id, Attendance.session_id.not_in(noted))
    for attendance in session().scalars(theirs).all():
        attendance.registration = known
    if double.state in LIVE:
        move(double, RegistrationState.CANCELLED)
    session().flush()
    fill_places(double.event, actor=actor)

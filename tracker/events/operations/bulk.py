"""Many registrations and attendances at once, as an import brings them; nobody is counted twice, and no mail is sent."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from tracker.accounts.access import Actor
from tracker.accounts.models import User
from tracker.core import clock
from tracker.core.db import read, session, table_of, write
from tracker.core.text import N_, Message
from tracker.events.models import Attendance, Attendee, AttendeeMail, Event, EventSession, Registration
from tracker.events.operations import attendance as attending
from tracker.events.operations.details import PersonDetails
from tracker.events.operations.places import lock_event, places_of, recount
from tracker.events.operations.registrations import final, new_registration
from tracker.events.operations.trail import note_registration
from tracker.events.rules import attendance as attendance_rules
from tracker.events.rules import registrations as rules
from tracker.events.rules.attendance import CAME, AttendanceState, Way
from tracker.events.rules.events import EventState
from tracker.events.rules.registrations import (
    LIVE,
    MatchReason,
    RegistrationState,
    Source,
    mail_key,
    name_key,
    phone_key,
)
from tracker.journey.models import Engagement, Item
from tracker.journey.rules import EngagementState, ItemState


@dataclass(frozen=True)
class Stay:
    """How somebody was at a session."""

    state: AttendanceState
    arrived_at: datetime | None = None
    left_at: datetime | None = None


@dataclass(frozen=True)
class Coming:
    """What a row says: who, of which vendor, and how they were there."""

    details: PersonDetails
    registration_id: int | None = None
    is_new: bool = False
    organisation_id: int | None = None
    match_reason: MatchReason = MatchReason.NONE
    stay: Stay | None = None


@dataclass
class Brought:
    """What became of a row, as its undoing needs it."""

    registration: Registration
    is_new: bool = False
    attendance_id: int | None = None
    stay: Stay | None = None
    """Only where this row has made the attendance."""
    was: RegistrationState | None = None
    """The state before, where the row has changed it."""

    def as_plain(self) -> dict[str, Any]:
        """Give it as JSON holds it."""
        return {
            "registration_id": self.registration.id,
            "is_new": self.is_new,
            "attendance_id": self.attendance_id,
            "was": self.was.value if self.was else None,
        }


def why_not(event: Event) -> Message | None:
    """Say why nobody can be imported into an event."""
    if event.state in {EventState.DRAFT, EventState.CANCELLED}:
        return Message(N_("The event is a draft or was called off; nobody can be imported into it."))
    return None


class _Known:
    """The people whom rows speak of, read at once."""

    def __init__(self, event: Event, rows: Sequence[Coming]) -> None:
        self._event = event
        mails = {mail_key(row.details.email) for row in rows if row.details.email}
        names = {name_key(row.details.name) for row in rows}
        self.by_mail: dict[str, Attendee] = {
            one.mail_key: final(one.attendee)
            for one in session().scalars(
                select(AttendeeMail).where(AttendeeMail.mail_key.in_(mails)).options(joinedload(AttendeeMail.attendee))
            )
        }
        phones = {key for row in rows if (key := phone_key(row.details.phone))}
        same = select(Attendee).where(Attendee.phone_key.in_(phones), Attendee.name_key.in_(names))
        self.by_phone = {
            (one.name_key, one.phone_key): final(one) for one in session().scalars(same.order_by(Attendee.id.desc()))
        }
        ids = {row.registration_id for row in rows if row.registration_id is not None}
        people = {one.id for one in (*self.by_mail.values(), *self.by_phone.values())}
        of_event = (
            select(Registration).where(Registration.event_id == event.id).options(joinedload(Registration.attendee))
        )
        meant = Registration.id.in_(ids) | Registration.attendee_id.in_(people)
        nameless = (
            select(Registration.id)
            .join(Attendee)
            .where(Registration.event_id == event.id, Registration.email == "", Attendee.name_key.in_(names))
        )
        found = session().scalars(
            of_event.where(meant | Registration.id.in_(nameless)).order_by(Registration.id.desc())
        )
        self.by_id: dict[int, Registration] = {}
        self.by_person: dict[Attendee, Registration] = {}
        self.by_name: dict[str, Registration] = {}
        for one in found:
            self.by_id[one.id] = one
            self.by_person[one.attendee] = one
            self.by_name[one.attendee.name_key] = one
        self.accounts = {
            row[0]: row[1]
            for row in session().execute(
                select(func.lower(User.email), User.id).where(func.lower(User.email).in_(mails))
            )
        }

    def person(self, details: PersonDetails) -> Attendee | None:
        found = self.by_mail.get(mail_key(details.email)) if details.email else None
        return found or self.by_phone.get((name_key(details.name), phone_key(details.phone)))

    def registration(self, row: Coming) -> Registration | None:
        if row.registration_id is not None:
            return self.by_id.get(row.registration_id)
        person = self.person(row.details)
        if person is not None and (found := self.by_person.get(person)):
            return found
        if row.is_new or row.details.email:
            return None
        return self.by_name.get(name_key(row.details.name))

    def add(self, details: PersonDetails) -> Attendee:
        attendee = Attendee(name=details.name, name_key=name_key(details.name), phone_key=phone_key(details.phone))
        if details.email:
            attendee.mails = [AttendeeMail(mail_key=mail_key(details.email))]
            self.by_mail[mail_key(details.email)] = attendee
        if attendee.phone_key:
            self.by_phone[attendee.name_key, attendee.phone_key] = attendee
        return attendee

    def note(self, registration: Registration) -> None:
        self.by_person[registration.attendee] = registration
        self.by_name[registration.attendee.name_key] = registration


def bring_people(
    event_id: int, rows: Sequence[Coming], *, session_id: int | None = None, actor: Actor
) -> list[Brought | Message]:
    """Register people who are not registered yet, and note who was at a session; a sentence says why a row could not be."""
    event = lock_event(event_id)
    one = next((each for each in event.live_sessions if each.id == session_id), None)
    if refused := why_not(event):
        return [refused] * len(rows)
    if session_id is not None and one is None:
        return [Message(N_("This session is no part of the event any more."))] * len(rows)
    known = _Known(event, rows)
    results: list[Brought | Message] = []
    room = rules.Places(None, 0) if one is not None else places_of(event)
    for row in rows:
        brought, room = _register(event, row, known, room, is_door=one is not None)
        results.append(brought)
    session().flush()
    made = [each for each in results if isinstance(each, Brought)]
    if one is not None:
        _note_stays(one, rows, results, actor)
    for each in made:
        if each.is_new:
            facts: dict[str, Any] = {"state": each.registration.state, "source": Source.IMPORT}
            note_registration("registration.made", each.registration, actor, **facts)
    recount(event)
    if one is not None:
        _fulfil(event, made)
    return results


def _register(
    event: Event, row: Coming, known: _Known, room: rules.Places, *, is_door: bool
) -> tuple[Brought | Message, rules.Places]:
    registration = known.registration(row)
    if registration is not None:
        if is_door and registration.state is not RegistrationState.CONFIRMED and row.stay and row.stay.state in CAME:
            brought = Brought(registration, was=registration.state)
            registration.state, registration.offer_until, registration.cancelled_at = (
                RegistrationState.CONFIRMED,
                None,
                None,
            )
            return brought, room
        return Brought(registration), room
    if row.registration_id is not None:
        return Message(N_("The registration that is meant is not there any more.")), room
    state = rules.first_state(room, needs_approval=False)
    registration = new_registration(event, known.person(row.details) or known.add(row.details), Source.IMPORT)
    _fill_in(registration, row, known)
    registration.state = state
    registration.waiting_since = clock.now() if state is RegistrationState.WAITING else None
    session().add(registration)
    known.note(registration)
    waits = state is RegistrationState.WAITING
    return Brought(registration, is_new=True), rules.Places(
        room.capacity, room.taken + (not waits), room.waiting + waits
    )


def _fill_in(registration: Registration, row: Coming, known: _Known) -> None:
    details = row.details
    registration.name, registration.email = details.name, details.email.strip()
    registration.phone, registration.job_title = details.phone, details.job_title
    registration.company, registration.ubn = details.company, details.ubn
    registration.organisation_id, registration.match_reason = row.organisation_id, row.match_reason
    registration.language, registration.answers = details.language, {}
    registration.user_id = known.accounts.get(details.email.strip().lower()) if details.email else None


def _note_stays(one: EventSession, rows: Sequence[Coming], results: Sequence[Brought | Message], actor: Actor) -> None:
    """Note who was there; what the door or the office has noted before stays as it is."""
    ids = {each.registration.id for each in results if isinstance(each, Brought)}
    noted = select(Attendance.registration_id).where(
        Attendance.session_id == one.id, Attendance.registration_id.in_(ids)
    )
    there = set(session().scalars(noted))
    fresh: dict[int, tuple[Brought, Stay]] = {}
    for row, each in zip(rows, results, strict=True):
        if not isinstance(each, Brought) or row.stay is None or each.registration.id in there:
            continue
        key = each.registration.id
        brought, before = fresh.get(key, (each, None))
        fresh[key] = (brought, row.stay if before is None else _together(before, row.stay))
    if not fresh:
        return
    write(insert(table_of(Attendance)), [_columns(key, one, stay, actor) for key, (_each, stay) in fresh.items()])
    made = select(Attendance.registration_id, Attendance.id).where(
        Attendance.session_id == one.id, Attendance.registration_id.in_(list(fresh))
    )
    for registration_id, attendance_id in read(made):
        brought, stay = fresh[registration_id]
        brought.attendance_id, brought.stay = attendance_id, stay
        facts: dict[str, Any] = {"session": one.id, "state": stay.state, "way": Way.IMPORT}
        note_registration("attendance.noted", brought.registration, actor, **facts)


def _columns(registration_id: int, one: EventSession, stay: Stay, actor: Actor) -> dict[str, Any]:
    return {
        "registration_id": registration_id,
        "session_id": one.id,
        "state": stay.state,
        "way": Way.IMPORT,
        "arrived_at": stay.arrived_at,
        "left_at": stay.left_at if stay.state is AttendanceState.LEFT_EARLY else None,
        "hours": attendance_rules.credited_hours(stay.state, one.span, stay.arrived_at, stay.left_at),
        "by_id": actor.user_id,
    }


def _together(one: Stay, other: Stay) -> Stay:
    """Count somebody who came back once, from their first coming to their last leaving."""
    arrived = min((moment for moment in (one.arrived_at, other.arrived_at) if moment), default=None)
    left = max((moment for moment in (one.left_at, other.left_at) if moment), default=None)
    if one.state is not AttendanceState.LEFT_EARLY:
        return Stay(one.state, arrived, left)
    stayed = other.state is not AttendanceState.LEFT_EARLY
    return Stay(AttendanceState.PRESENT if stayed else one.state, arrived, None if stayed else left)


def _fulfil(event: Event, made: Iterable[Brought]) -> None:
    """Hand in what taking part fulfils, for vendors with a running engagement of this programme year."""
    came = [each for each in made if each.stay is not None and each.stay.state in CAME]
    vendors = {each.registration.organisation_id for each in came if each.registration.organisation_id is not None}
    running = select(Engagement.organisation_id).where(
        Engagement.organisation_id.in_(vendors),
        Engagement.programme_id == event.programme_id,
        Engagement.state == EngagementState.ACTIVE,
    )
    counselled = set(session().scalars(running))
    for each in came:
        if each.registration.organisation_id in counselled:
            attending.fulfil_items(each.registration, session().get_one(Attendance, each.attendance_id))


# --- taken back -----------------------------------------------------------------------------------------------------------

_PROVES = N_("The attendance of %(name)s stays: an item that was verified stands on it.")
_USED = N_("The registration of %(name)s stays: other records stand on it by now.")
_CORRECTED = N_("The attendance of %(name)s stays: it was corrected after the import.")


def take_back_person(undo: Mapping[str, Any], *, actor: Actor) -> Message | None:
    """Take back what one row has brought; a sentence says what stays and why."""
    registration = session().get(Registration, undo["registration_id"])
    if registration is None:
        return None
    event = lock_event(registration.event_id)
    if undo["attendance_id"] and (kept := _take_back_attendance(undo["attendance_id"], registration, actor)):
        return kept
    if undo["was"] is not None:
        registration.state = RegistrationState(undo["was"])
        if registration.state not in LIVE:
            registration.cancelled_at = clock.now()
    if undo["is_new"] and (kept := _remove(registration, actor)):
        return kept
    session().flush()
    recount(event)
    return None


def _take_back_attendance(attendance_id: int, registration: Registration, actor: Actor) -> Message | None:
    attendance = session().get(Attendance, attendance_id)
    if attendance is None:
        return None
    if attendance.changes:
        return Message(_CORRECTED, {"name": registration.name})
    proven = select(Item.id).where(
        Item.proof_table == Attendance.__tablename__, Item.proof_id == attendance.id, Item.state == ItemState.VERIFIED
    )
    if session().scalar(proven.limit(1)) is not None:
        return Message(_PROVES, {"name": registration.name})
    facts: dict[str, Any] = {"session": attendance.session_id, "state": [attendance.state, None]}
    attendance.state, attendance.hours = (
        AttendanceState.ABSENT,
        attendance_rules.credited_hours(AttendanceState.ABSENT, attendance.session.span),
    )
    session().flush()
    attending.withdraw_certificate(registration, actor=actor)
    attending.fulfil_items(registration, attendance)
    session().delete(attendance)
    session().flush()
    note_registration("attendance.taken_back", registration, actor, **facts)
    return None


def _remove(registration: Registration, actor: Actor) -> Message | None:
    attendee, name = registration.attendee, registration.name
    try:
        with session().begin_nested():
            note_registration("registration.taken_back", registration, actor)
            session().delete(registration)
            session().flush()
    except IntegrityError:
        return Message(_USED, {"name": name})
    try:
        with session().begin_nested():
            for mail in list(attendee.mails):
                session().delete(mail)
            session().flush()
            session().delete(attendee)
    except IntegrityError:
        return None  # the person is registered elsewhere
    return None

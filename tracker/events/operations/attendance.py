"""Attendance: noted at the door, entered and corrected by the office; what it fulfils and what it ends."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, select

from tracker.accounts.access import SYSTEM, Actor
from tracker.core import clock
from tracker.core.db import check_version, session, take_turn
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.events.models import Attendance, AttendanceChange, Certificate, Event, EventSession, Registration
from tracker.events.operations.details import AttendanceDetails
from tracker.events.operations.trail import note_registration
from tracker.events.queries.attendance import attended_sessions, find_attendance, unnoted_registrations
from tracker.events.queries.registrations import engagements_of_vendor
from tracker.events.rules import attendance as rules
from tracker.events.rules.attendance import CAME, AttendanceState, Way
from tracker.events.rules.events import EventKind
from tracker.journey.models import Item
from tracker.journey.operations import fulfil_by, fulfil_item, return_item
from tracker.journey.rules import Deed, ItemState

NO_PROOF = "活動出席紀錄已更正，不再足以佐證。 The record of attendance was corrected and proves this no more."
"""The reason stands on the item as people write it, in one text, so it says it in both languages."""


def turn_of(registration_id: int) -> None:
    """Let one writer at a time note a person's attendance."""
    take_turn(f"event-attendance:{registration_id}")


def note_arrival(
    registration: Registration, one: EventSession, moment: datetime, way: Way, *, actor: Actor
) -> Attendance:
    """Note that a person came to a session; the caller holds the person's turn and knows that they were not there yet."""
    state = rules.state_on_arrival(one.span, moment)
    attendance = find_attendance(registration.id, one.id)
    if attendance is None:
        attendance = Attendance(registration=registration, session=one)
        session().add(attendance)
    else:
        _keep(attendance, attendance.state, state, "", actor)
    attendance.state, attendance.way, attendance.arrived_at, attendance.left_at = state, way, moment, None
    attendance.hours = rules.credited_hours(state, one.span, moment)
    attendance.by_id = actor.user_id
    session().flush()
    note_registration("attendance.noted", registration, actor, session=one.id, state=state, way=way)
    fulfil_items(registration, attendance)
    return attendance


def correct_attendance(
    registration: Registration, one: EventSession, details: AttendanceDetails, *, actor: Actor
) -> Attendance:
    """Enter or correct a person's attendance; what was there before stays on record with who changed it, when and why."""
    turn_of(registration.id)
    attendance = find_attendance(registration.id, one.id)
    if attendance is not None:
        check_version(attendance, details.version)
    if one.event_id != registration.event_id or one.cancelled_at is not None:
        raise Refused(N_("This session is no part of the event any more. Reload the page."))
    rules.check_correction(details.state, one.span, details.left_at, details.reason, now=clock.now())
    old = attendance.state if attendance is not None else None
    if attendance is None:
        attendance = Attendance(registration=registration, session=one, way=Way.OFFICE, by_id=actor.user_id)
        session().add(attendance)
    attendance.state = details.state
    attendance.arrived_at = details.arrived_at or (attendance.arrived_at if details.state in CAME else None)
    attendance.left_at = details.left_at if details.state is AttendanceState.LEFT_EARLY else None
    attendance.hours = rules.credited_hours(details.state, one.span, attendance.arrived_at, attendance.left_at)
    session().flush()
    _keep(attendance, old, details.state, details.reason.strip(), actor)
    note_registration("attendance.corrected", registration, actor, session=one.id, state=[old, details.state])
    withdraw_certificate(registration, actor=actor)
    fulfil_items(registration, attendance)
    return attendance


def mark_absent(event: Event, one: EventSession, *, actor: Actor) -> int:
    """Note everybody with a place as absent of whom nothing is noted, once the session has begun."""
    if one.starts_at > clock.now():
        raise Refused(N_("The session has not begun. Mark who is absent once it has."))
    marked = 0
    for registration in unnoted_registrations(event.id, one.id):
        turn_of(registration.id)
        if find_attendance(registration.id, one.id) is not None:
            continue
        attendance = Attendance(
            registration=registration,
            session=one,
            state=AttendanceState.ABSENT,
            way=Way.OFFICE,
            hours=rules.credited_hours(AttendanceState.ABSENT, one.span),
            by_id=actor.user_id,
        )
        session().add(attendance)
        session().flush()
        note_registration("attendance.noted", registration, actor, session=one.id, state=AttendanceState.ABSENT)
        marked += 1
    return marked


def _keep(attendance: Attendance, old: AttendanceState | None, new: AttendanceState, reason: str, actor: Actor) -> None:
    session().add(AttendanceChange(attendance_id=attendance.id, old=old, new=new, reason=reason, by_id=actor.user_id))


# --- what attendance leads to ---------------------------------------------------------------------------------------------


def fulfil_items(registration: Registration, attendance: Attendance) -> None:
    """Hand in what taking part in the whole event fulfils in the vendor's engagements; return it where that was corrected."""
    event = registration.event
    wanted = {one.id for one in event.live_sessions}
    if not rules.fulfils(attended_sessions(registration.id), wanted):
        _take_back(registration)
        return
    if registration.organisation_id is None:
        return
    for engagement in engagements_of_vendor(registration.organisation_id, event.programme_id):
        for key in event.item_keys:
            fulfil_item(engagement, key, proof=attendance, actor=SYSTEM)
        if event.kind is EventKind.WORKSHOP:
            fulfil_by(engagement, Deed.WORKSHOP, proof=attendance, actor=SYSTEM)


def _take_back(registration: Registration) -> None:
    """Return items that wait for verification and are proven by an attendance that no longer holds."""
    proofs = select(Attendance.id).where(Attendance.registration_id == registration.id)
    handed_in = select(Item).where(
        Item.proof_table == Attendance.__tablename__, Item.proof_id.in_(proofs), Item.state == ItemState.SUBMITTED
    )
    for item in session().scalars(handed_in).all():
        return_item(item, NO_PROOF, actor=SYSTEM)


def withdraw_certificate(registration: Registration, *, actor: Actor) -> None:
    """End a certificate whose hours do not hold any more."""
    for certificate in session().scalars(_standing(registration.id)).all():
        certificate.withdrawn_at = clock.now()
        note_registration("certificate.withdrawn", registration, actor, certificate=certificate.id)


def _standing(registration_id: int) -> Select[Certificate]:
    return select(Certificate).where(Certificate.registration_id == registration_id, Certificate.withdrawn_at.is_(None))


def settle(registrations: Iterable[Registration]) -> None:
    """Hand in what earlier attendance fulfils, after a person's vendor was chosen."""
    for registration in registrations:
        for attendance in session().scalars(
            select(Attendance).where(Attendance.registration_id == registration.id, Attendance.state.in_(CAME)).limit(1)
        ):
            fulfil_items(registration, attendance)

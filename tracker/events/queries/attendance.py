"""Reads of attendance: of a session, of an event, of a vendor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, bindparam, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from tracker.accounts.access import Actor, for_actors
from tracker.core import clock
from tracker.core.db import read, session
from tracker.core.errors import NotFound
from tracker.core.keyset import AnySelect
from tracker.events.models import Attendance, AttendanceChange, Attendee, Certificate, Event, EventSession, Registration
from tracker.events.rules.attendance import CAME, AttendanceState
from tracker.events.rules.events import QUIET_DAYS, EventState
from tracker.events.rules.registrations import RegistrationState
from tracker.journey import permissions as journey
from tracker.journey.models import Engagement
from tracker.journey.rules import EngagementState
from tracker.vendors.models import Organisation


def find_attendance(registration_id: int, session_id: int) -> Attendance | None:
    """Find what is noted of a person for a session, as it stands now."""
    wanted = select(Attendance).where(
        Attendance.registration_id == registration_id, Attendance.session_id == session_id
    )
    return session().scalars(wanted.execution_options(populate_existing=True)).one_or_none()


def attendance_of(registration_id: int) -> dict[int, Attendance]:
    """Give what is noted of a person, by session, with its corrections."""
    wanted = select(Attendance).where(Attendance.registration_id == registration_id)
    whole = selectinload(Attendance.changes).joinedload(AttendanceChange.by)
    return {one.session_id: one for one in session().scalars(wanted.options(whole))}


def attended_sessions(registration_id: int) -> set[int]:
    """Give the sessions that a person was at."""
    wanted = select(Attendance.session_id).where(
        Attendance.registration_id == registration_id, Attendance.state.in_(CAME)
    )
    return set(session().scalars(wanted))


def states_of(registration_ids: Sequence[int]) -> dict[tuple[int, int], AttendanceState]:
    """Give what is noted of some people, by person and session."""
    wanted = select(Attendance.registration_id, Attendance.session_id, Attendance.state)
    rows = read(wanted.where(Attendance.registration_id.in_(registration_ids)))
    return {(row[0], row[1]): row[2] for row in rows}


def unnoted_registrations(event_id: int, session_id: int) -> Sequence[Registration]:
    """List everybody with a place of whom nothing is noted for a session."""
    noted = exists().where(Attendance.registration_id == Registration.id, Attendance.session_id == session_id)
    wanted = select(Registration).where(
        Registration.event_id == event_id, Registration.state == RegistrationState.CONFIRMED, ~noted
    )
    return session().scalars(wanted.options(joinedload(Registration.event)).order_by(Registration.id)).all()


@dataclass(frozen=True)
class DoorCounts:
    """How many people have a place and how many are there, for the door."""

    expected: int
    came: int
    walk_ins: int


def door_counts(event: Event, one: EventSession | None) -> DoorCounts:
    """Count who is there now."""
    of_event = select(func.count()).where(
        Registration.event_id == event.id, Registration.state == RegistrationState.CONFIRMED
    )
    came = (
        select(func.count()).select_from(Attendance).join(Registration, Registration.id == Attendance.registration_id)
    )
    came = came.where(Attendance.session_id == (one.id if one else 0), Attendance.state.in_(CAME))
    walked = came.where(Registration.source == "walk_in")
    row = read(select(of_event.scalar_subquery(), came.scalar_subquery(), walked.scalar_subquery())).one()
    return DoorCounts(*row)


def came_counts(event_id: int) -> dict[int, int]:
    """Count who came, by session of an event."""
    wanted = (
        select(Attendance.session_id, func.count())
        .join(EventSession, EventSession.id == Attendance.session_id)
        .where(EventSession.event_id == event_id, Attendance.state.in_(CAME))
    )
    return {row[0]: row[1] for row in read(wanted.group_by(Attendance.session_id))}


def hours_of(registration_id: int) -> Decimal:
    """Add up the hours that a person was at an event."""
    found = session().scalar(select(func.sum(Attendance.hours)).where(Attendance.registration_id == registration_id))
    return Decimal(found or 0)


def registrations_that_came(event_id: int) -> Sequence[Registration]:
    """List who came to any session of an event."""
    came = select(Attendance.registration_id).where(Attendance.state.in_(CAME))
    wanted = select(Registration).where(
        Registration.event_id == event_id,
        Registration.id.in_(came),
        Registration.state != RegistrationState.CANCELLED,
    )
    return session().scalars(wanted.options(joinedload(Registration.event)).order_by(Registration.id)).all()


# --- certificates ---------------------------------------------------------------------------------------------------------


def find_certificate(registration_id: int) -> Certificate | None:
    """Find the certificate of a person that stands."""
    wanted = select(Certificate).where(
        Certificate.registration_id == registration_id, Certificate.withdrawn_at.is_(None)
    )
    return session().scalars(wanted.order_by(Certificate.id.desc()).limit(1)).one_or_none()


def get_certificate(code: str, *, actor: Actor) -> Certificate:  # noqa: ARG001 - whoever holds the paper may verify it
    """Give a certificate by the code that is printed on it, to anybody."""
    wanted = (
        select(Certificate)
        .where(Certificate.code == code.upper())
        .options(
            joinedload(Certificate.registration).options(
                joinedload(Registration.event).selectinload(Event.sessions),
                joinedload(Registration.organisation),
            )
        )
    )
    found = session().scalars(wanted).one_or_none()
    if found is None:
        raise NotFound
    return found


# --- the vendor's record --------------------------------------------------------------------------------------------------


def _of_vendor(organisation_id: int) -> AnySelect:
    """Select who of a vendor came to what; people who turned out to be somebody else count once."""
    return (
        select(
            Registration.id,
            Registration.name,
            Event.id.label("event_id"),
            Event.name_zh,
            Event.name_en,
            Event.kind,
            Event.begins_at,
            func.sum(Attendance.hours).label("hours"),
        )
        .join(Event, Event.id == Registration.event_id)
        .join(Attendee, Attendee.id == Registration.attendee_id)
        .join(Attendance, Attendance.registration_id == Registration.id)
        .where(Registration.organisation_id == organisation_id, Attendance.state.in_(CAME))
        .where(Attendee.merged_into_id.is_(None))
        .group_by(
            Registration.id, Registration.name, Event.id, Event.name_zh, Event.name_en, Event.kind, Event.begins_at
        )
        .order_by(Event.begins_at.desc(), Registration.id.desc())
    )


def who_came(organisation_id: int, limit: int) -> Sequence[Row[Any]]:
    """List who of a vendor came to what, the newest first."""
    return read(_of_vendor(organisation_id).limit(limit)).all()


@dataclass(frozen=True)
class PersonHours:
    """A person of a vendor with the events and hours they took part in."""

    name: str
    events: int
    hours: Decimal
    last: datetime


def hours_by_person(organisation_id: int) -> list[PersonHours]:
    """Add up the hours of each person of a vendor; who wrote from two mails is one person once that is known."""
    rows = (
        _of_vendor(organisation_id).add_columns(Registration.attendee_id).group_by(Registration.attendee_id).subquery()
    )
    wanted = (
        select(
            func.max(rows.c.name),
            func.count(func.distinct(rows.c.event_id)),
            func.sum(rows.c.hours),
            func.max(rows.c.begins_at),
        )
        .group_by(rows.c.attendee_id)
        .order_by(func.sum(rows.c.hours).desc(), func.max(rows.c.name))
    )
    return [PersonHours(row[0], row[1], Decimal(row[2]), row[3]) for row in read(wanted.limit(200))]


def last_came(organisation_id: int) -> datetime | None:
    """Give when anybody of a vendor was at an event last."""
    wanted = (
        select(func.max(EventSession.starts_at))
        .join(Attendance, Attendance.session_id == EventSession.id)
        .join(Registration, Registration.id == Attendance.registration_id)
        .where(Registration.organisation_id == organisation_id, Attendance.state.in_(CAME))
    )
    return session().scalar(wanted)


@dataclass(frozen=True)
class QuietVendor:
    """A counselled vendor of whom nobody came to anything for long."""

    id: int
    name_zh: str
    name_en: str
    last: datetime | None


def quiet_vendors(actor: Actor, limit: int) -> list[QuietVendor]:
    """List vendors in counselling of whom nobody came for 90 days, those known longest; who never came stands first.

    Who is quiet is asked vendor by vendor until enough are found, so that the home page costs the same however many came.
    """
    edge = clock.now() - timedelta(days=QUIET_DAYS)
    values = {"edge": edge, "day": edge.date(), "most": limit, **actor.parameters}
    found = [QuietVendor(*row) for row in read(_quiet(actor), values)]
    return sorted(found, key=lambda vendor: (vendor.last is not None, vendor.last or edge, vendor.id))


@for_actors
def _quiet(actor: Actor) -> Select[int, str, str, datetime | None]:
    counselled = exists().where(
        Engagement.organisation_id == Organisation.id,
        Engagement.state == EngagementState.ACTIVE,
        Engagement.anchor_on < bindparam("day"),
        journey.visible(actor),
    )
    came = (
        select(EventSession.starts_at)
        .join(Attendance, Attendance.session_id == EventSession.id)
        .join(Registration, Registration.id == Attendance.registration_id)
        .where(Registration.organisation_id == Organisation.id, Attendance.state.in_(CAME))
    )
    came_of_late = came.where(EventSession.starts_at >= bindparam("edge")).correlate(Organisation).exists()
    last = came.with_only_columns(func.max(EventSession.starts_at)).correlate(Organisation).scalar_subquery()
    return (
        select(Organisation.id, Organisation.name_zh, Organisation.name_en, last)
        .where(exists().where(Event.state == EventState.HELD), counselled, ~came_of_late)
        .order_by(Organisation.id)
        .limit(bindparam("most"))
    )

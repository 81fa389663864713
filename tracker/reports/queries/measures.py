"""What each figure of events counts, in SQL: the same condition makes the number and the list behind it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, distinct, extract, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from tracker.core import clock
from tracker.events.models import Attendance, Event, EventSession, Registration
from tracker.events.rules.attendance import CAME, AttendanceState
from tracker.events.rules.events import EventState
from tracker.events.rules.registrations import RegistrationState, Source
from tracker.journey.models import Engagement, Item
from tracker.journey.rules import Party
from tracker.outreach.models import Exposure, Lead, SolutionEdition
from tracker.reports import rules
from tracker.reports.queries.wanted import Wanted
from tracker.reports.rules import MEASURES, Unit

_noted = (
    select(
        Attendance.registration_id,
        func.max(case((Attendance.state.in_(CAME), 1), else_=0)).label("came"),
        func.max(case((Attendance.state == AttendanceState.EXCUSED, 1), else_=0)).label("excused"),
        func.sum(Attendance.hours).label("hours"),
    )
    .group_by(Attendance.registration_id)
    .subquery("noted")
)


def of_events(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Give the conditions on the events that are counted: no drafts, none called off."""
    found: list[ColumnElement[bool]] = [
        Event.programme_id.in_(wanted.programme_ids),
        Event.state.not_in((EventState.DRAFT, EventState.CANCELLED)),
    ]
    if wanted.event_id is not None:
        found.append(Event.id == wanted.event_id)
    if wanted.kind is not None:
        found.append(Event.kind == wanted.kind)
    return found


def registrations(statement: Select[*tuple[Any, ...]], wanted: Wanted) -> Select[*tuple[Any, ...]]:
    """Join the registrations of the events that are counted, with what is noted of them."""
    joined = (
        statement.join(Event, Event.id == Registration.event_id)
        .outerjoin(_noted, _noted.c.registration_id == Registration.id)
        .where(*of_events(wanted))
    )
    return joined if wanted.vendor_id is None else joined.where(Registration.organisation_id == wanted.vendor_id)


def events_with_registrations(statement: Select[*tuple[Any, ...]], wanted: Wanted) -> Select[*tuple[Any, ...]]:
    """Join the events that are counted with their registrations, those without any too."""
    return (
        statement.outerjoin(Registration, Registration.event_id == Event.id)
        .outerjoin(_noted, _noted.c.registration_id == Registration.id)
        .where(*of_events(wanted))
    )


def conditions(wanted: Wanted) -> Mapping[str, ColumnElement[bool]]:
    """Give what each figure counts, by its key."""
    came = func.coalesce(_noted.c.came, 0) == 1
    placed = and_(Registration.state == RegistrationState.CONFIRMED, Registration.source != Source.WALK_IN)
    due = and_(placed, _is_over())
    of_vendor = Registration.organisation_id.is_not(None)
    return {
        rules.REGISTERED.key: Registration.id.is_not(None),
        rules.EXPECTED.key: placed,
        rules.CAME.key: came,
        rules.DUE.key: due,
        rules.MISSED.key: and_(due, ~came, func.coalesce(_noted.c.excused, 0) == 0),
        rules.VENDORS_REGISTERED.key: of_vendor,
        rules.VENDORS_CAME.key: and_(of_vendor, came),
        rules.VENDORS_ACTED.key: and_(of_vendor, came, _has_acted(wanted)),
    }


def columns(wanted: Wanted) -> list[ColumnElement[int]]:
    """Give every figure as a column, named by its key."""
    counted = conditions(wanted)
    subjects = {Unit.REGISTRATIONS: Registration.id, Unit.VENDORS: Registration.organisation_id}
    return [
        func.count(distinct(case((counted[measure.key], subjects[measure.unit])))).label(measure.key)
        for measure in MEASURES
    ]


def hours() -> ColumnElement[Any]:
    """Give the hours that people were there."""
    return func.coalesce(func.sum(_noted.c.hours), 0).label("hours")


def _is_over() -> ColumnElement[bool]:
    """Tell that an event is over: it is marked as held, or none of its sessions is still to end."""
    open_still = (
        select(EventSession.id)
        .where(EventSession.event_id == Event.id, EventSession.cancelled_at.is_(None))
        .where(EventSession.ends_at > clock.now())
        .exists()
    )
    return or_(Event.state == EventState.HELD, and_(Event.begins_at < clock.now(), ~open_still))


def _has_acted(wanted: Wanted) -> ColumnElement[bool]:
    """Tell that a registration's vendor did something within its programme year's days after the event began."""
    windows = wanted.windows()
    if not windows:
        return false()
    within = case(*((Event.programme_id == year, seconds) for year, seconds in windows.items()), else_=-1)
    return or_(*(_happened(moment, owner, within, *narrowed) for moment, owner, narrowed in ACTIONS))


Moments = InstrumentedAttribute[Any]
ACTIONS: Sequence[tuple[Moments, Moments, tuple[ColumnElement[bool], ...]]] = (
    (Item.done_at, Engagement.organisation_id, (Engagement.id == Item.engagement_id, Item.who == Party.VENDOR)),
    (Lead.created_at, Lead.organisation_id, (true(),)),
    (Exposure.created_at, Exposure.organisation_id, (true(),)),
    (SolutionEdition.agreed_at, SolutionEdition.organisation_id, (true(),)),
)
"""What counts as an action: when it happened, whose it is, and what else must hold."""


def _happened(
    moment: Moments, owner: Moments, within: ColumnElement[Any], *narrowed: ColumnElement[bool]
) -> ColumnElement[bool]:
    after = extract("epoch", moment) - extract("epoch", Event.begins_at)
    found = select(owner).where(owner == Registration.organisation_id, *narrowed, after > 0, after <= within)
    return found.correlate(Registration, Event).exists()

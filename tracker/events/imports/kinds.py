"""Attendance at a session and registrations for an event, as kinds of records that can be imported."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, true

from tracker.accounts.access import SYSTEM, Actor
from tracker.core import clock
from tracker.core.clock import in_taipei
from tracker.core.content import Bilingual
from tracker.core.db import read, session
from tracker.core.text import N_, Message
from tracker.events import permissions
from tracker.events.imports.people import MATCH_REASONS, Finder, People
from tracker.events.imports.rows import CAME_TO, PERSON, PersonRow, attendance_of, outside, read_row
from tracker.events.models import Event, EventSession
from tracker.events.operations.bulk import Brought, Coming, Stay, bring_people, take_back_person, why_not
from tracker.events.rules.attendance import CAME, OPENS_BEFORE
from tracker.events.rules.events import EventState, Span
from tracker.events.rules.registrations import LIVE, MatchReason
from tracker.imports.kinds import Context, Done, Finding, Given, Kind, Target
from tracker.imports.rules import Outcome

MOST_TARGETS = 500
GONE = Message(N_("The event or its session is not there any more."))


def _reachable(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on `Event` for those whose people the actor decides on."""
    return true() if actor is SYSTEM else Event.programme_id.in_(actor.scope("programme"))


def sessions_for(actor: Actor) -> list[Target]:
    """List the sessions that have begun or soon will, the latest first."""
    if not (actor is SYSTEM or actor.is_office):
        return []
    wanted = (
        select(EventSession.id, EventSession.title, EventSession.starts_at, Event.name_zh, Event.name_en)
        .join(Event, Event.id == EventSession.event_id)
        .where(
            _reachable(actor), EventSession.cancelled_at.is_(None), EventSession.starts_at < clock.now() + OPENS_BEFORE
        )
        .where(Event.state.not_in((EventState.DRAFT, EventState.CANCELLED)))
        .order_by(EventSession.starts_at.desc(), EventSession.id.desc())
    )
    return [
        Target(row.id, _named(row.name_zh, row.name_en, f"{in_taipei(row.starts_at):%Y-%m-%d %H:%M}", row.title))
        for row in read(wanted.limit(MOST_TARGETS))
    ]


def events_for(actor: Actor) -> list[Target]:
    """List the events that people can still be registered for, the latest first."""
    if not (actor is SYSTEM or actor.is_office):
        return []
    wanted = (
        select(Event.id, Event.name_zh, Event.name_en, Event.begins_at)
        .where(_reachable(actor), Event.state.not_in((EventState.DRAFT, EventState.CANCELLED)))
        .where(Event.begins_at > clock.now() - timedelta(days=400))
        .order_by(Event.begins_at.desc(), Event.id.desc())
    )
    return [
        Target(row.id, _named(row.name_zh, row.name_en, f"{in_taipei(row.begins_at or clock.now()):%Y-%m-%d}"))
        for row in read(wanted.limit(MOST_TARGETS))
    ]


def _named(name_zh: str, name_en: str, *parts: str) -> Bilingual:
    rest = [part for part in parts if part]
    return Bilingual(" · ".join([name_zh, *rest]), " · ".join([name_en or name_zh, *rest]))


# --- attendance -----------------------------------------------------------------------------------------------------------


def check_attendance(rows: Sequence[Given], context: Context) -> list[Finding]:
    """Say of every row who it is, and whether it is of this session."""
    one = session().get(EventSession, context.target_id or 0)
    if one is None:
        return [Finding(Outcome.REFUSED, (GONE,))] * len(rows)
    refused = why_not(one.event)
    finder, span = Finder(context.actor, People.read(one.event_id, one.id)), one.span

    def check(row: PersonRow) -> Finding:
        if refused or row.faults or (wrong := outside(row, span)):
            said = (refused,) if refused else tuple(row.faults) or (wrong,)
            return Finding(Outcome.REFUSED, tuple(one for one in said if one is not None))
        return _told(finder.find(row), finder, row, span)

    return [check(read_row(given)) for given in rows]


def _told(finding: Finding, finder: Finder, row: PersonRow, span: Span) -> Finding:
    """Add what is noted of the person already, or what will be."""
    if finding.outcome not in {Outcome.MATCHED, Outcome.NEW}:
        return finding
    state = attendance_of(row, span)[0]
    noted = finder.people.noted.get(finding.subject_id or 0)
    if noted is not None:
        said = Message(N_("Noted already as “%(state)s”, which stays."), {"state": Message(noted.label)})
        return replace(finding, reasons=(*finding.reasons, said))
    said = Message(N_("To be noted as “%(state)s”."), {"state": Message(state.label)})
    known = finder.people.known.get(finding.subject_id or 0)
    again = known is not None and known.state not in LIVE and state in CAME
    cancelled = (
        (Message(N_("The registration was cancelled; since the person came, it counts again.")),) if again else ()
    )
    return replace(finding, reasons=(*finding.reasons, *cancelled, said))


def apply_attendance(rows: Sequence[Given], context: Context) -> list[Done]:
    """Register who is not registered, and note who was there."""
    one = session().get(EventSession, context.target_id or 0)
    if one is None:
        return [Done(message=GONE)] * len(rows)
    span = one.span

    def stay(row: PersonRow) -> Stay:
        return Stay(*attendance_of(row, span))

    return _bring(rows, context, one.event_id, one.id, stay)


# --- registrations --------------------------------------------------------------------------------------------------------


def check_registrations(rows: Sequence[Given], context: Context) -> list[Finding]:
    """Say of every row who it is, and whether they are registered already."""
    event = session().get(Event, context.target_id or 0)
    if event is None:
        return [Finding(Outcome.REFUSED, (GONE,))] * len(rows)
    refused = why_not(event)
    finder = Finder(context.actor, People.read(event.id, None))

    def check(row: PersonRow) -> Finding:
        if refused or row.faults:
            return Finding(Outcome.REFUSED, (refused,) if refused else tuple(row.faults))
        finding = finder.find(row)
        known = finder.people.known.get(finding.subject_id or 0)
        if known is not None and known.state not in LIVE:
            said = Message(
                N_(
                    "This person has cancelled or was not admitted. Register them on the event's page if they come after all."
                )
            )
            return Finding(Outcome.REFUSED, (*finding.reasons, said), known.id, known.name)
        return finding

    return [check(read_row(given)) for given in rows]


def apply_registrations(rows: Sequence[Given], context: Context) -> list[Done]:
    """Register who is not registered yet."""
    return _bring(rows, context, context.target_id or 0, None, lambda _row: None)


# --- both -----------------------------------------------------------------------------------------------------------------


def _bring(
    rows: Sequence[Given],
    context: Context,
    event_id: int,
    session_id: int | None,
    stay: Callable[[PersonRow], Stay | None],
) -> list[Done]:
    finder = Finder(context.actor, People())
    coming = []
    for given in rows:
        row = read_row(given)
        organisation_id, reason = _vendor_of(row, finder)
        meant = _meant(given)
        coming.append(Coming(row.details, meant, given.is_new, organisation_id, reason, stay(row)))
    done = bring_people(event_id, coming, session_id=session_id, actor=context.actor)
    return [
        Done(one.registration.id, one.as_plain()) if isinstance(one, Brought) else Done(message=one) for one in done
    ]


def _meant(given: Given) -> int | None:
    decided = given.decision.subject_id if given.decision is not None else None
    return decided if decided is not None and decided > 0 else given.subject_id


def _vendor_of(row: PersonRow, finder: Finder) -> tuple[int | None, MatchReason]:
    """Give the vendor of a person as the dry run found it, or as somebody decided."""
    decision = row.given.decision
    if decision is not None and decision.subject_id is not None and decision.subject_id < 0:
        return -decision.subject_id, MatchReason.OFFICE
    sure = finder.match(row).sure
    if sure is None:
        return None, MatchReason.NONE
    return sure.vendor_id, MATCH_REASONS.get(sure.reasons[0], MatchReason.NAME)


def undo(undone: Sequence[Mapping[str, Any]], context: Context) -> list[Message | None]:
    """Take back what rows have brought."""
    return [take_back_person(one, actor=context.actor) for one in undone]


ATTENDANCE = Kind(
    key="attendance",
    label=N_("Attendance"),
    columns=(*PERSON, *CAME_TO),
    permission=permissions.ADD_EVENT,
    check=check_attendance,
    apply=apply_attendance,
    undo=undo,
    table="event_registration",
    targets=sessions_for,
    target_label=N_("Session of the event"),
)
REGISTRATIONS = Kind(
    key="registrations",
    label=N_("Registrations"),
    columns=PERSON,
    permission=permissions.ADD_EVENT,
    check=check_registrations,
    apply=apply_registrations,
    undo=undo,
    table="event_registration",
    targets=events_for,
    target_label=N_("Event"),
)

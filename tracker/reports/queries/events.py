"""Figures of events: by event, by kind, by vendor, by programme year, and of all of them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from tracker.core import keyset
from tracker.core.db import read
from tracker.core.keyset import Page, Sort
from tracker.events.models import Event, Registration
from tracker.reports.queries.measures import columns, events_with_registrations, hours, registrations
from tracker.reports.queries.wanted import Wanted

NEWEST = Sort((Event.begins_at, Event.id), descending=True)
MOST_IN_FILE = 5000


def by_event(wanted: Wanted, *, after: str | None, before: str | None, whole: bool) -> Page:
    """Count each event, the latest first; those without any registration too."""
    statement = events_with_registrations(
        select(Event.id, Event.name_zh, Event.name_en, Event.kind, Event.begins_at, hours(), *columns(wanted)), wanted
    ).group_by(Event.id, Event.name_zh, Event.name_en, Event.kind, Event.begins_at)
    statement = statement.where(Event.begins_at.is_not(None))
    return keyset.read_page(
        statement, NEWEST, after=after, before=before, size=MOST_IN_FILE if whole else keyset.PAGE_SIZE
    )


def by_kind(wanted: Wanted) -> Mapping[Any, Any]:
    """Count each kind of event."""
    statement = events_with_registrations(select(Event.kind, hours(), *columns(wanted)), wanted).group_by(Event.kind)
    return {row[0]: row for row in read(statement)}


def by_vendor(wanted: Wanted, vendor_ids: list[int]) -> Mapping[int, Any]:
    """Count each of some vendors."""
    statement = registrations(
        select(Registration.organisation_id, hours(), *columns(wanted)).select_from(Registration), wanted
    )
    statement = statement.where(Registration.organisation_id.in_(vendor_ids)).group_by(Registration.organisation_id)
    return {row[0]: row for row in read(statement)}


def by_programme(wanted: Wanted) -> Mapping[int, Any]:
    """Count each programme year."""
    statement = registrations(
        select(Event.programme_id, hours(), *columns(wanted)).select_from(Registration), wanted
    ).group_by(Event.programme_id)
    return {row[0]: row for row in read(statement)}


def altogether(wanted: Wanted) -> Any:
    """Count everything at once; a vendor that came to several events counts once."""
    return read(registrations(select(hours(), *columns(wanted)).select_from(Registration), wanted)).one()

"""What a figure of events was counted from: the registrations or the vendors, by the same condition that counted them."""

from sqlalchemy import func, select

from tracker.core import keyset
from tracker.core.keyset import Page, Sort
from tracker.events.models import Event, Registration
from tracker.reports.queries.measures import conditions, registrations
from tracker.reports.queries.wanted import Wanted
from tracker.reports.rules import Measure, Unit
from tracker.vendors.models import Organisation

BY_REGISTRATION = Sort((Registration.id,))
BY_VENDOR = Sort((Organisation.name_zh, Organisation.id))


def counted_from(measure: Measure, wanted: Wanted, *, after: str | None = None, before: str | None = None) -> Page:
    """List what a figure was counted from."""
    condition = conditions(wanted)[measure.key]
    if measure.unit is Unit.VENDORS:
        vendors = registrations(
            select(
                Organisation.id,
                Organisation.name_zh,
                Organisation.name_en,
                func.count(Registration.id.distinct()).label("people"),
            ).select_from(Registration),
            wanted,
        )
        joined = vendors.join(Organisation, Organisation.id == Registration.organisation_id).where(condition)
        grouped = joined.group_by(Organisation.id, Organisation.name_zh, Organisation.name_en)
        return keyset.read_page(grouped, BY_VENDOR, after=after, before=before)
    people = registrations(
        select(
            Registration.id,
            Registration.name,
            Registration.company,
            Registration.state,
            Event.name_zh.label("event_zh"),
            Event.name_en.label("event_en"),
            Event.begins_at,
        ).select_from(Registration),
        wanted,
    )
    return keyset.read_page(people.where(condition), BY_REGISTRATION, after=after, before=before)

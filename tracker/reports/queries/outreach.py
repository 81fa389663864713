"""Figures of outreach: confirmed exposures and whom they reached, readings of public pages, matches and what came of them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, union_all

from tracker.core import keyset
from tracker.core.db import read
from tracker.core.keyset import Page, Sort
from tracker.events.models import Event, Registration
from tracker.outreach.models import Exposure, Lead, ReachCount, SolutionPage
from tracker.outreach.rules import ExposureState, LeadState, ReachKind
from tracker.programmes.models import Programme
from tracker.reports.queries.measures import of_events
from tracker.reports.queries.wanted import Wanted
from tracker.vendors.models import Organisation, Product

KEYS = ("exposures", "people-reached", "readings", "matches", "taken-up")
BY_NAME = Sort((Organisation.name_zh, Organisation.id))
MOST_IN_FILE = 5000
Figures = Mapping[str, int]


def vendors(wanted: Wanted, *, after: str | None, before: str | None, whole: bool) -> Page:
    """List the vendors of which there is anything to report, by name."""
    came = select(Registration.id).join(Event, Event.id == Registration.event_id).where(*of_events(wanted))
    statement = select(Organisation.id, Organisation.name_zh, Organisation.name_en).where(
        or_(
            came.where(Registration.organisation_id == Organisation.id).exists(),
            select(Exposure.id).where(Exposure.organisation_id == Organisation.id, _of_year(Exposure, wanted)).exists(),
            select(Lead.id).where(Lead.organisation_id == Organisation.id, _of_year(Lead, wanted)).exists(),
            select(SolutionPage.id).where(SolutionPage.organisation_id == Organisation.id).exists(),
        )
    )
    size = MOST_IN_FILE if whole else keyset.PAGE_SIZE
    return keyset.read_page(statement, BY_NAME, after=after, before=before, size=size)


def _of_year(model: type[Exposure | Lead], wanted: Wanted) -> ColumnElement[bool]:
    """Narrow to the programme years; with all of them, also to what belongs to none."""
    of_years = model.programme_id.in_(wanted.programme_ids)
    return of_years if wanted.programme is not None else or_(of_years, model.programme_id.is_(None))


def _of_days(wanted: Wanted) -> ColumnElement[bool]:
    """Narrow readings to the days of the programme year; with all of them, to none."""
    if wanted.programme is None:
        return literal(value=True)
    return and_(ReachCount.day >= wanted.programme.starts_on, ReachCount.day <= wanted.programme.ends_on)


def by_vendor(wanted: Wanted, vendor_ids: list[int]) -> Mapping[int, Figures]:
    """Count each of some vendors."""
    return _gather(
        _exposures(Exposure.organisation_id, wanted).where(Exposure.organisation_id.in_(vendor_ids)),
        _readings(SolutionPage.organisation_id, wanted).where(SolutionPage.organisation_id.in_(vendor_ids)),
        _leads(Lead.organisation_id, wanted).where(Lead.organisation_id.in_(vendor_ids)),
    )


def by_programme(wanted: Wanted) -> Mapping[int, Figures]:
    """Count each programme year; readings by the days of the year."""
    of_year = and_(ReachCount.day >= Programme.starts_on, ReachCount.day <= Programme.ends_on)
    readings = _readings(Programme.id, wanted).join(Programme, of_year).where(Programme.id.in_(wanted.programme_ids))
    return _gather(_exposures(Exposure.programme_id, wanted), readings, _leads(Lead.programme_id, wanted))


def altogether(wanted: Wanted) -> Figures:
    """Count everything at once."""
    one: Any = literal(0)
    found = _gather(_exposures(one, wanted), _readings(one, wanted), _leads(one, wanted))
    return found.get(0, dict.fromkeys(KEYS, 0))


def _exposures(group: Any, wanted: Wanted) -> Select[Any]:
    counted = select(group.label("whose"), literal("exposures").label("part"), func.count().label("first"))
    counted = counted.add_columns(func.coalesce(func.sum(Exposure.people_reached), 0).label("second"))
    narrowed = counted.select_from(Exposure).where(
        Exposure.state == ExposureState.CONFIRMED, _of_year(Exposure, wanted)
    )
    return narrowed.group_by(group)


def _readings(group: Any, wanted: Wanted) -> Select[Any]:
    total = func.coalesce(func.sum(ReachCount.count), 0)
    counted = select(group.label("whose"), literal("readings").label("part"), total.label("first"), literal(0))
    joined = counted.select_from(ReachCount).join(SolutionPage, SolutionPage.id == ReachCount.page_id)
    return joined.where(ReachCount.kind == ReachKind.READ, _of_days(wanted)).group_by(group)


def _leads(group: Any, wanted: Wanted) -> Select[Any]:
    won = func.sum(case((Lead.state == LeadState.WON, 1), else_=0))
    counted = select(group.label("whose"), literal("matches").label("part"), func.count().label("first"), won)
    return counted.select_from(Lead).where(_of_year(Lead, wanted)).group_by(group)


_NAMES = {
    "exposures": ("exposures", "people-reached"),
    "readings": ("readings", None),
    "matches": ("matches", "taken-up"),
}


def _gather(*parts: Select[Any]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for whose, part, first, second in read(union_all(*parts)):
        figures = found.setdefault(int(whose or 0), dict.fromkeys(KEYS, 0))
        for name, value in zip(_NAMES[part], (first, second), strict=True):
            if name is not None:
                figures[name] = int(value or 0)
    return found


def readings_of_pages(wanted: Wanted, *, after: str | None, before: str | None) -> Page:
    """List the public pages with how often each was read, behind a figure of readings."""
    total = func.sum(ReachCount.count).label("readings")
    columns = (SolutionPage.id, SolutionPage.product_id, Product.name_zh, Product.name_en, total)
    statement = (
        select(*columns, Organisation.name_zh.label("vendor_zh"), Organisation.name_en.label("vendor_en"))
        .select_from(ReachCount)
        .join(SolutionPage, SolutionPage.id == ReachCount.page_id)
        .join(Product, Product.id == SolutionPage.product_id)
        .join(Organisation, Organisation.id == SolutionPage.organisation_id)
        .where(ReachCount.kind == ReachKind.READ, _of_days(wanted))
    )
    if wanted.vendor_id is not None:
        statement = statement.where(SolutionPage.organisation_id == wanted.vendor_id)
    grouped = statement.group_by(*columns[:4], Organisation.name_zh, Organisation.name_en)
    return keyset.read_page(grouped, Sort((SolutionPage.id,)), after=after, before=before)

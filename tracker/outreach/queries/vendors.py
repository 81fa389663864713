"""What the page of a vendor shows of its outreach: newest exposures, open leads, public pages, in one statement."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Date, String, bindparam, case, cast, func, literal, null, select, union_all

from tracker.core.content import Bilingual, names
from tracker.core.keyset import AnySelect
from tracker.core.text import Labelled
from tracker.outreach.models import Exposure, Lead, SolutionEdition, SolutionPage
from tracker.outreach.queries.pages import state_column
from tracker.outreach.rules import OPEN, ExposureKind, ExposureState, LeadState, PageState
from tracker.vendors.models import Product

MOST = 5


@dataclass(frozen=True)
class Line:
    """An exposure, a lead or a page on the vendor's page."""

    id: int
    text: Bilingual
    kind: Labelled | None
    state: Labelled
    day: date | None


@dataclass
class Shelf:
    """The vendor's outreach as far as its page shows it, with how much there is."""

    exposures: list[Line] = field(default_factory=list)
    leads: list[Line] = field(default_factory=list)
    pages: list[Line] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)


def on_shelf(rows: Iterable[Any]) -> Shelf:
    """Sort what was read by `SHELF` of a vendor whose page the reader may open."""
    shelf = Shelf()
    for part, key, text_zh, text_en, kind, state, day, total in rows:
        text = names(text_zh, text_en)
        shelf.totals[part] = total
        if part == "exposure":
            shelf.exposures.append(Line(key, text, ExposureKind(kind), ExposureState(state), day))
        elif part == "lead":
            shelf.leads.append(Line(key, text, None, LeadState(state), day))
        else:
            shelf.pages.append(Line(key, text, None, PageState(state), day))
    shelf.exposures.sort(key=lambda line: -line.id)
    shelf.leads.sort(key=lambda line: (line.state not in OPEN, line.day or date.max, -line.id))
    shelf.pages.sort(key=lambda line: line.id)
    return shelf


def _text(column: Any) -> Any:
    return cast(column, String)


def _shelf() -> AnySelect:
    of_vendor: Any = bindparam("vendor_id")
    no_day, nothing = cast(null(), Date), literal("")
    exposures = (
        select(
            literal("exposure").label("part"),
            Exposure.id.label("id"),
            _text(Exposure.title).label("text_zh"),
            nothing.label("text_en"),
            _text(Exposure.kind).label("kind"),
            _text(Exposure.state).label("state"),
            Exposure.happened_on.label("day"),
            func.count().over().label("total"),
        )
        .where(Exposure.organisation_id == of_vendor, Exposure.state != ExposureState.DROPPED)
        .order_by(Exposure.id.desc())
        .limit(MOST)
    )
    leads = (
        select(
            literal("lead"),
            Lead.id,
            _text(Lead.name),
            nothing,
            nothing,
            _text(Lead.state),
            case((Lead.state.in_(OPEN), Lead.due_on)),
            func.count().over(),
        )
        .where(Lead.organisation_id == of_vendor)
        .order_by(Lead.state.in_(OPEN).desc(), Lead.due_on, Lead.id.desc())
        .limit(MOST)
    )
    pages = (
        select(
            literal("page"),
            SolutionPage.product_id,
            _text(Product.name_zh),
            _text(Product.name_en),
            nothing,
            state_column(),
            no_day,
            func.count().over(),
        )
        .join(Product, Product.id == SolutionPage.product_id)
        .outerjoin(SolutionEdition, SolutionEdition.live_page_id == SolutionPage.id)
        .where(SolutionPage.organisation_id == of_vendor, Product.removed_at.is_(None))
        .order_by(SolutionPage.id)
        .limit(MOST)
    )
    return select(union_all(*(select(part.subquery()) for part in (exposures, leads, pages))).subquery())


SHELF = _shelf()
"""Selects the outreach of `:vendor_id`, to be read together with what else its page shows."""

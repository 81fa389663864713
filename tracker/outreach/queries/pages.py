"""Reads of solution pages as those who write them see them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from tracker.accounts.access import Actor
from tracker.core import keyset
from tracker.core.counts import capped_count
from tracker.core.db import session
from tracker.core.errors import NotFound
from tracker.core.keyset import Page, Sort
from tracker.core.text import N_, Message
from tracker.outreach import permissions
from tracker.outreach.models import ReachCount, SolutionEdition, SolutionPage
from tracker.outreach.queries import filters
from tracker.outreach.rules import PageState, ReachKind
from tracker.vendors.models import Organisation, Product

NEWEST = Sort((SolutionPage.id,), descending=True)
DAYS_SHOWN = 30


def get_product(product_id: int, *, actor: Actor) -> Product:
    """Give a product whose vendor the actor may see; one that was removed has no page."""
    wanted = (
        select(Product)
        .join(Product.organisation)
        .where(Product.id == product_id, permissions.visible(actor, Product.organisation_id))
        .options(contains_eager(Product.organisation))
    )
    found = session().scalars(wanted).one_or_none()
    if found is None or found.removed_at is not None:
        raise NotFound
    return found


def find_page(product_id: int) -> SolutionPage | None:
    """Find the page of a product with its editions, whoever asks; the product was asked for by the reader's right."""
    wanted = (
        select(SolutionPage)
        .where(SolutionPage.product_id == product_id)
        .options(
            joinedload(SolutionPage.organisation),
            joinedload(SolutionPage.product),
            selectinload(SolutionPage.editions).options(
                joinedload(SolutionEdition.agreed_by), joinedload(SolutionEdition.ended_by)
            ),
        )
    )
    return session().scalars(wanted.execution_options(populate_existing=True)).unique().one_or_none()


def live_edition(page_id: int) -> SolutionEdition | None:
    """Find the edition that the public reads."""
    return session().scalar(select(SolutionEdition).where(SolutionEdition.live_page_id == page_id))


def newest_number(page_id: int) -> int:
    """Give the number of the newest edition; 0 where there was none."""
    numbers = select(func.max(SolutionEdition.number)).where(SolutionEdition.page_id == page_id)
    return session().scalar(numbers) or 0


def reason_to_keep(product_id: int) -> Message | None:
    """Say why a product cannot be taken off its vendor's record: the public reads its page."""
    wanted = select(SolutionEdition.id).join(SolutionPage, SolutionPage.id == SolutionEdition.live_page_id)
    if session().scalar(wanted.where(SolutionPage.product_id == product_id).limit(1)) is None:
        return None
    return Message(N_("This product has a public page. Close that page first."))


def state_column() -> ColumnElement[Any]:
    """Give the state of a page in SQL, as `rules.page_state` tells it; the live edition is joined."""
    earlier = aliased(SolutionEdition)
    had_editions = select(earlier.id).where(earlier.page_id == SolutionPage.id).exists()
    live = SolutionEdition.live_page_id.is_not(None)
    return case(
        (and_(live, SolutionEdition.page_version == SolutionPage.version), literal(PageState.PUBLIC.value)),
        (live, literal(PageState.CHANGED.value)),
        (SolutionPage.asked_at.is_not(None), literal(PageState.WAITING.value)),
        (had_editions, literal(PageState.OFF.value)),
        else_=literal(PageState.DRAFT.value),
    )


@dataclass(frozen=True)
class PageFilter:
    """What narrows the list of pages."""

    words: str = ""
    vendor_id: int | None = None
    state: PageState | None = None

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "PageFilter":
        """Read the filter from an address."""
        return cls(
            words=filters.words(values),
            vendor_id=filters.number(values.get("vendor")),
            state=PageState.named(values.get("state")),
        )

    @property
    def is_active(self) -> bool:
        """Tell whether anything is narrowed."""
        return self != PageFilter()


def matching(wanted: PageFilter, *, actor: Actor) -> Select[int]:
    """Select the ids of the pages that the filter names and the actor may see."""
    live = SolutionEdition.live_page_id == SolutionPage.id
    statement = select(SolutionPage.id).outerjoin(SolutionEdition, live)
    conditions = [permissions.visible(actor, SolutionPage.organisation_id)]
    if wanted.vendor_id is not None:
        conditions.append(SolutionPage.organisation_id == wanted.vendor_id)
    if wanted.state is not None:
        conditions.append(state_column() == wanted.state.value)
    if wanted.words:
        conditions.append(filters.of_vendors_named(SolutionPage.organisation_id, wanted.words))
    return statement.where(*conditions)


def page(wanted: PageFilter, *, after: str | None = None, before: str | None = None, actor: Actor) -> Page:
    """Read a page of the list, newest first."""
    statement = (
        matching(wanted, actor=actor)
        .join(Organisation, Organisation.id == SolutionPage.organisation_id)
        .join(Product, Product.id == SolutionPage.product_id)
        .with_only_columns(
            SolutionPage.id,
            SolutionPage.product_id,
            SolutionPage.industry,
            SolutionPage.changed_at,
            state_column().label("state"),
            Organisation.name_zh.label("organisation_zh"),
            Organisation.name_en.label("organisation_en"),
            Product.name_zh.label("product_zh"),
            Product.name_en.label("product_en"),
        )
    )
    return keyset.read_page(statement, NEWEST, after=after, before=before)


def count(wanted: PageFilter, *, actor: Actor) -> int:
    """Count the pages that the filter names, up to one more than the cap."""
    return capped_count(matching(wanted, actor=actor))


def reach_of(page_ids: Iterable[int], since: date | None = None) -> dict[int, dict[ReachKind, int]]:
    """Add up what visitors did on pages, from a day on or ever."""
    wanted = select(ReachCount.page_id, ReachCount.kind, func.sum(ReachCount.count)).where(
        ReachCount.page_id.in_(list(page_ids))
    )
    if since is not None:
        wanted = wanted.where(ReachCount.day >= since)
    found: dict[int, dict[ReachKind, int]] = {}
    for page_id, kind, total in session().execute(wanted.group_by(ReachCount.page_id, ReachCount.kind)):
        found.setdefault(page_id, {})[kind] = int(total)
    return found


def readings_by_day(page_id: int, today: date) -> list[tuple[date, int]]:
    """Give how often a page was read on each of the last days, the oldest first."""
    first = today - timedelta(days=DAYS_SHOWN - 1)
    wanted = select(ReachCount.day, ReachCount.count.label("readings")).where(
        ReachCount.page_id == page_id, ReachCount.kind == ReachKind.READ, ReachCount.day >= first
    )
    counted = {row.day: row.readings for row in session().execute(wanted)}
    days = (first + timedelta(days=number) for number in range(DAYS_SHOWN))
    return [(day, counted.get(day, 0)) for day in days]

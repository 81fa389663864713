"""What the public reads: editions that stand, found by words, industry, kind of vendor and charging."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, false, select

from tracker.accounts.access import Actor
from tracker.core import keyset, search
from tracker.core.counts import capped_count
from tracker.core.db import session
from tracker.core.errors import NotFound
from tracker.core.keyset import Page, Sort
from tracker.core.search import DocumentKind
from tracker.outreach.models import SolutionEdition, SolutionPage
from tracker.outreach.queries import filters
from tracker.outreach.rules import Industry
from tracker.vendors.models import Product
from tracker.vendors.rules import ChargingModel, VendorKind

SIZE = 24
MOST_IN_SITEMAP = 20_000
"""With two languages a page these are 40,000 addresses, of the 50,000 that a sitemap may hold."""
NEWEST = "-agreed"
SORTS = {
    NEWEST: Sort((SolutionEdition.agreed_at, SolutionEdition.id), descending=True),
    "name": Sort((SolutionEdition.product_zh, SolutionEdition.id)),
}
COLUMNS = (
    SolutionEdition.live_page_id.label("page_id"),
    SolutionEdition.vendor_zh,
    SolutionEdition.vendor_en,
    SolutionEdition.product_zh,
    SolutionEdition.product_en,
    SolutionEdition.tagline_zh,
    SolutionEdition.tagline_en,
    SolutionEdition.industry,
    SolutionEdition.vendor_kind,
    SolutionEdition.charging_model,
)


@dataclass(frozen=True)
class DirectoryFilter:
    """What narrows the directory, as its address says."""

    words: str = ""
    industry: Industry | None = None
    kind: VendorKind | None = None
    charging: ChargingModel | None = None

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "DirectoryFilter":
        """Read the filter from an address; what cannot be read narrows nothing."""
        return cls(
            words=filters.words(values),
            industry=Industry.named(values.get("industry")),
            kind=VendorKind.named(values.get("kind")),
            charging=ChargingModel.named(values.get("charging")),
        )

    @property
    def is_active(self) -> bool:
        """Tell whether anything is narrowed."""
        return self != DirectoryFilter()


def get_edition(page_id: int, *, actor: Actor) -> SolutionEdition:  # noqa: ARG001 - a loader is asked on somebody's behalf; this one answers everybody alike
    """Give what the public reads of a page; there is nothing before the vendor agreed and after it withdrew."""
    wanted: Select[SolutionEdition] = _standing(select(SolutionEdition))
    found = session().scalar(wanted.where(SolutionEdition.live_page_id == page_id))
    if found is None:
        raise NotFound
    return found


def _standing(statement: Any) -> Any:
    """Narrow to what is public: the edition stands, and its product is still on the vendor's record."""
    stands = (
        select(SolutionPage.id)
        .join(Product, Product.id == SolutionPage.product_id)
        .where(SolutionPage.id == SolutionEdition.live_page_id, Product.removed_at.is_(None))
    )
    return statement.where(stands.exists())  # asked of each edition: by a join SQLite would walk all products


def matching(wanted: DirectoryFilter) -> Select[int]:
    """Select the ids of the editions that the filter names."""
    conditions: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (SolutionEdition.industry, wanted.industry),
            (SolutionEdition.vendor_kind, wanted.kind),
            (SolutionEdition.charging_model, wanted.charging),
        )
        if value is not None
    ]
    if wanted.words:
        found = search.matching_subjects(DocumentKind.SOLUTION, wanted.words)
        conditions.append(false() if found is None else SolutionEdition.live_page_id.in_(found.order_by(None)))
    standing: Select[int] = _standing(select(SolutionEdition.id))
    return standing.where(*conditions)


def page(wanted: DirectoryFilter, sort: str, *, after: str | None = None, before: str | None = None) -> Page:
    """Read a page of the directory."""
    statement = matching(wanted).with_only_columns(*COLUMNS)
    order = SORTS.get(sort, SORTS[NEWEST])
    return keyset.read_page(statement, order, after=after, before=before, size=SIZE)


def count(wanted: DirectoryFilter) -> int:
    """Count what the filter names, up to one more than the cap."""
    return capped_count(matching(wanted))


def all_pages() -> list[Any]:
    """List every public page with the day of its edition, for the sitemap."""
    wanted = _standing(select(SolutionEdition.live_page_id.label("page_id"), SolutionEdition.agreed_at))
    return list(session().execute(wanted.order_by(SolutionEdition.id.desc()).limit(MOST_IN_SITEMAP)))

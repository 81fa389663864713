"""Reads of leads: one with what was done about it, the list, all of it for a file, and who can own a next step."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, select, union
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from tracker.accounts.access import Actor
from tracker.accounts.models import RoleGrant, User
from tracker.accounts.rules import OFFICE
from tracker.core import clock, keyset
from tracker.core.counts import capped_count
from tracker.core.db import session
from tracker.core.errors import NotFound
from tracker.core.keyset import AnySelect, Page, Sort
from tracker.journey.models import Assignment, Engagement
from tracker.outreach import permissions
from tracker.outreach.models import Exposure, Lead, LeadEntry
from tracker.outreach.queries import filters
from tracker.outreach.rules import OPEN, Counterpart, LeadOrigin, LeadState
from tracker.vendors.models import Membership, Organisation, Product

FILE_PORTION = 500
MOST_OWNERS = 300
MOST_EXPOSURES = 100
NEWEST = Sort((Lead.id,), descending=True)


@dataclass(frozen=True)
class LeadFilter:
    """What narrows the list, as its address says."""

    words: str = ""
    vendor_id: int | None = None
    state: LeadState | None = None
    counterpart: Counterpart | None = None
    origin: LeadOrigin | None = None
    programme_id: int | None = None
    exposure_id: int | None = None
    mine: bool = False
    late: bool = False

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "LeadFilter":
        """Read the filter from an address; what cannot be read narrows nothing."""
        return cls(
            words=filters.words(values),
            vendor_id=filters.number(values.get("vendor")),
            state=LeadState.named(values.get("state")),
            counterpart=Counterpart.named(values.get("counterpart")),
            origin=LeadOrigin.named(values.get("origin")),
            programme_id=filters.number(values.get("programme")),
            exposure_id=filters.number(values.get("exposure")),
            mine=values.get("owner") == "me",
            late=values.get("due") == "late",
        )

    @property
    def is_active(self) -> bool:
        """Tell whether anything is narrowed."""
        return self != LeadFilter()


def get_lead(lead_id: int, *, actor: Actor) -> Lead:
    """Give a lead that the actor may see, with its vendor, owner and what was done."""
    wanted = (
        select(Lead)
        .join(Lead.organisation)
        .where(Lead.id == lead_id, permissions.visible(actor, Lead.organisation_id))
        .options(
            contains_eager(Lead.organisation),
            joinedload(Lead.product),
            joinedload(Lead.programme),
            joinedload(Lead.exposure),
            joinedload(Lead.owner),
            selectinload(Lead.entries).joinedload(LeadEntry.author),
        )
    )
    found = session().scalars(wanted.execution_options(populate_existing=True)).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def owners_for(vendor_id: int) -> Sequence[tuple[int, str]]:
    """List who can own a next step of a vendor: its members, its experts and the office."""
    experts = (
        select(Assignment.user_id)
        .join(Engagement, Engagement.id == Assignment.engagement_id)
        .where(Engagement.organisation_id == vendor_id, Assignment.ended_at.is_(None))
    )
    members = select(Membership.user_id).where(Membership.organisation_id == vendor_id, Membership.ended_at.is_(None))
    office = select(RoleGrant.user_id).where(RoleGrant.role.in_(OFFICE))
    known = union(experts, members, office).subquery()
    wanted = select(User.id, User.name).where(User.active, User.id.in_(select(known.c.user_id)))
    found = session().execute(wanted.order_by(User.name, User.id).limit(MOST_OWNERS))
    return [(row.id, row.name) for row in found]


def exposures_of(vendor_id: int) -> Sequence[Exposure]:
    """List the exposures of a vendor that a lead can come after, newest first."""
    wanted = select(Exposure).where(Exposure.organisation_id == vendor_id).order_by(Exposure.id.desc())
    return session().scalars(wanted.limit(MOST_EXPOSURES)).all()


COLUMNS = (
    Lead.id,
    Lead.organisation_id,
    Lead.name,
    Lead.counterpart,
    Lead.origin,
    Lead.state,
    case((Lead.state.in_(OPEN), Lead.next_step), else_="").label("next_step"),
    case((Lead.state.in_(OPEN), Lead.due_on)).label("due_on"),
    Lead.closed_on,
    Organisation.ubn.label("vendor_ubn"),
    Organisation.name_zh.label("organisation_zh"),
    Organisation.name_en.label("organisation_en"),
    Product.name_zh.label("product_zh"),
    Product.name_en.label("product_en"),
    User.name.label("owner"),
)
FILE_COLUMNS = (*COLUMNS, Lead.ubn, Lead.industry, Lead.need, Lead.outcome)


def matching(wanted: LeadFilter, *, actor: Actor) -> Select[int]:
    """Select the ids of the leads that the filter names and the actor may see."""
    conditions: list[ColumnElement[bool]] = [permissions.visible(actor, Lead.organisation_id)]
    for column, value in (
        (Lead.organisation_id, wanted.vendor_id),
        (Lead.state, wanted.state),
        (Lead.counterpart, wanted.counterpart),
        (Lead.origin, wanted.origin),
        (Lead.programme_id, wanted.programme_id),
        (Lead.exposure_id, wanted.exposure_id),
        (Lead.owner_id, actor.user_id if wanted.mine else None),
    ):
        if value is not None:
            conditions.append(column == value)
    if wanted.late:
        conditions += [Lead.state.in_(OPEN), Lead.due_on < clock.today()]
    if wanted.words:
        conditions.append(filters.of_vendors_named(Lead.organisation_id, wanted.words))
    return select(Lead.id).where(*conditions)


def page(wanted: LeadFilter, *, after: str | None = None, before: str | None = None, actor: Actor) -> Page:
    """Read a page of the list, newest first."""
    return keyset.read_page(_named(matching(wanted, actor=actor), COLUMNS), NEWEST, after=after, before=before)


def count(wanted: LeadFilter, *, actor: Actor) -> int:
    """Count the leads that the filter names, up to one more than the cap."""
    return capped_count(matching(wanted, actor=actor))


def whole_list(wanted: LeadFilter, *, actor: Actor) -> Iterator[Any]:
    """Read every lead that the filter names for a file, some hundred at a time."""
    statement = _named(matching(wanted, actor=actor), FILE_COLUMNS).order_by(Lead.id.desc())
    yield from session().execute(statement.execution_options(yield_per=FILE_PORTION))


def _named(statement: Select[int], columns: tuple[Any, ...]) -> AnySelect:
    return (
        statement.join(Organisation, Organisation.id == Lead.organisation_id)
        .outerjoin(Product, Product.id == Lead.product_id)
        .outerjoin(User, User.id == Lead.owner_id)
        .with_only_columns(*columns)
    )

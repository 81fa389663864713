"""The list of sandboxes: its filter, and a page of plain rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload

from tracker.accounts.access import Actor
from tracker.accounts.models import User
from tracker.core import clock, keyset
from tracker.core.counts import capped_count
from tracker.core.db import session
from tracker.core.keyset import Page, Sort
from tracker.core.text import N_, Labelled
from tracker.journey.models import Engagement
from tracker.sandboxes import permissions
from tracker.sandboxes.models import Sandbox
from tracker.sandboxes.rules.plans import Mode
from tracker.sandboxes.rules.states import ALIVE, OVER, STANDING, SandboxState
from tracker.vendors.models import Organisation, Product

NEWEST, BY_EXPIRY = "-new", "expires"
SORTS = {
    NEWEST: Sort((Sandbox.id,), descending=True),
    BY_EXPIRY: Sort((Sandbox.expires_at, Sandbox.id)),
}
MOST_AT_ONCE = 100
"""How many sandboxes are extended or destroyed together."""
LONGEST_WORDS = 100

COLUMNS = (
    Sandbox.id,
    Sandbox.code,
    Sandbox.title,
    Sandbox.state,
    Sandbox.cloud,
    Sandbox.account_id,
    Sandbox.monthly_low,
    Sandbox.monthly_high,
    Sandbox.monthly_budget,
    Sandbox.live_since,
    Sandbox.expires_at,
    Sandbox.destroyed_at,
    Organisation.name_zh.label("organisation_zh"),
    Organisation.name_en.label("organisation_en"),
    User.name.label("owner"),
)


class Phase(Labelled):
    """Which part of their lives is shown."""

    NOW = "now", N_("Not over yet")
    WAITING = "waiting", N_("Waits for approval")
    EXPIRED = "expired", N_("Expired, still standing")
    OVER = "over", N_("Over")


@dataclass(frozen=True)
class SandboxFilter:
    """What narrows the list, as its address says."""

    words: str = ""
    phase: Phase | None = None
    state: SandboxState | None = None
    cloud: str = ""
    engagement_id: int | None = None
    programme_id: int | None = None

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "SandboxFilter":
        """Read the filter from an address; what cannot be read narrows nothing."""
        return cls(
            words=values.get("q", "").strip()[:LONGEST_WORDS],
            phase=Phase.named(values.get("phase")),
            state=SandboxState.named(values.get("state")),
            cloud=values.get("cloud", "")[:20],
            engagement_id=_number(values.get("engagement")),
            programme_id=_number(values.get("programme")),
        )

    @property
    def is_active(self) -> bool:
        """Tell whether anything is narrowed."""
        return self != SandboxFilter()


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004 - digits that every id has room for


def matching(wanted: SandboxFilter, *, actor: Actor) -> Select[int]:
    """Select the ids of the sandboxes that the filter names and the actor may see."""
    return select(Sandbox.id).where(*_conditions(wanted), permissions.visible(actor))


def _conditions(wanted: SandboxFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.words:
        vendor = aliased(Organisation)  # the list joins the vendor too
        names = (vendor.name_zh, vendor.name_en)
        named = select(vendor.id).where(or_(*(_holds(name, wanted.words) for name in names)))
        texts = (Sandbox.title, Sandbox.code)
        found.append(or_(*(_holds(text, wanted.words) for text in texts), Sandbox.organisation_id.in_(named)))
    if wanted.phase is Phase.NOW:
        found.append(Sandbox.state.in_(ALIVE))
    elif wanted.phase is Phase.WAITING:
        found += [Sandbox.state.in_({SandboxState.PLANNED, SandboxState.BLOCKED}), Sandbox.mode == Mode.SANDBOX]
    elif wanted.phase is Phase.EXPIRED:
        found += [Sandbox.state.in_(STANDING), Sandbox.expires_at < clock.now()]
    elif wanted.phase is Phase.OVER:
        found.append(Sandbox.state.in_(OVER))
    if wanted.state is not None:
        found.append(Sandbox.state == wanted.state)
    if wanted.cloud:
        found.append(Sandbox.cloud == wanted.cloud)
    if wanted.engagement_id is not None:
        found.append(Sandbox.engagement_id == wanted.engagement_id)
    if wanted.programme_id is not None:
        found.append(Sandbox.programme_id == wanted.programme_id)
    return found


def _holds(column: InstrumentedAttribute[Any], words: str) -> ColumnElement[bool]:
    return column.icontains(words, autoescape=True)


def page(
    wanted: SandboxFilter, sort: str = NEWEST, *, after: str | None = None, before: str | None = None, actor: Actor
) -> Page:
    """Read a page of the list, newest first, or the next to expire first."""
    statement = (
        matching(wanted, actor=actor)
        .with_only_columns(*COLUMNS)
        .join(Organisation, Organisation.id == Sandbox.organisation_id)
        .outerjoin(User, User.id == Sandbox.owner_id)
    )
    if sort == BY_EXPIRY:
        statement = statement.where(Sandbox.expires_at.is_not(None))
    return keyset.read_page(statement, SORTS.get(sort, SORTS[NEWEST]), after=after, before=before)


def count(wanted: SandboxFilter, *, actor: Actor) -> int:
    """Count the sandboxes that the filter names, up to one more than the cap."""
    return capped_count(matching(wanted, actor=actor))


def chosen(ids: Sequence[int], *, actor: Actor) -> Sequence[Sandbox]:
    """Give the sandboxes that were ticked and that the actor may see, as many as are changed together."""
    statement = (
        select(Sandbox)
        .where(Sandbox.id.in_(ids[:MOST_AT_ONCE]), permissions.visible(actor))
        .options(
            joinedload(Sandbox.engagement).options(
                joinedload(Engagement.organisation),
                joinedload(Engagement.programme),
                joinedload(Engagement.product).load_only(Product.id),
            )
        )
        .order_by(Sandbox.id)
    )
    return session().scalars(statement).all()

"""Which running engagements a changed playbook would touch, and what was done there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, exists, func, select

from tracker.accounts.access import Actor
from tracker.core.content import Bilingual
from tracker.core.counts import capped_count
from tracker.core.db import session
from tracker.core.keyset import Page, Sort, read_page
from tracker.journey import permissions
from tracker.journey.models import Engagement, Item, PlaybookVersion, StepProgress
from tracker.journey.playbook import Playbook
from tracker.journey.playbook_preview import FileState, digest_at, places_of
from tracker.journey.rules import EngagementState, ItemState, Step, StepState, Use
from tracker.vendors.models import Organisation, Product

RUNNING = (EngagementState.ACTIVE, EngagementState.ON_HOLD)
SORT = Sort((Engagement.id,))


@dataclass(frozen=True)
class FileChange:
    """A place of the playbooks folder that differs from what is published."""

    place: str
    state: FileState
    version: PlaybookVersion | None
    """The newest published version that stood there."""


def file_changes(root: Path) -> list[FileChange]:
    """List where the folder differs from what is published."""
    newest = {
        version.path: version for version in session().scalars(select(PlaybookVersion).order_by(PlaybookVersion.number))
    }
    there = places_of(root)
    changed = [
        FileChange(place, FileState.CHANGED if place in newest else FileState.NEW, newest.get(place))
        for place in there
        if place not in newest or newest[place].digest != digest_at(root, place)
    ]
    return changed + [
        FileChange(place, FileState.GONE, version) for place, version in sorted(newest.items()) if place not in there
    ]


@dataclass(frozen=True)
class FollowerRow:
    """A running engagement that holds a version of the playbook."""

    id: int
    organisation: Bilingual
    product: Bilingual
    state: EngagementState
    number: int
    """The version it holds."""


def followers(
    playbook: str, *, actor: Actor, after: str | None = None, before: str | None = None, size: int = 50
) -> Page:
    """Give a page of the running engagements that follow a playbook in a step whose gate is not passed."""
    held = (
        select(func.max(PlaybookVersion.number))
        .join(Item, Item.playbook_version_id == PlaybookVersion.id)
        .where(Item.engagement_id == Engagement.id, *_items_of(playbook))
        .scalar_subquery()
    )
    statement = (
        select(
            Engagement.id,
            Organisation.name_zh,
            Organisation.name_en,
            Product.name_zh,
            Product.name_en,
            Engagement.state,
            held,
        )
        .join(Organisation, Organisation.id == Engagement.organisation_id)
        .join(Product, Product.id == Engagement.product_id)
        .where(*_follows(playbook, actor))
    )
    page = read_page(statement, SORT, after=after, before=before, size=size)
    rows = [
        FollowerRow(one[0], Bilingual(one[1], one[2] or one[1]), Bilingual(one[3], one[4] or one[3]), one[5], one[6])
        for one in page.rows
    ]
    return Page(rows, page.before, page.after)


def work_on(engagement_ids: Collection[int], keys: Collection[str]) -> Mapping[int, list[tuple[str, ItemState]]]:
    """Tell for each engagement which of these items are no longer untouched, and how far they have come."""
    found: dict[int, list[tuple[str, ItemState]]] = {}
    if engagement_ids and keys:
        statement = select(Item.engagement_id, Item.key, Item.state).where(
            Item.engagement_id.in_(engagement_ids), Item.key.in_(keys), *_begun()
        )
        for engagement_id, key, state in session().execute(statement.order_by(Item.position)):
            found.setdefault(engagement_id, []).append((key, state))
    return found


def count_followers(playbook: str, *, actor: Actor) -> int:
    """Count, up to the cap, the running engagements that follow a playbook."""
    return capped_count(select(Engagement.id).where(*_follows(playbook, actor)))


def count_followers_with_work(playbook: str, keys: Collection[str], *, actor: Actor) -> int:
    """Count, up to the cap, those in which something was done on one of these items."""
    if not keys:
        return 0
    work = exists().where(Item.engagement_id == Engagement.id, Item.key.in_(keys), *_begun())
    return capped_count(select(Engagement.id).where(*_follows(playbook, actor), work))


def count_newcomers(playbook: Playbook, *, actor: Actor) -> int:
    """Count, up to the cap, the running engagements to which a new playbook of the basic list would be offered."""
    if playbook.use is not Use.ALWAYS:
        return 0
    statement = (
        select(Engagement.id)
        .join(Organisation, Organisation.id == Engagement.organisation_id)
        .where(*_running(playbook.step, actor), ~_holds(playbook.id))
    )
    if playbook.vendor_kinds:
        statement = statement.where(Organisation.kind.in_(playbook.vendor_kinds))
    return capped_count(statement)


def _begun() -> tuple[ColumnElement[bool], ...]:
    return Item.state != ItemState.OPEN, Item.retired_at.is_(None)


def _items_of(playbook: str) -> tuple[ColumnElement[bool], ...]:
    return PlaybookVersion.playbook == playbook, Item.retired_at.is_(None)


def _follows(playbook: str, actor: Actor) -> tuple[ColumnElement[bool], ...]:
    step = select(PlaybookVersion.step).where(PlaybookVersion.playbook == playbook).limit(1).scalar_subquery()
    return (*_running(step, actor), _holds(playbook))


def _holds(playbook: str) -> ColumnElement[bool]:
    versions = select(PlaybookVersion.id).where(PlaybookVersion.playbook == playbook)
    return exists().where(
        Item.engagement_id == Engagement.id, Item.playbook_version_id.in_(versions), Item.retired_at.is_(None)
    )


def _running(step: Step | ColumnElement[Step], actor: Actor) -> tuple[ColumnElement[bool], ...]:
    open_step = exists().where(
        StepProgress.engagement_id == Engagement.id, StepProgress.step == step, StepProgress.state != StepState.PASSED
    )
    return Engagement.state.in_(RUNNING), permissions.visible(actor), open_step

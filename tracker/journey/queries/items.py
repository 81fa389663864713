"""Reads of checklist items."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, func, select, union_all
from sqlalchemy.orm import aliased, joinedload

from tracker.accounts.access import Actor, can, for_actors
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.core import clock
from tracker.core.content import Bilingual
from tracker.core.db import read, session
from tracker.core.errors import NotFound
from tracker.core.keyset import AnySelect, of_each_row
from tracker.evidence.models import Evidence
from tracker.journey import permissions, playbook_shelf
from tracker.journey.case_names import OF_CASE, CaseNames
from tracker.journey.models import Engagement, Item, ItemChange, ItemComment, ItemEvidence, PlaybookVersion
from tracker.journey.rules import COMPLETE, OWED, TO_VERIFY, EngagementState, EvidenceKind, ItemState, Party, Step
from tracker.vendors.models import Organisation, Product


class ItemRow(NamedTuple):
    """An item of one engagement as its checklist shows it."""

    id: int
    step: Step
    key: str
    version_id: int
    digest: str
    position: int
    who: Party
    evidence: EvidenceKind
    gate: bool
    due_on: date | None
    state: ItemState
    reason: str
    done_by_id: int | None
    done_by: str | None
    verified_by: str | None
    verified_at: datetime | None
    retired_at: datetime | None
    proof_table: str | None
    files: int
    is_outdated: bool
    """Whether a newer version of its playbook is published."""

    @property
    def title(self) -> Bilingual:
        """Give the item's words."""
        return playbook_shelf.title(self.version_id, self.digest, self.key)

    @property
    def playbook(self) -> str:
        """Name the playbook that the item comes from."""
        return self.key.partition(".")[0]

    @property
    def proofs(self) -> int:
        """Count what proves the item."""
        return self.files + (self.proof_table is not None)

    @property
    def is_complete(self) -> bool:
        """Tell whether nobody has to do anything for it any more."""
        return self.state in COMPLETE

    @property
    def owed_by(self) -> Party:
        """Tell who has to act: the one who does it, or the expert who verifies it."""
        return Party.EXPERT if self.state in TO_VERIFY else self.who


@dataclass(frozen=True)
class OwedItem(CaseNames):
    """An item as a to-do list over many engagements shows it."""

    id: int
    engagement_id: int
    organisation_zh: str
    organisation_en: str
    product_zh: str
    product_en: str
    step: Step
    key: str
    version_id: int
    digest: str
    who: Party
    state: ItemState
    due_on: date | None
    reason: str

    @property
    def title(self) -> Bilingual:
        """Give the item's words."""
        return playbook_shelf.title(self.version_id, self.digest, self.key)

    @property
    def is_overdue(self) -> bool:
        """Tell whether its due day has passed."""
        return self.due_on is not None and self.due_on < clock.today()


@dataclass(frozen=True)
class NextAction:
    """The one thing an engagement waits for."""

    engagement_id: int
    item_id: int
    key: str
    version_id: int
    digest: str
    owed_by: Party
    state: ItemState
    due_on: date | None

    @property
    def title(self) -> Bilingual:
        """Give the item's words."""
        return playbook_shelf.title(self.version_id, self.digest, self.key)


@dataclass(frozen=True)
class Change:
    """A change of an item, with who made it."""

    old: ItemState
    new: ItemState
    reason: str
    by_id: int | None
    by: str | None
    at: datetime
    undone_at: datetime | None


def _items() -> AnySelect:
    done_by, verified_by, newer = aliased(User), aliased(User), aliased(PlaybookVersion)
    newest = select(func.max(newer.number)).where(newer.playbook == PlaybookVersion.playbook)
    files = (
        select(func.count())
        .select_from(ItemEvidence)
        .where(ItemEvidence.item_id == Item.id, ItemEvidence.removed_at.is_(None))
    )
    return (
        select(
            Item.id,
            Item.step,
            Item.key,
            Item.playbook_version_id,
            PlaybookVersion.digest,
            Item.position,
            Item.who,
            Item.evidence_kind,
            Item.gate,
            Item.due_on,
            Item.state,
            Item.reason,
            Item.done_by_id,
            done_by.name,
            verified_by.name,
            Item.verified_at,
            Item.retired_at,
            Item.proof_table,
            files.scalar_subquery(),
            PlaybookVersion.number < newest.scalar_subquery(),
        )
        .join(PlaybookVersion, PlaybookVersion.id == Item.playbook_version_id)
        .outerjoin(done_by, done_by.id == Item.done_by_id)
        .outerjoin(verified_by, verified_by.id == Item.verified_by_id)
        .where(Item.engagement_id == bindparam("engagement_id"))
        .order_by(Item.retired_at.is_not(None), Item.position, Item.id)
    )


_ITEMS = _items()
"""Built once, since the page of an engagement is asked for often."""


def items_of(engagement_id: int, step: Step | None = None) -> list[ItemRow]:
    """List the items of an engagement in their order, retired ones last."""
    found = [ItemRow._make(row) for row in read(_ITEMS, {"engagement_id": engagement_id})]
    return [row for row in found if step is None or row.step is step]


def open_items(engagement: Engagement) -> list[ItemRow]:
    """List the items of the current step that are not complete."""
    return [row for row in items_of(engagement.id, engagement.step) if row.retired_at is None and not row.is_complete]


def get_item(item_id: int, *, actor: Actor) -> Item:
    """Give an item of an engagement that the actor may see."""
    statement = (
        select(Item)
        .join(Engagement, Engagement.id == Item.engagement_id)
        .options(
            joinedload(Item.engagement).options(*OF_CASE),
            joinedload(Item.playbook_version),
            joinedload(Item.done_by),
            joinedload(Item.verified_by),
        )
        .where(Item.id == item_id, permissions.visible(actor))
    )
    item = session().scalars(statement).one_or_none()
    if item is None:
        raise NotFound
    return item


def get_proof(item_id: int, proof_id: int, *, actor: Actor) -> ItemEvidence:
    """Give a piece of evidence as it is attached to an item that the actor may see."""
    item = get_item(item_id, actor=actor)
    for proof in proofs_of(item, actor=actor):
        if proof.id == proof_id:
            return proof
    raise NotFound


def proofs_of(item: Item, *, actor: Actor) -> Sequence[ItemEvidence]:
    """List the evidence attached to the item that the actor may see, in the order it was attached."""
    statement = select(ItemEvidence).where(ItemEvidence.item_id == item.id, ItemEvidence.removed_at.is_(None))
    loaded = joinedload(ItemEvidence.evidence).joinedload(Evidence.stored_file)
    proofs = session().scalars(statement.options(loaded).order_by(ItemEvidence.id)).all()
    internal = can(actor, permissions.READ_INTERNAL, item)
    return [proof for proof in proofs if internal or not proof.evidence.internal]


def proof_count(item: Item) -> int:
    """Count what proves the item: attached evidence, and the record of another feature."""
    statement = select(func.count()).where(ItemEvidence.item_id == item.id, ItemEvidence.removed_at.is_(None))
    return (session().scalar(statement) or 0) + (item.proof_table is not None)


def comments_of(item: Item, *, actor: Actor) -> Sequence[ItemComment]:
    """List the comments on an item that the actor may read, the oldest first."""
    statement = select(ItemComment).where(ItemComment.item_id == item.id)
    if not can(actor, permissions.READ_INTERNAL, item):
        statement = statement.where(ItemComment.internal.is_(False))
    return session().scalars(statement.options(joinedload(ItemComment.author)).order_by(ItemComment.id)).all()


def changes_of(item: Item) -> Sequence[Change]:
    """List every change of the item with who made it, the newest first."""
    statement = (
        select(
            ItemChange.old,
            ItemChange.new,
            ItemChange.reason,
            ItemChange.by_id,
            User.name,
            ItemChange.at,
            ItemChange.undone_at,
        )
        .outerjoin(User, User.id == ItemChange.by_id)
        .where(ItemChange.item_id == item.id)
        .order_by(ItemChange.id.desc())
    )
    return [Change(*row) for row in session().execute(statement)]


def last_change(item: Item) -> ItemChange | None:
    """Find the newest change of the item that was not undone."""
    statement = select(ItemChange).where(ItemChange.item_id == item.id, ItemChange.undone_at.is_(None))
    return session().scalars(statement.order_by(ItemChange.id.desc()).limit(1)).one_or_none()


# --- to-do lists ----------------------------------------------------------------------------------------------------------


def items_owed(actor: Actor, limit: int = 20) -> list[OwedItem]:
    """List what the actor's parties have to do in current steps, the earliest due first."""
    return _read_owed(_owed_items(actor, limit), actor) if _parties(actor) else []


@for_actors
def _owed_items(actor: Actor, limit: int) -> AnySelect:
    return _merge([_owed(actor, Item.who == party, state) for party in _parties(actor) for state in OWED], limit)


def overdue_items(actor: Actor, limit: int = 20) -> list[OwedItem]:
    """List the items of current steps that are past their due day, the longest overdue first, whoever owes them."""
    return _read_owed(_overdue_items(actor, limit), actor, today=clock.today())


@for_actors
def _overdue_items(actor: Actor, limit: int) -> AnySelect:
    late = Item.due_on < bindparam("today")
    return _merge([_owed(actor, and_(Item.who == party, late), state) for party in Party for state in OWED], limit)


def items_to_verify(actor: Actor, limit: int = 20) -> list[OwedItem]:
    """List what waits for the actor's verification, the longest waiting first; never what the actor did."""
    if not (actor.is_office or actor.has(Role.EXPERT)):
        return []
    return _read_owed(_items_to_verify(actor, limit), actor)


@for_actors
def _items_to_verify(actor: Actor, limit: int) -> AnySelect:
    other = Item.done_by_id.is_distinct_from(actor.user_id)
    return _merge([_owed(actor, other, state, by=Item.done_at) for state in TO_VERIFY], limit)


def _parties(actor: Actor) -> list[Party]:
    held = (
        (Party.STAFF, actor.is_office),
        (Party.EXPERT, actor.has(Role.EXPERT)),
        (Party.VENDOR, actor.has(Role.VENDOR)),
    )
    return [party for party, holds in held if holds]


def _own(actor: Actor, party: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(party, permissions.visible(actor))


def _owed(actor: Actor, condition: ColumnElement[bool], state: ItemState, by: Any = None) -> AnySelect:
    """Select items of one state in current steps of active engagements; one state each, so that an index gives the order."""
    key = Item.due_on if by is None else by
    return (
        select(
            Item.id,
            Item.engagement_id,
            Organisation.name_zh.label("organisation_zh"),
            Organisation.name_en.label("organisation_en"),
            Product.name_zh.label("product_zh"),
            Product.name_en.label("product_en"),
            Item.step,
            Item.key,
            Item.playbook_version_id,
            PlaybookVersion.digest,
            Item.who,
            Item.state,
            Item.due_on,
            Item.reason,
            key.label("sort_key"),
        )
        .join(Engagement, Engagement.id == Item.engagement_id)
        .join(Organisation, Organisation.id == Engagement.organisation_id)
        .join(Product, Product.id == Engagement.product_id)
        .join(PlaybookVersion, PlaybookVersion.id == Item.playbook_version_id)
        .where(
            Item.state == state,
            key.is_not(None),
            Item.retired_at.is_(None),
            Item.step == Engagement.step,
            Engagement.state == EngagementState.ACTIVE,
            _own(actor, condition),
        )
        .order_by(key, Item.id)
    )


def _merge(arms: Sequence[AnySelect], limit: int) -> AnySelect:
    limited = [select(arm.limit(limit).subquery()) for arm in arms]
    both = union_all(*limited).subquery()
    return select(both).order_by(both.c.sort_key, both.c.id).limit(limit)


def _read_owed(statement: AnySelect, actor: Actor, **values: object) -> list[OwedItem]:
    return [OwedItem(*row[:-1]) for row in read(statement, {**actor.parameters, **values})]


def next_actions(engagement_ids: Collection[int]) -> dict[int, NextAction]:
    """Give for each engagement the item that its current step waits for first: gate items by due day, then the others."""
    if not engagement_ids:
        return {}
    order = func.row_number().over(
        partition_by=Item.engagement_id, order_by=(Item.gate.desc(), Item.due_on, Item.position, Item.id)
    )
    ranked = (
        select(
            Item.engagement_id,
            Item.id,
            Item.key,
            Item.playbook_version_id,
            PlaybookVersion.digest,
            Item.who,
            Item.state,
            Item.due_on,
            order.label("rank"),
        )
        .join(Engagement, Engagement.id == Item.engagement_id)
        .join(PlaybookVersion, PlaybookVersion.id == Item.playbook_version_id)
        .where(
            Item.engagement_id.in_(engagement_ids),
            Item.step == Engagement.step,
            Item.state.not_in(COMPLETE),
            Item.retired_at.is_(None),
            of_each_row(Engagement.state) == EngagementState.ACTIVE,
        )
        .subquery()
    )
    found = {}
    for row in session().execute(select(ranked).where(ranked.c.rank == 1)):
        owed_by = Party.EXPERT if row.state in TO_VERIFY else row.who
        found[row.engagement_id] = NextAction(
            row.engagement_id, row.id, row.key, row.playbook_version_id, row.digest, owed_by, row.state, row.due_on
        )
    return found

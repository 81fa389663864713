"""Handing in, returning and verifying items; every change is kept, and can be undone for some seconds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from tracker.accounts.access import Actor
from tracker.core import audit, clock
from tracker.core.db import Base, session
from tracker.core.text import N_
from tracker.journey import playbook_shelf
from tracker.journey.models import Engagement, Item, ItemChange
from tracker.journey.operations.schedule import lock, recount
from tracker.journey.operations.telling import tell_of_item, title_of
from tracker.journey.queries.gates import progress_of
from tracker.journey.queries.items import items_of, last_change, proof_count
from tracker.journey.queries.people import expert_ids, office_ids
from tracker.journey.rules import (
    BEGUN,
    ITEM_MOVES,
    OWED,
    Deed,
    ItemState,
    LastChange,
    check_item_move,
    check_proof,
    check_reason,
    check_undo,
    check_verifier,
    check_workable,
)
from tracker.notifications.rules import Reason


def submit_item(item: Item, *, actor: Actor) -> None:
    """Tick an item: hand it in for verification with the evidence attached to it."""
    open_item(item)
    check_item_move(item.state, ItemState.SUBMITTED)
    check_proof(item.evidence_kind, proof_count(item))
    _change(item, ItemState.SUBMITTED, "item.submitted", actor, **_done(actor))
    _ask_for_verification(item, N_("%(vendor)s: “%(item)s” waits for verification."), actor)


def fulfil_item(engagement: Engagement, key: str, *, proof: Base, actor: Actor) -> Item | None:
    """Hand in an item on behalf of another feature, whose row proves it; None where the engagement has no such open item."""
    item = (
        session()
        .scalars(select(Item).where(Item.engagement_id == engagement.id, Item.key == key, Item.retired_at.is_(None)))
        .one_or_none()
    )
    if item is None or ItemState.SUBMITTED not in ITEM_MOVES[item.state] or not _is_begun(item):
        return None
    open_item(item)
    values = {"proof_table": proof.__tablename__, "proof_id": proof.id, **_done(actor)}
    _change(item, ItemState.SUBMITTED, "item.fulfilled", actor, proof=[proof.__tablename__, proof.id], **values)
    _ask_for_verification(item, N_("%(vendor)s: “%(item)s” waits for verification."), actor)
    return item


def fulfil_by(engagement: Engagement, by: Deed, *, proof: Base, actor: Actor) -> list[Item]:
    """Hand in every open item of the engagement whose playbook says that this deed of CloudSteps fulfils it."""
    rows = [row for row in items_of(engagement.id) if row.state in OWED and row.retired_at is None]
    texts = playbook_shelf.read_all([(row.version_id, row.digest) for row in rows])
    keys = [row.key for row, text in zip(rows, texts, strict=True) if text.item(row.key).by is by]
    done = [fulfil_item(engagement, key, proof=proof, actor=actor) for key in keys]
    return [item for item in done if item is not None]


def _is_begun(item: Item) -> bool:
    return progress_of(item.engagement, item.step).state in BEGUN


def mark_not_applicable(item: Item, reason: str, *, actor: Actor) -> None:
    """Say, with the reason, that an item does not apply; it counts once an expert or the office has verified that."""
    open_item(item)
    check_item_move(item.state, ItemState.NOT_APPLICABLE_CLAIMED)
    text = check_reason(reason, field="why")
    _change(item, ItemState.NOT_APPLICABLE_CLAIMED, "item.not_applicable", actor, reason=text, **_done(actor))
    _ask_for_verification(item, N_("%(vendor)s: “%(item)s” is said not to apply; please verify."), actor)


def verify_item(item: Item, *, actor: Actor) -> None:
    """Verify what another person handed in, or their reason why it does not apply."""
    open_item(item)
    claimed = item.state is ItemState.NOT_APPLICABLE_CLAIMED
    new = ItemState.NOT_APPLICABLE if claimed else ItemState.VERIFIED
    check_item_move(item.state, new)
    check_verifier(item.done_by_id, actor.user_id)
    if not claimed:
        check_proof(item.evidence_kind, proof_count(item))
    _change(
        item, new, "item.verified", actor, reason=item.reason, verified_by_id=actor.user_id, verified_at=clock.now()
    )


def return_item(item: Item, reason: str, *, actor: Actor) -> None:
    """Give an item back to the one who owes it, with what is to be done."""
    open_item(item)
    check_item_move(item.state, ItemState.RETURNED)
    text = check_reason(reason)
    done_by = item.done_by_id
    _change(item, ItemState.RETURNED, "item.returned", actor, reason=text, verified_by_id=None, verified_at=None)
    tell_of_item([done_by], Reason.RETURNED, N_("%(vendor)s: “%(item)s” was returned: %(reason)s"), item, actor=actor, reason=text)  # fmt: skip


def undo_change(item: Item, *, actor: Actor) -> None:
    """Take back one's own newest change of an item within some seconds; that it was made stays on record."""
    open_item(item)
    change = last_change(item)
    known = LastChange(change.by_id, change.at, change.undone_at is not None) if change is not None else None
    check_undo(known, actor.user_id, clock.now())
    if change is None:
        return
    old = item.state
    _put_back(item, change.before)
    change.undone_at = clock.now()
    recount(item.engagement)
    _record(item, "item.undone", actor, state=[old.value, item.state.value])


def open_item(item: Item) -> None:
    """Take the item in hand: one writer at a time, and only where engagement and step let it be worked on."""
    lock(item.engagement)
    session().refresh(item)
    step = progress_of(item.engagement, item.step)
    check_workable(item.engagement.state, step.state, item.state, retired=item.retired_at is not None)


def change_state(item: Item, new: ItemState, actor: Actor, *, reason: str = "", **values: object) -> None:
    """Set the state and what goes with it, and keep for ever who did it, when, why and what was before."""
    change = ItemChange(
        item_id=item.id, old=item.state, new=new, reason=reason, before=_snapshot(item), by_id=actor.user_id
    )
    if "proof_table" in values:
        change.proof = {"table": values["proof_table"], "id": values["proof_id"]}
    session().add(change)
    item.state, item.reason = new, reason
    for name, value in values.items():
        setattr(item, name, value)


def _change(
    item: Item,
    new: ItemState,
    action: str,
    actor: Actor,
    *,
    reason: str = "",
    proof: object = None,
    **values: object,
) -> None:
    old = item.state
    change_state(item, new, actor, reason=reason, **values)
    recount(item.engagement)
    facts = {"reason": reason} if reason else {}
    _record(item, action, actor, state=[old.value, new.value], **facts, **({"proof": proof} if proof else {}))


def _done(actor: Actor) -> dict[str, Any]:
    return {"done_by_id": actor.user_id, "done_at": clock.now(), "verified_by_id": None, "verified_at": None}


_KEPT = ("reason", "done_by_id", "verified_by_id", "proof_table", "proof_id")
_MOMENTS = ("done_at", "verified_at")


def _snapshot(item: Item) -> dict[str, Any]:
    plain = {name: getattr(item, name) for name in _KEPT}
    moments = {name: moment.isoformat() if (moment := getattr(item, name)) else None for name in _MOMENTS}
    return {"state": item.state.value, **plain, **moments}


def _put_back(item: Item, before: Mapping[str, Any]) -> None:
    item.state = ItemState(before["state"])
    for name in _KEPT:
        setattr(item, name, before[name])
    for name in _MOMENTS:
        setattr(item, name, datetime.fromisoformat(before[name]) if before[name] else None)


def _ask_for_verification(item: Item, msgid: str, actor: Actor) -> None:
    """Tell the experts, or the office where no other expert could verify."""
    experts = expert_ids(item.engagement) - {actor.user_id}
    tell_of_item(experts or office_ids(item.engagement), Reason.DECISION, msgid, item, actor=actor)


def _record(item: Item, action: str, actor: Actor, **facts: object) -> None:
    audit.record(
        action,
        item,
        actor=actor,
        engagement_id=item.engagement_id,
        organisation_id=item.engagement.organisation_id,
        key=item.key,
        item=title_of(item),
        **facts,
    )

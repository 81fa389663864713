"""Comments on items, and the evidence attached to them."""

from dataclasses import dataclass

from tracker.accounts.access import Actor
from tracker.core import audit, clock
from tracker.core.db import session
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.evidence.models import Evidence
from tracker.evidence.operations import remove_evidence
from tracker.journey.models import Item, ItemComment, ItemEvidence
from tracker.journey.operations.items import open_item
from tracker.journey.operations.schedule import recount
from tracker.journey.operations.telling import tell_of_item, title_of
from tracker.journey.queries.people import expert_ids, vendor_ids
from tracker.journey.rules import OWED
from tracker.notifications.rules import Reason


@dataclass(frozen=True)
class CommentDetails:
    """What somebody has to say about an item."""

    text: str
    internal: bool = False


def comment_on_item(item: Item, details: CommentDetails, *, actor: Actor) -> ItemComment:
    """Comment on an item, for everybody or for the office and the experts only."""
    text = details.text.strip()
    if not text:
        raise Refused(N_("Write the comment first."), field="text")
    comment = ItemComment(item_id=item.id, author_id=actor.user_id, text=text, internal=details.internal)
    session().add(comment)
    session().flush()
    _record(item, "item.commented", actor, internal=details.internal)
    people = expert_ids(item.engagement)
    if not details.internal:
        people |= vendor_ids(item.engagement)
    tell_of_item(people, Reason.COMMENT, N_("%(vendor)s: a comment on “%(item)s”."), item, actor=actor)
    return comment


def attach_evidence(item: Item, evidence: Evidence, *, actor: Actor) -> ItemEvidence:
    """Attach evidence of the same engagement to an item."""
    open_item(item)
    if evidence.engagement_id != item.engagement_id:
        raise Refused(N_("This evidence belongs to another engagement. Hand it in here again."))
    proof = ItemEvidence(item_id=item.id, evidence=evidence, added_by_id=actor.user_id)
    session().add(proof)
    recount(item.engagement)
    _record(item, "item.evidence_attached", actor, evidence_id=evidence.id, internal=evidence.internal)
    return proof


def detach_evidence(item: Item, proof: ItemEvidence, *, actor: Actor) -> None:
    """Take evidence off an item that is not handed in; what was handed in or verified keeps what proved it."""
    open_item(item)
    if item.state not in OWED:
        raise Refused(N_("This item is handed in with its evidence. Have it returned before you take evidence off."))
    proof.removed_at = clock.now()
    remove_evidence(proof.evidence, actor=actor)
    recount(item.engagement)
    _record(item, "item.evidence_removed", actor, evidence_id=proof.evidence_id, internal=proof.evidence.internal)


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

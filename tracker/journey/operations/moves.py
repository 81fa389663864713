"""Moving an engagement to a newer playbook without losing what was done."""

from dataclasses import dataclass

from tracker.accounts.access import Actor
from tracker.core import audit, clock
from tracker.core.db import session
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.journey.models import Engagement, Item, PlaybookVersion
from tracker.journey.operations.contents import all_items, carry_on, due_day, item_from, number_items
from tracker.journey.operations.items import change_state
from tracker.journey.operations.schedule import lock, recount
from tracker.journey.playbook import PlaybookItem
from tracker.journey.playbook_shelf import playbook_of
from tracker.journey.queries.gates import progress_of
from tracker.journey.queries.playbooks import newer_versions
from tracker.journey.rules import OWED, ItemState, StepState, check_active, check_reason


@dataclass(frozen=True)
class PlaybookMove:
    """The version to move to, and which of the changed items are to be done again, with the reason."""

    version_id: int
    redo: frozenset[str] = frozenset()
    reason: str = ""


def move_playbook(engagement: Engagement, details: PlaybookMove, *, actor: Actor) -> None:
    """Move one playbook of the engagement to its newest version: added, changed, kept; what it dropped stays readable."""
    lock(engagement)
    check_active(engagement.state)
    if details.redo:
        check_reason(details.reason)
    old, new = _pair(engagement, details.version_id)
    progress = progress_of(engagement, new.step)
    if progress.state is StepState.PROPOSED:
        raise Refused(N_("The gate of this step is proposed. Decide on it first, then move to the newer playbook."))
    items = {item.key: item for item in all_items(engagement)}
    texts = {text.id: text for text in playbook_of(new).items}
    dropped = [item for item in items.values() if old is not None and item.playbook_version_id == old.id and item.key not in texts]  # fmt: skip
    for item in dropped:
        item.retired_at = clock.now()
    for text in texts.values():
        if text.id in items:
            _carry_on(items[text.id], new, text, details, actor)
        else:
            item = item_from(engagement, new, text)
            item.due_on = due_day(progress, text.days)
            session().add(item)
    session().flush()
    number_items(engagement)
    recount(engagement)
    audit.record(
        "engagement.playbook_moved",
        engagement,
        actor=actor,
        engagement_id=engagement.id,
        organisation_id=engagement.organisation_id,
        playbook=new.playbook,
        number=[old.number if old is not None else None, new.number],
        dropped=[item.key for item in dropped],
        redo=sorted(details.redo & set(texts)),
    )


def _pair(engagement: Engagement, version_id: int) -> tuple[PlaybookVersion | None, PlaybookVersion]:
    for old, new in newer_versions(engagement):
        if new.id == version_id:
            return old, new
    raise Refused(N_("There is no newer version of this playbook to move to. Reload the page."))


def _carry_on(item: Item, new: PlaybookVersion, text: PlaybookItem, details: PlaybookMove, actor: Actor) -> None:
    """Let an item stand in the newer version with what was done, or have it done again."""
    carry_on(item, new, text)
    if item.key in details.redo and item.state not in OWED:
        reason = check_reason(details.reason)
        change_state(item, ItemState.RETURNED, actor, reason=reason, verified_by_id=None, verified_at=None)

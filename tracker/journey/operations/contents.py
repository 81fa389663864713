"""The items of an engagement as they come from playbooks: made, brought back, numbered."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from tracker.core import clock
from tracker.core.calendar import add_working_days
from tracker.core.db import session
from tracker.journey.models import Engagement, Item, PlaybookVersion, StepProgress
from tracker.journey.playbook import PlaybookItem
from tracker.journey.playbook_shelf import playbook_of
from tracker.journey.queries.playbooks import pinned_versions
from tracker.journey.rules import Step, StepState
from tracker.programmes import queries as programmes


def items_from(engagement: Engagement, versions: Iterable[PlaybookVersion]) -> list[Item]:
    """Make the items of playbooks, numbered through each step."""
    items: list[Item] = []
    positions = dict.fromkeys(Step, 0)
    for version in versions:
        for text in playbook_of(version).items:
            positions[version.step] += 1
            items.append(item_from(engagement, version, text, positions[version.step]))
    return items


def item_from(engagement: Engagement, version: PlaybookVersion, text: PlaybookItem, position: int = 0) -> Item:
    """Make an item as its playbook says it."""
    return Item(
        engagement=engagement,
        step=version.step,
        playbook_version=version,
        key=text.id,
        position=position,
        who=text.who,
        evidence_kind=text.evidence,
        gate=text.gate,
    )


def carry_on(item: Item, version: PlaybookVersion, text: PlaybookItem) -> None:
    """Let an item stand in a version of its playbook, with what was done."""
    item.playbook_version = version
    item.who, item.evidence_kind, item.gate, item.retired_at = text.who, text.evidence, text.gate, None


def due_day(progress: StepProgress, days: int) -> date | None:
    """Give the due day of an item that joins a step: counted from today or, where that is later, from the step's beginning."""
    if progress.state is StepState.WAITING:
        return None
    begins = max(progress.started_on or clock.today(), clock.today())
    return add_working_days(begins, days, programmes.calendar_overrides())


def all_items(engagement: Engagement) -> list[Item]:
    """List the items of all steps, retired ones too."""
    return list(session().scalars(select(Item).where(Item.engagement_id == engagement.id)))


def number_items(engagement: Engagement) -> None:
    """Count the items anew, in the order of the playbooks that the engagement follows."""
    order: dict[str, int] = {}
    for version in pinned_versions(engagement):
        for text in playbook_of(version).items:
            order[text.id] = len(order) + 1
    for item in all_items(engagement):
        item.position = order.get(item.key, item.position)

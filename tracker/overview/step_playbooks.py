"""The playbooks of the step that an engagement's page shows: its checklist by playbook, and what can be added or taken off."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from tracker.journey import playbook_shelf, queries
from tracker.journey.models import Engagement
from tracker.journey.playbook import Playbook
from tracker.journey.queries import Choice, ItemRow
from tracker.journey.rules import EngagementState, ItemState, StepState, Use


class HasItem(Protocol):
    """A row of the checklist."""

    @property
    def item(self) -> ItemRow:
        """Give the item."""
        ...


@dataclass
class Part:
    """The items of one playbook in the checklist."""

    version_id: int
    playbook: Playbook
    rows: list[HasItem] = field(default_factory=list)

    @property
    def is_chosen(self) -> bool:
        """Tell whether somebody added it."""
        return self.playbook.use is Use.CHOSEN

    @property
    def is_untouched(self) -> bool:
        """Tell whether nothing of it shows any work yet."""
        return all(row.item.state is ItemState.OPEN and not row.item.proofs for row in self.rows)


def parts_of(rows: Sequence[HasItem]) -> list[Part]:
    """Put the rows of a checklist together by the playbook that each comes from."""
    parts: dict[str, Part] = {}
    for row in rows:
        item = row.item
        if item.playbook not in parts:
            text = playbook_shelf.read(item.version_id, item.digest)
            parts[item.playbook] = Part(item.version_id, text)
        parts[item.playbook].rows.append(row)
    return list(parts.values())


def offered(engagement: Engagement, progress: Any, parts: Sequence[Part]) -> list[Choice] | None:
    """List the chosen playbooks that can join the step; None where the step takes none now."""
    if engagement.state is not EngagementState.ACTIVE or progress.state not in (StepState.WAITING, StepState.OPEN):
        return None
    held = {part.playbook.id for part in parts}
    choices = queries.choices_of(progress.published, engagement.organisation.kind)
    return [choice for choice in choices if choice.playbook.id not in held]

"""A preview of a changed playbook as lines for the terminal."""

from collections.abc import Iterator
from pathlib import Path

from tracker.accounts.access import SYSTEM
from tracker.core.counts import shown_count
from tracker.journey import playbook_shelf, queries
from tracker.journey.playbook import Changes, PlaybookItem
from tracker.journey.playbook_preview import Preview, held_to, place_of_path, preview

NAMED = 20
"""Engagements that are named; all of them are counted."""


def preview_at(root: Path, path: Path) -> tuple[Preview, list[str]]:
    """Look at a playbook of the folder, and say how it differs item by item and whom it touches; the preview holds its faults."""
    shown = preview(root, place_of_path(root, path))
    published = queries.find_latest(shown.playbook.id) if shown.playbook is not None else None
    if published is not None:
        shown = held_to(shown, published.number, published.digest)
    old = playbook_shelf.playbook_of(published) if published is not None else None
    lines: list[str] = []
    changes = shown.changes_from(old)
    if shown.playbook is not None and changes is not None:
        lines.append(
            f"{shown.playbook.title.en}: version {published.number if published else 'none'} to {shown.playbook.version}"
        )
        lines += _differences(changes)
        lines += _reach(shown, changes)
    return shown, lines


def _differences(changes: Changes) -> Iterator[str]:
    for one in changes.changed:
        yield f"changed  {one.new.id} ({', '.join(one.fields)}): {one.new.text.en}"
    for word, items in (("added", changes.added), ("dropped", changes.removed)):
        yield from (f"{word:<8} {item.id}: {item.text.en}" for item in items)
    yield f"{len(changes.kept)} items stay as they are."


def _reach(shown: Preview, changes: Changes) -> Iterator[str]:
    playbook = shown.playbook
    if playbook is None:
        return
    keys = [item.id for item in _touched(changes)]
    count = queries.count_followers(playbook.id, actor=SYSTEM)
    with_work = queries.count_followers_with_work(playbook.id, keys, actor=SYSTEM)
    yield f"{shown_count(count)} running engagements follow it, {shown_count(with_work)} with work on items that change or vanish."
    newcomers = queries.count_newcomers(playbook, actor=SYSTEM)
    if newcomers:
        yield f"{shown_count(newcomers)} running engagements do not follow it and would be offered it."
    rows = queries.followers(playbook.id, actor=SYSTEM, size=NAMED).rows if with_work else []
    for engagement_id, work in queries.work_on([row.id for row in rows], keys).items():
        yield f"  engagement {engagement_id}: " + ", ".join(f"{key} {state.value}" for key, state in work)


def _touched(changes: Changes) -> list[PlaybookItem]:
    return [*(one.old for one in changes.changed), *changes.removed]

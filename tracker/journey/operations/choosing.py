"""Adding chosen playbooks to an engagement's step, and taking them off while nobody has worked with them."""

from collections.abc import Iterable, Sequence

from sqlalchemy import exists, func, or_, select

from tracker.accounts.access import Actor
from tracker.core import audit, clock
from tracker.core.content import Bilingual
from tracker.core.db import session
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.journey.models import Engagement, Item, ItemChange, ItemComment, ItemEvidence, PlaybookVersion
from tracker.journey.operations.contents import all_items, carry_on, due_day, item_from, number_items
from tracker.journey.operations.schedule import lock, recount
from tracker.journey.operations.telling import tell
from tracker.journey.playbook_shelf import playbook_of
from tracker.journey.queries.gates import progress_of
from tracker.journey.queries.people import expert_ids, vendor_ids
from tracker.journey.queries.playbooks import find_latest, pinned_versions
from tracker.journey.rules import ItemState, Use, check_active, check_choice, check_choosable, check_untouched
from tracker.notifications.rules import Reason


def add_playbook(engagement: Engagement, playbook: str, *, actor: Actor) -> PlaybookVersion:
    """Add a chosen playbook in its newest version: its items join the step's checklist, due from today or the step's beginning."""
    lock(engagement)
    added = _add(engagement, playbook, actor)
    _settle(engagement, [added], actor)
    return added


def add_playbooks(engagement: Engagement, playbooks: Iterable[str], *, actor: Actor) -> list[PlaybookVersion]:
    """Add several chosen playbooks at once, and give those that are new; what the engagement follows already is passed over."""
    lock(engagement)
    held = {version.playbook for version in pinned_versions(engagement)}
    wanted = [playbook for playbook in dict.fromkeys(playbooks) if playbook not in held]
    added = [_add(engagement, playbook, actor) for playbook in wanted]
    if added:
        _settle(engagement, added, actor)
    return added


def drop_playbook(engagement: Engagement, playbook: str, *, actor: Actor) -> None:
    """Take a chosen playbook off while nothing was done on its items; it can be added again."""
    lock(engagement)
    check_active(engagement.state)
    held = next((version for version in pinned_versions(engagement) if version.playbook == playbook), None)
    if held is None:
        raise Refused(N_("The engagement does not follow this playbook. Reload the page."))
    text = playbook_of(held)
    if text.use is not Use.CHOSEN:
        raise Refused(N_("This playbook belongs to the basic list; it cannot be taken off."))
    check_choosable(progress_of(engagement, held.step).state)
    items = [item for item in all_items(engagement) if item.playbook_version_id == held.id and item.retired_at is None]
    check_untouched(_count_touched(items))
    for item in items:
        item.retired_at = clock.now()
    session().flush()
    number_items(engagement)
    recount(engagement)
    _record(engagement, "engagement.playbook_dropped", held, text.title, actor)


def _add(engagement: Engagement, playbook: str, actor: Actor) -> PlaybookVersion:
    check_active(engagement.state)
    version = find_latest(playbook)
    if version is None:
        raise Refused(N_("There is no playbook “%(id)s”. Choose one of the list."), id=playbook)
    text = playbook_of(version)
    is_held = any(held.playbook == playbook for held in pinned_versions(engagement))
    check_choice(text.use, fits_kind=text.is_for(engagement.organisation.kind), is_held=is_held)
    progress = progress_of(engagement, version.step)
    check_choosable(progress.state)
    known = {item.key: item for item in all_items(engagement)}
    for line in text.items:
        item = known.get(line.id)
        if item is None:
            item = item_from(engagement, version, line)
            session().add(item)
        else:
            carry_on(item, version, line)
        item.due_on = due_day(progress, line.days)
    session().flush()
    _record(engagement, "engagement.playbook_added", version, text.title, actor)
    return version


def _settle(engagement: Engagement, added: Sequence[PlaybookVersion], actor: Actor) -> None:
    """Put the items in their order, count them, and tell who works with them."""
    number_items(engagement)
    recount(engagement)
    titles = [playbook_of(version).title for version in added]
    names = Bilingual("、".join(title.zh_hant for title in titles), ", ".join(title.en for title in titles))
    tell(
        vendor_ids(engagement) | expert_ids(engagement),
        Reason.PROGRESS,
        N_("%(product)s: playbooks were added: %(playbooks)s"),
        engagement,
        actor=actor,
        playbooks=names,
    )


def _count_touched(items: Sequence[Item]) -> int:
    """Count the items on which anybody did anything, even if it was taken back."""
    used = [exists().where(table.item_id == Item.id) for table in (ItemChange, ItemEvidence, ItemComment)]
    statement = select(func.count()).select_from(Item).where(Item.id.in_([item.id for item in items]))
    return session().scalar(statement.where(or_(Item.state != ItemState.OPEN, *used))) or 0


def _record(engagement: Engagement, action: str, version: PlaybookVersion, title: Bilingual, actor: Actor) -> None:
    audit.record(
        action,
        engagement,
        actor=actor,
        engagement_id=engagement.id,
        organisation_id=engagement.organisation_id,
        playbook={"zh-Hant": title.zh_hant, "en": title.en},
        id=version.playbook,
        number=version.number,
        step=version.step.value,
    )

"""Published playbook versions, and which of them an engagement holds on to."""

from collections.abc import Sequence

from sqlalchemy import func, select

from tracker.core.db import session
from tracker.core.errors import NotFound
from tracker.journey.models import Engagement, Item, PlaybookVersion, StepProgress
from tracker.journey.playbook_shelf import playbook_of
from tracker.journey.rules import Step, StepState
from tracker.vendors.rules import VendorKind


def latest_versions() -> list[PlaybookVersion]:
    """List the newest version of every playbook, in the order of steps and files."""
    newest = select(PlaybookVersion.playbook, func.max(PlaybookVersion.number).label("number"))
    newest_of = newest.group_by(PlaybookVersion.playbook).subquery()
    statement = select(PlaybookVersion).join(
        newest_of,
        (newest_of.c.playbook == PlaybookVersion.playbook) & (newest_of.c.number == PlaybookVersion.number),
    )
    steps = list(Step)
    return sorted(
        session().scalars(statement), key=lambda version: (steps.index(version.step), version.path, version.id)
    )


def current_versions(kind: VendorKind) -> list[PlaybookVersion]:
    """List the playbooks that a vendor of this kind begins with today."""
    return [version for version in latest_versions() if playbook_of(version).is_for(kind)]


def pinned_versions(engagement: Engagement) -> list[PlaybookVersion]:
    """List the playbook versions that the engagement's items hold on to."""
    held = select(Item.playbook_version_id).where(Item.engagement_id == engagement.id, Item.retired_at.is_(None))
    statement = select(PlaybookVersion).where(PlaybookVersion.id.in_(held))
    steps = list(Step)
    return sorted(
        session().scalars(statement), key=lambda version: (steps.index(version.step), version.path, version.id)
    )


def newer_versions(engagement: Engagement) -> list[tuple[PlaybookVersion | None, PlaybookVersion]]:
    """Pair what the engagement holds with what is newer, for steps whose gate is not passed; None where it is new to it."""
    held = {version.playbook: version for version in pinned_versions(engagement)}
    passed = set(
        session().scalars(
            select(StepProgress.step).where(
                StepProgress.engagement_id == engagement.id, StepProgress.state == StepState.PASSED
            )
        )
    )
    current = [version for version in current_versions(engagement.organisation.kind) if version.step not in passed]
    return [(held.get(new.playbook), new) for new in current if _is_newer(new, held.get(new.playbook))]


def _is_newer(new: PlaybookVersion, old: PlaybookVersion | None) -> bool:
    return old is None or new.number > old.number


def get_version(version_id: int) -> PlaybookVersion:
    """Give a published version."""
    version = session().get(PlaybookVersion, version_id)
    if version is None:
        raise NotFound
    return version


def version_at(path: str) -> PlaybookVersion | None:
    """Find the newest version of the playbook that stands at a place of the playbooks folder."""
    statement = select(PlaybookVersion).where(PlaybookVersion.path == path).order_by(PlaybookVersion.number.desc())
    return session().scalars(statement.limit(1)).one_or_none()


def versions_of(playbook: str) -> Sequence[PlaybookVersion]:
    """List every version of a playbook, newest first."""
    statement = select(PlaybookVersion).where(PlaybookVersion.playbook == playbook)
    return session().scalars(statement.order_by(PlaybookVersion.number.desc())).all()

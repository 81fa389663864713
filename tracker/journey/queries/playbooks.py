"""Published playbook versions, and which of them an engagement holds on to."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, ScalarSelect, String, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from tracker.core.db import session
from tracker.core.errors import NotFound
from tracker.journey import playbook_shelf
from tracker.journey.models import Engagement, Item, PlaybookVersion, StepProgress
from tracker.journey.playbook import Playbook
from tracker.journey.rules import Party, Step, StepState, Use
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
    """List the playbooks that a vendor of this kind begins with today: the basic list, without what is chosen later."""
    return [version for version, playbook in _with_texts(latest_versions()) if _is_basic(playbook, kind)]


def _is_basic(playbook: Playbook, kind: VendorKind) -> bool:
    return playbook.use is Use.ALWAYS and playbook.is_for(kind)


def _with_texts(versions: Sequence[PlaybookVersion]) -> Iterator[tuple[PlaybookVersion, Playbook]]:
    keys = [(version.id, version.digest) for version in versions]
    return zip(versions, playbook_shelf.read_all(keys), strict=True)


def find_latest(playbook: str) -> PlaybookVersion | None:
    """Find the newest version of a playbook."""
    statement = select(PlaybookVersion).where(PlaybookVersion.playbook == playbook)
    return session().scalars(statement.order_by(PlaybookVersion.number.desc()).limit(1)).one_or_none()


@dataclass(frozen=True)
class Choice:
    """A playbook that can be added to an engagement's step."""

    version_id: int
    playbook: Playbook


def published_at(step: ColumnElement[Step] | InstrumentedAttribute[Step]) -> ScalarSelect[str]:
    """Select the newest versions of a step's playbooks as one text, for a page that has no statement to spare."""
    newer, version = aliased(PlaybookVersion), aliased(PlaybookVersion)
    newest = select(func.max(newer.number)).where(newer.playbook == version.playbook).scalar_subquery()
    keys = func.aggregate_strings(cast(version.id, String) + ":" + version.digest, ",")
    return select(keys).where(version.step == step, version.number == newest).scalar_subquery()


def choices_of(published: str | None, kind: VendorKind) -> list[Choice]:
    """Read from `published_at` which chosen playbooks there are for this kind of vendor, in the order of their files."""
    pairs = [key.split(":") for key in (published or "").split(",") if key]
    keys = [(int(version_id), digest) for version_id, digest in pairs]
    texts = zip(keys, playbook_shelf.read_all(keys), strict=True)
    found = [Choice(key[0], text) for key, text in texts if text.use is Use.CHOSEN and text.is_for(kind)]
    return sorted(found, key=lambda choice: choice.playbook.path)


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
    kind = engagement.organisation.kind
    current = [
        version
        for version, playbook in _with_texts(latest_versions())
        if version.step not in passed and (version.playbook in held or _is_basic(playbook, kind))
    ]
    return [(held.get(new.playbook), new) for new in current if _is_newer(new, held.get(new.playbook))]


def _is_newer(new: PlaybookVersion, old: PlaybookVersion | None) -> bool:
    return old is None or new.number > old.number


def get_version(version_id: int) -> PlaybookVersion:
    """Give a published version."""
    version = session().get(PlaybookVersion, version_id)
    if version is None:
        raise NotFound
    return version


def versions_at(paths: Collection[str], engagement: Engagement | None = None) -> dict[str, int]:
    """Find the playbooks that stand at places of the folder: the version an engagement holds, else the newest."""
    if not paths:
        return {}
    columns = (PlaybookVersion.path, PlaybookVersion.id)
    statement = select(*columns).where(PlaybookVersion.path.in_(paths)).order_by(PlaybookVersion.number)
    found = {row.path: row.id for row in session().execute(statement)}
    held = pinned_versions(engagement) if engagement is not None else []
    return found | {version.path: version.id for version in held if version.path in found}


def versions_of(playbook: str) -> Sequence[PlaybookVersion]:
    """List every version of a playbook, newest first."""
    statement = select(PlaybookVersion).where(PlaybookVersion.playbook == playbook)
    return session().scalars(statement.order_by(PlaybookVersion.number.desc())).all()


@dataclass(frozen=True)
class PlaybookFilters:
    """What a list of playbooks is narrowed to."""

    step: Step | None = None
    use: Use | None = None
    audience: Party | None = None
    kind: VendorKind | None = None

    def take(self, playbook: Playbook) -> bool:
        """Tell whether a playbook belongs on the list."""
        return (
            self.step in (None, playbook.step)
            and self.use in (None, playbook.use)
            and (self.audience is None or self.audience in playbook.audience)
            and (self.kind is None or playbook.is_for(self.kind))
        )


def list_playbooks(filters: PlaybookFilters) -> list[tuple[PlaybookVersion, Playbook]]:
    """List the newest version of every playbook that the filters take, in the order of steps and files."""
    return [(version, text) for version, text in _with_texts(latest_versions()) if filters.take(text)]

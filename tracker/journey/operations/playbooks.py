"""Publishing playbooks."""

from pathlib import Path

from sqlalchemy import select

from tracker.accounts.access import Actor
from tracker.core import audit, search
from tracker.core.db import session
from tracker.core.errors import Refused
from tracker.core.markdown import render_plain
from tracker.core.search import DocumentKind
from tracker.core.text import N_
from tracker.journey.models import PlaybookVersion
from tracker.journey.playbook import Playbook
from tracker.journey.playbook_folder import load_playbooks


def publish_playbooks(root: Path, *, actor: Actor) -> list[PlaybookVersion]:
    """Store every playbook version of the folder that is not stored yet, and give the new ones."""
    published = [_publish(playbook, actor) for playbook in load_playbooks(root)]
    return [version for version in published if version is not None]


def _publish(playbook: Playbook, actor: Actor) -> PlaybookVersion | None:
    work = session()
    known = work.scalars(
        select(PlaybookVersion).where(PlaybookVersion.playbook == playbook.id).order_by(PlaybookVersion.number.desc())
    ).all()
    same = next((version for version in known if version.number == playbook.version), None)
    if same is not None:
        _check_same(same, playbook)
        return None
    version = PlaybookVersion(
        playbook=playbook.id,
        number=playbook.version,
        step=playbook.step,
        source_zh=playbook.source.zh_hant,
        source_en=playbook.source.en,
        digest=playbook.content_hash,
        path=playbook.path,
    )
    work.add(version)
    work.flush()
    audit.record("playbook.published", version, actor=actor, playbook=playbook.id, number=playbook.version)
    if not known or known[0].number < version.number:
        for older in known:
            search.remove(DocumentKind.PLAYBOOK, older.id)
        _index(version, playbook)
    return version


def _check_same(version: PlaybookVersion, playbook: Playbook) -> None:
    if version.digest != playbook.content_hash:
        raise Refused(
            N_(
                "Version %(number)s of the playbook “%(id)s” was published with another text. Engagements hold on to it, so give the new text a higher version number."
            ),
            number=playbook.version,
            id=playbook.id,
        )


def _index(version: PlaybookVersion, playbook: Playbook) -> None:
    texts = [
        text
        for language in (playbook.title, playbook.summary, playbook.before, playbook.after)
        for text in (language.zh_hant, language.en)
    ]
    texts += [
        text for item in playbook.items for text in (item.text.zh_hant, item.text.en, item.help.zh_hant, item.help.en)
    ]
    body = render_plain("\n\n".join(texts))
    search.put(search.Entry(DocumentKind.PLAYBOOK, version.id, playbook.title.zh_hant, body))

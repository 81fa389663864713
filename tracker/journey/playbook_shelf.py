"""Published playbooks, each read once per process."""

from collections.abc import Collection, Mapping
from functools import lru_cache

from sqlalchemy import select

from tracker.core.content import Bilingual
from tracker.core.db import session
from tracker.core.markdown import RewriteLink, render, render_inline, render_plain
from tracker.journey.models import PlaybookVersion
from tracker.journey.playbook import Playbook, parse_playbook

LOCALES = ("zh-Hant", "en")


def playbook_of(version: PlaybookVersion) -> Playbook:
    """Give a published playbook as it was read when it was published."""
    return read(version.id, version.digest)


_MOST = 512
_read: dict[tuple[int, str], Playbook] = {}


def read(version_id: int, digest: str) -> Playbook:
    """Read a published playbook; the digest keeps a process from mistaking one text for another."""
    key = (version_id, digest)
    if key not in _read:
        _fetch({key})
    return _read[key]


def read_all(versions: Collection[tuple[int, str]]) -> list[Playbook]:
    """Read several published playbooks, those that this process has not read yet in one statement."""
    missing = {key for key in versions if key not in _read}
    if missing:
        _fetch(missing)
    return [read(*key) for key in versions]


def _fetch(keys: Collection[tuple[int, str]]) -> None:
    columns = (PlaybookVersion.id, PlaybookVersion.digest, PlaybookVersion.source_zh, PlaybookVersion.source_en, PlaybookVersion.path)  # fmt: skip
    rows = session().execute(select(*columns).where(PlaybookVersion.id.in_({key[0] for key in keys})))
    for row in rows:
        if (row.id, row.digest) in keys:
            _read[row.id, row.digest] = parse_playbook(row.source_zh, row.source_en, path=row.path)
    for oldest in list(_read)[:-_MOST]:
        _read.pop(oldest, None)


@lru_cache(maxsize=256)
def titles(version_id: int, digest: str) -> Mapping[str, Bilingual]:
    """Give the title of each item, without markup, by its key."""
    items = read(version_id, digest).items
    return {item.id: Bilingual(render_plain(item.text.zh_hant), render_plain(item.text.en)) for item in items}


def title(version_id: int, digest: str, key: str) -> Bilingual:
    """Give the title of an item."""
    return titles(version_id, digest)[key]


@lru_cache(maxsize=1024)
def item_line(version_id: int, digest: str, key: str, language: str) -> str:
    """Give an item's line as safe HTML."""
    return render_inline(read(version_id, digest).item(key).text.of(language))


@lru_cache(maxsize=1024)
def item_help(version_id: int, digest: str, key: str, language: str) -> str:
    """Give the help of an item as safe HTML; nothing where it has none."""
    return render(read(version_id, digest).item(key).help.of(language))


def body(version: PlaybookVersion, language: str, link: RewriteLink) -> tuple[str, str]:
    """Give what stands before and after the checklist as safe HTML."""
    playbook = playbook_of(version)
    return render(playbook.before.of(language), link=link), render(playbook.after.of(language), link=link)

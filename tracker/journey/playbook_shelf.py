"""Published playbooks, each read once per process."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select

from tracker.core.content import Bilingual
from tracker.core.db import session
from tracker.core.markdown import Heading, headings, render, render_inline, render_plain
from tracker.journey.models import PlaybookVersion
from tracker.journey.playbook import Playbook, parse_playbook
from tracker.journey.playbook_text import read_text


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


Links = tuple[tuple[str, str], ...]
"""The addresses of a text, and where each leads for this reader."""


@dataclass(frozen=True)
class Rendered:
    """A playbook in one language as safe HTML."""

    before: str
    after: str
    lines: Mapping[str, str]
    """Each item's line by its key."""
    helps: Mapping[str, str]
    """The help below it; nothing where it has none."""
    contents: tuple[Heading, ...]


@lru_cache(maxsize=128)
def rendered(playbook: Playbook, language: str, links: Links) -> Rendered:
    """Render a playbook, with each link leading where the reader is taken."""
    known = dict(links)

    def lead(address: str) -> str:
        return known.get(address, address)

    before, after = playbook.before.of(language), playbook.after.of(language)
    return Rendered(
        render(before, link=lead),
        render(after, link=lead),
        {item.key: render_inline(item.text.of(language)) for item in playbook.items},
        {
            item.key: render(item.help.of(language), link=lead) if item.help.of(language) else ""
            for item in playbook.items
        },
        (*headings(before), *headings(after)),
    )


@lru_cache(maxsize=512)
def addresses(playbook: Playbook, language: str) -> tuple[str, ...]:
    """List where the links of a playbook lead, as they are written."""
    source = playbook.source.of(language)
    return tuple(dict.fromkeys(link.address for link in read_text(source, language).links()))

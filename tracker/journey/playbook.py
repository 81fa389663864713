"""Playbooks: the guides of the four steps with their checklists, read from Markdown in both languages."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from pathlib import Path, PurePosixPath
from posixpath import normpath

from tracker.core.content import LANGUAGES, Bilingual, ContentFaults, Fault, TomlTable, read_toml
from tracker.core.markdown import headings
from tracker.core.text import Message, N_
from tracker.journey.playbook_text import FileText, ItemText, read_text

STEPS = ("assess", "migrate", "test", "optimise")
AUDIENCES = ("vendor", "expert", "staff")
VENDOR_KINDS = ("software", "customer", "hardware")
EVIDENCE_KINDS = ("document", "screenshot", "link", "measurement", "record", "none")


@dataclass(frozen=True)
class PlaybookItem:
    """One thing to do in a checklist."""

    id: str
    """Unique over all playbooks: `<playbook id>.<key>`."""
    key: str
    """The anchor inside the playbook."""
    text: Bilingual
    """One line of Markdown."""
    help: Bilingual
    """How to do it and what a good proof looks like, in Markdown; may be empty."""
    who: str
    evidence: str
    gate: bool
    """Whether the gate of the step waits for it."""
    days: int
    """Working days after the start of the step by which it is due."""


@dataclass(frozen=True)
class Playbook:
    """One playbook in both languages."""

    id: str
    step: str
    title: Bilingual
    version: int
    audience: tuple[str, ...]
    vendor_kinds: tuple[str, ...]
    """The kinds it is meant for; empty means every kind."""
    summary: Bilingual
    retired: tuple[str, ...]
    """Keys of items that were withdrawn and never come back."""
    before: Bilingual
    """Markdown up to the first item, the heading of the checklist included."""
    items: tuple[PlaybookItem, ...]
    after: Bilingual
    """Markdown after the checklist."""
    source: Bilingual = field(repr=False)
    """Both files as they were read; `parse_playbook` on them gives this playbook again."""
    path: str = field(default="", compare=False)
    """Where it stands below the playbooks folder, without language and ending."""

    @property
    def content_hash(self) -> str:
        """Identify the content: equal texts give equal hashes on every machine."""
        both = "\0".join(_normal(text) for text in (self.source.zh_hant, self.source.en))
        return hashlib.sha256(both.encode()).hexdigest()

    def item(self, item_id: str) -> PlaybookItem:
        """Give an item by its id; a KeyError tells that there is none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def is_for(self, vendor_kind: str) -> bool:
        """Tell whether vendors of a kind follow this playbook."""
        return not self.vendor_kinds or vendor_kind in self.vendor_kinds


@dataclass(frozen=True)
class ItemChange:
    """An item that stands in both versions and reads differently."""

    old: PlaybookItem
    new: PlaybookItem
    fields: tuple[str, ...]
    """What differs: text, help, who, evidence, gate, days."""


@dataclass(frozen=True)
class Changes:
    """What a newer version of a playbook does to its items, each in the order of its own version."""

    added: tuple[PlaybookItem, ...]
    removed: tuple[PlaybookItem, ...]
    changed: tuple[ItemChange, ...]
    kept: tuple[PlaybookItem, ...]


class PlaybookFaults(ContentFaults):
    """A playbook that cannot be used, with file and line of everything wrong in it."""


KNOWN_ITEMS = "known-items.toml"
"""Every item ever published, with the version of its playbook that brought it."""


def parse_playbook(
    zh_text: str, en_text: str, *, path: str = "", zh_file: str = "zh-Hant", en_file: str = "en"
) -> Playbook:
    """Read a playbook from its two texts, or raise PlaybookFaults."""
    faults: list[Fault] = []
    zh, en = _take_apart(zh_text, zh_file, faults), _take_apart(en_text, en_file, faults)
    playbook = _build(zh, en, Bilingual(zh_text, en_text), faults) if zh and en else None
    if faults or playbook is None:
        raise PlaybookFaults(faults)
    return replace(playbook, path=path)


def load_playbooks(root: Path) -> tuple[Playbook, ...]:
    """Read every playbook under `steps/`, in the order of steps and files, or raise PlaybookFaults."""
    folder = _Folder(root)
    folder.read()
    if folder.faults:
        raise PlaybookFaults(folder.faults)
    return tuple(folder.playbooks)


def check_playbooks(root: Path) -> list[Fault]:
    """List everything wrong in the playbooks folder, with files named from that folder."""
    folder = _Folder(root)
    folder.read()
    folder.check_names()
    folder.check_links()
    folder.check_known_items()
    return sorted(folder.faults, key=lambda fault: (fault.file, fault.line))


def compare(old: Playbook, new: Playbook) -> Changes:
    """Tell item by item what a newer version changes."""
    before = {item.id: item for item in old.items}
    after = {item.id: item for item in new.items}
    both = [(before[item.id], item) for item in new.items if item.id in before]
    return Changes(
        added=tuple(item for item in new.items if item.id not in before),
        removed=tuple(item for item in old.items if item.id not in after),
        changed=tuple(ItemChange(was, now, _differences(was, now)) for was, now in both if was != now),
        kept=tuple(now for was, now in both if was == now),
    )


def _differences(old: PlaybookItem, new: PlaybookItem) -> tuple[str, ...]:
    names = [each.name for each in fields(PlaybookItem)]
    return tuple(name for name in names if getattr(old, name) != getattr(new, name))


def _normal(text: str) -> str:
    """Give a text as it counts for the hash: without what editors change unseen."""
    rows = text.removeprefix("\ufeff").replace("\r\n", "\n").strip().split("\n")
    return "\n".join(row.rstrip() for row in rows)


def _take_apart(text: str, file: str, faults: list[Fault]) -> FileText | None:
    try:
        return read_text(text, file)
    except ContentFaults as error:
        faults += error.faults
        return None


def _build(zh: FileText, en: FileText, source: Bilingual, faults: list[Fault]) -> Playbook:
    """Put both files together; what does not fit is noted, and the playbook is then of no use."""
    faults += zh.faults + en.faults
    playbook_id = zh.front.text("id")
    if playbook_id and not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", playbook_id):
        zh.front.fault("id", N_("“%(id)s” is no id: use small letters, digits and hyphens."), id=playbook_id)
    playbook = Playbook(
        id=playbook_id,
        step=zh.front.one_of("step", STEPS),
        title=Bilingual(zh.front.text("title"), en.front.text("title")),
        version=zh.front.positive("version"),
        audience=zh.front.texts("audience", AUDIENCES),
        vendor_kinds=zh.front.texts("vendor_kinds", VENDOR_KINDS),
        summary=Bilingual(zh.front.text("summary"), en.front.text("summary")),
        retired=zh.front.texts("retired"),
        before=Bilingual(zh.before, en.before),
        items=tuple(_read_items(playbook_id, zh, en, faults)),
        after=Bilingual(zh.after, en.after),
        source=source,
    )
    if not playbook.audience:
        zh.front.fault("audience", N_("“%(key)s” names nobody."))
    _check_same(playbook, en)
    for text in (zh, en):
        text.front.finish()
        faults += text.front.faults
    return playbook


def _check_same(playbook: Playbook, en: FileText) -> None:
    """Hold the translation to the playbook and the version it says it translates."""
    if en.front.text("id") not in ("", playbook.id):
        en.front.fault("id", N_("The other language has the id “%(id)s”."), id=playbook.id)
    if en.front.positive("version") not in (0, playbook.version):
        en.front.fault(
            "version", N_("The other language is at version %(version)s; translate what is new."), version=playbook.version
        )


def _read_items(playbook_id: str, zh: FileText, en: FileText, faults: list[Fault]) -> Iterator[PlaybookItem]:
    """Join the items of both languages in the order of the original."""
    for text, other in ((zh, en), (en, zh)):
        faults += _repeated(text)
        faults += _one_sided(text, other)
    faults += [
        Fault(en.file, item.line, Message(N_("Who, evidence, gate and days stand in the zh-Hant file only.")))
        for item in en.items
        if item.settings
    ]
    english = {item.key: item for item in en.items}
    shared = [item.key for item in zh.items if item.key in english]
    if shared != [item.key for item in en.items if item.key in shared] and len(shared) == len(set(shared)):
        faults.append(Fault(en.file, en.items[0].line, Message(N_("The items stand in another order than in zh-Hant."))))
    if not zh.items:
        faults.append(Fault(zh.file, zh.first_line, Message(N_("The checklist has no item."))))
    for item in zh.items:
        yield _read_item(playbook_id, item, english.get(item.key, item), zh.file, faults)


def _read_item(playbook_id: str, zh: ItemText, en: ItemText, file: str, faults: list[Fault]) -> PlaybookItem:
    faults += _check_settings(zh, file)
    days = zh.settings.get("days", "")
    return PlaybookItem(
        id=f"{playbook_id}.{zh.key}",
        key=zh.key,
        text=Bilingual(zh.text, en.text),
        help=Bilingual(zh.help, en.help),
        who=zh.settings.get("who", ""),
        evidence=zh.settings.get("evidence", ""),
        gate="gate" in zh.settings,
        days=int(days) if days.isascii() and days.isdigit() else 0,
    )


def _check_settings(item: ItemText, file: str) -> Iterator[Fault]:
    for name, allowed in (("who", AUDIENCES), ("evidence", EVIDENCE_KINDS)):
        word = item.settings.get(name)
        if word is None:
            sentence = Message(N_("The item “%(id)s” does not say %(name)s=…."), {"id": item.key, "name": name})
            yield Fault(file, item.line, sentence)
        elif word not in allowed:
            sentence = Message(
                N_("“%(value)s” is not known for “%(key)s”; use one of: %(allowed)s."),
                {"value": word, "key": name, "allowed": ", ".join(sorted(allowed))},
            )
            yield Fault(file, item.line, sentence)
    if not re.fullmatch(r"[1-9][0-9]{0,3}", item.settings.get("days", "")):
        sentence = Message(N_("The days of the item “%(id)s” must be a whole number above zero."), {"id": item.key})
        yield Fault(file, item.line, sentence)


def _repeated(text: FileText) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for item in text.items:
        if item.key in first:
            sentence = Message(
                N_("The item id “%(id)s” is already used on line %(line)s."), {"id": item.key, "line": first[item.key]}
            )
            yield Fault(text.file, item.line, sentence)
        first.setdefault(item.key, item.line)


def _one_sided(text: FileText, other: FileText) -> Iterator[Fault]:
    there = {item.key for item in other.items}
    for item in text.items:
        if item.key not in there:
            sentence = Message(
                N_("The item “%(id)s” stands in this language only; %(other)s lacks it."),
                {"id": item.key, "other": PurePosixPath(other.file).name},
            )
            yield Fault(text.file, item.line, sentence)


class _Folder:
    """The playbooks folder while it is read and checked."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.faults: list[Fault] = []
        self.playbooks: list[Playbook] = []
        self.texts: dict[str, FileText] = {}
        """Each file that could be taken apart, by its name below the folder."""

    def read(self) -> None:
        """Read every pair of files below `steps/`."""
        names = sorted(path.relative_to(self.root).as_posix() for path in self.root.glob("steps/**/*") if path.is_file())
        places: list[str] = []
        for name in names:
            found = _PLACE.fullmatch(name)
            if found is None:
                self._fault(name, 1, N_("A playbook stands at steps/<step>/<nn-slug>.<zh-Hant or en>.md."))
            elif found[1] not in places:
                places.append(found[1])
        places.sort(key=lambda place: (_step_number(place), place))
        for place in places:
            self._read_pair(place, names)

    def check_names(self) -> None:
        """Check the ids of playbooks and the headings of every file."""
        first: dict[str, str] = {}
        for playbook in self.playbooks:
            zh_file = _file(playbook.path, "zh-Hant")
            line = self.texts[zh_file].front.line("id")
            if playbook.id in first:
                self._fault(zh_file, line, N_("The playbook id “%(id)s” is already used by %(file)s."),
                            id=playbook.id, file=first[playbook.id])  # fmt: skip
            first.setdefault(playbook.id, zh_file)
        for file, text in self.texts.items():
            self._check_headings(file, text)

    def check_links(self) -> None:
        """Check that every relative link leads to a file, and every anchor to a heading or an item."""
        for file, text in self.texts.items():
            for link in text.links():
                if not re.match(r"[a-z][a-z0-9+.-]*:", link.address):
                    self._check_link(file, link.address, link.line)
                elif not re.match(r"(https?|mailto):", link.address):
                    self._fault(file, link.line, N_("The address “%(address)s” is of a kind that is not shown."),
                                address=link.address)  # fmt: skip

    def check_known_items(self) -> None:
        """Check that no published item vanished, and that every item is listed as published."""
        known = self._read_known_items()
        if known is None:
            return
        playbooks = {playbook.id: playbook for playbook in self.playbooks}
        for playbook_id in known.data:
            table = known.table(playbook_id)
            keys = {key: table.positive(key) for key in table.data}
            playbook = playbooks.get(playbook_id)
            if playbook is None:
                known.fault(playbook_id, N_("The playbook “%(id)s” was published and is gone."), id=playbook_id)
                continue
            self._check_vanished(playbook, keys, table)
        for playbook in self.playbooks:
            self._check_listed(playbook, known.data.get(playbook.id, {}))
        self.faults += known.faults

    def _read_pair(self, place: str, names: Iterable[str]) -> None:
        sources: dict[str, str] = {}
        for language in LANGUAGES:
            file = _file(place, language)
            if file not in names:
                other = next(name for name in (_file(place, each) for each in LANGUAGES) if name in names)
                self._fault(other, 1, N_("The translation %(file)s is missing."), file=PurePosixPath(file).name)
                continue
            try:
                sources[language] = (self.root / file).read_text(encoding="utf-8")
            except UnicodeDecodeError:
                self._fault(file, 1, N_("The file is not written in UTF-8."))
                continue
            text = _take_apart(sources[language], file, self.faults)
            if text:
                self.texts[file] = text
        zh, en = (self.texts.get(_file(place, language)) for language in LANGUAGES)
        if zh and en:
            playbook = _build(zh, en, Bilingual(sources["zh-Hant"], sources["en"]), self.faults)
            self.playbooks.append(replace(playbook, path=place))
            if playbook.step and playbook.step != PurePosixPath(place).parent.name:
                self._fault(zh.file, zh.front.line("step"), N_("The file stands in the folder of another step."))

    def _check_headings(self, file: str, text: FileText) -> None:
        levels = [(text.first_line, 1), *text.headings()]
        for (_, above), (line, level) in pairwise(levels):
            if level == 1:
                self._fault(file, line, N_("The title is in the front matter; headings begin with “##”."))
            elif level > above + 1:
                self._fault(file, line, N_("A level of headings is left out before this one."))
        anchors = Counter([heading.id for heading in headings(text.body)] + [item.key for item in text.items])
        for anchor, count in anchors.items():
            if count > 1 and text.item_line(anchor) > 1:
                self._fault(file, text.item_line(anchor), N_("“%(id)s” is the anchor of a heading too."), id=anchor)

    def _check_link(self, file: str, address: str, line: int) -> None:
        path, _, anchor = address.partition("#")
        target = normpath(f"{PurePosixPath(file).parent}/{path}") if path else file
        if path.startswith("/") or target.startswith("..") or not (self.root / target).is_file():
            self._fault(file, line, N_("The link leads to “%(address)s”, which is not there."), address=address)
        elif target.endswith(".md") and _language(target) != _language(file):
            self._fault(file, line, N_("The link “%(address)s” leads into the other language."), address=address)
        elif anchor and anchor not in self._anchors(target):
            self._fault(file, line, N_("“%(address)s” has no such heading or item."), address=address)

    def _anchors(self, file: str) -> set[str]:
        text = self.texts.get(file)
        if text is None:
            return set()
        return {heading.id for heading in headings(text.body)} | {item.key for item in text.items}

    def _read_known_items(self) -> TomlTable | None:
        path = self.root / KNOWN_ITEMS
        if not path.is_file():
            self._fault(KNOWN_ITEMS, 1, N_("The list of published items is missing."))
            return None
        try:
            return read_toml(path.read_text(encoding="utf-8"), KNOWN_ITEMS)
        except ContentFaults as error:
            self.faults += error.faults
            return None

    def _check_vanished(self, playbook: Playbook, known: Mapping[str, int], table: TomlTable) -> None:
        keys = {item.key for item in playbook.items}
        for key, version in known.items():
            if key not in keys and key not in playbook.retired:
                table.fault(
                    key, N_("The item “%(id)s” was published and vanished; bring it back, or name it in “retired”."), id=key
                )
            if version > playbook.version:
                table.fault(key, N_("The playbook is only at version %(version)s."), version=playbook.version)

    def _check_listed(self, playbook: Playbook, known: Mapping[str, object]) -> None:
        file = _file(playbook.path, "zh-Hant")
        text = self.texts[file]
        for item in playbook.items:
            if item.key in playbook.retired:
                self._fault(file, text.item_line(item.key), N_("The item “%(id)s” is retired and must not come back."),
                            id=item.key)  # fmt: skip
            elif item.key not in known:
                self._fault(file, text.item_line(item.key), N_("The item “%(id)s” is not listed in %(list)s."),
                            id=item.key, list=KNOWN_ITEMS)  # fmt: skip
        for key in playbook.retired:
            if key not in known:
                self._fault(file, text.front.line("retired"), N_("“%(id)s” is retired but was never published."), id=key)

    def _fault(self, place: str, line: int, msgid: str, **params: object) -> None:
        self.faults.append(Fault(place, line, Message(msgid, params)))


_PLACE = re.compile(r"(steps/[a-z]+/\d\d-[a-z0-9]+(?:-[a-z0-9]+)*)\.(?:zh-Hant|en)\.md")


def _file(place: str, language: str) -> str:
    return f"{place}.{language}.md"


def _language(file: str) -> str:
    return file.removesuffix(".md").rpartition(".")[2]


def _step_number(place: str) -> int:
    step = PurePosixPath(place).parent.name
    return STEPS.index(step) if step in STEPS else len(STEPS)

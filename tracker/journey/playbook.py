"""Playbooks: the guides of the four steps with their checklists, read from Markdown in both languages."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path, PurePosixPath
from posixpath import normpath

from tracker.core.content import LANGUAGES, Bilingual, ContentFaults, Fault, TomlTable, read_toml
from tracker.core.text import N_, Message
from tracker.journey.playbook_checks import (
    EVIDENCE_KINDS,
    PARTIES,
    WHOLE_DAYS,
    heading_faults,
    link_faults,
    pair_faults,
)
from tracker.journey.playbook_text import KEY, FileText, file_name, read_text
from tracker.journey.rules import EvidenceKind, Party, Step
from tracker.vendors.rules import VendorKind

STEPS = {step.value: step for step in Step}
_PLACE = re.compile(r"(steps/[a-z]+/\d\d-[a-z0-9]+(?:-[a-z0-9]+)*)\.(?:zh-Hant|en)\.md")


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
    who: Party
    evidence: EvidenceKind
    gate: bool
    """Whether the gate of the step waits for it."""
    days: int
    """Working days after the start of the step by which it is due."""


@dataclass(frozen=True)
class Playbook:
    """One playbook in both languages."""

    id: str
    step: Step
    title: Bilingual
    version: int
    audience: tuple[Party, ...]
    vendor_kinds: tuple[VendorKind, ...]
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

    def leads_to(self, address: str) -> tuple[str, str] | None:
        """Tell the path of the playbook a relative link leads to, and the anchor there; nothing for other links."""
        target, _, anchor = address.partition("#")
        found = _PLACE.fullmatch(normpath(f"steps/{self.step.value}/{target}"))
        return (found[1], anchor) if found else None

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


_KINDS = {kind.value: kind for kind in VendorKind}
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
    folder.check_texts()
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
    rows = text.removeprefix("\ufeff").strip().split("\n")
    return "\n".join(row.rstrip() for row in rows)


def _take_apart(text: str, file: str, faults: list[Fault]) -> FileText | None:
    try:
        return read_text(text, file)
    except ContentFaults as error:
        faults += error.faults
        return None


def _build(zh: FileText, en: FileText, source: Bilingual, faults: list[Fault]) -> Playbook:
    """Put both files together; what does not fit is noted, and the playbook is then of no use."""
    faults += [*zh.faults, *en.faults, *pair_faults(zh, en)]
    playbook_id = zh.front.text("id")
    if playbook_id and not KEY.fullmatch(playbook_id):
        zh.front.fault("id", N_("“%(id)s” is no id: use small letters, digits and hyphens."), id=playbook_id)
    playbook = Playbook(
        id=playbook_id,
        step=STEPS.get(zh.front.one_of("step", STEPS), Step.ASSESS),
        title=Bilingual(zh.front.text("title"), en.front.text("title")),
        version=zh.front.positive("version"),
        audience=tuple(PARTIES[word] for word in zh.front.texts("audience", PARTIES) if word in PARTIES),
        vendor_kinds=tuple(_KINDS[word] for word in zh.front.texts("vendor_kinds", _KINDS) if word in _KINDS),
        summary=Bilingual(zh.front.text("summary"), en.front.text("summary")),
        retired=zh.front.texts("retired"),
        before=Bilingual(zh.before, en.before),
        items=tuple(_read_items(playbook_id, zh, en)),
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
            "version",
            N_("The other language is at version %(version)s; translate what is new."),
            version=playbook.version,
        )


def _read_items(playbook_id: str, zh: FileText, en: FileText) -> Iterator[PlaybookItem]:
    """Join the items of both languages in the order of the original."""
    english = {item.key: item for item in en.items}
    for item in zh.items:
        days = item.settings.get("days", "")
        other = english.get(item.key, item)
        yield PlaybookItem(
            id=f"{playbook_id}.{item.key}",
            key=item.key,
            text=Bilingual(item.text, other.text),
            help=Bilingual(item.help, other.help),
            who=PARTIES.get(item.settings.get("who", ""), Party.VENDOR),
            evidence=EVIDENCE_KINDS.get(item.settings.get("evidence", ""), EvidenceKind.NONE),
            gate="gate" in item.settings,
            days=int(days) if WHOLE_DAYS.fullmatch(days) else 0,
        )


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
        names = sorted(
            path.relative_to(self.root).as_posix() for path in self.root.glob("steps/**/*") if path.is_file()
        )
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

    def check_texts(self) -> None:
        """Check the ids of playbooks, and headings and links of every file."""
        first: dict[str, str] = {}
        for playbook in self.playbooks:
            file = file_name(playbook.path, "zh-Hant")
            if playbook.id in first:
                sentence = N_("The playbook id “%(id)s” is already used by %(file)s.")
                self._fault(file, self.texts[file].front.line("id"), sentence, id=playbook.id, file=first[playbook.id])
            first.setdefault(playbook.id, file)
        for text in self.texts.values():
            self.faults += heading_faults(text)
        self.faults += link_faults(self.root, self.texts)

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
            file = file_name(place, language)
            if file not in names:
                other = next(name for name in (file_name(place, each) for each in LANGUAGES) if name in names)
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
        zh, en = (self.texts.get(file_name(place, language)) for language in LANGUAGES)
        if zh and en:
            playbook = _build(zh, en, Bilingual(sources["zh-Hant"], sources["en"]), self.faults)
            self.playbooks.append(replace(playbook, path=place))
            if playbook.step != PurePosixPath(place).parent.name:
                self._fault(zh.file, zh.front.line("step"), N_("The file stands in the folder of another step."))

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
                    key,
                    N_("The item “%(id)s” was published and vanished; bring it back, or name it in “retired”."),
                    id=key,
                )
            if version > playbook.version:
                table.fault(key, N_("The playbook is only at version %(version)s."), version=playbook.version)

    def _check_listed(self, playbook: Playbook, known: Mapping[str, object]) -> None:
        file = file_name(playbook.path, "zh-Hant")
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
                self._fault(
                    file, text.front.line("retired"), N_("“%(id)s” is retired but was never published."), id=key
                )

    def _fault(self, place: str, line: int, msgid: str, **params: object) -> None:
        self.faults.append(Fault(place, line, Message(msgid, params)))


def _step_number(place: str) -> int:
    step = PurePosixPath(place).parent.name
    return STEPS[step].number if step in STEPS else len(STEPS) + 1

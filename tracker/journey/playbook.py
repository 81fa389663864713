"""Playbooks: the guides of the four steps with their checklists, read from Markdown in both languages."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from posixpath import normpath

from tracker.core.content import Bilingual, ContentFaults, Fault
from tracker.core.text import N_
from tracker.journey.playbook_checks import DEEDS, EVIDENCE_KINDS, PARTIES, WHOLE_DAYS, pair_faults
from tracker.journey.playbook_text import KEY, FileText, read_text
from tracker.journey.rules import Deed, EvidenceKind, Party, Step, Use
from tracker.vendors.rules import VendorKind

STEPS = {step.value: step for step in Step}
PLACE = re.compile(r"(steps/[a-z]+/\d\d-[a-z0-9]+(?:-[a-z0-9]+)*)\.(?:zh-Hant|en)\.md")


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
    by: Deed | None = None
    """What CloudSteps does that hands it in by itself."""


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
    use: Use = Use.ALWAYS
    """Whether an engagement begins with it, or has it added."""
    path: str = field(default="", compare=False)
    """Where it stands below the playbooks folder, without language and ending."""

    @property
    def content_hash(self) -> str:
        """Identify the content: equal texts give equal hashes on every machine."""
        return content_hash(self.source)

    def item(self, item_id: str) -> PlaybookItem:
        """Give an item by its id; a KeyError tells that there is none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def leads_to(self, address: str) -> tuple[str, str] | None:
        """Tell the path of the playbook a relative link leads to, and the anchor there; nothing for other links."""
        target, _, anchor = address.partition("#")
        found = PLACE.fullmatch(normpath(f"steps/{self.step.value}/{target}"))
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
    """What differs: text, help, who, evidence, gate, days, by."""


@dataclass(frozen=True)
class Changes:
    """What a newer version of a playbook does to its items, each in the order of its own version."""

    added: tuple[PlaybookItem, ...]
    removed: tuple[PlaybookItem, ...]
    changed: tuple[ItemChange, ...]
    kept: tuple[PlaybookItem, ...]


class PlaybookFaults(ContentFaults):
    """A playbook that cannot be used, with file and line of everything wrong in it."""


_USES = {use.value: use for use in Use}
_KINDS = {kind.value: kind for kind in VendorKind}


def parse_playbook(
    zh_text: str, en_text: str, *, path: str = "", zh_file: str = "zh-Hant", en_file: str = "en"
) -> Playbook:
    """Read a playbook from its two texts, or raise PlaybookFaults."""
    faults: list[Fault] = []
    zh, en = take_apart(zh_text, zh_file, faults), take_apart(en_text, en_file, faults)
    playbook = build(zh, en, Bilingual(zh_text, en_text), faults) if zh and en else None
    if faults or playbook is None:
        raise PlaybookFaults(faults)
    return replace(playbook, path=path)


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


def content_hash(source: Bilingual) -> str:
    """Give the hash of both files of a playbook."""
    both = "\0".join(_normal(text) for text in (source.zh_hant, source.en))
    return hashlib.sha256(both.encode()).hexdigest()


def _differences(old: PlaybookItem, new: PlaybookItem) -> tuple[str, ...]:
    names = [each.name for each in fields(PlaybookItem)]
    return tuple(name for name in names if getattr(old, name) != getattr(new, name))


def _normal(text: str) -> str:
    """Give a text as it counts for the hash: without what editors change unseen."""
    rows = text.removeprefix("\ufeff").strip().split("\n")
    return "\n".join(row.rstrip() for row in rows)


def take_apart(text: str, file: str, faults: list[Fault]) -> FileText | None:
    """Read one file; what cannot be read is noted."""
    try:
        return read_text(text, file)
    except ContentFaults as error:
        faults += error.faults
        return None


def build(zh: FileText, en: FileText, source: Bilingual, faults: list[Fault]) -> Playbook:
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
        use=_USES.get(zh.front.one_of("use", _USES), Use.ALWAYS) if "use" in zh.front.data else Use.ALWAYS,
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
            by=DEEDS.get(item.settings.get("by", "")),
        )

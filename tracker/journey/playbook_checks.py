"""What must hold of playbook texts: items alike in both languages, headings in order, links that lead somewhere."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path, PurePosixPath
from posixpath import normpath

from tracker.core.content import ContentFaults, Fault
from tracker.core.markdown import headings
from tracker.core.text import N_, Message
from tracker.journey.playbook_links import Targets
from tracker.journey.playbook_text import FileText, ItemText, Link, read_text
from tracker.journey.rules import Deed, EvidenceKind, Party

PARTIES = {party.value: party for party in Party}
EVIDENCE_KINDS = {kind.value: kind for kind in EvidenceKind}
DEEDS = {deed.value: deed for deed in Deed}
WHOLE_DAYS = re.compile(r"[1-9][0-9]{0,3}")


def pair_faults(zh: FileText, en: FileText) -> Iterator[Fault]:
    """Hold the items of a playbook's two files to each other."""
    if not zh.items:
        yield Fault(zh.file, zh.first_line, Message(N_("The checklist has no item.")))
    for text, other in ((zh, en), (en, zh)):
        yield from _repeated(text)
        yield from _one_sided(text, other)
    for item in zh.items:
        yield from _setting_faults(item, zh.file)
    for item in en.items:
        if item.settings:
            yield Fault(
                en.file, item.line, Message(N_("Who, evidence, gate, days and by stand in the zh-Hant file only."))
            )
    if [level for _, level in zh.headings()] != [level for _, level in en.headings()]:
        yield Fault(en.file, en.first_line, Message(N_("The headings differ from those of the zh-Hant file.")))
    yield from _order_faults(zh, en)


def heading_faults(text: FileText) -> Iterator[Fault]:
    """Check that headings step down one level at a time and that no anchor is used twice."""
    levels = [(text.first_line, 1), *text.headings()]
    for (_, above), (line, level) in pairwise(levels):
        if level == 1:
            yield Fault(text.file, line, Message(N_("The title is in the front matter; headings begin with “##”.")))
        elif level > above + 1:
            yield Fault(text.file, line, Message(N_("A level of headings is left out before this one.")))
    taken = {heading.id for heading in headings(text.body)}
    for item in text.items:
        if item.key in taken:
            sentence = Message(N_("“%(id)s” is the anchor of a heading too."), {"id": item.key})
            yield Fault(text.file, item.line, sentence)


def link_faults(root: Path, texts: Mapping[str, FileText], targets: Targets) -> Iterator[Fault]:
    """Check that every link leads to a file, a rule, a template or a term, and every anchor to a heading or an item."""
    there = _Files(root, texts)
    for text in texts.values():
        for link in text.links():
            msgid = _wrong_link(text.file, link, there, targets)
            if msgid:
                yield Fault(text.file, link.line, Message(msgid, {"address": link.address}))


class _Files:
    """What links can lead to: the texts at hand, and those on disk that nobody has read yet."""

    def __init__(self, root: Path, texts: Mapping[str, FileText]) -> None:
        self.root = root
        self.texts = texts
        self.anchors: dict[str, set[str]] = {}

    def has(self, file: str) -> bool:
        return file in self.texts or (self.root / file).is_file()

    def has_anchor(self, file: str, anchor: str) -> bool:
        if file not in self.anchors:
            text = self.texts.get(file) or self._read(file)
            self.anchors[file] = _anchors(text) if text else set()
        return anchor in self.anchors[file]

    def _read(self, file: str) -> FileText | None:
        try:
            return read_text((self.root / file).read_text(encoding="utf-8"), file)
        except (ContentFaults, UnicodeDecodeError):
            return None


def _wrong_link(file: str, link: Link, there: _Files, targets: Targets) -> str | None:
    if re.match(r"(https?://|mailto:)", link.address):
        return None
    if re.match(r"[a-z][a-z0-9+.-]*:", link.address, re.IGNORECASE):
        return targets.wrong(link.address)
    path, _, anchor = link.address.partition("#")
    target = normpath(f"{PurePosixPath(file).parent}/{path}") if path else file
    if path.startswith("/") or target.startswith("..") or not there.has(target):
        return N_("The link leads to “%(address)s”, which is not there.")
    if target.endswith(".md") and _language(target) != _language(file):
        return N_("The link “%(address)s” leads into the other language.")
    if anchor and not there.has_anchor(target, anchor):
        return N_("“%(address)s” has no such heading or item.")
    return None


def _anchors(text: FileText) -> set[str]:
    return {heading.id for heading in headings(text.body)} | {item.key for item in text.items}


def _language(file: str) -> str:
    return file.removesuffix(".md").rpartition(".")[2]


def _setting_faults(item: ItemText, file: str) -> Iterator[Fault]:
    for name, allowed in (("who", PARTIES.keys()), ("evidence", EVIDENCE_KINDS.keys()), ("by", DEEDS.keys())):
        word = item.settings.get(name)
        if word is None and name == "by":
            continue
        if word is None:
            sentence = Message(N_("The item “%(id)s” does not say %(name)s=…."), {"id": item.key, "name": name})
            yield Fault(file, item.line, sentence)
        elif word not in allowed:
            sentence = Message(
                N_("“%(value)s” is not known for “%(key)s”; use one of: %(allowed)s."),
                {"value": word, "key": name, "allowed": ", ".join(sorted(allowed))},
            )
            yield Fault(file, item.line, sentence)
    if not WHOLE_DAYS.fullmatch(item.settings.get("days", "")):
        sentence = Message(N_("The days of the item “%(id)s” must be a whole number above zero."), {"id": item.key})
        yield Fault(file, item.line, sentence)


def _repeated(text: FileText) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for item in text.items:
        if item.key in first:
            values = {"id": item.key, "line": first[item.key]}
            yield Fault(
                text.file, item.line, Message(N_("The item id “%(id)s” is already used on line %(line)s."), values)
            )
        first.setdefault(item.key, item.line)


def _one_sided(text: FileText, other: FileText) -> Iterator[Fault]:
    there = {item.key for item in other.items}
    for item in text.items:
        if item.key not in there:
            values = {"id": item.key, "other": PurePosixPath(other.file).name}
            sentence = Message(N_("The item “%(id)s” stands in this language only; %(other)s lacks it."), values)
            yield Fault(text.file, item.line, sentence)


def _order_faults(zh: FileText, en: FileText) -> Iterator[Fault]:
    """Name the first item that stands elsewhere, when both files hold the same items."""
    ours, theirs = [item.key for item in zh.items], [item.key for item in en.items]
    if sorted(ours) == sorted(theirs):
        for expected, item in zip(ours, en.items, strict=True):
            if item.key != expected:
                yield Fault(en.file, item.line, Message(N_("The items stand in another order than in zh-Hant.")))
                return

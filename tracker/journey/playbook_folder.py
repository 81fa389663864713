"""The playbooks folder: every pair of files read, and everything wrong in them told with file and line."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from tracker.core.content import LANGUAGES, Bilingual, ContentFaults, Fault, TomlTable, read_toml
from tracker.core.text import N_, Message
from tracker.journey.playbook import PLACE, STEPS, Playbook, PlaybookFaults, build, take_apart
from tracker.journey.playbook_checks import heading_faults, link_faults
from tracker.journey.playbook_links import Targets, find_targets
from tracker.journey.playbook_text import FileText, file_name

KNOWN_ITEMS = "known-items.toml"
"""Every item ever published, with the version of its playbook that brought it."""


def load_playbooks(root: Path) -> tuple[Playbook, ...]:
    """Read every playbook under `steps/`, in the order of steps and files, or raise PlaybookFaults."""
    folder = _Folder(root)
    folder.read()
    if folder.faults:
        raise PlaybookFaults(folder.faults)
    return tuple(folder.playbooks)


def check_playbooks(root: Path, targets: Targets | None = None) -> list[Fault]:
    """List everything wrong in the playbooks folder, with files named from that folder."""
    folder = _Folder(root)
    folder.read()
    folder.check_texts(targets or find_targets(root))
    folder.check_known_items()
    return sorted(folder.faults, key=lambda fault: (fault.file, fault.line))


def check_pair(root: Path, place: str, overlay: Mapping[str, str]) -> tuple[Playbook | None, list[Fault]]:
    """Read one playbook, texts of `overlay` before those on disk, and list everything wrong in it."""
    folder = _Folder(root, overlay)
    names = [file_name(place, language) for language in LANGUAGES]
    folder.read_pair(place, [name for name in names if name in overlay or (root / name).is_file()])
    folder.check_texts(find_targets(root))
    for playbook in folder.playbooks:
        folder.check_items_of(playbook)
    faults = sorted(folder.faults, key=lambda fault: (fault.file, fault.line))
    return next(iter(folder.playbooks), None), faults


class _Folder:
    """The playbooks folder while it is read and checked."""

    def __init__(self, root: Path, overlay: Mapping[str, str] | None = None) -> None:
        self.root = root
        self.overlay = overlay or {}
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
            found = PLACE.fullmatch(name)
            if found is None:
                self._fault(name, 1, N_("A playbook stands at steps/<step>/<nn-slug>.<zh-Hant or en>.md."))
            elif found[1] not in places:
                places.append(found[1])
        places.sort(key=lambda place: (_step_number(place), place))
        for place in places:
            self.read_pair(place, names)

    def check_texts(self, targets: Targets) -> None:
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
        self.faults += link_faults(self.root, self.texts, targets)

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

    def check_items_of(self, playbook: Playbook) -> None:
        """Check the items of one playbook against the list of what was published."""
        known = self._read_known_items()
        if known is None:
            return
        if playbook.id in known.data:
            table = known.table(playbook.id)
            self._check_vanished(playbook, {key: table.positive(key) for key in table.data}, table)
        self._check_listed(playbook, known.data.get(playbook.id, {}))
        self.faults += known.faults

    def read_pair(self, place: str, names: Collection[str]) -> None:
        """Read both files of a playbook; what is missing or cannot be read is noted."""
        sources: dict[str, str] = {}
        for language in LANGUAGES:
            file = file_name(place, language)
            if file not in names:
                other = next(name for name in (file_name(place, each) for each in LANGUAGES) if name in names)
                self._fault(other, 1, N_("The translation %(file)s is missing."), file=PurePosixPath(file).name)
                continue
            try:
                sources[language] = self._source(file)
            except UnicodeDecodeError:
                self._fault(file, 1, N_("The file is not written in UTF-8."))
                continue
            text = take_apart(sources[language], file, self.faults)
            if text:
                self.texts[file] = text
        zh, en = (self.texts.get(file_name(place, language)) for language in LANGUAGES)
        if zh and en:
            playbook = build(zh, en, Bilingual(sources["zh-Hant"], sources["en"]), self.faults)
            self.playbooks.append(replace(playbook, path=place))
            if playbook.step != PurePosixPath(place).parent.name:
                self._fault(zh.file, zh.front.line("step"), N_("The file stands in the folder of another step."))

    def _source(self, file: str) -> str:
        return self.overlay[file] if file in self.overlay else (self.root / file).read_text(encoding="utf-8")

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

"""A changed playbook before anybody adopts it: what is wrong in it, and how it differs from what is published."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tracker.core.content import LANGUAGES, Bilingual, ContentFaults, Fault
from tracker.core.errors import Refused
from tracker.core.text import N_, Labelled, Message
from tracker.journey.playbook import PLACE, STEPS, Changes, Playbook, compare, content_hash
from tracker.journey.playbook_folder import check_pair
from tracker.journey.playbook_text import file_name, read_text

_NAME = re.compile(r"(\d\d-[a-z0-9]+(?:-[a-z0-9]+)*)\.(zh-Hant|en)\.md")
LARGEST = 300_000
"""Bytes of a file that can be looked at; the longest playbook has a tenth of it."""


class FileState(Labelled):
    """How a file of the folder stands to what is published."""

    NEW = "new", N_("Not published yet"), "progress"
    CHANGED = "changed", N_("Changed since it was published"), "warning"
    GONE = "gone", N_("Published, but gone from the folder"), "danger"


@dataclass(frozen=True)
class Preview:
    """A playbook as it would be published, and what is wrong in it."""

    place: str
    playbook: Playbook | None
    """Nothing where the files cannot be read together."""
    faults: tuple[Fault, ...]

    def changes_from(self, old: Playbook | None) -> Changes | None:
        """Compare item by item with what is published; against nothing everything is new."""
        if self.playbook is None:
            return None
        return compare(old, self.playbook) if old is not None else Changes(self.playbook.items, (), (), ())


def preview(root: Path, place: str, overlay: Mapping[str, str] | None = None) -> Preview:
    """Read a playbook from its place in the folder, texts of `overlay` before those on disk."""
    playbook, faults = check_pair(root, place, overlay or {})
    return Preview(place, playbook, tuple(faults))


def held_to(shown: Preview, number: int, digest: str) -> Preview:
    """Hold a preview to the version that is published: another text needs a higher number."""
    playbook = shown.playbook
    if playbook is None or playbook.version > number or playbook.content_hash == digest:
        return shown
    file = file_name(shown.place, "zh-Hant")
    sentence = Message(
        N_("Version %(number)s is published with another text; give this one a higher version."), {"number": number}
    )
    line = read_text(playbook.source.zh_hant, file).front.line("version")
    return Preview(shown.place, playbook, (*shown.faults, Fault(file, line, sentence, "version")))


def places_of(root: Path) -> list[str]:
    """List the places of the folder at which a playbook stands."""
    names = (path.relative_to(root).as_posix() for path in root.glob("steps/*/*.md"))
    return sorted({found[1] for name in names if (found := PLACE.fullmatch(name))})


def digest_at(root: Path, place: str) -> str:
    """Give the hash of the two files at a place; nothing where one is missing or is no text."""
    try:
        texts = [(root / file_name(place, language)).read_text(encoding="utf-8") for language in LANGUAGES]
    except (OSError, UnicodeDecodeError):
        return ""
    return content_hash(Bilingual(*texts))


def place_of_path(root: Path, path: Path) -> str:
    """Tell at which place of the folder a file stands; either of its two names leads there."""
    try:
        name = path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        name = path.as_posix()
    found = PLACE.fullmatch(name) or PLACE.fullmatch(f"{name}.en.md")
    if found is None:
        raise Refused(
            N_("“%(path)s” is no playbook: name a file such as steps/assess/02-example.zh-Hant.md."), path=path.name
        )
    return found[1]


def read_uploads(files: Mapping[str, tuple[str, bytes]]) -> tuple[str, dict[str, str]]:
    """Take the two uploaded files, by language, for the place that their name and their step give them."""
    slugs = set()
    texts = {}
    for language, (name, content) in files.items():
        found = _NAME.fullmatch(PurePosixPath(name).name)
        if found is None or found[2] != language:
            raise Refused(
                N_("The file is named as in the folder: 02-example.%(language)s.md."),
                field=_FIELDS[language],
                language=language,
            )
        slugs.add(found[1])
        texts[language] = _text_of(language, content)
    if len(slugs) > 1:
        raise Refused(
            N_("The two files do not have the same name. Choose both languages of one playbook."), field=_FIELDS["en"]
        )
    place = f"steps/{_step_of(texts['zh-Hant'])}/{slugs.pop()}"
    return place, {file_name(place, language): text for language, text in texts.items()}


_FIELDS = {"zh-Hant": "original", "en": "translation"}


def _text_of(language: str, content: bytes) -> str:
    if len(content) > LARGEST:
        raise Refused(N_("The file is too large for a playbook."), field=_FIELDS[language])
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise Refused(N_("The file is not written in UTF-8."), field=_FIELDS[language]) from None


def _step_of(text: str) -> str:
    """Take the step that the original names; where it names none the faults will say so."""
    try:
        step = read_text(text, "").front.data.get("step")
    except ContentFaults:
        step = None
    return step if isinstance(step, str) and step in STEPS else next(iter(STEPS))

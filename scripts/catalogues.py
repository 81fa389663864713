"""Bring each feature's catalogue in line with what its code and templates say.

Sentences that are new come in with an empty translation, those that nobody says any more go. That nothing is missing is what
tests/app/test_catalogues.py watches. `catalogues.py` does all features, `catalogues.py core web` those that are named.
"""

import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

TRACKER = Path(__file__).resolve().parents[1] / "tracker"
LOCALE = "zh_Hant_TW"
METHODS = [
    ("**/static/**", "ignore"),
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
]
JINJA = {"silent": "false", "trimmed": "true", "extensions": "jinja2.ext.do"}
OPTIONS = {"**/templates/**.html": JINJA, "**/templates/**.txt": JINJA}
KEYWORDS = {
    "_": None,
    "_l": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "n_": (1, 2),
    "lazy_ngettext": (1, 2),
}

HEAD = """\
msgid ""
msgstr ""
"Language: zh_Hant_TW\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n\""""


def features() -> list[str]:
    """Name the packages that have a catalogue of their own."""
    return sorted(folder.name for folder in TRACKER.iterdir() if (folder / "__init__.py").exists())


def catalogue_file(feature: str) -> Path:
    """Give the place of a feature's catalogue."""
    return TRACKER / feature / "translations" / LOCALE / "LC_MESSAGES" / "messages.po"


def said(feature: str) -> Catalog:
    """Give what a feature says, as an empty catalogue."""
    catalogue = Catalog(locale=LOCALE, project="CloudSteps", charset="utf-8", fuzzy=False)
    found = extract_from_dir(
        TRACKER / feature, METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    )
    for file, _line, message, comments, context in found:
        catalogue.add(message, locations=[(f"tracker/{feature}/{file}", 0)], auto_comments=comments, context=context)
    return catalogue


def kept(feature: str) -> Catalog:
    """Give the catalogue as it lies in its file."""
    file = catalogue_file(feature)
    if not file.exists():
        return Catalog(locale=LOCALE, charset="utf-8", fuzzy=False)
    with file.open("rb") as stream:
        return read_po(stream, locale=LOCALE)


def sentences(catalogue: Catalog) -> Iterator[Message]:
    """Give the messages of a catalogue without its head."""
    return (message for message in catalogue if message.id)


def key(message: Message) -> str:
    """Give the sentence that a message is known by: its singular."""
    return message.id if isinstance(message.id, str) else message.id[0]


def is_translated(message: Message) -> bool:
    """Tell whether every form of a message has its translation."""
    return bool(message.string) and all(
        message.string if isinstance(message.string, (list, tuple)) else [message.string]
    )


def update(feature: str, known: dict[str, Message]) -> None:
    """Rewrite the catalogue of a feature; a sentence that another feature has translated brings that text along.

    What is there keeps its place and its comments; what is new comes last.
    """
    fresh, old = said(feature), kept(feature)
    wanted = {key(message): message for message in sentences(fresh)}
    if not wanted:
        return
    present = {key(message): message for message in sentences(old)}
    for gone in present.keys() - wanted.keys():
        old.delete(present[gone].id)
    old.obsolete.clear()
    for sentence, message in wanted.items():
        if sentence not in present:
            if sentence in known:
                message.string = known[sentence].string
            old[message.id] = message
    content = io.BytesIO()
    write_po(content, old, width=0, omit_header=True, no_location=True)
    file = catalogue_file(feature)
    file.parent.mkdir(parents=True, exist_ok=True)
    head = file.read_text(encoding="utf-8").partition("\n\n")[0] if file.exists() else HEAD
    file.write_text(f"{head}\n\n{content.getvalue().decode().strip()}\n", encoding="utf-8")


def main(names: Sequence[str]) -> int:
    """Update the catalogues of the named features, or all, and tell what is left to translate."""
    chosen = [feature for feature in features() if not names or feature in names]
    known: dict[str, Message] = {
        key(message): message
        for feature in features()
        for message in sentences(kept(feature))
        if is_translated(message)
    }
    for feature in chosen:
        update(feature, known)
    left = [
        f"tracker/{feature}: {key(message)}"
        for feature in chosen
        for message in sentences(kept(feature))
        if not is_translated(message)
    ]
    print(*left, f"{len(left)} sentences are left to translate.", sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

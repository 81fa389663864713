"""What the documents say is there: links, pictures, commands, buttons, pages in both languages."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from babel.messages.pofile import read_po

from tests.app.test_catalogues import used
from tracker import __version__
from tracker.cli import main

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "playbooks/README.md")]
DOCUMENTS = sorted([*PAGES, *(ROOT / "docs").rglob("*.md")])
GUIDE = ROOT / "docs" / "guide"
LINK = re.compile(r"\]\(([^)\s]+)\)")
MAKE = re.compile(r"(?:`|^)make ([a-z-]+)", re.MULTILINE)
COMMAND = re.compile(r"(?<![\w/.])cloudsteps ([a-z][a-z-]*)")
SPAN = re.compile(r"`([^`\n]+)`|^```\n(.*?)^```", re.MULTILINE | re.DOTALL)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def code_of(path: Path) -> Iterator[str]:
    """Give what a document shows as code."""
    for line, block in SPAN.findall(path.read_text(encoding="utf-8")):
        yield line or block


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_link_and_picture_leads_to_a_file(path: Path) -> None:
    targets = [target.partition("#")[0] for target in LINK.findall(path.read_text(encoding="utf-8"))]
    own = [target for target in targets if target and "://" not in target]

    assert [target for target in own if not (path.parent / target).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_command_that_is_named_exists(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    commands = set(main.list_commands(click.Context(main)))
    said = "\n".join(code_of(path))

    assert set(MAKE.findall(path.read_text(encoding="utf-8"))) - targets == set()
    assert set(COMMAND.findall(said)) - commands == set()


def test_the_guide_has_the_same_pages_with_the_same_chapters_in_both_languages() -> None:
    def chapters(language: str) -> dict[str, list[str]]:
        pages = sorted((GUIDE / language).glob("*.md"))
        return {page.name: re.findall(r"^(#+) ", page.read_text(encoding="utf-8"), re.MULTILINE) for page in pages}

    assert chapters("zh-Hant") == chapters("en")


def test_every_role_finds_its_page_from_the_start_of_the_guide() -> None:
    for language in ("zh-Hant", "en"):
        start = (GUIDE / language / "README.md").read_text(encoding="utf-8")
        pages = {page.name for page in (GUIDE / language).glob("*.md")} - {"README.md"}
        assert pages - set(LINK.findall(start)) == set()


def test_the_changelog_tells_of_this_version() -> None:
    assert f"\n## {__version__} - " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def translations() -> set[str]:
    """Give every text that the product says in zh-Hant."""
    found = set()
    for path in (ROOT / "tracker").glob("*/translations/zh_Hant_TW/LC_MESSAGES/messages.po"):
        with path.open("rb") as file:
            for message in read_po(file, locale="zh_Hant_TW"):
                found.add(message.string[0] if isinstance(message.string, tuple) else message.string)
    return {str(text) for text in found if text}


def is_said(quoted: str, texts: set[str]) -> bool:
    """Tell whether the product says what the guide quotes; … and N stand for what differs from page to page."""
    wanted = re.compile(re.escape(quoted).replace("…", ".*").replace("N", ".*"))
    return any(wanted.fullmatch(re.sub(r"%\(\w+\)s", "X", text)) for text in texts)


@pytest.mark.parametrize("path", sorted(GUIDE.glob("zh-Hant/*.md")), ids=name_of)
def test_the_chinese_guide_quotes_what_stands_on_the_screen(path: Path) -> None:
    quoted = set(
        re.findall("「([^「」]+)」", path.read_text(encoding="utf-8").replace("『…』", "「…」").replace("「「", "「"))
    )

    texts = translations()

    assert {words for words in quoted if not is_said(words, texts)} == set()


@pytest.mark.parametrize("path", sorted(GUIDE.glob("en/*.md")), ids=name_of)
def test_the_english_guide_quotes_what_stands_on_the_screen(path: Path) -> None:
    quoted = {" ".join(words.split()) for words in re.findall(r'"([^"]+)"', path.read_text(encoding="utf-8"))}

    texts = {str(msgid) for msgid in used()}

    assert {words for words in quoted if not is_said(words, texts)} == set()

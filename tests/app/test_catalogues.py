"""Every text for people stands in the catalogues, and the catalogues hold nothing else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from scripts.catalogues import KEYWORDS, METHODS, OPTIONS

TRACKER = Path(__file__).resolve().parents[2] / "tracker"
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def used() -> dict[str, list[str]]:
    """Find every msgid of the code with the files that say it."""
    found: dict[str, list[str]] = {}
    for file, _line, message, _comments, _context in extract_from_dir(
        str(TRACKER), METHODS, OPTIONS, KEYWORDS, strip_comment_tags=True
    ):
        for msgid in message[:1] if isinstance(message, tuple) else [message]:
            found.setdefault(msgid, []).append(file)
    return found


def catalogues() -> dict[str, Catalog]:
    """Read every feature's zh-Hant catalogue."""
    read: dict[str, Catalog] = {}
    for path in sorted(TRACKER.glob("*/translations/zh_Hant_TW/LC_MESSAGES/messages.po")):
        with path.open("rb") as file:
            read[path.parts[-5]] = read_po(file, locale="zh_Hant_TW", abort_invalid=True)
    return read


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Give every translated text by its msgid."""
    merged: dict[str, str] = {}
    for catalogue in catalogues().values():
        for message in catalogue:
            if message.id:
                key = message.id if isinstance(message.id, str) else message.id[0]
                said = message.string if isinstance(message.string, str) else (message.string or [""])[0]
                merged[key] = said
    return merged


def test_every_text_has_a_traditional_chinese_text(texts: dict[str, str]) -> None:
    missing = {msgid: files[0] for msgid, files in used().items() if not texts.get(msgid)}
    assert missing == {}


def said_inside_f_strings(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            for call in ast.walk(node):
                match call:
                    case ast.Call(func=ast.Name(id=name), args=[ast.Constant(), *_]) if name in KEYWORDS:
                        yield ast.unparse(call)


def test_no_text_hides_inside_an_f_string_where_the_extraction_does_not_see_it() -> None:
    assert list(said_inside_f_strings("f'{hint} {_(\"Reload.\")}'")) == ["_('Reload.')"]
    hidden = {
        str(path.relative_to(TRACKER)): found
        for path in TRACKER.rglob("*.py")
        if (found := list(said_inside_f_strings(path.read_text(encoding="utf-8"))))
    }
    assert hidden == {}


def test_no_catalogue_holds_a_text_that_nobody_says(texts: dict[str, str]) -> None:
    assert set(texts) - set(used()) == set()


def test_placeholders_survive_translation(texts: dict[str, str]) -> None:
    differing = {
        msgid: text
        for msgid, text in texts.items()
        if set(PLACEHOLDER.findall(msgid)) != set(PLACEHOLDER.findall(text))
    }
    assert differing == {}


def test_no_text_is_fuzzy_or_obsolete() -> None:
    doubtful = [
        (name, message.id)
        for name, catalogue in catalogues().items()
        for message in catalogue
        if message.id and message.fuzzy
    ]
    left = [(name, len(catalogue.obsolete)) for name, catalogue in catalogues().items() if catalogue.obsolete]
    assert (doubtful, left) == ([], [])


def test_one_msgid_has_one_translation() -> None:
    seen: dict[str, tuple[str, str]] = {}
    differing = []
    for name, catalogue in catalogues().items():
        for message in catalogue:
            if message.id:
                key, text = str(message.id), str(message.string)
                if seen.setdefault(key, (name, text))[1] != text:
                    differing.append((key, seen[key], (name, text)))
    assert differing == []


def test_texts_are_written_as_in_taiwan(texts: dict[str, str]) -> None:
    foreign = re.compile("用户|登录|文件夹|数据|信息|网络|服务器|默认|软件|硬件|登陸|賬號|程序員|視頻|界面|文檔")
    odd = {msgid: text for msgid, text in texts.items() if foreign.search(text)}
    assert odd == {}

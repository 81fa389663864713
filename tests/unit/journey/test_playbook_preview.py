"""A changed playbook is looked at before anybody adopts it, and nothing of it is stored."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import playbooks
from tracker.core.errors import Refused
from tracker.journey.playbook_preview import (
    digest_at,
    held_to,
    place_of_path,
    places_of,
    preview,
    read_uploads,
)

PLACE = "steps/assess/09-deep-dive"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    playbooks.write(tmp_path)
    keys = "drill = 1\nresult = 1\nagain = 1\n"
    (tmp_path / "known-items.toml").write_text(f"[deep-dive]\n{keys}\n[another]\nx = 1\n", encoding="utf-8")
    return tmp_path


def test_a_sound_playbook_has_no_fault_whatever_is_wrong_in_others(root: Path) -> None:
    (root / "steps/assess/10-broken.zh-Hant.md").write_text("nothing", encoding="utf-8")

    shown = preview(root, PLACE)

    assert shown.faults == ()
    assert shown.playbook is not None
    assert shown.playbook.path == PLACE


def test_texts_that_are_laid_over_the_folder_stand_before_those_on_disk(root: Path) -> None:
    path = root / f"{PLACE}.zh-Hant.md"
    text = path.read_text(encoding="utf-8").replace("version = 1", "version = 7")

    shown = preview(root, PLACE, {f"{PLACE}.zh-Hant.md": text})

    assert shown.playbook is not None
    assert shown.playbook.version == 7
    assert [str(fault) for fault in shown.faults] == [
        f"{PLACE}.en.md:3: The other language is at version 7; translate what is new."
    ]
    assert "version = 1" in path.read_text(encoding="utf-8")


def test_a_published_item_that_vanished_is_told(root: Path) -> None:
    known = root / "known-items.toml"
    known.write_text(known.read_text(encoding="utf-8").replace("again = 1", "again = 1\nlost = 1"), encoding="utf-8")

    assert [fault.file for fault in preview(root, PLACE).faults] == ["known-items.toml"]


def test_links_into_other_files_are_followed(root: Path) -> None:
    playbooks.write(root, "second", number="10")
    for language in ("zh-Hant", "en"):
        path = root / f"{PLACE}.{language}.md"
        links = f"[a](10-second.{language}.md#when) [b](10-second.{language}.md#gone) [c](11-none.{language}.md)"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("Sample text.", links).replace("示範內文。", links), encoding="utf-8")

    faults = [str(fault.sentence) for fault in preview(root, PLACE).faults if fault.file.endswith("en.md")]

    assert faults == [
        "“10-second.en.md#gone” has no such heading or item.",
        "The link leads to “11-none.en.md”, which is not there.",
    ]


@pytest.mark.parametrize(
    ("number", "same_text", "faults"), [(1, True, 0), (1, False, 1), (2, False, 1), (0, False, 0), (2, True, 0)]
)
def test_another_text_needs_a_higher_version_than_the_published_one(
    root: Path, number: int, same_text: bool, faults: int
) -> None:
    shown = preview(root, PLACE)
    assert shown.playbook is not None

    held = held_to(shown, number, shown.playbook.content_hash if same_text else "another")

    assert len(held.faults) == faults
    assert {fault.line for fault in held.faults} <= {4}


def test_against_nothing_published_every_item_is_new(root: Path) -> None:
    changes = preview(root, PLACE).changes_from(None)

    assert changes is not None
    assert [item.key for item in changes.added] == ["drill", "result", "again"]


def test_the_folder_is_compared_by_what_the_texts_say(root: Path) -> None:
    before = digest_at(root, PLACE)
    path = root / f"{PLACE}.en.md"
    path.write_text(path.read_text(encoding="utf-8").replace("\n", "  \r\n"), encoding="utf-8")

    assert places_of(root) == [PLACE]
    assert digest_at(root, PLACE) == before
    path.unlink()
    assert digest_at(root, PLACE) == ""


@pytest.mark.parametrize("name", [f"{PLACE}.zh-Hant.md", f"{PLACE}.en.md", PLACE])
def test_either_file_names_the_playbook(root: Path, name: str) -> None:
    assert place_of_path(root, root / name) == PLACE
    assert place_of_path(root, Path(name)) == PLACE


@pytest.mark.parametrize("name", ["known-items.toml", "steps/assess/notes.md", "../elsewhere.zh-Hant.md"])
def test_another_file_is_no_playbook(root: Path, name: str) -> None:
    with pytest.raises(Refused, match="is no playbook"):
        place_of_path(root, root / name)


def test_uploads_stand_where_their_name_and_their_step_put_them(root: Path) -> None:
    files = {
        language: (f"C:/x/07-mine.{language}.md", (root / f"{PLACE}.{language}.md").read_bytes())
        for language in ("zh-Hant", "en")
    }

    place, texts = read_uploads(files)

    assert place == "steps/assess/07-mine"
    assert set(texts) == {f"{place}.zh-Hant.md", f"{place}.en.md"}


names = st.from_regex(r"[0-9]{2}-[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)


@given(names, st.binary(max_size=200), st.binary(max_size=200))
def test_whatever_is_uploaded_is_read_or_refused_at_its_field(slug: str, original: bytes, translation: bytes) -> None:
    files = {"zh-Hant": (f"{slug}.zh-Hant.md", original), "en": (f"{slug}.en.md", translation)}

    refused_at = ""
    found: set[str] = set()
    try:
        place, texts = read_uploads(files)
        shown = preview(Path("/nowhere"), place, texts)
        assert shown.playbook is None
        found = {fault.file for fault in shown.faults}
    except Refused as error:
        refused_at = error.field or "nowhere"

    assert refused_at in {"", "original", "translation"}
    assert all(Path(name).name.startswith(slug) for name in found)

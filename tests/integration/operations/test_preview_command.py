"""`cloudsteps preview-playbook`: what a changed playbook would do, in the terminal."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.databases import fresh_database
from tracker.cli import main
from tracker.core import logs
from tracker.core.settings import Settings

SHIPPED = Settings().playbooks_dir
NAME = "steps/assess/01-subscription-case"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give an installation of the test's own with a folder of playbooks that it may change, published as it is."""
    place = tmp_path / "playbooks"
    shutil.copytree(SHIPPED, place)
    with fresh_database(tmp_path) as url:
        values = {
            "CLOUDSTEPS_DATA_DIR": str(tmp_path / "data"),
            "CLOUDSTEPS_DATABASE_URL": url,
            "CLOUDSTEPS_PLAYBOOKS_DIR": str(place),
            "CLOUDSTEPS_SECRET_KEY": "for tests only, long enough to be taken",
            "CLOUDSTEPS_LOG_TERMINAL": "false",
        }
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(logs, "configure", lambda *_given: None)
        assert run("migrate").exit_code == 0
        yield place


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def change(folder: Path, *pairs: tuple[str, str]) -> Path:
    for language in ("zh-Hant", "en"):
        path = folder / f"{NAME}.{language}.md"
        text = path.read_text(encoding="utf-8")
        for old, new in pairs:
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    return folder / f"{NAME}.zh-Hant.md"


def test_what_is_published_as_it_is_changes_nothing(folder: Path) -> None:
    said = run("preview-playbook", str(folder / f"{NAME}.en.md"))

    assert said.exit_code == 0, said.output
    assert "12 items stay as they are." in said.output
    assert "0 running engagements follow it" in said.output


def test_a_change_is_told_item_by_item(folder: Path) -> None:
    path = change(folder, ("version = 1\n", "version = 2\n"), ("完成 24 個月現金流量表", "完成 36 個月現金流量表"))

    said = run("preview-playbook", str(path))

    assert said.exit_code == 0, said.output
    assert "version 1 to 2" in said.output
    assert "changed  assess-subscription-case.cash-flow (text)" in said.output


def test_faults_are_named_with_file_and_line(folder: Path) -> None:
    refused = run("preview-playbook", str(change(folder, ("完成 24 個月", "完成 36 個月"))))

    assert refused.exit_code == 1
    assert f"{NAME}.zh-Hant.md:5: Version 1 is published with another text" in refused.stderr


def test_another_file_is_refused_in_one_line(folder: Path) -> None:
    refused = run("preview-playbook", str(folder / "known-items.toml"))

    assert (refused.exit_code, len(refused.stderr.strip().splitlines())) == (1, 1)

"""`cloudsteps new-programme-year` writes a year that `check-playbooks` finds sound."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from tracker.cli import main

SHIPPED = Path(__file__).parents[3] / "playbooks"


@pytest.fixture
def playbooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "playbooks"
    shutil.copytree(SHIPPED, root)
    monkeypatch.setenv("CLOUDSTEPS_PLAYBOOKS_DIR", str(root))
    return root


def test_a_new_year_is_written_and_sound(playbooks: Path) -> None:
    written = CliRunner().invoke(main, ["new-programme-year", "112", "--from", "111"])
    checked = CliRunner().invoke(main, ["check-playbooks"])

    assert (written.exit_code, checked.exit_code) == (0, 0)
    assert str(playbooks / "programmes/112/points.toml") in written.output


def test_a_year_that_is_there_is_refused_in_one_line(playbooks: Path) -> None:
    refused = CliRunner().invoke(main, ["new-programme-year", "115", "--from", "111"])

    assert refused.exit_code == 1
    assert "exists already" in refused.output
    assert len(refused.output.strip().splitlines()) == 1


def test_without_a_source_the_command_says_how_it_is_used(playbooks: Path) -> None:
    assert CliRunner().invoke(main, ["new-programme-year", "112"]).exit_code == 2

"""The command `cloudsteps`: 0 done, 1 refused with one line, 2 wrong use."""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text

from tests.support.databases import fresh_database
from tracker.cli import main
from tracker.core import logs
from tracker.core.settings import Settings

OFF = {"CLOUDSTEPS_LOG_TERMINAL": "false", "CLOUDSTEPS_SECRET_KEY": "for tests only, long enough to be taken"}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Give an installation of the test's own, named by the environment."""
    with fresh_database(tmp_path) as url:
        for name, value in {**OFF, "CLOUDSTEPS_DATA_DIR": str(tmp_path), "CLOUDSTEPS_DATABASE_URL": url}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(logs, "configure", lambda *_given: None)
        yield Settings()


def run(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=given)


def test_migrate_twice_is_done_both_times(place: Settings) -> None:
    assert [run("migrate").exit_code, run("migrate").exit_code] == [0, 0]


def test_a_person_is_added_and_comes_in_once(place: Settings) -> None:
    person = ("user", "add", "--email", "a@people.example", "--name", "示範", "--role", "staff", "--password-stdin")
    password = "貓在雲端散步三十次 Ab1!\n"
    run("migrate")

    added, again = run(*person, given=password), run(*person, given=password)

    assert (added.exit_code, again.exit_code) == (0, 1), added.output + again.output
    assert len(again.stderr.strip().splitlines()) == 1


def test_wrong_use_is_two(place: Settings) -> None:
    assert [run("nonsense").exit_code, run("user", "add").exit_code, run("serve", "--port", "x").exit_code] == [2, 2, 2]


def test_a_database_that_is_not_there_is_one_line(place: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUDSTEPS_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")

    refused = run("verify-audit")

    assert refused.exit_code == 1
    assert len(refused.stderr.strip().splitlines()) == 1


def test_a_missing_secret_is_one_line(place: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLOUDSTEPS_SECRET_KEY")

    refused = run("migrate")

    assert (refused.exit_code, len(refused.stderr.strip().splitlines())) == (1, 1)
    assert "CLOUDSTEPS_SECRET_KEY" in refused.stderr


def test_a_setting_that_cannot_be_read_is_one_line_that_names_it(
    place: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLOUDSTEPS_WEB_WORKERS", "many")

    refused = run("migrate")

    assert (refused.exit_code, len(refused.stderr.strip().splitlines())) == (1, 1)
    assert "CLOUDSTEPS_WEB_WORKERS" in refused.stderr


def test_verify_audit_names_the_record_that_was_changed(place: Settings) -> None:
    run("migrate")
    run("user", "add", "--first")
    sound = run("verify-audit")

    engine = create_engine(place.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE audit_record SET action = 'nothing' WHERE id = 1"))
    engine.dispose()
    broken = run("verify-audit")

    assert (sound.exit_code, broken.exit_code) == (0, 1)
    assert "1" in broken.stderr


def test_check_playbooks_says_that_the_shipped_ones_are_sound(place: Settings) -> None:
    assert run("check-playbooks").exit_code == 0


def test_check_playbooks_names_file_and_line(place: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "playbooks" / "steps" / "assess"
    folder.mkdir(parents=True)
    (folder / "01-broken.zh-Hant.md").write_text("---\nid = \n---\n", encoding="utf-8")

    refused = run("check-playbooks", str(tmp_path / "playbooks"))

    assert refused.exit_code == 1
    assert "01-broken.zh-Hant.md:" in refused.stderr


def test_doctor_lists_every_setting_and_hides_secrets(place: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUDSTEPS_SMTP_URL", "smtp://user:HUSHHUSH@127.0.0.1:1")

    said = run("doctor")

    assert all(f"CLOUDSTEPS_{name.upper()}=" in said.output for name in Settings.model_fields)
    assert "HUSHHUSH" not in said.output
    assert place.secret_key not in said.output
    assert said.exit_code == 1
    assert "FAIL mail server" in said.output


def test_backup_and_restore_through_the_command(
    place: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("migrate")
    run("user", "add", "--first")
    made = run("backup", str(tmp_path / "b.tar"))
    refused = run("restore", str(tmp_path / "b.tar"))

    with fresh_database(tmp_path) as url:
        monkeypatch.setenv("CLOUDSTEPS_DATABASE_URL", url)
        monkeypatch.setenv("CLOUDSTEPS_DATA_DIR", str(tmp_path / "there"))
        restored = run("restore", str(tmp_path / "b.tar"))

    assert (made.exit_code, refused.exit_code, restored.exit_code) == (0, 1, 0), made.output + restored.output


def test_a_backup_of_a_busy_sqlite_is_whole(place: Settings, tmp_path: Path) -> None:
    if not place.is_sqlite:
        return
    run("migrate")
    path = place.database_url.removeprefix("sqlite:///")
    with sqlite3.connect(path, timeout=5) as writer:
        writer.execute("INSERT INTO mail_choice (user_id, reason) VALUES (1, 'due')")
        started = time.monotonic()
        made = run("backup", str(tmp_path / "b.tar"))

    assert made.exit_code == 0, made.output
    assert time.monotonic() - started < 30

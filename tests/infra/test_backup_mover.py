"""The mover: what a run copies, carries over, reads back and refuses, on folders of this machine with the real rclone."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra_templates.backup.mover.__main__ import told
from infra_templates.backup.mover.copying import CopyResult, CopySettings, newest_manifest, run_copy
from infra_templates.backup.mover.databases import DumpSettings
from infra_templates.backup.mover.manifest import Entry, Manifest, Unreadable, read_manifest
from infra_templates.backup.mover.rclone import COPY, Listed, Rclone, crypt_of
from infra_templates.backup.mover.signin import google_settings, write_privately

START = datetime(2026, 11, 23, tzinfo=UTC)
Run = Callable[..., CopyResult]


@pytest.fixture
def rclone(tmp_path: Path) -> Rclone:
    return Rclone({"store": {"type": "local"}, COPY: crypt_of(f"store:{tmp_path / 'copy'}", "password", "salt")})


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    for number in range(6):
        write(folder, f"合約/第{number}號 #1.pdf", f"內容 {number}")
    return folder


@pytest.fixture
def run(rclone: Rclone, source: Path) -> Run:
    def once(after: timedelta = timedelta(), **more: object) -> CopyResult:
        moments = iter((START + after, START + after + timedelta(seconds=1)))
        return run_copy(CopySettings({"shared": str(source)}, **more), rclone, clock=lambda: next(moments))  # type: ignore[arg-type]  # fields by name

    return once


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_the_first_run_copies_everything_and_names_it(run: Run, rclone: Rclone) -> None:
    result = run()

    assert (result.ok, result.full, result.copied, result.verified) == (True, True, 6, 6)
    assert newest_manifest(rclone) == result.manifest
    assert "files/shared/合約/第0號 #1.pdf" in result.manifest.entries


def test_nothing_of_the_names_or_contents_can_be_read_in_the_copy(run: Run, tmp_path: Path) -> None:
    run()

    lying = [path for path in (tmp_path / "copy").rglob("*") if path.is_file()]
    assert len(lying) == 7
    assert not any("合約" in str(path) or "內容".encode() in path.read_bytes() for path in lying)


def test_the_next_run_copies_what_changed_and_points_back(run: Run, source: Path) -> None:
    first = run()
    write(source, "合約/第1號 #1.pdf", "改過的內容")
    (source / "合約/第2號 #1.pdf").unlink()

    second = run(timedelta(hours=12))

    assert (second.full, second.copied, second.verified) == (False, 1, 5)
    assert len(second.manifest.entries) == 5
    assert second.manifest.previous == first.manifest.digest
    assert {entry.version for entry in second.manifest.entries.values()} == {first.manifest.run, second.manifest.run}


def test_after_some_days_everything_is_copied_anew(run: Run) -> None:
    run()

    assert run(timedelta(days=7) - timedelta(seconds=1)).full is False
    assert run(timedelta(days=7)).copied == 6


def test_an_old_object_that_decayed_is_named(run: Run, tmp_path: Path) -> None:
    run()
    for path in (tmp_path / "copy").rglob("*"):
        if path.is_file() and path.stat().st_size < 100:
            path.write_bytes(path.read_bytes()[:-1] + b"x")

    result = run(timedelta(hours=1))

    assert not result.ok
    assert set(result.failures.values()) == {"cannot be read back"}
    assert told(result)["event"] == "backup_failed"


def test_a_manifest_that_cannot_be_read_makes_a_full_copy_and_a_warning(run: Run, rclone: Rclone) -> None:
    run()
    rclone.write(f"{COPY}:manifests/20991231T000000000000Z.json", b"not a manifest")

    result = run(timedelta(hours=1))

    assert (result.full, result.ok) == (True, True)
    assert "of no use" in result.warnings[0]


def test_a_source_that_was_emptied_is_never_told_as_a_good_copy(run: Run, source: Path) -> None:
    run()
    for path in source.rglob("*.pdf"):
        path.unlink()

    result = run(timedelta(hours=1))

    assert not result.ok
    assert "Only 0 of 6" in result.warnings[-1]


def test_a_source_that_lost_most_of_itself_is_copied_with_a_warning(run: Run, source: Path) -> None:
    run()
    for number in range(4):
        (source / f"合約/第{number}號 #1.pdf").unlink()

    result = run(timedelta(hours=1))

    assert result.ok
    assert result.warnings == ["Only 2 of 6 objects are left at the source."]


def test_a_database_that_cannot_be_dumped_fails_the_run_and_the_files_are_still_copied(run: Run) -> None:
    result = run(databases=[DumpSettings("main", {"PGHOST": "/nowhere"}, "false")])

    assert list(result.failures) == ["databases/main.dump"]
    assert result.copied == 6
    assert not result.ok


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format": 2, "entries": []}', b'{"entries": [{"key": 1}]}'])
def test_what_is_no_manifest_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read_manifest(content)


def test_a_manifest_is_read_as_it_was_written() -> None:
    entry = Entry("files/demo/檔案.txt", 3, "0" * 64, "20261123T000000000000Z", "2026-11-23T00:00:00Z")
    manifest = Manifest("run", START.isoformat(), "run", "", {entry.key: entry})

    assert read_manifest(manifest.written()) == manifest
    assert (entry.area, entry.path) == ("files/demo", "檔案.txt")


@pytest.mark.parametrize("told_as", ["2026-11-23T00:00:00Z", "2026-11-23T00:00:00.123456789Z"])
def test_times_of_every_store_are_understood(told_as: str) -> None:
    assert Listed("a", 1, told_as).modified_at.replace(microsecond=0) == START


def test_a_token_is_kept_from_others_and_replaced_whole(tmp_path: Path) -> None:
    for text in ("one", "two"):
        write_privately(tmp_path / "token", text)

    assert (tmp_path / "token").read_text(encoding="utf-8") == "two"
    assert (tmp_path / "token").stat().st_mode & 0o077 == 0


def test_google_exchanges_the_token_for_the_writer_s_own() -> None:
    told_to = json.loads(google_settings({"COPY_SERVICE_ACCOUNT": "w@x", "COPY_PROVIDER": "projects/1/p"}, Path("/t")))

    assert told_to["audience"] == "//iam.googleapis.com/projects/1/p"
    assert told_to["credential_source"] == {"file": "/t"}

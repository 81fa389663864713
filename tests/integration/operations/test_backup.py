"""A backup holds everything, proves it, and brings everything back; a damaged one is refused before anything is touched."""

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import files, people
from tests.support.databases import fresh_database
from tracker.accounts.access import SYSTEM
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.app import create_app
from tracker.backup import BackupFault, backup, restore, verify
from tracker.core import audit, schema
from tracker.core.db import db, session, unit_of_work
from tracker.core.settings import Settings
from tracker.evidence import operations, storage
from tracker.evidence.models import Evidence

SECRET = "for tests only, long enough to be taken"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Settings]:
    """Give an installation with a person and a piece of evidence."""
    with fresh_database(tmp_path) as url:
        settings = Settings(data_dir=tmp_path / "here", database_url=url, secret_key=SECRET)
        schema.migrate(settings)
        app = create_app(settings)
        with app.app_context():
            with unit_of_work():
                people.person(Role.STAFF, name="備份示範")
                operations.keep_file(
                    io.BytesIO(files.PDF), "計畫書.pdf", organisation_id=1, engagement_id=None, actor=SYSTEM
                )
            db.session.remove()
            db.engine.dispose()
        yield settings


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Settings]:
    """Give an empty place."""
    with fresh_database(tmp_path) as url:
        yield Settings(data_dir=tmp_path / "there", database_url=url, secret_key=SECRET)


def look(settings: Settings) -> tuple[list[str], list[bytes], list[audit.Fault]]:
    """Give the people, the evidence and the faults of the audit trail."""
    app: Flask = create_app(settings)
    with app.app_context():
        names = list(session().scalars(select(User.name)))
        stored = [one.stored_file.sha256 for one in session().scalars(select(Evidence)) if one.stored_file]
        found = names, [storage.path_of(sha256).read_bytes() for sha256 in stored], list(audit.verify(session()))
        db.session.remove()
        db.engine.dispose()
    return found


def test_a_backup_brings_back_database_and_files_in_an_empty_place(
    place: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    made = backup(place, tmp_path / "backup.tar")

    restored = restore(elsewhere, tmp_path / "backup.tar")

    names, contents, faults = look(elsewhere)
    assert [name.startswith("備份示範") for name in names] == [True]
    assert (contents, faults) == ([files.PDF], [])
    assert restored == made
    assert made.revision == schema.newest()


def test_a_place_with_data_is_not_overwritten_but_by_force(place: Settings, tmp_path: Path) -> None:
    backup(place, tmp_path / "backup.tar")

    with pytest.raises(BackupFault, match="data here already"):
        restore(place, tmp_path / "backup.tar")

    restore(place, tmp_path / "backup.tar", force=True)
    assert look(place)[1] == [files.PDF]


def test_an_existing_file_is_not_overwritten(place: Settings, tmp_path: Path) -> None:
    (tmp_path / "backup.tar").write_bytes(b"precious")

    with pytest.raises(BackupFault, match="exists already"):
        backup(place, tmp_path / "backup.tar")


def test_one_changed_bit_is_found_and_nothing_is_restored(place: Settings, elsewhere: Settings, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar"
    backup(place, archive)
    data = bytearray(archive.read_bytes())
    data[data.index(b"%PDF-1.7") + 6] ^= 1
    archive.write_bytes(bytes(data))

    with pytest.raises(BackupFault, match="not what was written"):
        restore(elsewhere, archive)

    assert not (elsewhere.data_dir / "evidence").exists()


@pytest.mark.parametrize("size", [0, 100, 5_000, -11_000])
def test_a_backup_that_was_cut_short_is_refused(place: Settings, tmp_path: Path, size: int) -> None:
    archive = tmp_path / "backup.tar"
    backup(place, archive)
    archive.write_bytes(archive.read_bytes()[:size])

    with pytest.raises(BackupFault):
        verify(archive)


def test_a_backup_without_one_of_its_files_is_refused(place: Settings, tmp_path: Path) -> None:
    backup(place, tmp_path / "whole.tar")
    with tarfile.open(tmp_path / "whole.tar") as whole, tarfile.open(tmp_path / "less.tar", "w") as less:
        for member in whole.getmembers():
            if not member.name.startswith("evidence/"):
                less.addfile(member, whole.extractfile(member))

    with pytest.raises(BackupFault, match="is missing"):
        verify(tmp_path / "less.tar")


def test_a_file_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(b"hello" * 1000)

    with pytest.raises(BackupFault):
        verify(tmp_path / "x.tar")

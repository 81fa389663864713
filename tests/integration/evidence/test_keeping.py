"""Evidence is stored once by its content, and nothing is left behind when it is refused."""

import errno
import io
import os
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import files
from tracker.accounts.access import SYSTEM
from tracker.core.db import session, unit_of_work
from tracker.core.errors import Refused
from tracker.core.settings import Settings
from tracker.evidence import jobs, operations, queries, storage
from tracker.evidence.models import Evidence, StoredFile

OURS, THEIRS = 1, 2


def keep(data: bytes, name: str = "計畫書.pdf", *, organisation_id: int = OURS) -> Evidence:
    with unit_of_work():
        return operations.keep_file(
            io.BytesIO(data), name, organisation_id=organisation_id, engagement_id=None, actor=SYSTEM
        )


def files_on_disk() -> list[Path]:
    return [path for path in storage.folder().rglob("*") if path.is_file()]


@pytest.fixture(autouse=True)
def empty_store(db_session: object) -> None:
    for path in files_on_disk():
        path.unlink()


def test_a_kept_file_lies_under_its_hash_with_the_bytes_that_came() -> None:
    evidence = keep(files.PDF)

    assert evidence.stored_file is not None
    path = storage.path_of(evidence.stored_file.sha256)
    assert path.read_bytes() == files.PDF
    assert path.parts[-3:-1] == (evidence.stored_file.sha256[:2], evidence.stored_file.sha256[2:6])


def test_the_same_bytes_are_stored_once_for_everybody() -> None:
    first, second = keep(files.PDF, "一.pdf"), keep(files.PDF, "二.pdf", organisation_id=THEIRS)

    assert first.stored_file_id == second.stored_file_id
    assert session().scalar(select(func.count()).select_from(StoredFile)) == 1
    assert len(files_on_disk()) == 1


def test_a_refused_file_leaves_nothing_behind() -> None:
    with pytest.raises(Refused):
        keep(files.EXE)

    assert files_on_disk() == []
    assert session().scalar(select(func.count()).select_from(Evidence)) == 0


def test_a_file_over_the_limit_is_refused_by_the_limit(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.config["SETTINGS"], "upload_max_mb", 1)

    with pytest.raises(Refused, match="larger than 1 MB"):
        keep(files.PDF.replace(b"%%EOF", bytes(2_000_000) + b"%%EOF"))

    assert files_on_disk() == []


def test_a_vendor_has_so_much_space_and_no_more(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.config["SETTINGS"], "organisation_quota_mb", 1)
    big = files.PDF.replace(b"%%EOF", bytes(700_000) + b"%%EOF")
    keep(big)

    with pytest.raises(Refused, match="is used up"):
        keep(big + b"\n")

    keep(big, "同一份.pdf")
    keep(big + b"\n", organisation_id=THEIRS)


def test_a_full_disk_leaves_no_half_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        keep(files.PDF)
    monkeypatch.undo()

    assert files_on_disk() == []
    assert session().scalar(select(func.count()).select_from(StoredFile)) == 0
    keep(files.PDF)


def test_removed_evidence_is_out_of_sight_and_its_bytes_stay() -> None:
    evidence = keep(files.PDF)

    with unit_of_work():
        operations.remove_evidence(evidence, actor=SYSTEM)

    assert queries.space_used(OURS) == 0
    assert len(files_on_disk()) == 1


def test_the_sweep_takes_what_nobody_names_and_only_once_it_is_a_day_old(settings: Settings) -> None:
    kept = keep(files.PDF)
    orphan = storage.path_of("ab" * 32)
    half = storage.folder() / "incoming" / "half"
    young = storage.folder() / "incoming" / "young"
    for path in (orphan, half, young):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    for path in (orphan, half, storage.path_of(kept.stored_file.sha256 if kept.stored_file else "")):
        os.utime(path, (0, 0))

    jobs.sweep({})

    assert sorted(path.name for path in files_on_disk()) == sorted(
        ["young", kept.stored_file.sha256 if kept.stored_file else ""]
    )

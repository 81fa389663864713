"""A dossier says what the pages say, hides what its level hides, and no byte of it changes unseen."""

import json
import zipfile
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from tests.factories import trials
from tests.factories.journey import Case
from tracker.accounts.access import Actor
from tracker.cli import main
from tracker.core.db import session, unit_of_work
from tracker.core.errors import Refused
from tracker.core.queue import Work
from tracker.evidence import storage
from tracker.evidence.models import Evidence
from tracker.poc import jobs
from tracker.poc.dossiers.content import figures_of
from tracker.poc.dossiers.verify import verify
from tracker.poc.models import Dossier, Poc
from tracker.poc.operations import dossiers as operations
from tracker.poc.rules.dossiers import DossierState, Redaction
from tracker.worker import Worker

TRIED = 60
"""Places at which a byte is changed."""


@pytest.fixture
def told(poc: Poc, case: Case) -> Poc:
    """Give a proof of concept with a confirmed trial and one that is not."""
    with unit_of_work():
        trials.confirmed(poc, 0, actor=case.vendor)
        trials.trial(poc, 1, actor=case.vendor)
    return poc


def make(poc: Poc, level: Redaction, actor: Actor, language: str = "zh-Hant") -> Dossier:
    """Ask for a dossier and do what the worker does."""
    with unit_of_work():
        dossier = operations.ask_for_dossier(poc, level, language, actor=actor)
    payload = {"dossier_id": dossier.id}
    task = jobs.TASKS[operations.MAKE]
    made = task.prepare(payload)
    with unit_of_work():
        task.record(payload, made)
    return dossier


def place(evidence: Evidence | None) -> Path:
    """Give where a file of a dossier lies."""
    assert evidence is not None
    assert evidence.stored_file is not None
    return storage.path_of(evidence.stored_file.sha256)


def test_a_dossier_verifies_and_holds_the_figures_of_the_pages(told: Poc, case: Case) -> None:
    dossier = make(told, Redaction.FULL, case.staff, "en")

    checked = verify(place(dossier.archive))

    assert checked.faults == ()
    assert (checked.sha256, checked.files) == (dossier.sha256, dossier.files)
    assert checked.manifest["figures"] == figures_of(told)
    assert checked.manifest["figures"]["trials"] == {
        "total": 2,
        "confirmed": 1,
        "with_usage": 1,
        "waiting": 0,
        "flagged": 0,
    }
    assert checked.manifest["figures"]["funding"]["required"] == 100_000
    with zipfile.ZipFile(place(dossier.archive)) as package:
        assert package.testzip() is None
        names = package.namelist()
        (record,) = [name for name in names if name.startswith("confirmations/") and name.endswith(".json")]
        assert json.loads(package.read(record))["confirmed"]["customer"] == "示範客戶0"
        assert b'"body"' in package.read("audit.jsonl")
    text = "".join(page.extract_text() for page in PdfReader(place(dossier.document)).pages)
    assert "Dossier of a proof of concept" in text
    assert "100,000" in text


def test_one_changed_byte_is_found_wherever_it_is(told: Poc, case: Case, tmp_path: Path) -> None:
    dossier = make(told, Redaction.FULL, case.staff)
    data = place(dossier.archive).read_bytes()
    chance = Random(115)
    places = {0, 15, len(data) - 1, len(data) - 20, *(chance.randrange(len(data)) for _time in range(TRIED))}

    copy = tmp_path / "changed.zip"
    for where in sorted(places):
        changed = bytearray(data)
        changed[where] ^= 1
        copy.write_bytes(changed)
        assert verify(copy).faults, f"byte {where} of {len(data)}"
    for other in (data[:-1], data + b"\0", b"\0" + data, data[:1000]):
        copy.write_bytes(other)
        assert verify(copy).faults


def rewritten(path: Path, changes: dict[str, bytes]) -> None:
    """Write an archive again with other content, as somebody would who knows the format."""
    from tracker.poc.dossiers.archive import of_bytes, read_members, write  # noqa: PLC0415 - only here

    with zipfile.ZipFile(path) as package:
        members = [of_bytes(one.path, changes.get(one.path, package.read(one.path))) for one in read_members(package)]
    with path.open("wb") as out:
        write(out, members)


def test_an_archive_that_was_written_again_with_other_content_is_found(told: Poc, case: Case, tmp_path: Path) -> None:
    dossier = make(told, Redaction.FULL, case.staff)
    copy = tmp_path / "copy.zip"
    copy.write_bytes(place(dossier.archive).read_bytes())
    with zipfile.ZipFile(copy) as package:
        listed = json.loads(package.read("trials.json"))
    listed[1]["state"] = "confirmed"

    rewritten(copy, {"trials.json": json.dumps(listed).encode()})

    faults = verify(copy).faults
    assert "trials.json is not what it was when the dossier was made." in faults
    assert any("2 trials are confirmed, the index says 1" in fault for fault in faults)


@pytest.mark.parametrize("level", [Redaction.MASKED, Redaction.FIGURES])
def test_a_level_hides_people_and_says_what_it_withholds(told: Poc, case: Case, level: Redaction) -> None:
    dossier = make(told, level, case.vendor)

    path = place(dossier.archive)
    assert verify(path).faults == ()
    whole = (
        path.read_bytes() + "".join(page.extract_text() for page in PdfReader(place(dossier.document)).pages).encode()
    )
    for hidden in ("陳大文", "陳窗口", "contact0@customer0.example", "203.0.113.7", "02-2222-3333"):
        assert hidden.encode() not in whole, hidden
    assert ("示範客戶0".encode() in whole) is (level is Redaction.MASKED)
    withheld = verify(path).manifest["withheld"]
    assert {one["what"] for one in withheld} >= {"confirmation", "usage"}
    assert all(len(one["sha256"]) == 64 for one in withheld)


def test_the_worker_makes_it_and_the_page_says_how_far_it_is(app: Flask, told: Poc, case: Case) -> None:
    with unit_of_work():
        dossier = operations.ask_for_dossier(told, Redaction.MASKED, "zh-Hant", actor=case.staff)
    with pytest.raises(Refused, match="being made already"), unit_of_work():
        operations.ask_for_dossier(told, Redaction.MASKED, "zh-Hant", actor=case.staff)
    session().rollback()
    worker = Worker(app)
    while worker.work_once():
        session().expire_all()

    assert dossier.state is DossierState.DONE
    assert verify(place(dossier.archive)).faults == ()
    left = session().scalars(select(Work.id).where(Work.kind == operations.MAKE, Work.error.is_not(None))).all()
    assert not left


def test_the_command_checks_a_dossier_without_a_database(told: Poc, case: Case, tmp_path: Path) -> None:
    dossier = make(told, Redaction.MASKED, case.staff)
    copy = tmp_path / "dossier.zip"
    copy.write_bytes(place(dossier.archive).read_bytes())
    run = CliRunner().invoke

    good = run(main, ["verify-dossier", str(copy), "--sha256", str(dossier.sha256)])
    other = run(main, ["verify-dossier", str(copy), "--sha256", "0" * 64])
    data = bytearray(copy.read_bytes())
    data[len(data) // 2] ^= 1
    copy.write_bytes(data)
    bad = run(main, ["verify-dossier", str(copy)])

    assert good.exit_code == 0, good.output
    assert str(dossier.sha256) in good.output
    assert other.exit_code == 1
    assert "another dossier" in other.output
    assert bad.exit_code == 1

"""Files are checked by a malware scanner where one is set; until it has found them clean, nobody opens them."""

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.factories import files, journey, people
from tests.support.clamd import SIGNATURE, Clamd, clamd
from tests.support.pages import PageClient
from tracker.accounts.access import SYSTEM
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.core import clock
from tracker.core.audit import AuditRecord
from tracker.core.db import session, unit_of_work
from tracker.core.queue import Work, WorkState
from tracker.evidence import jobs, operations, scanner
from tracker.evidence.models import Evidence
from tracker.evidence.rules import ScanState
from tracker.evidence.scanner import ScannerFault
from tracker.worker import Worker

SignIn = Callable[[User], PageClient]
NASTY = b"X5O!P%@AP[4" + SIGNATURE + b"!$H+H*\n"


@pytest.fixture
def server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clamd]:
    with clamd() as running:
        monkeypatch.setattr(app.config["SETTINGS"], "scanner", running.address)
        yield running


@pytest.fixture
def case(db_session: object) -> journey.Case:
    found = journey.case(
        expert=people.person(Role.EXPERT),
        vendor=people.person(Role.VENDOR),
        staff=people.person(Role.STAFF),
        lead=people.person(Role.LEAD, Role.STAFF),
    )
    session().commit()
    return found


def keep(case: journey.Case, content: bytes = files.PDF, name: str = "計畫書.pdf") -> Evidence:
    with unit_of_work():
        return operations.keep_file(
            io.BytesIO(content),
            name,
            organisation_id=case.engagement.organisation_id,
            engagement_id=case.engagement.id,
            actor=SYSTEM,
        )


def work_off(app: Flask) -> None:
    worker = Worker(app, jobs.TASKS)
    while worker.work_once():
        pass
    session().rollback()
    session().expire_all()


def scan_of(evidence: Evidence) -> ScanState | None:
    session().expire_all()
    assert evidence.stored_file is not None
    return evidence.stored_file.scan


def test_a_file_waits_for_the_scanner_and_is_then_opened(
    app: Flask, case: journey.Case, server: Clamd, sign_in: SignIn
) -> None:
    evidence, browser = keep(case), sign_in(case.vendor_user)

    before = browser.get(f"/evidence/{evidence.id}?lang=en", status=422)
    page = browser.get(f"/vendors/{case.engagement.organisation_id}?lang=en")
    work_off(app)

    assert "is still being checked for malware" in before.text
    assert "Being checked for malware" in page.text
    assert server.scanned == [files.PDF]
    assert browser.fetch(f"/evidence/{evidence.id}").get_data() == files.PDF
    assert scan_of(evidence) is ScanState.CLEAN


def test_malware_is_never_given_out(app: Flask, case: journey.Case, server: Clamd, sign_in: SignIn) -> None:
    evidence = keep(case, NASTY, "說明.txt")

    work_off(app)
    refused = sign_in(case.staff_user).get(f"/evidence/{evidence.id}?lang=en", status=422)
    again = keep(case, NASTY, "別的名稱.txt")

    assert "Malware was found in “說明.txt”" in refused.text
    assert scan_of(again) is ScanState.INFECTED
    record = session().scalars(select(AuditRecord).where(AuditRecord.action == "evidence.infected")).one()
    assert record.details["threat"] == "Eicar-Test-Signature"
    assert len(server.scanned) == 1


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR", b"", b"stream: something else"])
def test_without_a_clear_verdict_a_file_stays_closed_and_is_asked_about_again(
    app: Flask, case: journey.Case, server: Clamd, sign_in: SignIn, answer: bytes
) -> None:
    server.answer = answer
    evidence = keep(case)

    work_off(app)
    waiting = session().scalars(select(Work).where(Work.kind == operations.SCAN)).one()
    still = sign_in(case.vendor_user).get(f"/evidence/{evidence.id}", status=422)
    server.answer = None
    with time_machine.travel(clock.now() + timedelta(minutes=5), tick=False):
        work_off(app)

    assert still.heading
    assert waiting.state is WorkState.DONE
    assert scan_of(evidence) is ScanState.CLEAN


def test_a_scanner_that_is_down_leaves_the_file_waiting(
    app: Flask, case: journey.Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.config["SETTINGS"], "scanner", "tcp://127.0.0.1:9")
    evidence = keep(case)

    work_off(app)

    waiting = session().scalars(select(Work).where(Work.kind == operations.SCAN)).one()
    assert (waiting.error or "").startswith("ScannerFault: The scanner could not be asked")
    assert scan_of(evidence) is ScanState.WAITING


def test_without_a_scanner_nothing_is_asked(case: journey.Case, sign_in: SignIn) -> None:
    evidence = keep(case)

    assert scan_of(evidence) is None
    assert sign_in(case.vendor_user).fetch(f"/evidence/{evidence.id}").get_data() == files.PDF
    assert session().scalars(select(Work.id).where(Work.kind == operations.SCAN)).all() == []


def test_large_files_go_in_portions(tmp_path: Path, server: Clamd) -> None:
    (tmp_path / "large").write_bytes(b"x" * (3 * scanner.CHUNK + 5))

    assert scanner.scan(tmp_path / "large", server.address).is_clean
    assert len(server.scanned[0]) == 3 * scanner.CHUNK + 5


def test_a_socket_in_the_file_system_is_an_address_too(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")

    with pytest.raises(ScannerFault):
        scanner.scan(tmp_path / "file", f"unix://{tmp_path}/clamd.ctl")


@pytest.mark.parametrize("address", ["127.0.0.1:3310", "http://127.0.0.1:3310", "tcp://127.0.0.1", "unix://"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="CLOUDSTEPS_SCANNER"):
        scanner.check_address(address)

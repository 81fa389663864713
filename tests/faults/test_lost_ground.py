"""The disk is full, or the database is gone: a clear answer, nothing half done, and work goes on as soon as it can."""

import resource
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.factories import files, journey, people
from tests.faults.conftest import PASSWORD, Office, furnish
from tests.support.browser import Browser
from tests.support.databases import ON_POSTGRES
from tests.support.installation import Installation, Process, make, status_of, wait_until
from tests.support.postgres import Postgres, postgres
from tracker.accounts import operations as accounts
from tracker.accounts.access import SYSTEM
from tracker.accounts.rules import Role
from tracker.core import audit
from tracker.core.db import session, unit_of_work
from tracker.evidence.models import Evidence, StoredFile
from tracker.vendors.models import Contact

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]


def limit_files(web: Process, size: int) -> None:
    """Let the processes write no file beyond a size, as on a disk without space; -1 ends it."""
    for pid in (web.popen.pid, *web.children()):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def names(installation: Installation) -> list[str]:
    with installation.inside():
        return sorted(session().scalars(select(Contact.name)))


def add(browser: Browser, office: Office, name: str) -> int:
    return browser.post(office.form, {**browser.form(office.form), "name": name}).status


def test_a_full_disk_refuses_in_a_sentence_and_keeps_nothing_half(office: Office) -> None:
    installation = office.installation
    if not installation.settings.is_sqlite:
        return  # its server writes the data, on a disk of its own; uploads are tested below
    web, browser = installation.start_web(), office.browser()
    values = {**browser.form(office.form), "name": "磁碟滿了"}
    limit_files(web, 4096)
    refused = browser.post(office.form, values)
    reads = browser.get(f"/vendors/{office.vendor_id}").status
    limit_files(web, resource.RLIM_INFINITY)

    assert (refused.status, reads) == (503, 200), refused.body[:2000]
    assert "服務" in refused.body
    assert names(installation) == []
    assert browser.post(office.form, values).status in {302, 303}
    assert names(installation) == ["磁碟滿了"]
    with installation.inside():
        assert list(audit.verify(session())) == []


def test_an_upload_on_a_full_disk_leaves_no_half_file(installation: Installation) -> None:
    with installation.inside(), unit_of_work():
        engagement = journey.engagement()
        item_id = next(
            item.id
            for item in journey.items(engagement)
            if item.evidence_kind.value in {"document", "screenshot", "record"}
        )
        details = accounts.NewUser("vendor@people.example", "業者窗口", frozenset({Role.VENDOR}), PASSWORD)
        people.join_organisation(accounts.add_user(details, actor=SYSTEM), engagement.organisation)
    web, browser = installation.start_web(), Browser(installation.address)
    browser.sign_in("vendor@people.example", PASSWORD)
    path = f"/items/{item_id}/evidence"
    values = {**browser.form(f"/items/{item_id}"), "kind": "file"}
    content = files.PDF.replace(b"%%EOF", bytes(300_000) + b"%%EOF")

    limit_files(web, 100_000)
    refused = browser.upload(path, values, "file", "大檔.pdf", content)
    limit_files(web, resource.RLIM_INFINITY)

    left = [one for one in (installation.settings.data_dir / "evidence").rglob("*") if one.is_file()]
    assert (refused.status, left) == (503, []), refused.body[:2000]
    assert browser.upload(path, values, "file", "大檔.pdf", content).status in {302, 303}
    with installation.inside():
        assert session().scalar(select(func.count()).select_from(Evidence)) == 1
        assert session().scalar(select(func.count()).select_from(StoredFile)) == 1


@pytest.fixture
def server() -> Iterator[Postgres]:
    """Give a PostgreSQL of the test's own, to be stopped and started."""
    with postgres() as started:
        yield started


@ON_POSTGRES
def test_a_database_that_is_gone_is_waited_for(server: Postgres, tmp_path: Path) -> None:
    installation = make(tmp_path / "data", server.url)
    try:
        office = furnish(installation)
        installation.start_web()
        worker = installation.start_role("worker")
        browser = office.browser()
        assert add(browser, office, "一") in {302, 303}
        values = {**browser.form(office.form), "name": "二"}

        server.stop()
        started = time.monotonic()
        refused = browser.post(office.form, values)
        assert (refused.status, status_of(f"{installation.address}/healthz")) == (503, 200), refused.body[:2000]
        assert status_of(f"{installation.address}/readyz") == 503
        assert time.monotonic() - started < 20
        server.start()

        wait_until(lambda: browser.get(f"/vendors/{office.vendor_id}").status == 200, 10, installation.said)
        wait_until(lambda: status_of(f"{installation.address}/readyz") == 200, 40, installation.said)
        assert browser.post(office.form, values).status in {302, 303}
        assert names(installation) == ["一", "二"]
        assert worker.stop() == 0
    finally:
        installation.end()

"""The web role is killed under four writers: what was acknowledged is there, and everything is there at most once."""

import os
import random
import signal
import threading
import time
from collections import Counter
from contextlib import suppress

import pytest
from sqlalchemy import func, select, text

from tests.faults.conftest import Office
from tests.support.figures import report
from tests.support.installation import Installation
from tests.support.writers import Writer
from tracker.core import audit
from tracker.core.db import session
from tracker.vendors.models import Contact

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3600)]
WRITERS = 4


def stored_names(installation: Installation) -> Counter[str]:
    with installation.inside():
        return Counter(session().scalars(select(Contact.name)))


def check_audit(installation: Installation, contacts: int) -> None:
    with installation.inside():
        assert list(audit.verify(session())) == []
        written = select(func.count()).select_from(audit.AuditRecord).where(audit.AuditRecord.subject_type == "contact")
        assert session().scalar(written) == contacts
        if installation.settings.is_sqlite:
            assert session().scalar(text("PRAGMA integrity_check")) == "ok"


def test_no_acknowledged_write_is_lost_and_none_is_doubled(office: Office, rounds: int) -> None:
    installation = office.installation
    web = installation.start_web()
    stopping = threading.Event()
    writers = [Writer(n, office.browser(), office.form, lambda name: {"name": name}, stopping) for n in range(WRITERS)]
    for writer in writers:
        writer.start()

    for round_ in range(rounds):
        before = sum(len(writer.notes) for writer in writers)
        wait_for_more(writers, before + 4)
        time.sleep(random.uniform(0, 0.3))
        if round_ % 2:
            with suppress(ProcessLookupError, IndexError):
                os.kill(random.choice(web.children()), signal.SIGKILL)
        else:
            web.kill()
            web = installation.start_web()
    stopping.set()
    for writer in writers:
        writer.join()

    notes = [note for writer in writers for note in writer.notes]
    found = stored_names(installation)
    assert [strange for writer in writers for strange in writer.strange] == []
    assert [note.name for note in notes if note.acknowledged and found[note.name] != 1] == []
    assert [name for name, number in found.items() if number > 1] == []
    check_audit(installation, found.total())

    unanswered = sum(not note.acknowledged for note in notes)
    for writer in writers:
        writer.ask_again()
    found = stored_names(installation)
    assert sorted(found) == sorted(note.name for note in notes)
    assert set(found.values()) == {1}
    check_audit(installation, found.total())
    report(
        f"{rounds} kills, {len(notes)} forms, {len(notes) - unanswered} acknowledged, {unanswered} asked again: 0 lost, 0 doubled"
    )


def wait_for_more(writers: list[Writer], number: int) -> None:
    """Wait until the writers have sent so many forms in all."""
    until = time.monotonic() + 60
    while sum(len(writer.notes) for writer in writers) < number:
        assert time.monotonic() < until, "the writers do not get on"
        time.sleep(0.01)


def test_fifty_posts_of_one_form_at_once_save_one_row(office: Office) -> None:
    office.installation.start_web()
    browser = office.browser()
    values = {**browser.form(office.form), "name": "只有一位"}
    statuses: list[int] = []
    gate = threading.Barrier(50)

    def post() -> None:
        gate.wait()
        statuses.append(browser.post(office.form, values).status)

    threads = [threading.Thread(target=post) for _number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert stored_names(office.installation) == {"只有一位": 1}
    assert set(statuses) <= {302, 303}

"""The real engine under fire: web, workers, engines, providers and whole sessions killed while people write over HTTP."""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import func, select

from infra_templates.practice.cloud import PracticeCloud
from infra_templates.practice.search import search_in
from tests.factories import journey, people, programmes
from tests.support.browser import Browser
from tests.support.campaign import children, start_worker, with_key
from tests.support.databases import fresh_database
from tests.support.figures import report
from tests.support.installation import Installation, Process, make
from tests.support.sandbox_people import OVER, Person
from tracker.accounts import operations as accounts
from tracker.accounts.access import SYSTEM
from tracker.accounts.rules import Role
from tracker.core import audit
from tracker.core.db import session, unit_of_work
from tracker.sandboxes.engine.job import REAL
from tracker.sandboxes.models import Sandbox, SandboxOperation
from tracker.sandboxes.rules.states import OPEN

ROUNDS = int(os.environ.get("CLOUDSTEPS_ENGINE_FAULT_ROUNDS", "2"))
KINDS = ("web", "page", "worker", "engine", "provider", "session")
pytestmark = [pytest.mark.engine, pytest.mark.faults, pytest.mark.timeout(300 + 60 * ROUNDS)]


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """Give an installation with a database of its own."""
    with fresh_database(tmp_path) as url:
        made = make(tmp_path / "data", url)
        yield made
        made.end()


PASSWORD = "貓在雲端散步三十次 Ab1!"


def test_no_write_lost_no_orphan_no_twin_and_nothing_stuck_whatever_is_killed(
    installation: Installation, cloud: PracticeCloud
) -> None:
    chance = random.Random(7)
    stopping, resting = threading.Event(), threading.Event()
    with with_key(installation).inside():
        web, worker = installation.start_web(), start(installation, cloud)
        people_ = hire(installation, stopping, resting)
        for person in people_:
            person.start()
        until, done, kinds = time.monotonic() + 240 + 60 * ROUNDS, 0, Counter[str]()
        while done < ROUNDS:
            assert time.monotonic() < until, told()
            time.sleep(chance.uniform(0.5, 4.0))
            kind = chance.choice(KINDS)
            if kind == "web":
                web.kill()
                web, struck = installation.start_web(), True
            elif kind == "page":
                struck = kill(web.children()[:1])
            else:
                worker, struck = strike(installation, worker, kind, cloud)
            done, kinds[kind] = done + struck, kinds[kind] + struck
        resting.set()
        while standing():
            assert time.monotonic() < until, told()
            time.sleep(0.3)
        stopping.set()
        for person in people_:
            person.join()

        deeds = [deed for person in people_ for deed in person.deeds]
        counts = [(deed, session().scalar(deed.found)) for deed in deeds]
        assert [strange for person in people_ for strange in person.strange] == []
        assert [(deed.name, number) for deed, number in counts if deed.acknowledged and number != 1] == []
        assert [(deed.name, number) for deed, number in counts if (number or 0) > 1] == []
        codes = list(session().scalars(select(Sandbox.code)))
        left = [one for code in codes for one in search_in(cloud.folder, gcp(cloud), {"cloudsteps-sandbox": code})]
        stuck = select(func.count()).select_from(SandboxOperation).where(SandboxOperation.state.in_(OPEN))
        assert (left, session().scalar(stuck)) == ([], 0)
        assert list(audit.verify(session())) == []
        acknowledged = sum(deed.acknowledged for deed in deeds)
        repeated = sum(deed.repeats > 0 for deed in deeds)
        report(
            f"{done} kills {dict(kinds)}, {len(codes)} sandboxes, {acknowledged} acknowledged writes, {repeated} sent again:"
            " 0 lost, 0 doubled, 0 orphans, 0 stuck"
        )
        assert worker.stop() == 0


def hire(installation: Installation, stopping: threading.Event, resting: threading.Event) -> list[Person]:
    """Make three vendors with somebody who asks, and a lead who approves."""
    with unit_of_work():
        lead = accounts.add_user(
            accounts.NewUser("lead@people.example", "計畫主持人", frozenset({Role.LEAD}), PASSWORD), actor=SYSTEM
        )
        people.join_programme(lead, programmes.programme())
        staff: list[tuple[int, str, int | None]] = [(lead.id, lead.email, None)]
        for number in range(3):
            engagement = journey.engagement()
            details = accounts.NewUser(
                f"vendor{number}@people.example", f"業者{number}", frozenset({Role.VENDOR}), PASSWORD
            )
            user = accounts.add_user(details, actor=SYSTEM)
            people.join_organisation(user, engagement.organisation)
            staff.append((user.id, user.email, engagement.id))
    made = []
    for user_id, email, engagement_id in staff:
        browser = Browser(installation.address)
        browser.sign_in(email, PASSWORD)
        name = email.partition("@")[0]
        made.append(Person(user_id, name, browser, installation, engagement_id, stopping, resting))
    return made


def standing() -> list[int]:
    """Give the sandboxes that have not come to their end."""
    found = list(session().scalars(select(Sandbox.id).where(Sandbox.state.not_in(OVER))))
    session().rollback()
    return found


def gcp(cloud: PracticeCloud) -> dict[str, str]:
    return {"gcp": cloud.endpoints["gcp"]}


def start(installation: Installation, cloud: PracticeCloud) -> Process:
    return start_worker(installation, "host-one", 2, REAL, CLOUDSTEPS_PRACTICE_DIR=str(cloud.folder))


def told() -> list[object]:
    """Give what a failing test has to show."""
    rows = select(SandboxOperation.kind, SandboxOperation.state, SandboxOperation.attempts, SandboxOperation.error)
    return list(session().execute(rows.order_by(SandboxOperation.id)))


def strike(installation: Installation, worker: Process, kind: str, cloud: PracticeCloud) -> tuple[Process, bool]:
    """Kill the worker, or one process or all of an operation; tells whether there was something to kill."""
    if kind == "worker":
        worker.kill()
        return start(installation, cloud), True
    marked = children(installation)
    sessions = {os.getsid(pid) for pid in marked if exists(pid)}
    whole = [
        int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit() and session_of(int(one.name)) in sessions
    ]
    wanted = {"engine": "pulumi\0", "provider": "practice.provider", "session": ""}[kind]
    victims = [pid for pid in whole if wanted in command_of(pid) + "\0"]
    return worker, kill(victims)


def kill(victims: list[int]) -> bool:
    """Kill processes; tells whether there were any."""
    for pid in victims:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return bool(victims)


def exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def session_of(pid: int) -> int:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return -1


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""

"""The real engine under fire: workers, engines, providers and whole sessions killed at random moments over many sandboxes."""

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import func, select

from infra_templates.practice.cloud import PracticeCloud
from infra_templates.practice.search import search_in
from tests.support.campaign import ask_for, children, start_worker, step_on, with_key
from tests.support.databases import fresh_database
from tests.support.installation import Installation, Process, make
from tracker.core.db import session
from tracker.sandboxes.engine.job import REAL
from tracker.sandboxes.models import Sandbox, SandboxOperation
from tracker.sandboxes.rules.states import OPEN, SandboxState

ROUNDS = int(os.environ.get("CLOUDSTEPS_ENGINE_FAULT_ROUNDS", "4"))
pytestmark = [pytest.mark.engine, pytest.mark.faults, pytest.mark.timeout(300 + 60 * ROUNDS)]


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """Give an installation with a database of its own."""
    with fresh_database(tmp_path) as url:
        made = make(tmp_path / "data", url)
        yield made
        made.end()


def test_no_orphan_no_twin_and_nothing_stuck_whatever_is_killed(
    installation: Installation, cloud: PracticeCloud
) -> None:
    chance = random.Random(7)
    with with_key(installation).inside():
        ids = ask_for(2)
        worker = start(installation, cloud)
        until, done = time.monotonic() + 240 + 60 * ROUNDS, 0
        while not step_on() or done < ROUNDS:
            assert time.monotonic() < until, told()
            if done < ROUNDS:
                if step_on():
                    ids += ask_for(2)
                time.sleep(chance.uniform(0.5, 4.0))
                worker, struck = strike(installation, worker, chance, cloud)
                done += struck
            else:
                time.sleep(0.3)

        states = set(session().scalars(select(Sandbox.state).where(Sandbox.id.in_(ids))))
        codes = list(session().scalars(select(Sandbox.code).where(Sandbox.id.in_(ids))))
        left = [one for code in codes for one in search_in(cloud.folder, gcp(cloud), {"cloudsteps-sandbox": code})]
        stuck = select(func.count()).select_from(SandboxOperation).where(SandboxOperation.state.in_(OPEN))
        assert (states, left, session().scalar(stuck)) == ({SandboxState.DESTROYED}, [], 0)
        assert worker.stop() == 0


def gcp(cloud: PracticeCloud) -> dict[str, str]:
    return {"gcp": cloud.endpoints["gcp"]}


def start(installation: Installation, cloud: PracticeCloud) -> Process:
    return start_worker(installation, "host-one", 2, REAL, CLOUDSTEPS_PRACTICE_DIR=str(cloud.folder))


def told() -> list[object]:
    """Give what a failing test has to show."""
    rows = select(SandboxOperation.kind, SandboxOperation.state, SandboxOperation.attempts, SandboxOperation.error)
    return list(session().execute(rows.order_by(SandboxOperation.id)))


def strike(
    installation: Installation, worker: Process, chance: random.Random, cloud: PracticeCloud
) -> tuple[Process, bool]:
    """Kill the worker, or one process or all of an operation; tells whether there was something to kill."""
    kind = chance.choice(("worker", "engine", "provider", "session"))
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
    for pid in victims:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return worker, bool(victims)


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

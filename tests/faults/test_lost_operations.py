"""The disk is full, the database is gone, or the machines start anew while stacks are built: work goes on, and nothing is left."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.faults.test_killed_operations import check_nothing_was_lost
from tests.faults.test_lost_ground import limit_files, server  # noqa: F401 - found by pytest
from tests.support.campaign import ask_for, children, start_worker, step_on, with_key
from tests.support.databases import ON_POSTGRES
from tests.support.installation import Installation, make, wait_until
from tests.support.postgres import Postgres
from tracker.core.db import session
from tracker.sandboxes.models import SandboxOperation
from tracker.sandboxes.rules.states import OperationState

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

UNLIMITED = -1


def is_at_work() -> bool:
    """Tell whether an operation is being carried out just now."""
    running = select(SandboxOperation.id).where(SandboxOperation.state == OperationState.RUNNING).limit(1)
    found = session().scalar(running) is not None
    session().rollback()
    return found


def until_at_work() -> Callable[[], bool]:
    """Let people act until something runs."""
    return lambda: not step_on() and is_at_work()


def test_after_all_machines_started_anew_every_operation_comes_to_its_end(installation: Installation) -> None:
    with with_key(installation).inside():
        ids = ask_for(3)
        workers = [start_worker(installation, host) for host in ("host-one", "host-two")]
        for _reboot in range(2):
            wait_until(until_at_work(), 60, installation.said)
            for worker in workers:
                os.kill(worker.popen.pid, signal.SIGSTOP)
            for pid in children(installation):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            for worker in workers:
                worker.kill()
            workers = [start_worker(installation, host) for host in ("host-one", "host-two")]

        wait_until(step_on, 240, installation.said)

        check_nothing_was_lost(ids, installation)
        assert all(worker.stop() == 0 for worker in workers)


def test_a_full_disk_holds_operations_up_and_loses_none(installation: Installation) -> None:
    with with_key(installation).inside():
        ids = ask_for(3)
        worker = start_worker(installation, "host-one")
        wait_until(until_at_work(), 60, installation.said)
        limit_files(worker, 4096)
        time.sleep(4)
        limit_files(worker, UNLIMITED)

        wait_until(step_on, 240, installation.said)

        check_nothing_was_lost(ids, installation)
        assert worker.stop() == 0


@ON_POSTGRES
def test_a_database_that_is_gone_longer_than_a_lease_loses_no_operation(server: Postgres, tmp_path: Path) -> None:  # noqa: F811 - the fixture
    installation = make(tmp_path / "data", server.url)
    try:
        with with_key(installation).inside():
            ids = ask_for(3)
            worker = start_worker(installation, "host-one")
            wait_until(until_at_work(), 60, installation.said)
            session().rollback()
            server.stop()
            time.sleep(8)
            server.start()

            wait_until(step_on, 240, installation.said)

            check_nothing_was_lost(ids, installation)
            assert worker.stop() == 0
    finally:
        installation.end()

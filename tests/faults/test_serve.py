"""`cloudsteps serve` keeps its roles running and takes them along when it goes."""

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.support.installation import Installation, Process, answers, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


def serve(installation: Installation) -> Process:
    command = (sys.executable, "-m", "tracker.cli", "serve", "--port", str(installation.port))
    process = installation.start(command)
    wait_until(lambda: f"ready: {installation.address}" in installation.said(), 120, installation.said)
    return process


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and waits for its parent does not."""
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return False


def test_it_prints_the_code_for_the_first_administrator_and_becomes_ready(installation: Installation) -> None:
    process = serve(installation)

    assert "one-time code: " in installation.said()
    assert answers(f"{installation.address}/readyz")
    assert process.stop() == 0
    assert installation.said().rstrip().endswith("stopped")


def test_a_role_that_falls_is_started_again(installation: Installation) -> None:
    process = serve(installation)
    before = process.children()
    assert len(before) == 3

    os.kill(before[1], signal.SIGKILL)

    wait_until(lambda: len(set(process.children()) - set(before)) == 1, 30, installation.said)
    assert process.stop() == 0
    wait_until(lambda: not any(is_alive(pid) for pid in before), 30, installation.said)


def test_the_roles_end_with_it_even_when_it_is_killed(installation: Installation) -> None:
    process = serve(installation)
    roles = process.children()

    os.kill(process.popen.pid, signal.SIGKILL)
    process.popen.wait(10)

    wait_until(lambda: not any(is_alive(pid) for pid in roles), 40, installation.said)


def test_a_taken_port_is_one_line(installation: Installation) -> None:
    process = serve(installation)
    second = installation.start((sys.executable, "-m", "tracker.cli", "serve", "--port", str(installation.port)))

    assert second.popen.wait(60) == 1
    assert f"Cannot listen on 127.0.0.1:{installation.port}" in installation.said()
    assert process.stop() == 0

"""The process session of an operation: a poor environment, secrets through the pipe only, and an end with its worker."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tracker.sandboxes.engine import session
from tracker.sandboxes.engine.job import BEAT, CANCEL, Job, Verb
from tracker.sandboxes.engine.real import RealEngine

CANARY = "canary-of-a-credential"


class SlowEngine:
    """Starts a process in a group of its own, as the engine does with providers, and takes its time."""

    def __init__(self, job: Job, tell) -> None:  # type: ignore[no-untyped-def]  # the way back to the worker
        self.job, self.tell, self.ends = job, tell, False

    def up(self) -> dict[str, object]:
        provider = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], process_group=0, env={})
        self.tell("log", text=f"refused: {CANARY}", pid=provider.pid)
        while not self.ends:
            time.sleep(0.05)
        provider.kill()
        return {"changes": {}}

    def interrupt(self) -> None:
        self.ends = True


class LateEngine(RealEngine):
    """The real engine's own way of running one, which is told to stop while it is still about to start it."""

    def up(self) -> dict[str, object]:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        ended: dict[str, object] = self._run(self._start_late)
        return ended

    def _start_late(self) -> dict[str, object]:
        self.tell("log", text="about to start")
        wait_for(lambda: self.interrupted)
        time.sleep(0.3)
        engine = Path(self.job.folder) / "pulumi"
        engine.symlink_to("/usr/bin/sleep")
        return {"ended_by": subprocess.call([engine, "20"])}


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(
        verb=Verb.UP,
        mark=f"test/{tmp_path.name}/{time.time_ns()}",
        program="",
        project="p",
        stack="s",
        folder=str(tmp_path / "work"),
        backend=(tmp_path / "state").as_uri(),
        tags={"cloudsteps-sandbox": "s"},
        patience=60,
        engine=f"{__name__}:SlowEngine",
        passphrase="a long passphrase of a stack",
        environment={"AWS_SECRET_ACCESS_KEY": CANARY},
    )


@pytest.fixture
def children(job: Job) -> Iterator[list[subprocess.Popen[str]]]:
    """Gather the children of a test, and leave none of them."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for child in started:
        session.kill(session.leader_of(child.pid), job.mark)
        child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout):
            if stream is not None and not stream.closed:
                stream.close()


def begin(job: Job, children: list["subprocess.Popen[str]"]) -> tuple["subprocess.Popen[str]", int]:
    """Start a child and wait until its provider runs."""
    child = session.start(job)
    children.append(child)
    assert child.stdout is not None
    message = json.loads(child.stdout.readline())
    assert message["text"] == "refused: [secret]"
    return child, message["pid"]


def is_running(pid: int) -> bool:
    return bool(session._fields(pid))


def wait_for(holds, seconds: float = 20) -> None:  # type: ignore[no-untyped-def]  # a plain callable
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_child_sees_neither_our_secrets_nor_has_its_own_where_others_read(
    job: Job, children: list["subprocess.Popen[str]"], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLOUDSTEPS_SECRET_KEY", "a secret of the web role")
    child, _provider = begin(job, children)

    told = [Path(f"/proc/{child.pid}/{name}").read_text(encoding="utf-8") for name in ("environ", "cmdline")]

    assert all(secret not in text for text in told for secret in (CANARY, "a secret of the web role", job.passphrase))


def test_a_provider_in_a_group_of_its_own_is_killed_with_the_session(
    job: Job, children: list["subprocess.Popen[str]"]
) -> None:
    child, provider = begin(job, children)
    assert os.getpgid(provider) != os.getpgid(child.pid)
    leader = session.leader_of(child.pid)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()

    assert session.kill(leader, job.mark)

    assert not is_running(provider)


def test_a_child_whose_worker_is_silent_takes_its_session_down(
    job: Job, children: list["subprocess.Popen[str]"]
) -> None:
    child, provider = begin(replace(job, patience=2.0), children)

    assert child.wait(20) != 0
    wait_for(lambda: not is_running(provider))


def test_beats_keep_a_child_alive_and_its_worker_s_end_ends_it(
    job: Job, children: list["subprocess.Popen[str]"]
) -> None:
    child, provider = begin(replace(job, patience=3.0), children)
    for _beat in range(10):
        time.sleep(0.5)
        session.say(child, BEAT)
    assert is_running(provider)

    assert child.stdin is not None
    child.stdin.close()

    child.wait(20)
    wait_for(lambda: not is_running(provider))


def test_a_cancelled_child_ends_in_order(job: Job, children: list["subprocess.Popen[str]"]) -> None:
    child, provider = begin(job, children)
    session.say(child, CANCEL)

    assert child.stdout is not None
    kinds = [json.loads(line)["kind"] for line in child.stdout]
    assert kinds == ["cancelling", "result"]
    assert child.wait(20) == 0
    wait_for(lambda: not is_running(provider))


def test_a_number_that_another_process_has_got_is_not_taken_for_ours(tmp_path: Path) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    try:
        taken_for = session.Leader(stranger.pid, "1")

        assert session.kill(taken_for, f"nothing/{tmp_path.name}")
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_an_engine_that_is_only_about_to_start_is_stopped_too(
    job: Job, children: list["subprocess.Popen[str]"]
) -> None:
    child = session.start(replace(job, engine=f"{__name__}:LateEngine"))
    children.append(child)
    assert child.stdout is not None
    assert "about to start" in child.stdout.readline()

    session.say(child, CANCEL)

    told = [json.loads(line) for line in child.stdout]
    assert told[-1]["ended_by"] == -signal.SIGINT

"""`cloudsteps serve`: every role on this machine, started, watched, started again when it falls, and stopped together."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tracker.core.settings import Settings
from tracker.overview.telemetry import FOLDER as METRICS_FOLDER

ROOT = Path(__file__).resolve().parents[1]
CLI = (sys.executable, "-m", "tracker.cli")
PATIENCE_SECONDS = 30.0
HEALTHY_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 30.0
MOST_FALLS = 5
ARENAS = "2"
"""Pools of memory in a process: glibc would give nearly each thread its own, and what one gives back no other can use."""
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


class CannotServe(Exception):
    """Something stands in the way, in a sentence for the terminal."""


@dataclass
class Role:
    """A process of a role, and when it may be started again."""

    name: str
    command: Sequence[str]
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    falls: int = 0
    not_before: float = 0.0

    def start(self, environment: Mapping[str, str]) -> None:
        """Start the process in a session of its own, ended by the system if this one is killed."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - our own programs
            self.command,
            env=dict(environment),
            cwd=ROOT,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - the supervisor has no other thread
        )

    def watch(self, environment: Mapping[str, str]) -> None:
        """Start the process again after a pause that grows with each fall."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is None:
            if now - self.started > HEALTHY_SECONDS:
                self.falls = 0
            return
        if self.process is not None:
            sys.stderr.write(f"{self.name} ended (code {self.process.returncode}) and is started again.\n")
            self.process = None
            self.not_before = now + min(2.0**self.falls - 1, LONGEST_PAUSE_SECONDS)
            self.falls += 1
        if now >= self.not_before:
            self.start(environment)

    def tell_to_stop(self) -> None:
        """Ask the process to finish what it has in hand."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, until: float) -> None:
        """Wait for the end of the process, and force it when it comes too late."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)


@dataclass
class Supervisor:
    """All roles of one installation on one machine."""

    settings: Settings
    host: str
    port: int
    announce: Callable[[str], None]
    stopping: bool = False
    roles: list[Role] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Give the address to open on this machine."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound
        return f"http://{host}:{self.port}"

    def environment(self) -> dict[str, str]:
        """Give what the roles inherit."""
        metrics = self.settings.data_dir / "metrics"
        shutil.rmtree(metrics, ignore_errors=True)
        metrics.mkdir(parents=True)
        return {
            **os.environ,
            "CLOUDSTEPS_BIND": f"{self.host}:{self.port}",
            "CLOUDSTEPS_LOG_TERMINAL": os.environ.get("CLOUDSTEPS_LOG_TERMINAL", "false"),
            "CLOUDSTEPS_DATA_DIR": str(self.settings.data_dir),
            "CLOUDSTEPS_DEMO": "true" if self.settings.demo else "false",
            "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))),
            METRICS_FOLDER: str(metrics),
            "MALLOC_ARENA_MAX": os.environ.get("MALLOC_ARENA_MAX", ARENAS),
        }

    def run(self) -> None:
        """Run until SIGTERM or SIGINT, or until a role never came up."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        refuse_taken_port(self.host, self.port)
        environment = self.environment()
        gunicorn = (
            sys.executable,
            "-m",
            "gunicorn",
            "-c",
            "python:tracker.gunicorn_settings",
            "tracker.app:create_app()",
        )
        self.roles = [Role("web", gunicorn), Role("worker", (*CLI, "worker")), Role("scheduler", (*CLI, "scheduler"))]
        is_ready = False
        try:
            while not self.stopping:
                for role in self.roles:
                    role.watch(environment)
                if not is_ready and max(role.falls for role in self.roles) >= MOST_FALLS:
                    raise CannotServe(f"A role does not start. The reason is in {self.settings.data_dir / 'logs'}.")
                if not is_ready and answers(f"{self.address}/readyz"):
                    is_ready = True
                    self.announce(f"ready: {self.address}")
                time.sleep(0.2)
        finally:
            self.end()

    def stop(self, *_signal: object) -> None:
        """End everything after what is in hand."""
        self.stopping = True

    def end(self) -> None:
        """Stop the roles together and wait for each."""
        for role in self.roles:
            role.tell_to_stop()
        until = time.monotonic() + PATIENCE_SECONDS
        for role in self.roles:
            role.wait(until)


def refuse_taken_port(host: str, port: int) -> None:
    """Refuse to start where something else listens."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotServe(
                f"Cannot listen on {host}:{port}: {error.strerror}. Stop what uses it, or choose another with --port."
            ) from error


def answers(url: str) -> bool:
    """Tell whether an address answers with success."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 - our own address
            return bool(response.status == 200)  # noqa: PLR2004 - HTTP's success
    except (urllib.error.URLError, OSError):
        return False

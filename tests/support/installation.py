"""An installation of a test's own: real processes on a data folder and a database of their own, that can be killed."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Select, create_engine
from sqlalchemy.pool import NullPool

from tests.factories.mail import free_port
from tracker.app import create_app
from tracker.core import schema
from tracker.core.db import db
from tracker.core.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
SECRET = "for tests only, long enough to be taken"
START_SECONDS = 60
WEB = (sys.executable, "-m", "gunicorn", "-c", "python:tracker.gunicorn_settings", "tracker.app:create_app()")


@dataclass
class Process:
    """A process of a role, in a session of its own."""

    popen: "subprocess.Popen[bytes]"

    def kill(self) -> None:
        """Kill the process and all that it has started, at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait(30)

    def stop(self) -> int:
        """Ask it to end, and give its exit code."""
        if self.popen.poll() is None:
            self.popen.terminate()
        return self.popen.wait(60)

    def children(self) -> list[int]:
        """Give the processes that it has started."""
        with suppress(OSError):
            listed = Path(f"/proc/{self.popen.pid}/task/{self.popen.pid}/children").read_text(encoding="ascii")
            return [int(pid) for pid in listed.split()]
        return []


@dataclass
class Installation:
    """A data folder, a database and the processes on them."""

    settings: Settings
    port: int
    running: list[Process] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Give the address of the web role."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self, **more: str) -> dict[str, str]:
        """Give what the processes are told."""
        told = {
            "CLOUDSTEPS_DATA_DIR": str(self.settings.data_dir),
            "CLOUDSTEPS_DATABASE_URL": self.settings.database_url,
            "CLOUDSTEPS_SECRET_KEY": SECRET,
            "CLOUDSTEPS_BASE_URL": self.address,
            "CLOUDSTEPS_BIND": f"127.0.0.1:{self.port}",
            "CLOUDSTEPS_LOG_TERMINAL": "false",
            "CLOUDSTEPS_SMTP_URL": self.settings.smtp_url,
            "CLOUDSTEPS_WORK_LEASE_SECONDS": "2",
            "CLOUDSTEPS_SIGN_IN_FAILURES": "100",
            "CLOUDSTEPS_SANDBOX_SLOTS": "0",
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "default",
        }
        return {**os.environ, **told, **more}

    def start(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> Process:
        """Start a program; its terminal output is kept beside the data."""
        with (self.settings.data_dir / "terminal.log").open("ab") as terminal:
            popen = subprocess.Popen(
                command,
                env=environment or self.environment(),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=terminal,
                stderr=terminal,
                start_new_session=True,
            )
        process = Process(popen)
        self.running.append(process)
        return process

    def start_web(self) -> Process:
        """Start the web role and wait until it answers."""
        process = self.start(WEB)
        wait_until(lambda: answers(f"{self.address}/healthz"), START_SECONDS, self.said)
        return process

    def start_role(self, name: str) -> Process:
        """Start the worker or the scheduler."""
        return self.start((sys.executable, "-m", "tracker.cli", name))

    def said(self) -> str:
        """Give what the processes wrote to the terminal, for a failing test."""
        path = self.settings.data_dir / "terminal.log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""

    @contextmanager
    def inside(self) -> Iterator[Flask]:
        """Open the app on this installation's data."""
        app = create_app(self.settings)
        with app.app_context():
            try:
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()

    def ask(self, statement: Select[Any]) -> list[Any]:
        """Read from the database without building an app."""
        engine = create_engine(self.settings.database_url, poolclass=NullPool)
        with engine.connect() as connection:
            return list(connection.execute(statement).scalars())

    def end(self) -> None:
        """Kill whatever still runs."""
        for process in self.running:
            if process.popen.poll() is None:
                process.kill()


def make(folder: Path, database_url: str, *, smtp_url: str = "") -> Installation:
    """Make an installation with an empty, migrated database."""
    port = free_port()
    settings = Settings(
        data_dir=folder,
        database_url=database_url,
        secret_key=SECRET,
        smtp_url=smtp_url,
        base_url=f"http://127.0.0.1:{port}",
        work_lease_seconds=2,
    )
    schema.migrate(settings)
    return Installation(settings, port)


def answers(url: str, status: int = 200) -> bool:
    """Tell whether an address answers with this status."""
    return status_of(url) == status


def status_of(url: str) -> int | None:
    """Give the status that an address answers with; None when it does not."""
    try:
        with urllib.request.urlopen(url, timeout=15) as response:  # noqa: S310 - our own address
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except (urllib.error.URLError, OSError):
        return None


def wait_until(holds, seconds: float, tell=lambda: "") -> None:  # type: ignore[no-untyped-def]  # two plain callables
    """Wait until something holds; fail with what there is to tell."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"not within {seconds} s: {tell()}"
        time.sleep(0.05)

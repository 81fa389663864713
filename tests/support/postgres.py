"""PostgreSQL of one's own for the length of a test run: its own folder, a UNIX socket, nothing left behind.

`python -m tests.support.postgres -- pytest …` runs a command with CLOUDSTEPS_TEST_DATABASE_URL set and gives back its exit code.
"""

import argparse
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

URL_VARIABLE = "CLOUDSTEPS_TEST_DATABASE_URL"
OLDEST = 15

_NAME = "cloudsteps"
_SERVICE_USERS = ("postgres", "nobody")
_START_SECONDS = 60
_STOP_SECONDS = 30
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class NoPostgres(Exception):
    """PostgreSQL is not installed, or does not start."""


@dataclass
class Postgres:
    """A server that can be stopped and started again, as tests of a lost database need."""

    folder: Path
    programs: Path
    durable: bool = False
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Give the address in SQLAlchemy's words."""
        return f"postgresql+psycopg://{_NAME}@/{_NAME}?host={self.folder}"

    def create(self) -> None:
        """Make the cluster and its database, and leave the server running."""
        self._run(
            "initdb",
            f"--pgdata={self._data}",
            f"--username={_NAME}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        self.start()
        self._run("createdb", f"--host={self.folder}", f"--username={_NAME}", "--maintenance-db=postgres", _NAME)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "max_connections": "200",
            "shared_buffers": "128MB",
            "timezone": "UTC",
            **({} if self.durable else _NOT_DURABLE),
        }
        command = [
            str(self.programs / "postgres"),
            "-D",
            str(self._data),
            *(f"--{name}={value}" for name, value in settings.items()),
        ]
        user, group = _identity()
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                user=user,
                group=group,
            )
        patience_ends = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > patience_ends:
                raise NoPostgres(f"PostgreSQL did not start:\n{self._log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End every connection and the server."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(_STOP_SECONDS)
        self.process = None

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _answers(self) -> bool:
        command = [str(self.programs / "pg_isready"), f"--host={self.folder}", "--quiet"]
        return subprocess.run(command, check=False).returncode == 0

    def _run(self, program: str, *arguments: str) -> None:
        user, group = _identity()
        command = [str(self.programs / program), *arguments]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            cwd=self.folder,
            user=user,
            group=group,
        )
        if done.returncode:
            raise NoPostgres(f"{program} failed:\n{done.stdout}{done.stderr}")


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[Postgres]:
    """Run a server of one's own, and remove it and its folder afterwards, whatever happened."""
    programs = find_programs()
    folder = Path(tempfile.mkdtemp(prefix="cloudsteps-pg-"))
    user, group = _identity()
    if user is not None and group is not None:
        os.chown(folder, user, group)
    server = Postgres(folder, programs, durable)
    try:
        server.create()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def find_programs() -> Path:
    """Give the folder of the newest installed PostgreSQL that is new enough."""
    installed = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "initdb").exists()]
    recent = [folder for folder in installed if int(folder.parent.name) >= OLDEST]
    if recent:
        return max(recent, key=lambda folder: int(folder.parent.name))
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    raise NoPostgres(
        f"PostgreSQL {OLDEST} or newer is not installed: on Debian and Ubuntu, apt-get install postgresql."
    )


def _identity() -> tuple[int | None, int | None]:
    """Give the user and group to run the server as: PostgreSQL refuses to be root, so root borrows a service's name."""
    if os.geteuid() != 0:
        return None, None
    for name in _SERVICE_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise NoPostgres(
        f"PostgreSQL does not run as root, and there is no user {' or '.join(_SERVICE_USERS)} to run it as."
    )


def _end(signum: int, _frame: FrameType | None) -> NoReturn:
    """End by an exception, so that the server is stopped on the way out."""
    sys.exit(128 + signum)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command beside a server of its own; a server given by the environment is used as it is."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.postgres", description=__doc__)
    parser.add_argument("--durable", action="store_true", help="write to disk as in production, for measurements")
    parser.add_argument("command", nargs="+", help="the command, after --")
    options = parser.parse_args(arguments)
    if os.environ.get(URL_VARIABLE, "").startswith("postgresql"):
        return subprocess.run(options.command, check=False).returncode
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGHUP, _end)
    try:
        with postgres(durable=options.durable) as server:
            return subprocess.run(options.command, check=False, env={**os.environ, URL_VARIABLE: server.url}).returncode
    except NoPostgres as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())

"""A small real PostgreSQL for the length of a drill, where its programs are on this machine."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_NAME = "drill"
_PROGRAMS = ("initdb", "postgres", "psql", "pg_dump", "pg_restore", "createdb")
_SERVICE_USERS = ("postgres", "nobody")
_START_SECONDS = 30
_ROWS = 5_000
_TABLE = """
CREATE TABLE customer (id integer PRIMARY KEY, name text NOT NULL, note text, paid numeric(12, 2), since timestamptz);
INSERT INTO customer
SELECT n, '示範客戶 ' || n, repeat('合約與驗收紀錄。', n % 7), n * 1.25, timestamptz '2026-01-01 00:00+08' + n * interval '1 hour'
FROM generate_series(1, {rows}) AS n;
"""
_WHOLE = "COPY (SELECT * FROM customer ORDER BY id) TO STDOUT"


@dataclass
class Database:
    """A server of one's own behind a socket."""

    programs: Path
    folder: Path

    @property
    def connection(self) -> dict[str, str]:
        """Give its address in PostgreSQL's own environment variables."""
        return {"PGHOST": str(self.folder), "PGUSER": _NAME, "PGDATABASE": _NAME}

    def fill(self) -> None:
        """Write the sample table."""
        self._sql(_TABLE.format(rows=_ROWS))

    def change(self) -> None:
        """Change it as somebody at work would."""
        self._sql("UPDATE customer SET paid = paid + 1 WHERE id % 10 = 0; DELETE FROM customer WHERE id % 97 = 0")

    def attack(self) -> None:
        """Destroy what it holds."""
        self._sql("DROP TABLE customer")

    def whole(self, database: str = _NAME) -> bytes:
        """Give every row, in one order."""
        return self.run("psql", "--dbname", database, "--no-psqlrc", "--quiet", "--command", _WHOLE)

    def restore(self, dump: Path) -> str:
        """Restore a dump into an empty database and give its name."""
        name = f"{_NAME}_restored"
        self.run("createdb", name)
        self.run("pg_restore", "--exit-on-error", "--no-owner", "--dbname", name, str(dump))
        return name

    def _sql(self, statements: str) -> None:
        self.run("psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--command", statements)

    def run(self, program: str, *arguments: str) -> bytes:
        """Run one of PostgreSQL's programs against this server."""
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
            [str(self.programs / program), *arguments],
            capture_output=True,
            env={"PATH": os.environ.get("PATH", ""), **self.connection},
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr.decode(errors='replace').strip()[-500:]}")
        return done.stdout


def find_programs() -> Path | None:
    """Find the folder of PostgreSQL's programs; None where they are not all here."""
    for folder in (*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), *_on_path()):
        if all((folder / program).exists() for program in _PROGRAMS):
            return folder
    return None


@contextmanager
def run_database(programs: Path) -> Iterator[Database]:
    """Run a server in a folder of its own; nothing of it is left."""
    folder = Path(tempfile.mkdtemp(prefix="drill-pg-"))
    user = _service_user()
    if user is not None:
        os.chown(folder, user, -1)
    process: subprocess.Popen[bytes] | None = None
    try:
        process = _start(programs, folder, user)
        database = Database(programs, folder)
        _wait(database, process)
        yield database
    finally:
        if process is not None:
            process.terminate()
            process.wait(timeout=_START_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def _start(programs: Path, folder: Path, user: int | None) -> "subprocess.Popen[bytes]":
    data = folder / "data"
    options = ("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", f"--username={_NAME}")
    environment = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}
    subprocess.run(  # noqa: S603 - PostgreSQL's own program
        [programs / "initdb", f"--pgdata={data}", *options],
        check=True,
        capture_output=True,
        env=environment,
        user=user,
        cwd=folder,
    )
    settings = ("listen_addresses=", f"unix_socket_directories={folder}", "fsync=off", "shared_buffers=16MB")
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - PostgreSQL's own program
            [programs / "postgres", "-D", data, *(f"--{setting}" for setting in settings)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            user=user,
            cwd=folder,
        )


def _wait(database: Database, process: "subprocess.Popen[bytes]") -> None:
    """Wait until it takes its first command, which makes the sample's database."""
    limit = time.monotonic() + _START_SECONDS
    while True:
        try:
            database.run("createdb", "--maintenance-db=postgres", _NAME)
        except RuntimeError:
            if time.monotonic() > limit or process.poll() is not None:
                raise
            time.sleep(0.1)
        else:
            return


def _service_user() -> int | None:
    """PostgreSQL refuses to run as root; give a user that it takes, None where we are not root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    return next(known[name] for name in _SERVICE_USERS if name in known)


def _on_path() -> list[Path]:
    found = shutil.which("initdb")
    return [Path(found).resolve().parent] if found else []

"""Dumps of PostgreSQL that go into the copy as they are made, without touching a disk."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from infra_templates.backup.mover.manifest import Entry, place_in_copy
from infra_templates.backup.mover.rclone import COPY, Rclone

AREA = "databases"
_PIECE = 1 << 20


@dataclass(frozen=True)
class DumpSettings:
    """A database that is dumped, in PostgreSQL's own environment variables."""

    cell: str
    connection: Mapping[str, str] = field(repr=False)
    program: str = "pg_dump"


class DumpFailed(Exception):
    """pg_dump or the write into the copy ended with an error."""


def copy_database(database: DumpSettings, rclone: Rclone, run: str) -> Entry:
    """Dump one database into the copy; its SHA-256 is taken before it is encrypted."""
    name = f"{database.cell}.dump"
    begun = datetime.now(UTC).isoformat()
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    dump = subprocess.Popen(  # noqa: S603 - PostgreSQL's own program
        [database.program, "--format=custom", "--no-owner", "--no-privileges"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment | dict(database.connection),
    )
    written = rclone.start_writing(f"{COPY}:{place_in_copy(run, AREA)}/{name}")
    size, digest = _pump(dump, written)
    _check(database, dump, written)
    return Entry(f"{AREA}/{name}", size, digest, run, begun)


def have_dump_program(program: str = "pg_dump") -> bool:
    """Whether PostgreSQL's program is here."""
    return shutil.which(program) is not None


def _pump(dump: "subprocess.Popen[bytes]", written: "subprocess.Popen[bytes]") -> tuple[int, str]:
    """Pass everything on, counting; a writer that ends early is found by its exit code."""
    digest, size = hashlib.sha256(), 0
    source, sink = dump.stdout, written.stdin
    if source is None or sink is None:
        raise DumpFailed("The dump has no output or the copy no input.")
    with suppress(BrokenPipeError), sink:
        while piece := source.read(_PIECE):
            digest.update(piece)
            size += len(piece)
            sink.write(piece)
    source.close()
    return size, digest.hexdigest()


def _check(database: DumpSettings, dump: "subprocess.Popen[bytes]", written: "subprocess.Popen[bytes]") -> None:
    for what, process in (("pg_dump", dump), ("rclone", written)):
        said = process.stderr.read() if process.stderr else b""
        if process.stderr:
            process.stderr.close()
        if process.wait():
            raise DumpFailed(f"{what} of {database.cell}: {said.decode(errors='replace').strip()[-500:]}")

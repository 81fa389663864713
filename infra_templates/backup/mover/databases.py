"""Dumps of PostgreSQL that go into the copy as they are made, without touching a disk."""

import hashlib
import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from tempfile import TemporaryFile

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
    with TemporaryFile() as said, rclone.start_writing(f"{COPY}:{place_in_copy(run, AREA)}/{name}") as written:
        dump = subprocess.Popen(  # noqa: S603 - PostgreSQL's own program
            [database.program, "--format=custom", "--no-owner", "--no-privileges"],
            stdout=subprocess.PIPE,
            stderr=said,
            env=environment | dict(database.connection),
        )
        with dump:
            size, digest = _pump(dump, written)
        if dump.returncode:
            # Ended before the end of its input is told, so that half a dump is never taken for a whole one.
            written.kill()
            said.seek(0)
            raise DumpFailed(f"pg_dump of {database.cell}: {said.read().decode(errors='replace').strip()[-500:]}")
        _, errors = written.communicate()
    if written.returncode:
        raise DumpFailed(f"rclone of {database.cell}: {errors.decode(errors='replace').strip()[-500:]}")
    return Entry(f"{AREA}/{name}", size, digest, run, begun)


def _pump(dump: "subprocess.Popen[bytes]", written: "subprocess.Popen[bytes]") -> tuple[int, str]:
    """Pass everything on, counting; a writer that ends early is found by its exit code."""
    digest, size = hashlib.sha256(), 0
    source, sink = dump.stdout, written.stdin
    if source is None or sink is None:
        raise DumpFailed("The dump has no output or the copy no input.")
    with suppress(BrokenPipeError):
        while piece := source.read(_PIECE):
            digest.update(piece)
            size += len(piece)
            sink.write(piece)
        sink.flush()
    return size, digest.hexdigest()

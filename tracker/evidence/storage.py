"""The folder of evidence: bytes under their SHA-256, written beside and moved into place, never half there."""

import hashlib
import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from flask import current_app

from tracker.core.errors import Refused
from tracker.core.settings import Settings
from tracker.core.text import N_

CHUNK = 1024 * 1024
DAY_SECONDS = 86_400


class Readable(Protocol):
    """Anything that gives bytes: an open file, an upload's stream."""

    def read(self, size: int = -1, /) -> bytes:
        """Give at most so many bytes."""


@dataclass(frozen=True)
class Incoming:
    """A file that was written beside the store and is not yet in it."""

    path: Path
    size: int
    sha256: str


def settings() -> Settings:
    """Give the settings of the app."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def folder() -> Path:
    """Give the folder of all stored files."""
    return settings().data_dir / "evidence"


def path_of(sha256: str) -> Path:
    """Give where the bytes with this hash lie."""
    return folder() / sha256[:2] / sha256[2:6] / sha256


@contextmanager
def incoming(file: Readable, name: str, *, is_ours: bool = False) -> Iterator[Incoming]:
    """Write the file beside the store, hashing it on the way; it is gone at the end unless it was moved in.

    What people hand in is limited in size; what the product made itself is not.
    """
    limit = sys.maxsize if is_ours else settings().upload_max_mb * 1024 * 1024
    waiting = folder() / "incoming"
    waiting.mkdir(parents=True, exist_ok=True)
    path = waiting / secrets.token_hex(16)
    try:
        yield _receive(file, path, limit, name)
    finally:
        path.unlink(missing_ok=True)


def _receive(file: Readable, path: Path, limit: int, name: str) -> Incoming:
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as out:
        while chunk := file.read(CHUNK):
            size += len(chunk)
            if size > limit:
                raise Refused(
                    N_("“%(name)s” is larger than %(limit)s MB. Hand in a smaller copy, or a link."),
                    field="file",
                    name=name,
                    limit=limit // CHUNK,
                )
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return Incoming(path, size, digest.hexdigest())


def rewrite(received: Incoming, data: bytes) -> Incoming:
    """Put other bytes in place of those that came."""
    with received.path.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    return Incoming(received.path, len(data), hashlib.sha256(data).hexdigest())


def move_in(received: Incoming) -> None:
    """Move the file to its place, where it stays even if the power fails now; the same bytes are kept once."""
    place = path_of(received.sha256)
    if place.exists() and place.stat().st_size == received.size:
        os.utime(place)  # tells the sweep that somebody counts on it again
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    received.path.replace(place)
    for parent in (place.parent, place.parent.parent, folder()):
        _sync_folder(parent)


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def stray_files(older_than_seconds: int = DAY_SECONDS) -> Iterator[Path]:
    """Give the files that nobody has touched for a day: remains of broken uploads, and stored ones to be checked."""
    if not folder().exists():
        return
    limit = time.time() - older_than_seconds
    for path in folder().rglob("*"):
        if path.is_file() and path.stat().st_mtime < limit:
            yield path

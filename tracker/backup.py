"""Backup and restore: the database and every evidence file in one archive, each named with its SHA-256.

The database is copied first, as it stands at one moment; files are never changed once they are stored, so all that the copy
refers to is there when the files are copied after it.
"""

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy import create_engine, inspect, make_url
from sqlalchemy.pool import NullPool

from tracker import __version__
from tracker.core import clock, schema, sealed
from tracker.core.settings import Settings

FORMAT = 1
MANIFEST = "manifest.json"
SQLITE_COPY, POSTGRES_COPY = "database.sqlite", "database.dump"
CHUNK = 1024 * 1024
SHORTEST_KEY = 32


class BackupFault(Exception):
    """Why a backup or a restore was refused, in a sentence for the terminal."""


@dataclass(frozen=True)
class Entry:
    """A file of the archive."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an archive holds."""

    format: int
    version: str
    revision: str | None
    database: str
    made_at: str
    files: tuple[Entry, ...]

    @property
    def made(self) -> datetime:
        """Give when the backup was made."""
        return datetime.fromisoformat(self.made_at)


# --- making -------------------------------------------------------------------------------------------------------------


def backup(settings: Settings, target: Path) -> Manifest:
    """Write a backup, read it back and compare every file; an archive that is not whole is not left behind."""
    if target.exists():
        raise BackupFault(f"{target} exists already. Give another name.")
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + ".part")
    if settings.backup_key and len(settings.backup_key) < SHORTEST_KEY:
        raise BackupFault(
            f"CLOUDSTEPS_BACKUP_KEY is shorter than {SHORTEST_KEY} characters. Set it to a long random text."
        )
    try:
        manifest = _write(settings, unfinished)
        verify(unfinished, settings.backup_key)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def _write(settings: Settings, target: Path) -> Manifest:
    with tempfile.TemporaryDirectory(dir=target.parent) as folder, _new_archive(target, settings.backup_key) as archive:
        copy = _copy_sqlite(settings, Path(folder)) if settings.is_sqlite else _dump_postgres(settings, Path(folder))
        entries = [_add(archive, copy, copy.name)]
        entries += [_add(archive, path, f"evidence/{path.name}") for path in _stored_files(settings)]
        manifest = Manifest(
            FORMAT,
            __version__,
            _revision(settings),
            "sqlite" if settings.is_sqlite else "postgresql",
            clock.now().isoformat(),
            tuple(entries),
        )
        body = json.dumps(asdict(manifest), indent=1).encode()
        member = tarfile.TarInfo(MANIFEST)
        member.size = len(body)
        archive.addfile(member, io.BytesIO(body))
    return manifest


@contextmanager
def _new_archive(target: Path, key: str) -> Iterator[tarfile.TarFile]:
    """Begin an archive, sealed where there is a key; then nothing of it ever lies there unsealed."""
    if not key:
        with tarfile.open(target, "w") as archive:
            yield archive
        return
    with (
        target.open("wb") as file,
        sealed.SealingWriter(file, key) as writer,
        tarfile.open(fileobj=writer, mode="w|", bufsize=sealed.PIECE) as archive,
    ):
        yield archive


def _stored_files(settings: Settings) -> Iterator[Path]:
    folder = settings.data_dir / "evidence"
    return (path for path in sorted(folder.glob("??/????/*")) if path.is_file())


def _add(archive: tarfile.TarFile, path: Path, name: str) -> Entry:
    entry = Entry(name, path.stat().st_size, digest_of(path))
    member = tarfile.TarInfo(name)
    member.size, member.mtime = entry.size, int(path.stat().st_mtime)
    with path.open("rb") as file:
        archive.addfile(member, file)
    return entry


def digest_of(path: Path) -> str:
    """Give the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _revision(settings: Settings) -> str | None:
    engine = create_engine(settings.database_url, poolclass=NullPool)
    with engine.connect() as connection:
        return schema.current(connection)


def _sqlite_path(settings: Settings) -> Path:
    return Path(make_url(settings.database_url).database or "")


def _copy_sqlite(settings: Settings, folder: Path) -> Path:
    copy = folder / SQLITE_COPY
    with closing(sqlite3.connect(_sqlite_path(settings))) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target, pages=2000, sleep=0.01)
        target.execute("PRAGMA journal_mode=DELETE")
        state = target.execute("PRAGMA integrity_check").fetchone()[0]
    if state != "ok":
        raise BackupFault(f"The database is damaged ({state}). The backup was not made.")
    return copy


def _dump_postgres(settings: Settings, folder: Path) -> Path:
    copy = folder / POSTGRES_COPY
    _run_postgres("pg_dump", settings, "--format=custom", "--no-owner", "--no-privileges", f"--file={copy}")
    return copy


def _run_postgres(program: str, settings: Settings, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise BackupFault(f"{program} is not on PATH. Install PostgreSQL's client programs of the server's version.")
    url = make_url(settings.database_url).set(drivername="postgresql")
    environment = {**os.environ, "PGPASSWORD": url.password or ""}
    shown = url.set(password=None).render_as_string(hide_password=False)
    done = subprocess.run(  # noqa: S603 - found on PATH, arguments are ours
        [found, *arguments, f"--dbname={shown}"], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupFault(f"{program} failed: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}")


# --- reading ------------------------------------------------------------------------------------------------------------


def read_manifest(archive: tarfile.TarFile) -> Manifest:
    """Read what an archive says it holds."""
    try:
        member = archive.extractfile(MANIFEST)
        raw = json.load(member) if member is not None else {}
        files = tuple(Entry(**entry) for entry in raw.pop("files"))
        manifest = Manifest(files=files, **raw)
    except (KeyError, TypeError, ValueError, tarfile.TarError) as error:
        raise BackupFault("This file is no backup of CloudSteps, or it was cut short.") from error
    if manifest.format != FORMAT:
        raise BackupFault("This backup was made by another version and cannot be read by this one.")
    return manifest


def verify(source: Path, key: str = "") -> Manifest:
    """Compare every file of a backup with its manifest; name the first that differs."""
    with _opened(source, key) as archive:
        manifest = read_manifest(archive)
        for entry in manifest.files:
            if _digest_of_member(archive, entry.name) != entry.sha256:
                raise BackupFault(f"{entry.name} in the backup is not what was written. Use another backup.")
    return manifest


def _digest_of_member(archive: tarfile.TarFile, name: str) -> str | None:
    digest = hashlib.sha256()
    try:
        with _member(archive, name) as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
    except (tarfile.TarError, sealed.WrongKey):
        return None
    return digest.hexdigest()


@contextmanager
def _opened(source: Path, key: str) -> Iterator[tarfile.TarFile]:
    with _plain(source, key) as file, _as_archive(source, file) as archive:
        yield archive


def _as_archive(source: Path, file: IO[bytes]) -> tarfile.TarFile:
    try:
        return tarfile.open(fileobj=file, mode="r:")
    except (tarfile.TarError, OSError) as error:
        raise BackupFault(f"{source} cannot be read as a backup.") from error


def _plain(source: Path, key: str) -> IO[bytes]:
    """Open a backup to be read in the clear; a sealed one only by its key."""
    try:
        file = source.open("rb")
        if not sealed.is_sealed(file):
            return file
    except OSError as error:
        raise BackupFault(f"{source} cannot be read as a backup.") from error
    if not key:
        file.close()
        raise BackupFault("This backup is encrypted. Set CLOUDSTEPS_BACKUP_KEY to the key that it was made with.")
    try:
        return io.BufferedReader(sealed.SealedReader(file, key), sealed.PIECE)
    except sealed.WrongKey as error:
        file.close()
        raise BackupFault(
            "CLOUDSTEPS_BACKUP_KEY does not open this backup, or the backup was changed or cut short. "
            "Set the key that it was made with, or use another backup."
        ) from error


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    try:
        file = archive.extractfile(name)
    except (KeyError, tarfile.TarError) as error:
        raise BackupFault(f"{name} is missing in the backup. Use another backup.") from error
    if file is None:
        raise BackupFault(f"{name} is missing in the backup. Use another backup.")
    return file


def restore(settings: Settings, source: Path, *, force: bool = False) -> Manifest:
    """Put a verified backup in place of an empty installation, or, by force, of the one that is there."""
    manifest = verify(source, settings.backup_key)
    wanted = "sqlite" if settings.is_sqlite else "postgresql"
    if manifest.database != wanted:
        raise BackupFault(f"This backup is of a {manifest.database} database and the settings name {wanted}.")
    if not force and not is_empty(settings):
        raise BackupFault(
            "There is data here already. Restore into an empty place, or replace everything with --force."
        )
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.data_dir) as folder, _opened(source, settings.backup_key) as archive:
        for entry in manifest.files:
            _put(archive, entry, Path(folder), settings)
        (_place_sqlite if settings.is_sqlite else _load_postgres)(settings, Path(folder))
    return manifest


def is_empty(settings: Settings) -> bool:
    """Tell whether there is no table in the database yet."""
    if settings.is_sqlite and not _sqlite_path(settings).exists():
        return True
    engine = create_engine(settings.database_url, poolclass=NullPool)
    with engine.connect() as connection:
        return not inspect(connection).get_table_names()


def _put(archive: tarfile.TarFile, entry: Entry, folder: Path, settings: Settings) -> None:
    name = Path(entry.name).name
    if entry.name.startswith("evidence/"):
        if name != entry.sha256 or not name.isalnum():
            raise BackupFault(f"{entry.name} in the backup is not what was written. Use another backup.")
        place = settings.data_dir / "evidence" / name[:2] / name[2:6] / name
        place.parent.mkdir(parents=True, exist_ok=True)
    else:
        place = folder / name
    with _member(archive, entry.name) as file, place.open("wb") as out:
        shutil.copyfileobj(file, out, CHUNK)
        out.flush()
        os.fsync(out.fileno())


def _place_sqlite(settings: Settings, folder: Path) -> None:
    place = _sqlite_path(settings)
    place.parent.mkdir(parents=True, exist_ok=True)
    for suffix in ("-wal", "-shm"):
        place.with_name(place.name + suffix).unlink(missing_ok=True)
    shutil.move(folder / SQLITE_COPY, place)


def _load_postgres(settings: Settings, folder: Path) -> None:
    _run_postgres(
        "pg_restore",
        settings,
        "--clean",
        "--if-exists",
        "--no-owner",
        "--no-privileges",
        "--single-transaction",
        str(folder / POSTGRES_COPY),
    )

"""rclone, called with everything it needs in its environment: no file of settings, no secret on its command line."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE")
_FOUND_NOTHING = (3, 4)
"""Exit codes of rclone where a folder or a file isn't there."""

COPY = "copy"
"""Name of the encrypting remote."""


class RcloneFailed(Exception):
    """rclone ended with an error; the message is the last lines that it said."""


@dataclass(frozen=True)
class Listed:
    """An object as a listing shows it."""

    path: str
    size: int
    modified: str
    """When the store received it, as the store tells it."""

    @property
    def modified_at(self) -> datetime:
        """Give the time as one that can be compared; nanoseconds are cut."""
        whole, _, rest = self.modified.partition(".")
        digits = "".join(sign for sign in rest if sign.isdigit())[:6]
        return datetime.fromisoformat(f"{whole.rstrip('Z')}.{digits or '0'}+00:00")


@dataclass(frozen=True)
class Rclone:
    """rclone with the remotes that it knows."""

    remotes: Mapping[str, Mapping[str, str]]
    """By name: the type and the settings of each, in rclone's own words."""
    options: Sequence[str] = ()
    transfers: int = 8
    environment: Mapping[str, str] = field(default_factory=dict)

    def list_objects(self, place: str) -> list[Listed]:
        """List the objects below a place; none where there is no such place."""
        answer = self._call("lsjson", "--recursive", "--files-only", "--no-mimetype", place, may_miss=True)
        return [Listed(row["Path"], row["Size"], row["ModTime"]) for row in json.loads(answer or "[]")]

    def copy(self, source: str, target: str, paths: Collection[str]) -> str:
        """Copy the named objects, never over another of the same name; gives what went wrong, empty where nothing did."""
        with _list_of(paths) as listed:
            done = self._run("copy", "--immutable", "--files-from-raw", listed, source, target)
        return done.stderr if done.returncode else ""

    def put(self, source: str, target: str, paths: Collection[str] | None = None) -> None:
        """Copy the named objects, or all, over whatever is there; never used on a copy that must last."""
        if paths is None:
            self._call("copy", "--ignore-times", source, target)
            return
        with _list_of(paths) as listed:
            self._call("copy", "--ignore-times", "--files-from-raw", listed, source, target)

    def delete(self, place: str, paths: Collection[str]) -> None:
        """Delete the named objects; the mover itself never does."""
        with _list_of(paths) as listed:
            self._call("delete", "--files-from-raw", listed, place)

    def encrypted_name(self, path: str) -> str:
        """Give the name under which an object of the copy lies in its bucket."""
        return self._call("cryptdecode", "--reverse", f"{COPY}:", path).split("\t")[1].strip()

    def version(self) -> str:
        """Give rclone's version."""
        return self._call("version").splitlines()[0].removeprefix("rclone ")

    def hashes(self, place: str, paths: Collection[str]) -> dict[str, str]:
        """Read the named objects whole and give the SHA-256 of each; one that can't be read is left out."""
        if not paths:
            return {}
        with _list_of(paths) as listed:
            done = self._run("hashsum", "sha256", "--download", "--files-from-raw", listed, place)
        pairs = (line.partition("  ") for line in done.stdout.splitlines())
        return {path: digest for digest, _, path in pairs if len(digest) == 64}  # noqa: PLR2004 - hexadecimal digits of SHA-256

    def read(self, place: str) -> bytes | None:
        """Read a small object; None where there is none."""
        done = subprocess.run(self._command("cat", place), capture_output=True, env=self._environment(), check=False)  # noqa: S603
        if done.returncode in _FOUND_NOTHING:
            return None
        if done.returncode:
            raise RcloneFailed(_last_lines(done.stderr.decode(errors="replace")))
        return done.stdout

    def write(self, place: str, content: bytes) -> None:
        """Write a small object."""
        done = subprocess.run(  # noqa: S603 - our own rclone
            self._command("rcat", place), input=content, capture_output=True, env=self._environment(), check=False
        )
        if done.returncode:
            raise RcloneFailed(_last_lines(done.stderr.decode(errors="replace")))

    def start_writing(self, place: str) -> "subprocess.Popen[bytes]":
        """Start to write an object of unknown length from what is sent to the standard input."""
        return subprocess.Popen(  # noqa: S603 - our own rclone
            self._command("rcat", place), stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=self._environment()
        )

    def call(self, *arguments: str) -> str:
        """Run any other command and give its output."""
        return self._call(*arguments)

    def _call(self, *arguments: str, may_miss: bool = False) -> str:
        done = self._run(*arguments)
        if done.returncode in _FOUND_NOTHING and may_miss:
            return ""
        if done.returncode:
            raise RcloneFailed(_last_lines(done.stderr))
        return done.stdout

    def _run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(  # noqa: S603 - our own rclone, never text of people
            self._command(*arguments),
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env=self._environment(),
            check=False,
        )

    def _command(self, *arguments: str) -> list[str]:
        return [
            find_rclone(),
            *arguments,
            *("--config=", "--use-server-modtime", "--stats=0", "--retries=3", "--low-level-retries=3"),
            *(f"--transfers={self.transfers}", f"--checkers={self.transfers}"),
            *self.options,
        ]

    def _environment(self) -> dict[str, str]:
        settings = {
            f"RCLONE_CONFIG_{name}_{key}".upper(): value
            for name, remote in self.remotes.items()
            for key, value in remote.items()
        }
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        return kept | settings | dict(self.environment)


def find_rclone() -> str:
    """Find rclone beside this Python, else on PATH."""
    beside = Path(sys.executable).parent / "rclone"
    found = str(beside) if beside.exists() else shutil.which("rclone")
    if found is None:
        raise RcloneFailed("rclone is not installed. Install it, or run make setup-infra.")
    return found


def crypt_of(store: str, password: str, salt: str) -> dict[str, str]:
    """Give the settings of a remote that encrypts names and contents before they leave."""
    return {
        "type": "crypt",
        "remote": store,
        "password": obscured(password),
        "password2": obscured(salt),
        "filename_encryption": "standard",
        "filename_encoding": "base64",
    }


def s3_lock_of(mode: str, days: int) -> dict[str, str]:
    """Give the settings by which S3 takes an object into a locked bucket: it asks for an MD5, which rclone then sends.

    rclone holds an object in memory for that, so larger ones go in pieces.
    """
    return {
        "object_lock_mode": mode.upper(),
        "object_lock_retain_until_date": f"{days}d",
        "upload_cutoff": "16Mi",
    }


def obscured(password: str) -> str:
    """Write a password the way rclone reads it; sent by standard input, since command lines can be seen."""
    done = subprocess.run(  # noqa: S603 - our own rclone
        [find_rclone(), "obscure", "-"], input=password, capture_output=True, encoding="utf-8", check=True
    )
    return done.stdout.strip()


@contextmanager
def _list_of(paths: Collection[str]) -> Iterator[str]:
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as file:
        file.writelines(f"{path}\n" for path in paths)
        file.flush()
        yield file.name


def _last_lines(said: str) -> str:
    return "\n".join(said.strip().splitlines()[-5:])

"""Archives that are written in one way only, so that a reader can write them again and find any changed byte.

The format is ZIP without compression, times or extra fields. It needs nothing but the standard library.
"""

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Protocol

CHUNK = 1024 * 1024
LARGEST = 2**32 - 2**20
"""Beyond four gigabytes the format would need other records."""
MOST = 60_000
_LOCAL, _CENTRAL, _END = 0x04034B50, 0x02014B50, 0x06054B50
_VERSION, _MADE_BY, _DAY, _PLAIN_FILE = 20, 0x0314, 0x21, 0o100644 << 16
Opener = Callable[[], AbstractContextManager[IO[bytes]]]


class TooLarge(ValueError):
    """The archive would not fit the format."""


class Out(Protocol):
    """Anything that takes bytes."""

    def write(self, data: bytes, /) -> object:
        """Take bytes."""


@dataclass(frozen=True)
class Member:
    """A file of an archive, with what is known of its bytes before they are written."""

    path: str
    """Of ASCII letters only."""
    size: int
    crc: int
    sha256: str
    open: Opener


def member(path: str, opener: Opener) -> Member:
    """Look at a file's bytes once."""
    size, crc, digest = 0, 0, hashlib.sha256()
    with opener() as file:
        for chunk in pieces(file):
            size += len(chunk)
            crc = zlib.crc32(chunk, crc)
            digest.update(chunk)
    return Member(path, size, crc, digest.hexdigest(), opener)


def of_bytes(path: str, data: bytes) -> Member:
    """Give a member of bytes at hand."""
    return member(path, lambda: BytesIO(data))


def of_file(path: str, place: Path) -> Member:
    """Give a member of a file on disk."""
    return member(path, lambda: place.open("rb"))


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Give a file's bytes in pieces."""
    while chunk := file.read(CHUNK):
        yield chunk


def write(out: Out, members: Sequence[Member]) -> None:
    """Write an archive of these files in this order."""
    if len(members) > MOST or sum(one.size + 200 for one in members) > LARGEST:
        raise TooLarge("The files of this dossier do not fit into one archive.")
    directory, offset = b"", 0
    for one in members:
        name = one.path.encode("ascii")
        shared = struct.pack("<HHHHHIIIHH", _VERSION, 0, 0, 0, _DAY, one.crc, one.size, one.size, len(name), 0)
        head = struct.pack("<I", _LOCAL) + shared + name
        out.write(head)
        with one.open() as file:
            for chunk in pieces(file):
                out.write(chunk)
        directory += struct.pack("<IH", _CENTRAL, _MADE_BY) + shared
        directory += struct.pack("<HHHII", 0, 0, 0, _PLAIN_FILE, offset) + name
        offset += len(head) + one.size
    out.write(directory)
    count = len(members)
    out.write(struct.pack("<IHHHHIIH", _END, 0, 0, count, count, len(directory), offset, 0))


class Digest:
    """Takes bytes and keeps their hash alone."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._digest = hashlib.sha256()

    def write(self, data: bytes, /) -> None:
        """Take bytes."""
        self._digest.update(data)

    @property
    def hex(self) -> str:
        """Give the hash of everything taken."""
        return self._digest.hexdigest()


def hash_of(path: Path) -> str:
    """Give the hash of a file on disk."""
    digest = Digest()
    with path.open("rb") as file:
        for chunk in pieces(file):
            digest.write(chunk)
    return digest.hex


def read_members(package: zipfile.ZipFile) -> list[Member]:
    """Read the files of an archive in their order; what our own way of writing never makes is refused."""
    found = []
    for info in package.infolist():
        if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
            raise zipfile.BadZipFile(f"{info.filename} is packed in another way.")
        found.append(member(info.filename, _opener(package, info)))
    if len({one.path for one in found}) != len(found):
        raise zipfile.BadZipFile("A name stands twice.")
    return found


def _opener(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> Opener:
    return lambda: package.open(info)


def sums(members: Iterable[Member]) -> str:
    """Write the hashes as `sha256sum --check` reads them."""
    return "".join(f"{one.sha256}  {one.path}\n" for one in members)

"""Files sealed by a key: encrypted and authenticated piece by piece, so that they are written and read as streams.

Each piece of a mebibyte is sealed by AES-256-GCM under a key that scrypt derives from the passphrase and the file's own salt. Its
nonce holds the piece's number and whether it is the last, so that pieces cannot be swapped, dropped or cut off unseen.
"""

import io
import os
import secrets
import struct
from functools import lru_cache
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"CLOUDSTEPS-SEALED-1\n"
SALT, PREFIX, TAG = 16, 7, 16
HEADER = len(MAGIC) + SALT + PREFIX
PIECE = 1024 * 1024
_COST = {"n": 2**15, "r": 8, "p": 1}


class WrongKey(OSError):
    """The key does not open the file, or the file is not what was written."""


@lru_cache(maxsize=4)
def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, **_COST).derive(passphrase.encode()))


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + struct.pack(">I?", number, last)


def is_sealed(file: IO[bytes]) -> bool:
    """Tell whether a file begins as a sealed one; it stands at its start afterwards."""
    found = file.read(len(MAGIC)) == MAGIC
    file.seek(0)
    return found


class SealingWriter(io.RawIOBase):
    """Seals what is written to it; closing it writes the last piece, without which the file is not whole."""

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        """Begin a sealed file."""
        super().__init__()
        self._file, self._prefix = file, secrets.token_bytes(PREFIX)
        salt = secrets.token_bytes(SALT)
        self._header = MAGIC + salt + self._prefix
        self._cipher, self._waiting, self._number = _cipher(passphrase, salt), bytearray(), 0
        file.write(self._header)

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, data: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]  # the kinds of bytes that files write
        """Take bytes, and seal whole pieces; the last one waits for the end."""
        self._waiting += data
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(data)

    def _seal(self, piece: bytes, *, last: bool) -> None:
        nonce = _nonce(self._prefix, self._number, last=last)
        self._file.write(self._cipher.encrypt(nonce, piece, self._header))
        self._number += 1

    def close(self) -> None:
        """Seal the last piece."""
        if not self.closed:
            self._seal(bytes(self._waiting), last=True)
        super().close()


class SealedReader(io.RawIOBase):
    """Reads a sealed file from any place in it; every piece is proved before a byte of it is given."""

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        """Open a sealed file, and prove its last piece, so that one cut short is refused at once."""
        super().__init__()
        self._file, size = file, os.fstat(file.fileno()).st_size
        self._header = file.read(HEADER)
        if len(self._header) < HEADER or not self._header.startswith(MAGIC) or size < HEADER + TAG:
            raise WrongKey("This file is cut short.")
        salt, self._prefix = self._header[len(MAGIC) : -PREFIX], self._header[-PREFIX:]
        self._cipher = _cipher(passphrase, salt)
        self._pieces = -(-(size - HEADER) // (PIECE + TAG))
        self._size = size - HEADER - self._pieces * TAG
        self._place, self._number, self._piece = 0, -1, b""
        self._open(self._pieces - 1)

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that any place can be read."""
        return True

    def tell(self) -> int:
        """Give the place that is read next."""
        return self._place

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to a place."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def readinto(self, buffer: "bytearray | memoryview", /) -> int:  # type: ignore[override]  # what BufferedReader hands over
        """Give the next bytes, at most up to the end of their piece."""
        if self._place >= self._size:
            return 0
        number, within = divmod(self._place, PIECE)
        if number != self._number:
            self._open(number)
        data = self._piece[within : within + len(buffer)]
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)

    def _open(self, number: int) -> None:
        self._file.seek(HEADER + number * (PIECE + TAG))
        nonce = _nonce(self._prefix, number, last=number == self._pieces - 1)
        try:
            self._piece = self._cipher.decrypt(nonce, self._file.read(PIECE + TAG), self._header)
        except InvalidTag as error:
            raise WrongKey("The key does not open this file, or the file is not what was written.") from error
        self._number = number

    def close(self) -> None:
        """Close the file below too."""
        if not self.closed:
            self._file.close()
        super().close()

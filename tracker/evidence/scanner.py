"""A malware scanner that speaks clamd's protocol: the bytes go to it as a stream, and it answers in one line."""

import re
import socket
import struct
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

CHUNK = 64 * 1024
SECONDS = 60
LONGEST_ANSWER = 4096
_FOUND = re.compile(r"(?:stream: )?(?P<threat>.+) FOUND")


class ScannerFault(OSError):
    """The scanner could not be reached, or did not say whether the file is clean."""


@dataclass(frozen=True)
class Verdict:
    """What the scanner said of a file."""

    threat: str | None

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing was found."""
        return self.threat is None


def check_address(address: str) -> None:
    """Refuse an address of a scanner that cannot be one."""
    parts = urlsplit(address)
    if not (parts.scheme == "tcp" and parts.hostname and parts.port) and not (parts.scheme == "unix" and parts.path):
        raise ValueError("CLOUDSTEPS_SCANNER must look like tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl.")


def scan(path: Path, address: str) -> Verdict:
    """Send a file to the scanner and give its verdict; anything but a clear one is a fault, to be tried again."""
    try:
        with _connected(address) as line, path.open("rb") as file:
            line.sendall(b"zINSTREAM\0")
            while chunk := file.read(CHUNK):
                line.sendall(struct.pack(">I", len(chunk)) + chunk)
            line.sendall(struct.pack(">I", 0))
            answer = _answer(line)
    except (TimeoutError, ConnectionError, socket.gaierror) as error:
        raise ScannerFault(f"The scanner could not be asked: {error}") from error
    if answer in {"stream: OK", "OK"}:
        return Verdict(None)
    found = _FOUND.fullmatch(answer)
    if found is None:
        raise ScannerFault(f"The scanner gave no verdict: {answer[:200]}")
    return Verdict(found["threat"].strip()[:200])


def _connected(address: str) -> socket.socket:
    check_address(address)
    parts = urlsplit(address)
    if parts.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(SECONDS)
        try:
            line.connect(parts.path)
        except OSError as error:
            line.close()
            raise ConnectionError(str(error)) from error
        return line
    return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=SECONDS)


def _answer(line: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < LONGEST_ANSWER:
        part = line.recv(LONGEST_ANSWER)
        if not part:
            break
        said += part
    return said.rstrip(b"\0\n").decode("utf-8", "replace")

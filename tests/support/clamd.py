"""A small server that speaks clamd's INSTREAM over TCP, and finds the test signature of virus scanners."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

SIGNATURE = b"EICAR-STANDARD-ANTIVIRUS" + b"-TEST-FILE"
COMMAND = b"zINSTREAM\0"


@dataclass
class Clamd:
    """The server as a test sees it."""

    address: str = ""
    scanned: list[bytes] = field(default_factory=list)
    answer: bytes | None = None
    """What it says whatever it gets; nothing lets it look."""


def _exactly(stream: socketserver.StreamRequestHandler, size: int) -> bytes:
    data = stream.rfile.read(size)
    if len(data) != size:
        raise ConnectionError
    return data


@contextmanager
def clamd() -> Iterator[Clamd]:
    """Run the server for the length of the block."""
    told = Clamd()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            assert _exactly(self, len(COMMAND)) == COMMAND
            data = b""
            while size := struct.unpack(">I", _exactly(self, 4))[0]:
                data += _exactly(self, size)
            told.scanned.append(data)
            found = b"stream: Eicar-Test-Signature FOUND" if SIGNATURE in data else b"stream: OK"
            self.wfile.write((told.answer if told.answer is not None else found) + b"\0")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        told.address = f"tcp://127.0.0.1:{server.server_address[1]}"
        running = threading.Thread(target=server.serve_forever, daemon=True)
        running.start()
        try:
            yield told
        finally:
            server.shutdown()
            running.join()

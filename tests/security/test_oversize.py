"""A request that is far too large is refused before it is read, and costs no memory."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.databases import fresh_database
from tests.support.installation import Installation, make

GIGABYTE = 1024**3
CHUNK = b"x" * 65_536


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with fresh_database(tmp_path) as url:
        made = make(tmp_path / "data", url)
        yield made
        made.end()


def memory_of(pids: list[int]) -> int:
    return sum(int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * 4096 for pid in pids)


def wait_for_workers(children: Callable[[], list[int]]) -> None:
    """Wait until every worker has been started, so that one which comes late is not taken for growth."""
    seen: list[int] = []
    for _ in range(40):
        time.sleep(0.25)
        if (now := children()) and now == seen:
            return
        seen = now


def send(port: int, head: str, most: int, *, chunked: bool = False) -> tuple[str, int]:
    """Send a body for as long as the server lets us, and give the head of its answer and how much was sent."""
    sent = 0
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(head.encode())
        line.setblocking(False)
        until = time.monotonic() + 60
        received = b""
        while sent < most and time.monotonic() < until:
            try:
                heard = line.recv(65_536)
                if not heard:
                    break
                received += heard
            except BlockingIOError:
                pass
            except OSError:
                break
            try:
                sent += line.send(f"{len(CHUNK):x}\r\n".encode() + CHUNK + b"\r\n" if chunked else CHUNK)
            except BlockingIOError:
                time.sleep(0.001)
            except OSError:
                break
        line.settimeout(5)
        with suppress(OSError):
            received += line.recv(65_536)
    return received.decode(errors="replace"), sent


@pytest.mark.timeout(300)
@pytest.mark.parametrize("chunked", [False, True])
def test_two_gigabytes_are_refused_early_in_a_sentence_without_memory(
    installation: Installation, chunked: bool
) -> None:
    web = installation.start_web()
    wait_for_workers(web.children)
    before = memory_of(web.children())
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {2 * GIGABYTE}"
    head = f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=x\r\n{length}\r\n\r\n"

    answer, sent = send(installation.port, head, 2 * GIGABYTE, chunked=chunked)

    assert " 413 " in answer.splitlines()[0], answer[:300]
    assert "太大" in answer
    assert sent < GIGABYTE / 4
    assert memory_of(web.children()) - before < 50 * 1024 * 1024

"""Processes that never outlive who started them."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

Process = subprocess.Popen[bytes]


def start(
    command: Sequence[str], *, log: Path, environment: Mapping[str, str], watches: bool, answers: bool = False
) -> Process:
    """Start a program that doesn't outlive us.

    One of ours watches its standard input, which closes when we are gone. Another's is killed by the kernel as soon as the
    thread that started it ends; on systems that can't do that, it is ended by `stop` only.
    """
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - programs of this project, never text of people
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if answers else output,
            stderr=output,
            env=dict(environment),
            preexec_fn=_die_with_parent if _LIBC and not watches else None,  # noqa: PLW1509 - one system call, no lock is taken
        )


def stop(process: Process, *, seconds: float = 5.0) -> None:
    """Ask a program to end, insist, and wait until it is gone."""
    if process.stdin:
        with suppress(OSError):
            process.stdin.close()
    for signal_ in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            process.send_signal(signal_)
            with suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
    if process.stdout:
        process.stdout.close()


def end_when_input_closes() -> None:
    """End this process as soon as who started it is gone."""

    def watch() -> None:
        with suppress(OSError, ValueError):
            sys.stdin.buffer.read()
        os._exit(0)

    threading.Thread(target=watch, daemon=True, name="owner").start()


def free_port(wanted: int | None = None) -> int:
    """Give a free port, the wanted one where nobody took it meanwhile."""
    for port in filter(None, (wanted,)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, process: Process, *, seconds: float) -> bool:
    """Wait until a program listens; False where it ended or took too long."""

    def listens() -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", port)) == 0

    return wait_until(listens, seconds=seconds, unless=lambda: process.poll() is not None)


def wait_until(true: Callable[[], bool], *, seconds: float, unless: Callable[[], bool] = lambda: False) -> bool:
    """Wait until something is true, looking every twentieth of a second."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit and not unless():
        if true():
            return True
        time.sleep(0.05)
    return not unless() and true()


def is_alive(pid: int, started: str) -> bool:
    """Whether a process is the one that was meant, and no other under the same number."""
    return started_at(pid) == started != ""


def started_at(pid: int) -> str:
    """Give the moment a process started, in the kernel's own clock; empty where there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]


def _die_with_parent() -> None:
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

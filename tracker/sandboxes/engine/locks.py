"""Locks of stacks: ours are removed once the engine that took them is known to be gone, others' never."""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from pulumi import automation

from tracker.sandboxes.engine.job import Job, Stopped, Tell

_LOCKS = ".pulumi/locks"


def remove_stale(stack: automation.Stack, job: Job, tell: Tell) -> None:
    """Remove the locks that dead engines of ours left on this stack; refuse where somebody else works on it.

    In a bucket the locks are not read one by one: the rows of the database let one operation at a time onto a stack, and name the
    hosts whose engines of it were ended, so that a lock found after such an end is ours.
    """
    if urlparse(job.backend).scheme not in {"", "file"}:
        if job.stale_lock_of:
            stack.cancel()
        return
    for path, lock in _locks(job):
        whose = f"{lock.get('username')}@{lock.get('hostname')}, process {lock.get('pid')}"
        if not _is_dead(lock, job):
            raise Stopped(f"Somebody else works on this stack: {whose}, since {lock.get('timestamp')}. Wait for it.")
        path.unlink(missing_ok=True)
        tell("said", severity="warning", urn="", text=f"Took over the lock of {whose}, which is gone.")


def _locks(job: Job) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Read the locks of a stack whose state lies in a folder."""
    root = Path(unquote(urlparse(job.backend).path)) / _LOCKS
    for path in root.glob(f"**/{job.project}/{job.stack}/*.json"):
        with suppress(FileNotFoundError, ValueError):
            yield path, json.loads(path.read_text(encoding="utf-8"))


def _is_dead(lock: dict[str, Any], job: Job) -> bool:
    """Whether a lock is of a host of ours, whose engines of this stack have been ended, and its process is gone."""
    host = str(lock.get("hostname", ""))
    if host == socket.gethostname():
        return not Path(f"/proc/{lock.get('pid')}").exists()
    return host in job.stale_lock_of

"""Clearing up after broken uploads."""

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import structlog

from tracker.core.tasks import Task, outside
from tracker.evidence import queries, storage

log = structlog.get_logger()
AT_ONCE = 500


def sweep(_payload: Mapping[str, Any]) -> None:
    """Delete what uploads left behind: half files, and stored bytes that no record names, once they are a day old."""
    files = storage.stray_files()
    deleted = 0
    while some := list(islice(files, AT_ONCE)):
        known = queries.known_hashes([path.name for path in some])
        for path in some:
            if path.name not in known:
                deleted += _delete(path)
    log.info("evidence swept", deleted=deleted)


def _delete(path: Path) -> int:
    path.unlink(missing_ok=True)
    return 1


SWEEP = "evidence.sweep"
TASKS: Mapping[str, Task] = {SWEEP: outside(sweep)}

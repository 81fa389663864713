"""Clearing up after broken uploads."""

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import structlog

from tracker.core.tasks import Payload, Task, outside
from tracker.evidence import operations, queries, scanner, storage
from tracker.evidence.scanner import Verdict

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


def ask_scanner(payload: Payload) -> Verdict | None:
    """Send stored bytes to the scanner; nothing where they are gone or the scanner was taken away."""
    address, path = storage.settings().scanner, storage.path_of(payload["sha256"])
    return scanner.scan(path, address) if address and path.exists() else None


def note_verdict(payload: Payload, verdict: Verdict | None) -> None:
    """Note what the scanner said."""
    stored = queries.find_stored(payload["sha256"])
    if stored is None:
        return
    if verdict is None:
        stored.scan = None
        return
    operations.note_scan(stored, verdict.threat)
    if not verdict.is_clean:
        log.warning("malware found", sha256=stored.sha256, threat=verdict.threat)


TASKS: Mapping[str, Task] = {
    SWEEP: outside(sweep),
    operations.SCAN: Task(prepare=ask_scanner, record=note_verdict),
}

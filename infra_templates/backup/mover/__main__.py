"""The container: copy once, say how it went in one line of JSON that alarms count, and end with 0 where all is well."""

import json
import os
import sys
import tempfile
import threading
from functools import partial
from pathlib import Path
from typing import Any

from infra_templates.backup.mover.copying import CopyResult, run_copy
from infra_templates.backup.mover.job import Incomplete, rclone_of, settings_of
from infra_templates.backup.mover.manifest import Unreadable
from infra_templates.backup.mover.rclone import RcloneFailed
from infra_templates.backup.mover.signin import (
    database_password,
    google_settings,
    keep_fresh,
    token_for,
    write_privately,
)

NAMED = 20
"""Failures that are named in the line; the count tells of the rest."""


def main() -> int:
    """Copy; 0 where the copy is whole, 1 where something is missing from it, 2 where it could not be tried."""
    environment, ended = dict(os.environ), threading.Event()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            keep_fresh(partial(_write_token, environment, folder), ended)
            if environment.get("COPY_CLOUD") == "gcp":
                write_privately(folder / "google.json", google_settings(environment, folder / "token"))
            rclone = rclone_of(environment, folder)
            result = run_copy(settings_of(environment, partial(database_password, environment)), rclone)
        except (Incomplete, RcloneFailed, Unreadable, OSError, KeyError, ValueError) as error:
            _say({"event": "backup_failed", "reason": f"{type(error).__name__}: {error}"[:2_000]})
            return 2
        finally:
            ended.set()
    _say(told(result))
    return 0 if result.ok else 1


def told(result: CopyResult) -> dict[str, Any]:
    """Say how a run ended, with the figures that alarms and people read."""
    return {
        "event": "backup_copied" if result.ok else "backup_failed",
        "run": result.manifest.run,
        "as_of": result.manifest.as_of,
        "full": result.full,
        "objects": len(result.manifest.entries),
        "copied": result.copied,
        "bytes": result.copied_bytes,
        "verified": result.verified,
        "seconds": round(result.seconds, 1),
        "failed": len(result.failures),
        "failures": dict(sorted(result.failures.items())[:NAMED]),
        "warnings": result.warnings[:NAMED],
    }


def _write_token(environment: dict[str, str], folder: Path) -> None:
    write_privately(folder / "token", token_for(environment))


def _say(line: dict[str, Any]) -> None:
    print(json.dumps(line, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    sys.exit(main())

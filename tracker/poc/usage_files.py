"""Usage logs as customers' systems write them, read by a child process under limits of memory, time and rows."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.poc.rules.trials import LogFormat

SECONDS = 40
LARGEST_ANSWER = 4 * 1024 * 1024

_SAYS: Mapping[str, str] = {
    "encoding": N_("“%(name)s” is damaged: it begins as UTF-16, but cannot be read as such. Save it again as UTF-8."),
    "line": N_("“%(name)s” has a line of more than a million signs, so it is no table. Hand in the log as a table."),
    "table": N_("“%(name)s” cannot be read as a table. Save it again as CSV, XLSX or JSON, with one use a row."),
    "empty": N_("“%(name)s” holds no rows below its heading. Hand in the log of the trial period."),
    "rows": N_("“%(name)s” has more than 300,000 rows. Hand in the days and their numbers of users instead."),
    "size": N_("“%(name)s” is too large to be read. Hand in the days and their numbers of users instead."),
}


def format_of(name: str) -> LogFormat:
    """Tell from its name what kind of log a file is."""
    match name.rpartition(".")[2].lower():
        case "csv" | "txt":
            return LogFormat.CSV
        case "xlsx":
            return LogFormat.XLSX
        case "json":
            return LogFormat.JSON
        case _:
            raise Refused(N_("A usage log is a CSV, XLSX or JSON file. Save it as one of these."), field="file")


def read_log(path: Path, kind: LogFormat, name: str, mapping: Mapping[str, int] | None = None) -> dict[str, Any]:
    """Read a log's columns and first rows, and with a mapping its days; what cannot be read is refused."""
    command = [sys.executable, "-m", "tracker.poc.usage_child", str(path), kind.value]
    given = json.dumps(dict(mapping)) if mapping is not None else "null"
    try:
        done = subprocess.run(  # noqa: S603 - our own program, and a path that we made
            command,
            input=given.encode(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
            cwd=Path(__file__).parents[2],
            env={"PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"},
        )
    except subprocess.TimeoutExpired:
        raise Refused(_SAYS["size"], field="file", name=name) from None
    if done.returncode != 0 or len(done.stdout) > LARGEST_ANSWER:
        raise Refused(_SAYS["size"], field="file", name=name)
    answer = cast("dict[str, Any]", json.loads(done.stdout))
    if fault := answer.get("fault"):
        raise Refused(_SAYS[fault], field="file", name=name)
    return answer

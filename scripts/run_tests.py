"""Run every stage of the tests, go on after a failure, and print at the very end how each of them closed.

`run_tests.py` runs all stages, `run_tests.py lint unit` those that are named.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOGS = ROOT / "var" / "test-logs"
LOOK_SECONDS = 0.2
LONGEST_LINE = 2000
PYTEST = (sys.executable, "-m", "pytest", "-q", "--durations=25", "-p", "tests.support.worker_database")
POSTGRES = (sys.executable, "-m", "tests.support.postgres", "--")
APART = ("--ignore=tests/e2e", "--ignore=tests/faults", "--ignore=tests/infra", "--ignore=tests/sandboxes")
AT_ONCE = f"--numprocesses={os.cpu_count() or 1}"
WITHOUT_PROCESSES = ("tests", *APART, AT_ONCE, "--dist=loadgroup")
WITHOUT_POSTGRES = ("--ignore=tests/unit", "--ignore=tests/app/test_growth.py")
"""What has no database, or brings an SQLite of its own: the other stage has run it."""
FILE_BY_FILE = "--dist=loadfile"
"""A file's practice cloud, plans or running demo are made once and not by every worker."""


@dataclass(frozen=True)
class Stage:
    """A command of the tests, on SQLite or beside a PostgreSQL."""

    name: str
    command: Sequence[str]
    on_postgres: bool = False
    begins_first: bool = False
    """Begun with the first stage and given what the others leave of the processors; only waited for in its turn."""


@dataclass(frozen=True)
class Outcome:
    """How a stage ended."""

    stage: Stage
    exit_code: int
    seconds: float
    closing: str

    def __str__(self) -> str:
        verdict = "passed" if self.exit_code == 0 else f"FAILED ({self.exit_code})"
        return f"{self.stage.name:<16} {verdict:<12} {self.seconds:6.0f} s  {self.closing}"


STAGES = (
    Stage("lint", ("make", "--no-print-directory", "lint")),
    Stage("suite-sqlite", (*PYTEST, *WITHOUT_PROCESSES)),
    Stage("suite-postgres", (*PYTEST, *WITHOUT_PROCESSES, *WITHOUT_POSTGRES), on_postgres=True),
    Stage("faults-sqlite", (*PYTEST, "tests/faults", AT_ONCE, FILE_BY_FILE)),
    Stage("faults-postgres", (*PYTEST, "tests/faults", AT_ONCE, FILE_BY_FILE), on_postgres=True),
    Stage("engine", ("nice", "-n", "10", "make", "--no-print-directory", "engine"), begins_first=True),
    Stage("infra", (*PYTEST, "tests/infra", AT_ONCE, FILE_BY_FILE)),
    Stage("sandboxes", (*PYTEST, "tests/sandboxes", AT_ONCE, FILE_BY_FILE)),
    Stage("browser", (*PYTEST, "tests/e2e", AT_ONCE, FILE_BY_FILE)),
)


def begin(stage: Stage) -> "subprocess.Popen[str]":
    """Start a stage, its output into its file."""
    given = {
        name: value for name, value in os.environ.items() if stage.on_postgres or name != "CLOUDSTEPS_TEST_DATABASE_URL"
    }
    with log_of(stage).open("w", encoding="utf-8") as log:
        return subprocess.Popen(
            [*(POSTGRES if stage.on_postgres else ()), *stage.command],
            cwd=ROOT,
            env=given,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )


def finish(stage: Stage, process: "subprocess.Popen[str]") -> Outcome:
    """Show the output of a stage as it comes, until it ends."""
    print(f"\n=== {stage.name}", flush=True)
    waited_from, end = time.monotonic(), ""
    with log_of(stage).open(encoding="utf-8", errors="replace") as log:
        while True:
            has_ended = process.poll() is not None
            come = log.read()
            print(come, end="", flush=True)
            end = (end + come)[-LONGEST_LINE:]
            if has_ended:
                closing = end.strip().splitlines()[-1:] or [""]
                return Outcome(stage, process.returncode, time.monotonic() - waited_from, closing[0])
            time.sleep(LOOK_SECONDS)


def log_of(stage: Stage) -> Path:
    """Give the file that keeps the output of a stage."""
    return LOGS / f"{stage.name}.log"


def main(names: Sequence[str]) -> int:
    """Run the named stages, or all of them, and say how they ended."""
    unknown = set(names) - {stage.name for stage in STAGES}
    if unknown:
        print(
            f"There is no stage {', '.join(sorted(unknown))}. Stages: {', '.join(stage.name for stage in STAGES)}.",
            file=sys.stderr,
        )
        return 2
    LOGS.mkdir(parents=True, exist_ok=True)
    wanted = [stage for stage in STAGES if not names or stage.name in names]
    ahead = {stage: begin(stage) for stage in wanted if stage.begins_first}
    outcomes = [finish(stage, ahead.get(stage) or begin(stage)) for stage in wanted]
    failed = [outcome.stage.name for outcome in outcomes if outcome.exit_code]
    print("\n=== how it ended", *outcomes, sep="\n")
    print(f"FAILED: {', '.join(failed)}; the whole output is in var/test-logs/" if failed else "All stages passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

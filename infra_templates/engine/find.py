"""Where the engine is: `pulumi` on PATH in the pinned version, or the one that was installed for CloudSteps."""

import os
import shutil
import subprocess
from pathlib import Path

VERSION = "3.259.0"
"""Of the engine and its Python SDK alike; `go.mod` and requirements/infra.in say the same."""

ROOT = Path(__file__).resolve().parents[2]


class NoEngine(Exception):
    """There is no engine of the pinned version on this machine."""


def tools_folder() -> Path:
    """Give the folder of the tools that were installed for this machine."""
    return Path(os.environ.get("CLOUDSTEPS_TOOLS_DIR") or ROOT / "var" / "tools")


def own_root() -> Path:
    """Give the folder in which the installed engine lies, as the SDK lays it out: bin/pulumi."""
    return tools_folder() / f"pulumi-{VERSION}"


def version_of(program: Path) -> str:
    """Ask an engine for its version; empty where it doesn't answer."""
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        answer = subprocess.run(  # noqa: S603 - the engine itself
            [program, "version"], capture_output=True, text=True, timeout=60, env=environment, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip().removeprefix("v")


def find_engine() -> Path | None:
    """Find an engine of the pinned version, or None."""
    on_path = shutil.which("pulumi")
    for program in (own_root() / "bin" / "pulumi", Path(on_path) if on_path else None):
        if program is not None and program.exists() and version_of(program) == VERSION:
            return program
    return None


def get_engine() -> Path:
    """Give an engine of the pinned version, or say how to get one."""
    program = find_engine()
    if program is None:
        raise NoEngine(
            f"There is no Pulumi {VERSION} on this machine. Run infra_templates/engine/install (or make engine)."
        )
    return program

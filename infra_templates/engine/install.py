"""Get the engine: the one on PATH, else by the SDK's own installer, else built from its Go module.

Each way that fails says why, and the next one is tried. What was installed is kept under var/tools/ and used again.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from infra_templates.engine.find import VERSION, find_engine, own_root, version_of

MODULE = Path(__file__).parent
BUILD_SECONDS = 3600
_COMMAND = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_STAMP = f"-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{VERSION}"
"""Without it the engine takes itself for a development version, which the SDK refuses."""


class WayFailed(Exception):
    """One way of getting the engine that doesn't work here."""


def install() -> Path:
    """Give the engine's program, installed by the first way that works."""
    found = find_engine()
    if found is not None:
        _say(f"Pulumi {VERSION} is here: {found}")
        return found
    reasons = []
    for way in WAYS:
        try:
            program = way()
            _say(f"Pulumi {VERSION} is ready: {program}")
            return program
        except WayFailed as error:
            reasons.append(str(error))
            _say(str(error))
    raise WayFailed(
        f"Pulumi {VERSION} could not be had in any way. Install it by hand so that `pulumi version` says v{VERSION}."
    )


def by_path() -> Path:
    """Say why the program on PATH is not used; the right one was found before."""
    program = shutil.which("pulumi")
    if program is None:
        raise WayFailed("There is no pulumi on PATH.")
    raise WayFailed(f"{program} is {version_of(Path(program)) or 'no working engine'}, and {VERSION} is needed.")


def by_sdk() -> Path:
    """Let the SDK download the release."""
    try:
        from pulumi.automation import PulumiCommand  # noqa: PLC0415 - the engine may be wanted where the SDK is not
        from semver import VersionInfo  # noqa: PLC0415 - comes with it
    except ImportError:
        raise WayFailed(
            "The SDK's installer was not used: the packages of requirements/infra.txt are not installed."
        ) from None
    with tempfile.TemporaryDirectory() as draft:
        try:
            PulumiCommand.install(root=draft, version=VersionInfo.parse(VERSION))
        except Exception as error:
            raise WayFailed(f"The SDK's installer could not download it: {_last_line(error)}") from error
        return _keep(Path(draft) / "bin")


def by_go() -> Path:
    """Build it as a tool dependency of our own Go module."""
    go = shutil.which("go")
    if go is None:
        raise WayFailed("It could not be built: there is no go on PATH (Go 1.25.11 or newer).")
    _say(f"Building Pulumi {VERSION} with Go; this takes some minutes, once ...")
    with tempfile.TemporaryDirectory() as draft:
        output = Path(draft) / "bin" / "pulumi"
        command = [go, "build", "-trimpath", "-ldflags", f"-s -w {_STAMP}", "-o", str(output), _COMMAND]
        try:
            subprocess.run(  # noqa: S603 - the Go tool chain, with arguments of our own
                command, cwd=MODULE, check=True, timeout=BUILD_SECONDS, stdout=sys.stderr, env=_go_environment()
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise WayFailed(f"It could not be built with Go: {_last_line(error)}") from error
        return _keep(output.parent)


WAYS: tuple[Callable[[], Path], ...] = (by_path, by_sdk, by_go)


def _keep(programs: Path) -> Path:
    """Move the programs to where they are looked for, after asking for their version."""
    version = version_of(programs / "pulumi")
    if version != VERSION:
        raise WayFailed(f"What was installed is {version or 'no working engine'}, and {VERSION} is needed.")
    kept = own_root() / "bin"
    draft = kept.with_name(f"bin.{os.getpid()}")
    shutil.copytree(programs, draft)
    shutil.rmtree(kept, ignore_errors=True)
    draft.replace(kept)
    return kept / "pulumi"


def _go_environment() -> dict[str, str]:
    """Build what go.mod names and change nothing of it."""
    flags = f"{os.environ.get('GOFLAGS', '')} -mod=readonly -modcacherw".strip()
    return {**os.environ, "GOFLAGS": flags, "GOWORK": "off"}


def _last_line(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201 - this module is a program too


def main() -> int:
    """Install the engine and print where it is."""
    try:
        program = install()
    except WayFailed as error:
        _say(str(error))
        return 1
    print(program)  # noqa: T201 - what this program answers
    return 0


if __name__ == "__main__":
    sys.exit(main())

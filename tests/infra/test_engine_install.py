"""Each way of getting the engine that fails says why, and the next one is tried."""

import os
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from pulumi.automation import PulumiCommand

from infra_templates.engine import find, install
from infra_templates.engine.find import VERSION, NoEngine, get_engine
from infra_templates.engine.install import MODULE, WayFailed

Fake = Callable[[str], Path]


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """Put a program named pulumi on a PATH that holds nothing else; no engine is installed."""
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("CLOUDSTEPS_TOOLS_DIR", str(tmp_path / "tools"))

    def pulumi(version: str) -> Path:
        program = programs / "pulumi"
        program.write_text(f"#!/bin/sh\necho {version}\n")
        program.chmod(0o755)
        return program

    return pulumi


def test_the_pinned_version_on_path_is_used(fake: Fake) -> None:
    program = fake(f"v{VERSION}")

    assert install.install() == get_engine() == program


def test_another_version_on_path_is_not_used(fake: Fake) -> None:
    program = fake("v3.1.0")

    with pytest.raises(WayFailed, match=f"{program} is 3.1.0, and {VERSION} is needed"):
        install.by_path()
    with pytest.raises(NoEngine, match="Run infra_templates/engine/install"):
        get_engine()


def test_every_way_that_failed_is_told(
    fake: Fake, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_network(root: str, version: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr(PulumiCommand, "install", no_network)

    assert install.main() == 1
    told = capsys.readouterr().err
    assert "There is no pulumi on PATH." in told
    assert "The SDK's installer could not download it: no network" in told
    assert "It could not be built: there is no go on PATH" in told
    assert "Install it by hand" in told


def test_what_the_sdk_installs_is_kept_and_used_again(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    def installs(root: str, version: object) -> None:
        program = Path(root) / "bin" / "pulumi"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\necho v{version}\n")
        program.chmod(0o755)

    monkeypatch.setattr(PulumiCommand, "install", installs)

    kept = install.install()

    assert kept == find.own_root() / "bin" / "pulumi"
    monkeypatch.setattr(install, "WAYS", ())
    assert install.install() == kept


def test_the_version_is_the_same_everywhere() -> None:
    module = (MODULE / "go.mod").read_text()
    wanted = (MODULE.parents[1] / "requirements" / "infra.in").read_text()

    assert f"github.com/pulumi/pulumi/pkg/v3 v{VERSION}" in module
    assert re.search(r"^tool github.com/pulumi/pulumi/pkg/v3/cmd/pulumi$", module, re.MULTILINE)
    assert f"pulumi=={VERSION}\n" in wanted


def test_the_installer_can_be_run_and_the_wheel_leaves_the_templates_out() -> None:
    assert os.access(MODULE / "install", os.X_OK)
    project = tomllib.loads((MODULE.parents[1] / "pyproject.toml").read_text())
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == ["tracker"]

"""Every setting stands in docs/settings.md with its default and what it is for."""

from pathlib import Path

import pytest

from tracker.core.settings import Settings

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "settings.md"
SHOWN = {"playbooks_dir": "`playbooks` of the product"}


def row(name: str) -> str:
    """Give a setting as the table shows it."""
    field = Settings.model_fields[name]
    default = field.default
    shown = str(default).lower() if isinstance(default, bool) else str(default)
    return f"| `CLOUDSTEPS_{name.upper()}` | {SHOWN.get(name) or (f'`{shown}`' if shown else 'none')} | {field.description} |"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    assert row(name) in DOCUMENT.read_text(encoding="utf-8").splitlines()


def test_no_setting_is_documented_that_has_gone() -> None:
    documented = [
        line.split("`")[1]
        for line in DOCUMENT.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `CLOUDSTEPS_")
    ]

    assert documented == [f"CLOUDSTEPS_{name.upper()}" for name in Settings.model_fields]

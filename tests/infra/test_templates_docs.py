"""What the templates' own documents say is so: links, pins, counts and prices."""

import re
from datetime import date
from pathlib import Path

import pytest

from infra_templates.guardrails.check import RULES
from infra_templates.plan.prices import price_of
from infra_templates.settings import Mode
from tests.infra.plans import CLOUDS, MODES, planned, recorded

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "infra_templates"
DOCUMENTS = sorted(TEMPLATES.rglob("*.md"))
LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_link_leads_to_a_file(path: Path) -> None:
    targets = [target.partition("#")[0] for target in LINK.findall(path.read_text(encoding="utf-8"))]

    assert [one for one in targets if one and "://" not in one and not (path.parent / one).exists()] == []


@pytest.mark.parametrize("folder", [TEMPLATES, *(TEMPLATES / "stacks" / f"{cloud}_saas" for cloud in CLOUDS)])
def test_both_languages_have_the_same_chapters_and_commands(folder: Path) -> None:
    texts = [(folder / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-Hant.md")]

    levels, commands = zip(
        *(
            (re.findall(r"^(#+) ", text, re.MULTILINE), re.findall(r"^ {4}(\S.*)$", text, re.MULTILINE))
            for text in texts
        ),
        strict=True,
    )
    assert levels[0] == levels[1]
    assert [re.sub(r"\s+#.*", "", one) for one in commands[0]] == [re.sub(r"\s+#.*", "", one) for one in commands[1]]


def test_a_vendor_installs_the_versions_that_are_tested() -> None:
    lock = (ROOT / "requirements" / "infra.txt").read_text(encoding="utf-8")
    wanted = (TEMPLATES / "requirements.txt").read_text(encoding="utf-8").splitlines()

    pins = [line for line in wanted if "==" in line]
    assert len(pins) == 5
    assert [pin for pin in pins if f"\n{pin} \\" not in lock] == []


def test_the_guardrails_are_counted_right() -> None:
    text = (TEMPLATES / "guardrails" / "README.md").read_text(encoding="utf-8")

    assert f"{len(RULES)} plain functions" in text


@pytest.mark.parametrize("cloud", CLOUDS)
@pytest.mark.parametrize("name", ["README.md", "README.zh-Hant.md"])
def test_the_costs_that_are_told_are_those_that_are_computed(cloud: str, name: str) -> None:
    text = (TEMPLATES / name).read_text(encoding="utf-8").replace(",", "")
    (row,) = re.findall(rf"^\| `{cloud}_saas` \| (.*\d.*)$", text, re.MULTILINE)

    told = [int(figure) for figure in re.findall(r"\d+", row)]

    prices = [price_of(planned(recorded(cloud, mode)), Mode(mode), today=date(2026, 1, 1)) for mode in MODES]
    assert told == [round(amount) for price in prices for amount in (price.low, price.high)]

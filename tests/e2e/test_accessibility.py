"""Every page that each role can reach: axe finds nothing, nothing runs over the edge at 320 px or at 200 % zoom."""

from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

from tests.e2e.conftest import DESKTOP, Visit
from tests.e2e.crawl import kind_of, kinds_of_pages

ROLES = ("staff", "expert", "vendor", "lead", "auditor", "admin")
LANGUAGES = ("zh-Hant", "en")
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
DIFFER_BY_ROLE = frozenset({"/", "/engagements/<n>", "/items/<n>", "/coaching-sessions/<n>", "/vendors/<n>"})
"""Looked at as every role; other kinds of pages as the first role that reaches them."""
RULES = {
    "light": {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}},
    "dark": {"runOnly": {"type": "rule", "values": ["color-contrast"]}},
}
"""A theme changes colours and nothing else."""
NARROW = ViewportSize(width=320, height=640)
"""320 px is also what 1280 px become at 400 %, and less than 640 px at 200 %."""


def faults(page: Page, theme: str) -> list[str]:
    """Give what axe finds, in a line each."""
    response: dict[str, Any] = Axe().run(page, options=RULES[theme]).response
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in response["violations"]]


def runs_over(page: Page) -> bool:
    """Tell whether the page is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """Give the kinds of pages that were looked at already."""
    return set()


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("role", [None, *ROLES])
def test_axe_finds_nothing_and_nothing_runs_over(visit: Visit, seen: set[str], role: str | None) -> None:
    page = visit(role, theme="system")
    paths = kinds_of_pages(page, "/" if role else "/sign-in")
    found: dict[str, object] = {}
    for path in paths:
        if kind_of(path) in seen - DIFFER_BY_ROLE:
            continue
        seen.add(kind_of(path))
        for language in LANGUAGES:
            page.goto(f"{path}?lang={language}")
            for theme in THEMES:
                page.emulate_media(color_scheme=theme)
                if problems := faults(page, theme):
                    found[f"{path} {language} {theme}"] = problems
            page.set_viewport_size(NARROW)
            if runs_over(page):
                found[f"{path} {language} 320 px"] = "wider than the window"
            page.set_viewport_size(DESKTOP)
    assert found == {}
    assert len(paths) > (1 if role is None else 5)

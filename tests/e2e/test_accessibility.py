"""Every page that each role can reach: axe finds nothing, nothing runs over the edge at 320 px or at 200 % zoom."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.conftest import Visit
from tests.e2e.crawl import kinds_of_pages

ROLES = ("staff", "lead", "expert", "vendor", "auditor", "admin")
LOOKS = [("zh-Hant", "light"), ("zh-Hant", "dark"), ("en", "light"), ("en", "dark")]
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
NARROW = {"width": 320, "height": 640}
"""320 px is also what 1280 px become at 400 %, and less than 640 px at 200 %."""


def faults(page: Page) -> list[str]:
    """Give what axe finds, in a line each."""
    response: dict[str, Any] = Axe().run(page, options=RULES).response
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in response["violations"]]


def runs_over(page: Page) -> bool:
    """Tell whether the page is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.mark.parametrize("role", [None, *ROLES])
def test_axe_finds_nothing_and_nothing_runs_over(visit: Visit, role: str | None) -> None:
    paths = kinds_of_pages(visit(role), "/" if role else "/sign-in")
    found: dict[str, object] = {}
    for language, theme in LOOKS:
        page = visit(role, language=language, theme=theme)
        for path in paths:
            page.goto(path)
            if problems := faults(page):
                found[f"{path} {language} {theme}"] = problems
            if theme == "light":
                page.set_viewport_size(NARROW)
                if runs_over(page):
                    found[f"{path} {language} 320 px"] = "wider than the window"
                page.set_viewport_size({"width": 1280, "height": 900})
    assert found == {}
    assert len(paths) > (1 if role is None else 5)

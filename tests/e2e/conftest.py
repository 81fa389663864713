"""The seeded demo as real processes, and Chromium to walk it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from tests.support.live import Live, serving

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=360, height=740)


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Give the running demo."""
    with serving(tmp_path_factory.mktemp("demo"), demo="1", sandbox_slots="0") as server:
        yield server


@pytest.fixture(scope="session")
def password(live: Live) -> str:
    """Give the password of the demo's accounts."""
    return str(json.loads((Path(live.data_dir) / "demo-accounts.json").read_text(encoding="utf-8"))["password"])


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Give the browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, live: Live, password: str) -> Iterator[Visit]:
    """Give a maker of signed-in pages: `visit("expert", phone=True, language="en", theme="dark")`."""
    contexts: list[BrowserContext] = []

    def open_page(person: str | None, *, phone: bool = False, language: str = "zh-Hant", theme: str = "light") -> Page:
        context = chromium.new_context(
            base_url=live.address,
            viewport=PHONE if phone else DESKTOP,
            has_touch=phone,
            is_mobile=phone,
            locale="zh-TW" if language == "zh-Hant" else "en-GB",
            color_scheme="dark" if theme == "dark" else "light",
        )
        context.set_default_timeout(15_000)
        context.add_cookies([{"name": "theme", "value": theme, "url": live.address}])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: failures.append(str(error)))
        if person is not None:
            sign_in(page, person, password)
        page.goto(f"/?lang={language}")
        return page

    failures: list[str] = []
    yield open_page
    for context in contexts:
        context.close()
    assert failures == [], "scripts of the page failed"


def sign_in(page: Page, person: str, password: str) -> None:
    """Sign in as a person of the demo."""
    page.goto("/sign-in")
    page.fill("input[name=email]", f"{person}@cloudsteps.example")
    page.fill("input[name=password]", password)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/sign-in" not in url)

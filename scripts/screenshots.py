"""Take the screenshots of the README: a demo is seeded in a folder of its own, and Chromium walks to each page."""

import io
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.live import Live, serving

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
LARGEST_BYTES = 150 * 1024
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--lang=zh-TW"]
DESKTOP, PHONE = (1280, 800), (360, 740)


@dataclass(frozen=True)
class Shot:
    """A picture: whose page, and how it is looked at."""

    name: str
    person: str
    path: str
    size: tuple[int, int] = DESKTOP
    language: str = "zh-Hant"
    theme: str = "light"
    follow: str = ""
    """The links that lead from that page to the one that is shown."""


SHOTS = (
    Shot("home", "staff", "/"),
    Shot("home-dark", "staff", "/", theme="dark"),
    Shot("engagement", "staff", "/engagements?q=智匯", follow="th a.row-link"),
    Shot("engagement-en", "staff", "/engagements?q=拓展", language="en", follow="th a.row-link"),
    Shot("gate", "staff", "/engagements?view=gates", follow="th a.row-link, #checklist a[href*='/gates/']"),
    Shot("board", "staff", "/board"),
    Shot("session-phone", "expert", "/coaching-sessions/new", size=PHONE),
    Shot("vendor-phone", "vendor", "/", size=PHONE),
)


def take(server: Live) -> None:
    """Take every picture."""
    password = json.loads((server.data_dir / "demo-accounts.json").read_text(encoding="utf-8"))["password"]
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        for shot in SHOTS:
            with visiting(browser, server.address, shot, password) as page:
                data = small(page.screenshot())
            (IMAGES / f"{shot.name}.png").write_bytes(data)
            print(f"docs/images/{shot.name}.png  {len(data) // 1024} kB")
            if len(data) > LARGEST_BYTES:
                raise SystemExit(f"{shot.name}.png is larger than {LARGEST_BYTES // 1024} kB.")
        browser.close()


@contextmanager
def visiting(browser: Browser, address: str, shot: Shot, password: str) -> Iterator[Page]:
    """Give the page of a picture."""
    width, height = shot.size
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        is_mobile=shot.size == PHONE,
        has_touch=shot.size == PHONE,
        locale="en-GB" if shot.language == "en" else "zh-TW",
        timezone_id="Asia/Taipei",
        color_scheme="dark" if shot.theme == "dark" else "light",
        reduced_motion="reduce",
    )
    context.add_cookies([{"name": "theme", "value": shot.theme, "url": address}])
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("input[name=email]", f"{shot.person}@cloudsteps.example")
    page.fill("input[name=password]", password)
    page.click("main button[type=submit]")
    page.goto(f"/?lang={shot.language}")
    page.goto(shot.path)
    for link in filter(None, shot.follow.split(", ")):
        page.goto(str(page.locator(link).first.get_attribute("href")))
    yield page
    context.close()


def small(png: bytes) -> bytes:
    """Make a picture small enough for a page: 256 colours are plenty for flat screens."""
    picture = Image.open(io.BytesIO(png)).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    kept = io.BytesIO()
    picture.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def main() -> int:
    """Seed a demo, take the pictures and throw the demo away."""
    with (
        tempfile.TemporaryDirectory(prefix="cloudsteps-screenshots-") as folder,
        serving(Path(folder), demo="1") as server,
    ):
        take(server)
    return 0


if __name__ == "__main__":
    sys.exit(main())

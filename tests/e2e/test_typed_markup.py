"""Chromium, which forgives more than any parser, runs nothing of what people have typed and breaks no rule of the policy."""

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog
from werkzeug.serving import make_server

from tests.security.test_text import fill
from tests.support.crawl import crawl
from tests.support.forms import FoundForm
from tests.support.whole_app import Template, WholeApp

pytestmark = pytest.mark.e2e
HOSTILE = """x"><img src=x onerror=alert(1)><svg onload=alert(2)></textarea><script>alert(3)</script>"""
MOST = 60


@pytest.fixture(scope="module")
def hostile_app(world_template: Template, forms: list[FoundForm]) -> Iterator[WholeApp]:
    """Give a world in which somebody has typed markup wherever it could be typed."""
    with world_template.copy() as made:
        fill(made, forms, HOSTILE)
        yield made


@pytest.fixture(scope="module")
def address(hostile_app: WholeApp) -> Iterator[str]:
    """Serve the world on this machine."""
    server = make_server("127.0.0.1", 0, hostile_app.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("person", ["staff", "vendor_member"])
def test_nothing_that_was_typed_runs(hostile_app: WholeApp, address: str, chromium: Browser, person: str) -> None:
    own = hostile_app.browser(person).browser
    paths = [
        found.path
        for found in crawl(hostile_app.app, own.get, each=2)
        if found.is_page and "onerror" in found.text and found.endpoint != "admin.mail_html"
    ][:MOST]
    cookie = own.get_cookie("session")
    assert cookie is not None
    context = chromium.new_context()
    context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
    page = context.new_page()
    dialogs: list[str] = []
    refused: list[str] = []

    def note(dialog: Dialog) -> None:
        dialogs.append(f"{page.url}: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", note)
    page.on(
        "console", lambda line: refused.append(f"{page.url}: {line.text}") if "Content Security" in line.text else None
    )
    for path in paths:
        page.goto(f"{address}{path}", wait_until="load")
    context.close()
    assert len(paths) > 5
    assert dialogs == []
    assert refused == []

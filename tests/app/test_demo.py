"""The demo is written by the real operations, and everything that its people can reach by links is there."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.crawl import crawl
from tests.support.databases import fresh_database
from tests.support.pages import Page, PageClient, check
from tests.support.whole_app import app_on, close
from tracker.accounts.models import User
from tracker.core import audit
from tracker.core.db import db
from tracker.demo import cast
from tracker.demo.seed import seed

VENDORS = 3
WITHOUT_LAYOUT = {"admin.mail_html", "events.door_counts", "events.screen_code"}
"""A mail as its reader gets it, and parts that pages load again by themselves."""


@pytest.fixture(scope="module")
def demo_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Give an app with the demo's data, for a few vendors."""
    folder = tmp_path_factory.mktemp("demo")
    with fresh_database(folder) as url:
        app = app_on(folder, url, demo=True)
        with app.app_context():
            db.create_all()
            seed(folder, app.config["SETTINGS"].playbooks_dir, amount=VENDORS)
        yield app
        close(app)


@pytest.fixture
def demo_browser(demo_app: Flask, account: str) -> PageClient:
    """Give the browser of one of the demo's people."""
    email = f"{'admin' if account == 'administrator' else account}@cloudsteps.example"
    browser = PageClient(demo_app)
    with demo_app.app_context():
        browser.sign_in(db.session().scalars(select(User).where(User.email == email)).one())
    return browser


ENGLISH = {"staff", "vendor"}


@pytest.mark.parametrize("account", cast.SHOWN)
def test_every_link_of_the_demo_leads_somewhere(demo_browser: PageClient, account: str) -> None:
    demo_browser.browser.set_cookie("lang", "en" if account in ENGLISH else "zh-Hant")
    broken: list[str] = []
    read: set[str] = set()
    for found in crawl(demo_browser.app, demo_browser.browser.get, assets=account == "staff"):
        if found.response.status_code not in {200, 302, 303}:
            broken.append(f"{found.response.status_code} {found.path}, linked on {found.source}")
        elif found.is_page and found.endpoint not in read | WITHOUT_LAYOUT:
            read.add(found.endpoint)
            check(Page(found.response), found.path)
    assert broken == []


def test_the_demo_leaves_an_audit_trail_that_holds(demo_app: Flask) -> None:
    with demo_app.app_context():
        assert list(audit.verify(db.session())) == []

"""The world of `tests/factories/world.py` behind a real app: written once in a run, copied for each test that changes it."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, Response
from flask.sessions import SessionMixin
from sqlalchemy import create_engine, make_url, select, text
from werkzeug.test import TestResponse

from tests.factories.world import PEOPLE, World
from tests.support.databases import fresh_database
from tests.support.pages import Page, PageClient
from tracker.accounts.fresh import CONFIRMED_AT
from tracker.accounts.models import User, WebSession
from tracker.accounts.sessions import ServerSessions
from tracker.app import create_app
from tracker.core import db as core_db
from tracker.core.db import db
from tracker.core.settings import Settings

SECRET = "canary-secret-b7e1 long enough to be taken"
"""Looked for in everything that leaves the app."""


class Reached(Exception):
    """A change came as far as its commit, which a rehearsal does not make."""


@dataclass
class WholeApp:
    """An app on a world, with a signed-in browser for everybody."""

    app: Flask
    world: World
    browsers: dict[str, PageClient] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def browser(self, name: str) -> PageClient:
        """Give the browser of a person."""
        if name not in self.browsers:
            made = PageClient(self.app)
            if name != "anonymous":
                with self.app.app_context():
                    user = db.session().get_one(User, self.world.people[name])
                    made.sign_in(user)
                with made.browser.session_transaction() as stored:
                    stored[CONFIRMED_AT] = time.time()
            self.browsers[name] = made
        return self.browsers[name]

    def get(self, name: str, path: str, **more: Any) -> TestResponse:
        """Open an address as a person, without following redirects."""
        return self.browser(name).browser.get(path, **more)

    def status(self, name: str, path: str) -> int:
        """Tell how an address answers a person, and let go of what it gave."""
        with self.get(name, path) as response:
            return response.status_code

    def token(self, name: str) -> str:
        """Give the person's token against forged forms, from a page that holds one."""
        if name not in self.tokens:
            path = "/sign-in" if name == "anonymous" else "/account"
            self.tokens[name] = Page(self.get(name, path)).fields()["csrf_token"]
        return self.tokens[name]

    def post(self, name: str, path: str, values: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Post to an address as a person, with a good token."""
        data = {"csrf_token": self.token(name), **(values or {})}
        return self.browser(name).browser.post(path, data=data, **more)

    def web_session_of(self, name: str) -> int:
        """Give the id of a person's own signed-in session."""
        self.browser(name)
        with self.app.app_context():
            mine = select(WebSession.id).where(WebSession.user_id == self.world.people[name])
            return db.session().scalars(mine.order_by(WebSession.id)).all()[-1]

    def rows(self) -> dict[str, int]:
        """Give a fingerprint of every table; when a session or a person was last seen does not count."""
        with self.app.app_context():
            return fingerprints()

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """Let every change come as far as its commit and no further; sessions keep nothing either."""
        for name in PEOPLE:
            self.token(name)
        core_db._before_commit.append(_stop)
        interface = self.app.session_interface
        self.app.session_interface = _Forgetful()
        try:
            yield
        finally:
            core_db._before_commit.remove(_stop)
            self.app.session_interface = interface


def _stop(_work: Any) -> None:
    raise Reached


class _Forgetful(ServerSessions):
    """Sessions that are read and never written."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write nothing."""


SEEN = {"last_seen_at", "seen_at"}


def fingerprints() -> dict[str, int]:
    """Give a number for each table that changes with any of its values."""
    found: dict[str, int] = {}
    connection = db.session().connection()
    for table in db.metadata.sorted_tables:
        names = [column.name for column in table.columns if column.name not in SEEN]
        if table.name == "web_session":
            names.remove("data")  # a page may put a token or a message into the session
        listed = ", ".join(f'"{name}"' for name in names)
        rows = connection.execute(text(f'SELECT {listed} FROM "{table.name}"'))  # noqa: S608 - names of our own tables
        found[table.name] = hash(frozenset(repr(tuple(row)) for row in rows))
    db.session().rollback()
    return found


def settings_of(folder: Path, url: str, **more: Any) -> Settings:
    """Give settings for an app on a database."""
    values: dict[str, Any] = {
        "secret_key": SECRET,
        "vault_key": SECRET,
        "base_url": "http://localhost",
        "agency_passwords": False,
        **more,
    }
    return Settings(data_dir=folder, database_url=url, log_terminal=False, **values)


def app_on(folder: Path, url: str, **more: Any) -> Flask:
    """Make an app on a database."""
    app = create_app(settings_of(folder, url, **more))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.register_error_handler(Reached, lambda _error: ("", 299))
    return app


def close(app: Flask) -> None:
    """Let go of the app's database."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@dataclass(frozen=True)
class Template:
    """A world's database and folder, to be copied."""

    folder: Path
    url: str
    world: World

    @contextmanager
    def copy(self, **more: Any) -> Iterator[WholeApp]:
        """Give an app on a copy of the world."""
        with _copied(self.folder, self.url) as url:
            app = app_on(self.folder, url, **more)
            try:
                yield WholeApp(app, self.world)
            finally:
                close(app)


@contextmanager
def _copied(folder: Path, url: str) -> Iterator[str]:
    with fresh_database(folder) as target:
        if url.startswith("sqlite"):
            source = sqlite3.connect(url.removeprefix("sqlite:///"))
            with sqlite3.connect(target.removeprefix("sqlite:///")) as copy:
                source.backup(copy)
            source.close()
            copy.close()
        else:
            name = make_url(target).database
            engine = create_engine(make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name}"))
                connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {make_url(url).database}"))
            engine.dispose()
        yield target

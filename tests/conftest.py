"""Fixtures: a real database, an app, people, and clients that check every page they read."""

import os
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import inspect, text

from tests.factories import people
from tests.support.figures import pytest_runtest_makereport, pytest_terminal_summary  # noqa: F401 - found by pytest
from tests.support.one_sweep import pytest_collection_modifyitems, pytest_xdist_make_scheduler  # noqa: F401 - as above
from tests.support.pages import PageClient
from tests.support.whole_app_fixtures import answers, forms, own_app, whole_app, world_template  # noqa: F401 - found by pytest
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.app import create_app
from tracker.core.db import db
from tracker.core.settings import Settings


def database_url(folder: Path) -> str:
    """Give the database of this run: PostgreSQL when the environment names one, else a SQLite file."""
    return os.environ.get("CLOUDSTEPS_TEST_DATABASE_URL") or f"sqlite:///{folder / 'test.sqlite'}"


@pytest.fixture(scope="session")
def settings() -> Iterator[Settings]:
    """Give settings with a data folder of their own."""
    with tempfile.TemporaryDirectory() as folder:
        yield Settings(
            data_dir=Path(folder),
            database_url=database_url(Path(folder)),
            secret_key="for tests only, long enough to be taken",
            vault_key="for tests only: what is secret is sealed by it",
            base_url="http://localhost",
            agency_passwords=False,
        )


@pytest.fixture(scope="session")
def made_app(settings: Settings) -> Iterator[Flask]:
    """Give the app on a database with all tables."""
    app = create_app(settings)
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        db.drop_all()
        db.create_all()
    yield app
    with app.app_context():
        db.session.remove()
        db.drop_all()
        db.engine.dispose()


@pytest.fixture
def app(made_app: Flask) -> Iterator[Flask]:
    """Give the app on an empty database."""
    yield made_app
    with made_app.app_context():
        db.session.rollback()
        empty_database()


def empty_database() -> None:
    """Delete every row of every table and begin each key at 1 again; most tables hold nothing, and asking is quicker than deleting."""
    work = db.session()
    filled = [*work.scalars(text(_which_are_filled())), "search_gram"]
    if db.engine.dialect.name == "postgresql":  # not TRUNCATE, which takes five times as long
        work.execute(text("SET LOCAL session_replication_role = replica"))  # no foreign key is checked while rows go
        work.execute(text("SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"))
    else:
        work.execute(text("PRAGMA defer_foreign_keys = ON"))
    for name in filled:
        work.execute(text(f"DELETE FROM {name}"))  # noqa: S608 - names come from the database itself
    work.commit()


@cache
def _which_are_filled() -> str:
    """Write the query of the tables that hold a row, once."""
    names = [name for name in inspect(db.engine).get_table_names() if not name.startswith(("search_gram", "sqlite_"))]
    return " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names)  # noqa: S608 - as above


@pytest.fixture
def db_session(app: Flask) -> Iterator[object]:
    """Give a session inside an app context; a test that writes rows itself commits them."""
    with app.app_context():
        yield db.session()


@pytest.fixture
def client(app: Flask) -> PageClient:
    """Give a browser that has not signed in."""
    return PageClient(app)


@pytest.fixture
def sign_in(app: Flask) -> Callable[[User], PageClient]:
    """Give a maker of signed-in browsers."""

    def make(user: User) -> PageClient:
        signed_in = PageClient(app)
        signed_in.sign_in(user)
        return signed_in

    return make


@pytest.fixture
def staff(db_session: object) -> User:
    """Give an office member."""
    return people.person(Role.STAFF, name="計畫專員")


@pytest.fixture
def lead(db_session: object) -> User:
    """Give a programme lead."""
    return people.person(Role.LEAD, Role.STAFF, name="計畫主持人")


@pytest.fixture
def expert(db_session: object) -> User:
    """Give a domain expert."""
    return people.person(Role.EXPERT, name="領域專家")


@pytest.fixture
def vendor_member(db_session: object) -> User:
    """Give a vendor's member."""
    return people.person(Role.VENDOR, name="業者窗口")


@pytest.fixture
def administrator(db_session: object) -> User:
    """Give an administrator."""
    return people.person(Role.ADMINISTRATOR, name="系統管理者")

"""Fixtures of the whole app; `tests/conftest.py` takes them in for everybody."""

import shutil
from collections.abc import Iterator

import pytest

from tests.factories import world as world_factory
from tests.support.databases import fresh_database
from tests.support.forms import FoundForm, forms_of
from tests.support.sweep import Answers, sweep
from tests.support.whole_app import Template, WholeApp, app_on, close
from tracker.core.db import db


@pytest.fixture(scope="session")
def world_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    """Write the world, once."""
    folder = tmp_path_factory.mktemp("world")
    with fresh_database(folder) as url:
        app = app_on(folder, url)
        with app.app_context():
            db.create_all()
            world = world_factory.build()
        close(app)
        yield Template(folder, url, world)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def whole_app(world_template: Template) -> Iterator[WholeApp]:
    """Give the world to tests that change nothing in it."""
    with world_template.copy() as made:
        yield made


@pytest.fixture(scope="session")
def answers(whole_app: WholeApp) -> Answers:
    """Give what every route answers to everybody, asked once in a run."""
    return sweep(whole_app)


@pytest.fixture
def own_app(world_template: Template) -> Iterator[WholeApp]:
    """Give a copy of the world to a test that changes it."""
    with world_template.copy() as made:
        yield made


@pytest.fixture(scope="session")
def forms(answers: Answers) -> list[FoundForm]:
    """Give every form that the pages hold."""
    return forms_of(answers, ("vendor_member", "expert", "staff", "lead", "administrator", "anonymous"))

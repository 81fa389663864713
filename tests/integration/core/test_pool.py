"""Connections to PostgreSQL are lent only while their server knows them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text

from tests.support.databases import ON_POSTGRES
from tests.support.postgres import Postgres, postgres
from tracker.core import db

pytestmark = ON_POSTGRES


@pytest.fixture
def server() -> Iterator[Postgres]:
    """Give a PostgreSQL of the test's own, to be stopped and started."""
    with postgres() as started:
        yield started


@pytest.fixture
def engine(server: Postgres) -> Iterator[Engine]:
    """Give an engine with one connection in its pool."""
    made = create_engine(server.url)
    serving(made)
    yield made
    made.dispose()


def serving(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())


def test_a_connection_is_lent_again_while_its_server_lives(engine: Engine) -> None:
    assert serving(engine) == serving(engine)


def test_a_connection_that_the_server_has_ended_is_not_lent(engine: Engine, server: Postgres) -> None:
    before = serving(engine)
    server.stop()
    server.start()
    assert serving(engine) != before


def test_after_a_pause_the_server_is_asked(engine: Engine, server: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "_SURE_SECONDS", 0.0)
    monkeypatch.setattr(db, "_has_come", lambda _connection: False)
    before = serving(engine)
    assert serving(engine) == before
    server.stop()
    server.start()
    assert serving(engine) != before

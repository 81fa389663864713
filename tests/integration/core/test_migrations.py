"""Migrations: the same tables as the models, up and down with data, on the database of the run."""

from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text

from tests.support.databases import fresh_database
from tracker.core import schema
from tracker.core.settings import Settings
from tracker.tables import metadata


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    with fresh_database(tmp_path) as url:
        yield Settings(data_dir=tmp_path, database_url=url, secret_key="x" * 32)


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    engine = create_engine(settings.database_url)
    yield engine
    engine.dispose()


def differences(engine: Engine) -> list[object]:
    def is_ours(_thing: object, name: str | None, _kind: str, _reflected: bool, _other: object) -> bool:
        return not (name or "").startswith(("search_gram", "ix_search_gram", "alembic_version"))

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_ours})
        return list(compare_metadata(context, metadata))


def add_rows(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO user_account (email, name, active, fs_uniquifier, language, shortcuts, version, created_at, changed_at)"
                " VALUES ('a@people.example', '測試', TRUE, 'u', 'zh-Hant', TRUE, 1, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)"
            )
        )
        connection.execute(text("INSERT INTO mail_choice (user_id, reason) SELECT id, 'due' FROM user_account"))


def test_migrations_make_the_tables_that_the_models_describe(settings: Settings, engine: Engine) -> None:
    schema.migrate(settings)

    assert differences(engine) == []


def test_every_migration_runs_up_down_and_up_again_with_rows_in_the_tables(settings: Settings, engine: Engine) -> None:
    config = schema.configuration(settings.database_url)
    schema.migrate(settings)
    add_rows(engine)

    for _revision in list(ScriptDirectory.from_config(config).walk_revisions()):
        command.downgrade(config, "-1")
    left = [name for name in inspect(engine).get_table_names() if name != "alembic_version"]
    schema.migrate(settings)
    add_rows(engine)

    assert left == []
    assert differences(engine) == []


def test_a_migration_that_breaks_leaves_the_database_as_it_was(settings: Settings, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE user_account (id INTEGER PRIMARY KEY)"))

    with pytest.raises(Exception, match="user_account"):
        schema.migrate(settings)

    with engine.connect() as connection:
        assert schema.current(connection) is None
    assert [name for name in inspect(engine).get_table_names() if name != "alembic_version"] == ["user_account"]


def test_two_starts_at_once_take_turns(settings: Settings, engine: Engine) -> None:
    with get_context("spawn").Pool(3) as pool:
        pool.map(schema.migrate, [settings] * 3)

    with engine.connect() as connection:
        assert schema.current(connection) == schema.newest()

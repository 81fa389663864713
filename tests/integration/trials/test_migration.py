"""The tables of trials come and go with data in them, on the database of the run."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import func, inspect, select

from tests.factories import journey, trials
from tests.support.databases import fresh_database
from tracker.accounts.access import SYSTEM
from tracker.app import create_app
from tracker.core import schema
from tracker.core.db import db, session, unit_of_work
from tracker.core.settings import Settings
from tracker.poc.models import Poc, Trial, UsageDay
from tracker.poc.operations import dossiers
from tracker.poc.rules.dossiers import Redaction

BEFORE = "0009"


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[Flask]:
    """Give an app on a database that the migrations made."""
    with fresh_database(tmp_path) as url:
        settings = Settings(data_dir=tmp_path, database_url=url, secret_key="x" * 32)
        schema.migrate(settings)
        app = create_app(settings)
        with app.app_context():
            yield app
            session().rollback()
            db.engine.dispose()


def test_the_tables_of_trials_go_and_come_back_without_harm_to_the_others(migrated: Flask) -> None:
    settings: Settings = migrated.config["SETTINGS"]
    with unit_of_work():
        poc = trials.poc(journey.engagement(), actor=SYSTEM)
        trials.confirmed(poc, actor=SYSTEM)
        dossiers.ask_for_dossier(poc, Redaction.FULL, "zh-Hant", actor=SYSTEM)
    assert session().scalar(select(func.count(UsageDay.id))) == 5
    session().close()

    command.downgrade(schema.configuration(settings.database_url), BEFORE)
    left = [name for name in inspect(db.engine).get_table_names() if name.startswith(("trial", "poc_dossier"))]
    schema.migrate(settings)

    assert left == []
    assert session().scalar(select(func.count(Trial.id))) == 0
    assert session().scalar(select(func.count(Poc.id))) == 1

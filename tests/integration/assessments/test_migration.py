"""The tables of assessments come and go with data in them, on the database of the run."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import func, inspect, select

from tests.factories import assessments, journey
from tests.factories.assessments import SETTLED
from tests.support.databases import fresh_database
from tracker.accounts.access import SYSTEM
from tracker.app import create_app
from tracker.assessments import operations
from tracker.assessments.models import Assessment
from tracker.core import schema
from tracker.core.db import db, session, unit_of_work
from tracker.core.settings import Settings
from tracker.journey.models import Engagement

BEFORE = "0003"


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


def test_the_tables_of_assessments_go_and_come_back_without_harm_to_the_others(migrated: Flask, tmp_path: Path) -> None:
    settings: Settings = migrated.config["SETTINGS"]
    with unit_of_work():
        version = assessments.small_version(tmp_path / "content")
        made = assessments.begin(journey.engagement(), version, components=["訂單"])
        assessments.answer(made, SETTLED)
        operations.close_assessment(made, actor=SYSTEM)
    session().close()

    command.downgrade(schema.configuration(settings.database_url), BEFORE)
    left = [name for name in inspect(db.engine).get_table_names() if name.startswith(("assessment", "questionnaire"))]
    schema.migrate(settings)

    assert left == []
    assert session().scalar(select(func.count(Assessment.id))) == 0
    assert session().scalar(select(func.count(Engagement.id))) == 1

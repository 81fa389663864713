"""The tables of proofs of concept come and go with data in them, on the database of the run."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import func, inspect, select

from tests.factories import journey, poc, programmes
from tests.support.databases import fresh_database
from tracker.accounts.access import SYSTEM, Actor
from tracker.accounts.rules import Role
from tracker.app import create_app
from tracker.core import schema
from tracker.core.db import db, session, unit_of_work
from tracker.core.settings import Settings
from tracker.journey.models import Engagement
from tracker.poc.models import FundingEntry
from tracker.poc.operations import camps, funding

BEFORE = "0008"
NAMES = ("poc", "funding", "camp")


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


def test_the_tables_of_proofs_go_and_come_back_without_harm_to_the_others(migrated: Flask) -> None:
    settings: Settings = migrated.config["SETTINGS"]
    with unit_of_work():
        made = poc.begun(journey.engagement(), actor=SYSTEM)
        funding.reverse_entry(poc.entry(made, actor=SYSTEM), "打錯", actor=SYSTEM)
        year = programmes.programme()
        office = Actor(None, "", frozenset({Role.STAFF}), {"programme": frozenset({year.id})})
        camps.join_group(poc.group(year, actor=office), made, "示範", actor=office)
    session().close()

    command.downgrade(schema.configuration(settings.database_url), BEFORE)
    left = [name for name in inspect(db.engine).get_table_names() if name.startswith(NAMES)]
    schema.migrate(settings)

    assert left == []
    assert session().scalar(select(func.count(FundingEntry.id))) == 0
    assert session().scalar(select(func.count(Engagement.id))) == 1

"""Gives each worker of pytest-xdist a PostgreSQL database of its own; loaded by `-p tests.support.worker_database`."""

import os

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.support.postgres import URL_VARIABLE


def pytest_configure(config: pytest.Config) -> None:
    """Make the worker's database and name it in the environment, before any fixture reads it."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    given = os.environ.get(URL_VARIABLE, "")
    if worker is None or not given.startswith("postgresql"):
        return
    shared = make_url(given)
    own = f"{shared.database}_{worker}"
    engine = create_engine(shared, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{own}"'))
        connection.execute(text(f'CREATE DATABASE "{own}"'))
    engine.dispose()
    os.environ[URL_VARIABLE] = shared.set(database=own).render_as_string(hide_password=False)

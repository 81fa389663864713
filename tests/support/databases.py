"""Databases of a test's own, beside the one of the run and of the same kind."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.support.postgres import URL_VARIABLE

ON_POSTGRES = pytest.mark.skipif(
    not os.environ.get(URL_VARIABLE), reason="is about PostgreSQL itself, so it runs in the PostgreSQL stages alone"
)


@contextmanager
def fresh_database(folder: Path) -> Iterator[str]:
    """Give the address of an empty database, and remove it afterwards."""
    given = os.environ.get(URL_VARIABLE)
    if not given:
        yield f"sqlite:///{folder / f'{secrets.token_hex(4)}.sqlite'}"
        return
    name = f"cloudsteps_{secrets.token_hex(6)}"
    engine = create_engine(given, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(given).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()

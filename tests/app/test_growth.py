"""No page does work that grows with the table: SQLite counts the steps of its machine, which no other load on the computer changes."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, event, select

from benchmarks.generate import FIELDS, fill
from tests.support.pages import PageClient
from tracker.accounts.models import RoleGrant, User
from tracker.accounts.rules import Role
from tracker.app import create_app
from tracker.coaching.routes import calendars
from tracker.core import counts, schema
from tracker.core.db import db
from tracker.core.settings import Settings

SMALL, LARGE = 0.1, 0.5
"""The small database is large enough for every list to have more rows than a page shows and this test counts."""
COUNTED = 20
"""Counts stop here instead of at 1,000, so that small databases tell what large ones do."""
MOST = 1.5
MANY = 40
"""So many pages at least have no parameter: the walk has not become empty."""
EACH = 50
"""SQLite tells of its steps in this number."""
READER = "load1@people.example"
WORD = FIELDS[3]
PAGES = (
    f"/engagements?q={WORD}",
    "/engagements?state=active&sort=due",
    "/engagements/7",
    "/engagements/7/history",
    "/engagements/7/coaching-sessions/new",
    f"/vendors?q={WORD}",
    "/vendors/7",
    "/coaching-sessions/7",
    f"/search?q={WORD}",
)
"""Walked beside every page whose address has no parameter."""
FILES = ("export", "logout")
"""Addresses with these words give the whole list as a file, or end the walk."""
SUMS = frozenset({"/coaching-sessions/hours"})
"""Adds up the sessions of the experts on the page: as many as their yearly quota lets them hold."""

pytestmark = pytest.mark.timeout(600)


class Steps:
    """Counts the steps of the database's machine."""

    def __init__(self, engine: Engine) -> None:
        """Listen to every connection of the engine."""
        self.taken = 0
        event.listen(engine, "connect", self._listen)

    def _listen(self, connection: sqlite3.Connection, _record: object) -> None:
        connection.set_progress_handler(self._count, EACH)

    def _count(self) -> None:
        self.taken += EACH


def pages_of(app: Flask) -> list[str]:
    """List the pages whose address has no parameter."""
    plain = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments}
    return sorted(path for path in plain - SUMS if not any(word in path for word in FILES))


@contextmanager
def filled(folder: Path, scale: float) -> Iterator[tuple[Callable[[str], int], list[str]]]:
    """Give a counter of what a page costs in a database of this size, and the pages."""
    settings = Settings(
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'growth.sqlite'}",
        secret_key="for tests only, long enough to be taken",
        agency_passwords=False,
    )
    schema.migrate(settings)
    app = create_app(settings)
    with app.app_context():
        fill(db.engine, scale)
        db.engine.dispose()
        steps = Steps(db.engine)
        browser = PageClient(app)
        reader = db.session.scalars(select(User).where(User.email == READER)).one()
        db.session.add(RoleGrant(user_id=reader.id, role=Role.ADMINISTRATOR))
        db.session.commit()
        browser.sign_in(reader)

        def cost(path: str) -> int:
            browser.get(path)
            before = steps.taken
            browser.get(path)
            return steps.taken - before

        yield cost, [*PAGES, *filter(browser.may_read, pages_of(app))]
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def short_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every count stop early, and the month's calendar too."""
    monkeypatch.setattr(counts, "CAP", COUNTED)
    monkeypatch.setattr(calendars, "MOST_ENTRIES", COUNTED)


@pytest.mark.usefixtures("short_counts")
def test_five_times_the_rows_cost_at_most_half_as_much_again(tmp_path: Path) -> None:
    costs: dict[str, list[int]] = defaultdict(list)
    for scale in (SMALL, LARGE):
        folder = tmp_path / str(scale)
        folder.mkdir()
        with filled(folder, scale) as (cost, paths):
            for path in paths:
                costs[path].append(cost(path))

    growing = {path: counted for path, counted in costs.items() if counted[1] > MOST * max(counted[0], 2000)}
    assert growing == {}, costs
    assert len(costs) > len(PAGES) + MANY

"""Several statements are read in one query, and each keeps its rows, names and types."""

from datetime import date

import pytest
from sqlalchemy import bindparam, select

from tests.factories import people
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.core import db
from tracker.core.together import Together
from tracker.programmes.models import CalendarOverride

PEOPLE = select(User.id, User.name, User.created_at, User.last_seen_at).where(User.id == bindparam("person"))
NOBODY = select(User.id).where(User.id == -1)
NEVER_SEEN = select(User.last_seen_at).where(User.id == bindparam("person"))
DAYS = select(CalendarOverride.day, CalendarOverride.is_working)


@pytest.mark.usefixtures("db_session")
def test_each_statement_keeps_its_rows_names_and_types() -> None:
    with db.unit_of_work() as work:
        person = people.person(Role.EXPERT, name="王示範")
        work.add_all(CalendarOverride(day=date(2026, 2, day), is_working=day == 14, reason="示範") for day in (14, 16))
    found, nobody, days = Together(PEOPLE, NOBODY, DAYS).read({"person": person.id})
    assert [(one.name, one.created_at) for one in found] == [(person.name, person.created_at)]
    assert nobody == []
    assert {(one.day, one.is_working) for one in days} == {(date(2026, 2, 14), True), (date(2026, 2, 16), False)}


@pytest.mark.usefixtures("db_session")
def test_a_row_that_holds_nothing_is_a_row_all_the_same() -> None:
    with db.unit_of_work():
        person = people.person(Role.EXPERT)
    seen, nobody = Together(NEVER_SEEN, NOBODY).read({"person": person.id})
    assert [one.last_seen_at for one in seen] == [None]
    assert nobody == []

"""A constant statement is compiled once, and again where another set of values or another database asks for it."""

import pytest
from sqlalchemy import bindparam, select

from tests.factories import people
from tracker.accounts.models import User
from tracker.core.db import CompiledOnce, read
from tracker.core.db import _compiled as kept

pytestmark = pytest.mark.usefixtures("db_session")
NAMED = select(User.name).where(User.id.in_(bindparam("ids", expanding=True))).order_by(User.id)


def test_every_call_answers_for_its_own_values() -> None:
    first, second = people.person(), people.person()

    assert [row.name for row in read(NAMED, {"ids": [first.id]})] == [first.name]
    assert [row.name for row in read(NAMED, {"ids": [first.id, second.id]})] == [first.name, second.name]
    assert [row.name for row in read(NAMED, {"ids": []})] == []
    assert isinstance(kept[NAMED], CompiledOnce)


def test_what_was_compiled_for_one_dialect_is_not_found_for_another() -> None:
    shared: dict[object, object] = {}
    once = CompiledOnce(shared)
    once["sqlite", "statement", ("ids",), False] = "compiled for SQLite"

    assert once.get(("sqlite", "statement", ("ids",), False)) == "compiled for SQLite"
    assert once.get(("postgresql", "statement", ("ids",), False)) is None
    assert once.get(("sqlite", "statement", ("ids", "more"), False)) is None
    assert list(shared.values()) == ["compiled for SQLite"]

"""Statements that are written once for all actors with the same roles hold nobody's ids."""

import pytest
from sqlalchemy import Column, Integer, MetaData, Select, Table, create_engine, false, insert, select
from sqlalchemy.exc import StatementError

from tracker.accounts.access import ANONYMOUS, SYSTEM, Actor, for_actors
from tracker.accounts.rules import Role

CASES = Table("case_of_test", MetaData(), Column("id", Integer), Column("programme_id", Integer))
OFFICE = frozenset({Role.STAFF})


@for_actors
def cases(actor: Actor) -> Select[int]:
    """Select what the actor may see."""
    found = select(CASES.c.id).order_by(CASES.c.id)
    if actor is SYSTEM:
        return found
    return found.where(CASES.c.programme_id.in_(actor.scope("programme")) if actor.is_authenticated else false())


def seen_by(actor: Actor) -> list[int]:
    engine = create_engine("sqlite://")
    CASES.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(CASES), [{"id": number, "programme_id": number} for number in (1, 2, 3)])
        return list(connection.execute(cases(actor), actor.parameters).scalars())


def member_of(*programmes: int) -> Actor:
    return Actor(7, "", OFFICE, {"programme": frozenset(programmes)})


def test_actors_of_the_same_roles_share_a_statement_and_not_what_they_see() -> None:
    assert cases(member_of(1, 2)) is cases(member_of(3))

    assert seen_by(member_of(1, 2)) == [1, 2]
    assert seen_by(member_of(3)) == [3]
    assert seen_by(member_of()) == []


def test_a_visitor_and_the_product_itself_have_statements_of_their_own() -> None:
    nobody = Actor(None, "", OFFICE, {"programme": frozenset({1})})

    assert seen_by(nobody) == seen_by(ANONYMOUS) == []
    assert seen_by(SYSTEM) == [1, 2, 3]


def test_without_an_actors_values_the_database_is_not_asked() -> None:
    with create_engine("sqlite://").connect() as connection, pytest.raises(StatementError, match="reader_programme"):
        connection.execute(cases(member_of(1)))

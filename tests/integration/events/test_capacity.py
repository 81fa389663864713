"""Capacity holds exactly, however many people register at the same moment."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from tests.factories import events
from tests.factories.events import BEFORE
from tracker.accounts.access import ANONYMOUS
from tracker.core import audit, clock
from tracker.core.db import db, session, unit_of_work
from tracker.events import operations
from tracker.events.models import Event, Registration
from tracker.events.operations import PersonDetails

PLACES, PEOPLE, AT_ONCE = 100, 500, 8


def until_taken(change: Callable[[], str]) -> str:
    """Make a change; when the database was busy for too long, try again, as the page then asks people to."""
    while True:
        try:
            with unit_of_work():
                return change()
        except OperationalError:
            continue


@pytest.fixture
def event_id(app: Flask, db_session: object) -> int:
    """Give an event of a hundred places."""
    made = events.event(capacity=PLACES).id
    db.session.commit()
    return made


def test_five_hundred_people_at_once_get_a_hundred_places(app: Flask, event_id: int) -> None:
    def register(number: int) -> str:
        with app.app_context(), clock.at(BEFORE):
            event = session().get_one(Event, event_id)
            person = PersonDetails(f"同時報名{number}", f"guest{number}@crowd.example", consent_id=event.consents[0].id)
            return until_taken(lambda: operations.register(event, person, actor=ANONYMOUS).registration.state.value)

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        answers = Counter(crowd.map(register, range(PEOPLE)))

    session().expire_all()
    event = session().get_one(Event, event_id)
    stored = Counter(state.value for state in session().scalars(select(Registration.state)))
    assert answers == {"confirmed": PLACES, "waiting": PEOPLE - PLACES}
    assert stored == answers
    assert event.taken == PLACES
    assert list(audit.verify(db.session())) == []


def test_one_person_who_registers_twenty_times_at_once_is_registered_once(app: Flask, event_id: int) -> None:
    def register(_number: int) -> int:
        with app.app_context(), clock.at(BEFORE):
            event = session().get_one(Event, event_id)
            person = PersonDetails("同一個人", "same@crowd.example", consent_id=event.consents[0].id)
            with unit_of_work():
                return operations.register(event, person, actor=ANONYMOUS).registration.id

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        assert len(set(crowd.map(register, range(20)))) == 1

    session().expire_all()
    assert session().get_one(Event, event_id).taken == 1


def test_places_that_are_given_back_at_once_are_offered_once_each(app: Flask, event_id: int) -> None:
    event = session().get_one(Event, event_id)
    made = [events.registration(event) for _number in range(3)]
    event.capacity = 3
    waiting = [events.registration(event).id for _number in range(4)]
    ids = [one.id for one in made]
    db.session.commit()

    def cancel(registration_id: int) -> None:
        with app.app_context(), clock.at(BEFORE):
            found = session().get_one(Registration, registration_id)
            with unit_of_work():
                operations.cancel_registration(found, actor=ANONYMOUS)

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        list(crowd.map(cancel, ids))

    session().expire_all()
    assert [session().get_one(Registration, one).state.value for one in waiting] == ["offered"] * 3 + ["waiting"]
    assert session().get_one(Event, event_id).taken == 3

"""A proof of concept with everybody who works on it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.factories import journey, poc
from tests.factories.journey import Case
from tests.factories.poc import Proof
from tracker.accounts.models import User
from tracker.core import clock
from tracker.core.db import session


@pytest.fixture(autouse=True)
def summer() -> Iterator[None]:
    """Let it be a day in the middle of the proof."""
    with clock.at(datetime(2026, 7, 1, 2, 0, tzinfo=UTC)):
        yield


@pytest.fixture
def case(expert: User, vendor_member: User, staff: User, lead: User) -> Case:
    """Give an engagement with everybody who works on it."""
    return journey.case(expert=expert, vendor=vendor_member, staff=staff, lead=lead)


@pytest.fixture
def proof(case: Case) -> Proof:
    """Give a proof of concept that has begun."""
    made = poc.proof(case)
    session().commit()
    return made

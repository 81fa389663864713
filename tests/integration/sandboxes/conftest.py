"""An engagement whose people ask for sandboxes, and a second vendor with people of its own."""

import pytest

from tests.factories import journey, people
from tests.factories.journey import Case
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.core.db import session


@pytest.fixture
def case(db_session: object, expert: User, vendor_member: User, staff: User, lead: User) -> Case:
    """Give an enrolled engagement."""
    made = journey.case(expert=expert, vendor=vendor_member, staff=staff, lead=lead)
    session().commit()
    return made


@pytest.fixture
def other_case(case: Case, staff: User, lead: User) -> Case:
    """Give the engagement of another vendor, with another expert, under the same office."""
    other_expert = people.person(Role.EXPERT, name="另一位專家")
    other_vendor = people.person(Role.VENDOR, name="另一家窗口")
    made = journey.case(expert=other_expert, vendor=other_vendor, staff=staff, lead=lead)
    session().commit()
    return made

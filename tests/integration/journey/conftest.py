"""An engagement with its people."""

import pytest

from tests.factories import journey
from tests.factories.journey import Case
from tracker.accounts.models import User
from tracker.core.db import session


@pytest.fixture
def case(db_session: object, expert: User, vendor_member: User, staff: User, lead: User) -> Case:
    """Give an enrolled engagement."""
    made = journey.case(expert=expert, vendor=vendor_member, staff=staff, lead=lead)
    session().commit()
    return made

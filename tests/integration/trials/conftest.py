"""An engagement whose proof of concept has trials, on a day when they are over."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from tests.factories import journey, trials
from tests.factories.journey import Case
from tracker.accounts.models import User
from tracker.core.db import session
from tracker.poc.models import Poc, Trial

NOW = datetime(2026, 4, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def moment() -> Iterator[time_machine.Traveller]:
    """Let it be a day after the trials."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def case(
    moment: time_machine.Traveller, db_session: object, expert: User, vendor_member: User, staff: User, lead: User
) -> Case:
    """Give an enrolled engagement."""
    made = journey.case(expert=expert, vendor=vendor_member, staff=staff, lead=lead)
    session().commit()
    return made


@pytest.fixture
def poc(case: Case) -> Poc:
    """Give its proof of concept."""
    made = trials.poc(case.engagement, actor=case.vendor)
    session().commit()
    return made


@pytest.fixture
def trial(poc: Poc, case: Case) -> Trial:
    """Give a trial with its usage."""
    made = trials.trial(poc, actor=case.vendor)
    trials.use(made, actor=case.vendor)
    session().commit()
    return made

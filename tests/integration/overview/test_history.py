"""The audit trail of a vendor in sentences."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from tests.factories import vendors, world
from tests.support.pages import PageClient
from tracker.accounts.models import User
from tracker.core.audit import AuditRecord
from tracker.core.db import session
from tracker.overview.sayings import SAYINGS

SignIn = Callable[[User], PageClient]


@pytest.mark.usefixtures("db_session")
def test_every_record_of_a_vendor_has_a_sentence() -> None:
    world.build()

    told = select(AuditRecord.action).where(AuditRecord.organisation_id.is_not(None)).distinct()

    assert set(session().scalars(told)) - set(SAYINGS) == set()


@pytest.mark.parametrize("before", ["99999999999999999999", "-5", "0", "x", ""])
def test_an_address_beyond_every_record_shows_the_page(before: str, staff: User, sign_in: SignIn) -> None:
    vendor = vendors.vendor()

    for page in ("history", "evidence"):
        sign_in(staff).get(f"/vendors/{vendor.id}/{page}?before={before}")

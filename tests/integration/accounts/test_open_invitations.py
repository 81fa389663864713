"""Open invitations stand where their senders look: on the vendor's page and beside the list of people."""

from collections.abc import Callable

import pytest

from tests.factories import people, vendors
from tests.support.pages import PageClient
from tests.support.queries import count_queries
from tracker.accounts import operations
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.core.db import session, unit_of_work
from tracker.vendors.models import Organisation

SignIn = Callable[[User], PageClient]


@pytest.fixture
def invited(db_session: object, staff: User) -> Organisation:
    vendor = vendors.vendor()
    session().commit()
    for number in (1, 2):
        with unit_of_work():
            details = operations.Invite(
                f"new{number}@people.example", f"示範新窗口{number}", Role.VENDOR, {"organisation": vendor.id}
            )
            operations.invite(details, actor=people.acting(staff))
    return vendor


def test_the_vendors_page_says_who_is_invited_since_when_and_by_whom(
    invited: Organisation, staff: User, sign_in: SignIn
) -> None:
    browser = sign_in(staff)
    browser.get("/inbox")

    with count_queries() as asked:
        page = browser.get(f"/vendors/{invited.id}?lang=en")

    assert "示範新窗口1" in page.text
    assert f"by {staff.name}; the link holds until" in page.text
    assert len(asked) <= 12


def test_an_invitation_is_sent_again_and_withdrawn_from_the_vendors_page(
    invited: Organisation, staff: User, sign_in: SignIn
) -> None:
    browser, page = sign_in(staff), f"/vendors/{invited.id}"
    address = next(
        form.get("action", "") for form in browser.get(page).all("form") if "/resend" in form.get("action", "")
    )

    again = browser.post(address, page=page)
    gone = browser.post(address.replace("resend", "revoke"), page=page)

    assert again.heading == gone.heading == invited.name_zh
    assert gone.text.count("示範新窗口") < again.text.count("示範新窗口")


def test_the_list_of_people_shows_what_waits_unless_it_is_filtered(
    invited: Organisation, staff: User, sign_in: SignIn
) -> None:
    browser = sign_in(staff)

    assert "示範新窗口2" in browser.get("/admin/people").text
    assert "示範新窗口2" not in browser.get("/admin/people?role=staff").text


@pytest.mark.usefixtures("invited")
def test_other_vendors_and_members_are_not_told(vendor_member: User, sign_in: SignIn) -> None:
    other = vendors.vendor()
    people.join_organisation(vendor_member, other)
    session().commit()

    assert "示範新窗口" not in sign_in(vendor_member).get(f"/vendors/{other.id}").text

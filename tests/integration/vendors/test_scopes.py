"""A vendor's member never learns of another vendor, by whatever address or field."""

from collections.abc import Callable

import pytest

from tests.factories import journey, people, vendors
from tests.support.pages import PageClient
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.core.db import session
from tracker.vendors import queries, vendor_list
from tracker.vendors.models import Organisation
from tracker.vendors.vendor_list import VendorFilter

SignIn = Callable[[User], PageClient]
SECRET = "別家機密"


@pytest.fixture
def own(vendor_member: User) -> Organisation:
    """Give the member's own vendor."""
    vendor = vendors.vendor("自家示範公司")
    people.join_organisation(vendor_member, vendor)
    return vendor


@pytest.fixture
def other(db_session: object) -> Organisation:
    """Give another vendor with everything on its record."""
    vendor = vendors.vendor(f"{SECRET}公司", profile=SECRET)
    vendors.contact(vendor, SECRET)
    vendors.product(vendor, SECRET)
    vendors.customer(vendor, SECRET)
    return vendor


def addresses(of: Organisation) -> list[str]:
    parts = queries.belongings_of(of.id)
    pages = [f"/vendors/{of.id}{tail}" for tail in ("", "/edit", "/history", "/evidence", "/members/invite")]
    for name, things in (("contacts", parts.contacts), ("products", parts.products), ("customers", parts.customers)):
        pages += [f"/vendors/{of.id}/{name}/new", *(f"/vendors/{name}/{thing.id}/edit" for thing in things)]
    return pages


def posts(of: Organisation) -> list[str]:
    parts = queries.belongings_of(of.id)
    kinds = (("contacts", parts.contacts), ("products", parts.products), ("customers", parts.customers))
    found = [
        f"/vendors/{name}/{thing.id}/{act}"
        for name, things in kinds
        for thing in things
        for act in ("remove", "restore")
    ]
    return [*found, *(path for path in addresses(of) if path.endswith(("/edit", "/new")))]


def test_pages_of_another_vendor_do_not_exist_for_a_member(
    own: Organisation, other: Organisation, vendor_member: User, sign_in: SignIn
) -> None:
    client = sign_in(vendor_member)

    for path in addresses(other):
        assert SECRET not in client.get(path, status=404).text, path


def test_forms_of_another_vendor_change_nothing_for_a_member(
    own: Organisation, other: Organisation, vendor_member: User, sign_in: SignIn
) -> None:
    client = sign_in(vendor_member)
    token = client.get(f"/vendors/{own.id}").fields()["csrf_token"]

    for path in posts(other):
        client.send(path, {"csrf_token": token, "name": "改掉", "name_zh": "改掉", "kind": "software"}, status=404)

    session().refresh(other)
    parts = queries.belongings_of(other.id)
    assert other.name_zh == f"{SECRET}公司"
    assert ([contact.name for contact in parts.contacts], [customer.name for customer in parts.customers]) == (
        [SECRET],
        [SECRET],
    )


def test_another_vendor_s_id_in_a_field_is_not_heeded(
    own: Organisation, other: Organisation, vendor_member: User, sign_in: SignIn
) -> None:
    client = sign_in(vendor_member)
    path = f"/vendors/{own.id}/products/new"

    client.post(
        path,
        {
            "name_zh": "自家產品",
            "charging_model": "project",
            "organisation_id": str(other.id),
            "vendor_id": str(other.id),
        },
        page=path,
    )

    assert [product.name_zh for product in queries.products_of(own.id)] == ["自家產品"]
    assert [product.name_zh for product in queries.products_of(other.id)] == [SECRET]


def test_a_member_of_one_vendor_is_led_to_it(
    own: Organisation, other: Organisation, vendor_member: User, sign_in: SignIn
) -> None:
    assert sign_in(vendor_member).get("/vendors").heading == "自家示範公司"


def test_list_count_and_file_of_a_member_of_two_hold_these_only(
    own: Organisation, other: Organisation, vendor_member: User, sign_in: SignIn
) -> None:
    second = vendors.vendor("第二示範公司")
    people.join_organisation(vendor_member, second)
    client = sign_in(vendor_member)
    actor = people.acting(vendor_member)

    listed = client.get("/vendors")
    file = client.get("/vendors.csv", buffered=True)

    assert [text for text in listed.texts("th") if "公司" in text] == ["第二示範公司", "自家示範公司"]
    assert SECRET not in listed.text + file.text
    assert "公司" not in "".join(client.get(f"/vendors?q={SECRET}").texts("th"))
    assert vendor_list.count(VendorFilter(), actor=actor) == 2
    assert vendor_list.count(VendorFilter(words=SECRET), actor=actor) == 0


def test_an_expert_sees_the_vendors_of_assigned_engagements_only(
    other: Organisation, expert: User, sign_in: SignIn
) -> None:
    mine = vendors.vendor("輔導中示範公司")
    journey.engagement(of=vendors.product(mine), lead=expert)
    client = sign_in(expert)

    assert "輔導中示範公司" in client.get("/vendors").text
    assert SECRET not in client.get("/vendors").text
    client.get(f"/vendors/{mine.id}")
    client.get(f"/vendors/{mine.id}/edit", status=403)
    client.get(f"/vendors/{other.id}", status=404)


def test_a_membership_without_the_role_opens_nothing(other: Organisation, sign_in: SignIn) -> None:
    reviewer = people.person(Role.REVIEWER)
    people.join_organisation(reviewer, other)
    client = sign_in(reviewer)

    client.get("/vendors", status=403)
    client.get(f"/vendors/{other.id}", status=404)


def test_the_history_tells_a_member_nothing_of_notes_and_drafts(
    own: Organisation, vendor_member: User, staff: User, sign_in: SignIn
) -> None:
    path = f"/vendors/{own.id}/edit"
    sign_in(staff).post(path, {"internal_note": "只給辦公室", "phone": "02-1234-5678"}, page=path)

    told = {user.id: sign_in(user).get(f"/vendors/{own.id}/history?lang=en").text for user in (staff, vendor_member)}

    assert "The office note was changed." in told[staff.id]
    assert "The office note was changed." not in told[vendor_member.id]
    assert "The vendor&#39;s facts were changed." in told[vendor_member.id]

"""Contacts, products, customers and members of a vendor."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from tests.factories import journey, people, vendors
from tests.support.pages import PageClient
from tracker.accounts.access import SYSTEM, load_actor
from tracker.accounts.models import Invitation, User
from tracker.accounts.rules import Role
from tracker.core.db import session, unit_of_work
from tracker.core.errors import Refused
from tracker.core.text import Message
from tracker.vendors import operations, queries
from tracker.vendors.operations import parts
from tracker.vendors.rules import ChargingModel

SignIn = Callable[[User], PageClient]


def test_a_removed_contact_is_gone_and_comes_back_by_undo(staff: User, sign_in: SignIn) -> None:
    vendor = vendors.vendor()
    contact = vendors.contact(vendor, "歐陽示範")
    client = sign_in(staff)
    remove = f"/vendors/contacts/{contact.id}/remove"

    after = client.post(remove, page=f"/vendors/contacts/{contact.id}/edit")

    assert [c.id for c in queries.contacts_of(vendor.id)] == []
    undo = f"/vendors/contacts/{contact.id}/restore"
    client.send(undo, after.fields(undo))
    assert [c.id for c in queries.contacts_of(vendor.id)] == [contact.id]


@pytest.mark.parametrize(
    ("part", "values"),
    [
        ("contacts", {"name": "新名示範"}),
        ("products", {"name_zh": "新名示範", "charging_model": "subscription"}),
        ("customers", {"name": "新名示範", "employees": "３０"}),
    ],
)
def test_each_part_is_added_changed_and_shown(part: str, values: dict[str, str], staff: User, sign_in: SignIn) -> None:
    vendor = vendors.vendor()
    client = sign_in(staff)
    add = f"/vendors/{vendor.id}/{part}/new"

    page = client.post(add, values, page=add)

    assert "新名示範" in page.text
    [edit] = [link for link in page.links if link.startswith(f"/vendors/{part}/") and link.endswith("/edit")]
    name = "name_zh" if part == "products" else "name"
    assert "再改示範" in client.post(edit, {name: "再改示範"}, page=edit).text


@pytest.mark.parametrize("part", ["contacts", "products", "customers"])
def test_a_stale_save_of_a_part_shows_both_texts(part: str, staff: User, sign_in: SignIn) -> None:
    vendor = vendors.vendor()
    made = {"contacts": vendors.contact, "products": vendors.product, "customers": vendors.customer}[part](
        vendor, "原名"
    )
    client = sign_in(staff)
    path = f"/vendors/{part}/{made.id}/edit"
    name = "name_zh" if part == "products" else "name"
    opened = client.get(path).fields(path)
    client.post(path, {name: "別人的名稱"}, page=path)

    page = client.send(path, {**opened, name: "我的名稱"}, status=409)

    assert "我的名稱" in page.text
    assert "別人的名稱" in page.text
    session().refresh(made)
    assert getattr(made, name) == "別人的名稱"


def test_the_first_contact_is_the_main_one_and_there_is_only_one(db_session: object) -> None:
    with unit_of_work():
        vendor = vendors.vendor()
        first = vendors.contact(vendor, "甲示範")
        second = vendors.contact(vendor, "乙示範")
        assert (first.is_main, second.is_main) == (True, False)

        operations.change_contact(second, operations.ContactDetails("乙示範", is_main=True), actor=SYSTEM)

    assert (first.is_main, second.is_main) == (False, True)


def test_a_customer_s_ubn_is_checked_and_listed_once(db_session: object) -> None:
    vendor = vendors.vendor()
    vendors.customer(vendor, "甲客戶示範", ubn=vendors.UBNS[900])

    with pytest.raises(Refused, match="check digit"):
        vendors.customer(vendor, "乙客戶示範", ubn="12345678")
    with pytest.raises(Refused, match="甲客戶示範"):
        vendors.customer(vendor, "乙客戶示範", ubn=vendors.UBNS[900])
    vendors.customer(vendor, "丙客戶示範", ubn="")


def test_a_product_s_name_is_listed_once(db_session: object) -> None:
    vendor = vendors.vendor()
    gone = vendors.product(vendor, "雲端示範系統")
    operations.remove_product(gone, actor=SYSTEM)
    vendors.product(vendor, "雲端示範系統", charging_model=ChargingModel.LICENCE)

    with pytest.raises(Refused, match="already listed"):
        vendors.product(vendor, "雲端示範系統")
    with pytest.raises(Refused, match="already listed"):
        operations.restore_product(gone, actor=SYSTEM)


def test_a_product_that_a_higher_feature_needs_stays(db_session: object, monkeypatch: pytest.MonkeyPatch) -> None:
    product = vendors.product(vendors.vendor())
    needed = Message("It is being counselled by %(name)s.", {"name": "示範"})
    monkeypatch.setattr(parts, "_reasons_to_keep", [lambda product_id: needed if product_id == product.id else None])

    with pytest.raises(Refused, match="being counselled by 示範"):
        operations.remove_product(product, actor=SYSTEM)

    assert product.removed_at is None


def test_a_product_that_is_being_counselled_stays(expert: User, staff: User, sign_in: SignIn) -> None:
    product = vendors.product(vendors.vendor())
    journey.engagement(of=product, lead=expert)
    path = f"/vendors/products/{product.id}/remove"

    page = sign_in(staff).post(path, page=f"/vendors/products/{product.id}/edit", status=422)

    assert "115" in page.text
    session().refresh(product)
    assert product.removed_at is None


def test_a_new_person_is_invited_and_an_old_one_belongs_at_once(
    staff: User, vendor_member: User, sign_in: SignIn
) -> None:
    vendor = vendors.vendor()
    client = sign_in(staff)
    path = f"/vendors/{vendor.id}/members/invite"

    client.post(path, {"name": "新人示範", "email": "new@vendor.example"}, page=path)
    client.post(path, {"name": "舊人示範", "email": vendor_member.email.upper()}, page=path)

    [invitation] = session().scalars(select(Invitation)).all()
    assert (invitation.email, invitation.role, invitation.scope) == (
        "new@vendor.example",
        Role.VENDOR,
        {"organisation": vendor.id},
    )
    assert load_actor(vendor_member.id).scope("organisation") == {vendor.id}


def test_an_ended_membership_ends_every_right_at_the_next_request(
    staff: User, vendor_member: User, sign_in: SignIn
) -> None:
    vendor = vendors.vendor()
    people.join_organisation(vendor_member, vendor)
    member, office = sign_in(vendor_member), sign_in(staff)
    member.get(f"/vendors/{vendor.id}")
    [end] = [link for link in office.get(f"/vendors/{vendor.id}").links if link.endswith("/end")]

    office.post(end, page=end)

    member.get(f"/vendors/{vendor.id}", status=404)
    assert vendor.name_zh not in member.get("/vendors").text


def test_a_member_does_not_invite_or_remove(vendor_member: User, sign_in: SignIn) -> None:
    vendor = vendors.vendor()
    people.join_organisation(vendor_member, vendor)
    [membership] = queries.belongings_of(vendor.id).members
    client = sign_in(vendor_member)

    client.get(f"/vendors/{vendor.id}/members/invite", status=403)
    client.get(f"/vendors/members/{membership.id}/end", status=403)


def test_a_ticked_box_stands_in_words_beside_the_other_text(staff: User, sign_in: SignIn) -> None:
    contact = vendors.contact(vendors.vendor(), "原名")
    client, path = sign_in(staff), f"/vendors/contacts/{contact.id}/edit?lang=en"
    opened = client.get(path).fields(path)
    client.post(path, {"is_main": "y", "name": "新名"}, page=path)

    page = client.send(path, {name: value for name, value in opened.items() if name != "is_main"}, status=409)

    row = next(row for row in page.texts("tr") if row.startswith("Main contact"))
    assert row == "Main contact differs No Yes"

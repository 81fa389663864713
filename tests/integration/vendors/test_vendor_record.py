"""Adding a vendor and changing what is known of it."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from tests.factories import people, vendors
from tests.support.pages import PageClient
from tracker.accounts.access import SYSTEM
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.core import search
from tracker.core.audit import AuditRecord
from tracker.core.db import session, unit_of_work
from tracker.core.search import DocumentKind
from tracker.vendors import operations, queries
from tracker.vendors.models import Organisation

SignIn = Callable[[User], PageClient]
FORM = {
    "name_zh": "新示範股份有限公司",
    "kind": "hardware",
    "capital": "１，０００，０００元",
    "established_on": "民國110年2月28日",
}


def vendors_named(name: str) -> list[Organisation]:
    return list(session().scalars(select(Organisation).where(Organisation.name_zh == name)))


def found(words: str) -> list[int]:
    matches = search.matching_subjects(DocumentKind.VENDOR, words)
    assert matches is not None
    return list(session().scalars(matches))


def test_staff_add_a_vendor_with_numbers_as_people_write_them(staff: User, sign_in: SignIn) -> None:
    client = sign_in(staff)

    page = client.post(
        "/vendors/new", {**FORM, "ubn": " ０００００００５ ", "employees": "1,200人"}, page="/vendors/new"
    )

    assert page.heading == "新示範股份有限公司"
    [vendor] = vendors_named("新示範股份有限公司")
    assert (vendor.ubn, vendor.capital, vendor.employees) == ("00000005", 1_000_000, 1200)
    assert vendor.established_on is not None
    assert vendor.established_on.isoformat() == "2021-02-28"


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("ubn", "1234567", "A UBN has 8 digits"),
        ("ubn", "12345678", "check digit does not fit"),
        ("established_on", "民國115年2月30日", "There is no day"),
        ("capital", "一百萬", "is not an amount of money"),
        ("capital", "-5", "cannot be below zero"),
        ("employees", "many", "is not a whole number"),
        ("employees", "99999999999999999999", "is not a whole number"),
        ("website", "javascript:alert(1)", "is not the address of a website"),
        ("name_zh", "", "Write the registered Chinese name."),
        ("name_zh", "長" * 201, "This text is too long"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_typed_is_lost(
    field: str, typed: str, sentence: str, staff: User, sign_in: SignIn
) -> None:
    client = sign_in(staff)
    values = {**FORM, "ubn": "00000005", "profile": "這段簡介不能不見。", field: typed}

    page = client.post("/vendors/new?lang=en", values, page="/vendors/new?lang=en")

    assert sentence in page.text
    assert "這段簡介不能不見。" in page.text
    assert page.fields("/vendors/new?lang=en")[field] == typed
    assert session().scalars(select(Organisation)).all() == []


def test_a_known_ubn_names_the_record_and_links_to_it(staff: User, sign_in: SignIn) -> None:
    known = vendors.vendor("先登錄示範公司")
    client = sign_in(staff)

    page = client.post("/vendors/new?lang=en", {**FORM, "ubn": known.ubn}, page="/vendors/new?lang=en")

    assert f"先登錄示範公司 (UBN {known.ubn}) is already registered" in page.text
    assert f"/vendors/{known.id}" in page.links
    assert vendors_named("新示範股份有限公司") == []


def test_a_ubn_taken_in_the_same_moment_is_refused_in_the_same_words(
    db_session: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unit_of_work():
        known = vendors.vendor("先登錄示範公司")
    find = queries.find_by_ubn
    before_the_other_committed = iter([None])
    monkeypatch.setattr(queries, "find_by_ubn", lambda ubn: next(before_the_other_committed, find(ubn)))

    with pytest.raises(operations.KnownVendor) as refusal, unit_of_work():
        vendors.vendor("慢一步示範公司", ubn=known.ubn)

    assert "先登錄示範公司" in str(refusal.value)
    assert vendors_named("慢一步示範公司") == []


def test_the_refusal_does_not_name_a_vendor_that_the_actor_may_not_see(vendor_member: User) -> None:
    own, other = vendors.vendor("自家示範公司"), vendors.vendor("別家示範公司")
    people.join_organisation(vendor_member, own)

    error = operations.KnownVendor(other, people.acting(vendor_member))

    assert error.vendor_id is None
    assert "別家" not in str(error)


def test_a_stale_save_shows_both_texts_and_can_be_saved_over(staff: User, sign_in: SignIn) -> None:
    vendor = vendors.vendor("版本示範公司", profile="原本的簡介")
    client = sign_in(staff)
    path = f"/vendors/{vendor.id}/edit"
    opened = client.get(path).fields(path)
    with unit_of_work():
        operations.change_vendor(
            vendor,
            operations.VendorDetails(name_zh="版本示範公司", kind=vendor.kind, profile="別人先存的簡介"),
            actor=SYSTEM,
        )

    page = client.send(path, {**opened, "profile": "我後存的簡介"}, status=409)

    assert "我後存的簡介" in page.text
    assert "別人先存的簡介" in page.text
    session().refresh(vendor)
    assert vendor.profile == "別人先存的簡介"

    client.send(path, page.fields(path))

    session().refresh(vendor)
    assert vendor.profile == "我後存的簡介"


def test_a_form_sent_twice_adds_one_vendor(staff: User, sign_in: SignIn) -> None:
    client = sign_in(staff)
    values = {**client.get("/vendors/new").fields("/vendors/new"), **FORM, "ubn": "00000005"}

    client.send("/vendors/new", values)
    again = client.send("/vendors/new", values)

    assert again.heading == "新示範股份有限公司"
    assert len(vendors_named("新示範股份有限公司")) == 1


def test_a_member_changes_facts_but_neither_the_ubn_nor_the_office_note(vendor_member: User, sign_in: SignIn) -> None:
    vendor = vendors.vendor("自家示範公司", internal_note="辦公室的話")
    ubn = vendor.ubn
    people.join_organisation(vendor_member, vendor)
    client = sign_in(vendor_member)
    path = f"/vendors/{vendor.id}/edit"

    form = client.get(path)
    client.post(path, {"phone": "02-1234-5678", "ubn": "00000013", "internal_note": "改掉"}, page=path)

    assert "辦公室的話" not in form.text
    assert {"ubn", "internal_note"}.isdisjoint(form.fields(path))
    session().refresh(vendor)
    assert (vendor.phone, vendor.ubn, vendor.internal_note) == ("02-1234-5678", ubn, "辦公室的話")


def test_the_office_note_shows_to_office_and_auditors_only(staff: User, vendor_member: User, sign_in: SignIn) -> None:
    vendor = vendors.vendor("自家示範公司", internal_note="辦公室的話")
    people.join_organisation(vendor_member, vendor)
    auditor = people.person(Role.AUDITOR)
    path = f"/vendors/{vendor.id}"

    shown = {user.id: "辦公室的話" in sign_in(user).get(path).text for user in (staff, auditor, vendor_member)}

    assert shown == {staff.id: True, auditor.id: True, vendor_member.id: False}


def test_changes_are_recorded_without_the_office_note_and_without_people(staff: User) -> None:
    actor = people.acting(staff)
    with unit_of_work():
        vendor = vendors.vendor("舊名示範公司")
        details = operations.VendorDetails(name_zh="新名示範公司", kind=vendor.kind, internal_note="祕密備註")
        operations.change_vendor(vendor, details, actor=actor)
        contact = operations.add_contact(
            vendor, operations.ContactDetails("王示範", email="wang@example.com"), actor=actor
        )
        operations.change_contact(contact, operations.ContactDetails("李示範", email="lee@example.com"), actor=actor)

    records = session().scalars(select(AuditRecord).order_by(AuditRecord.id)).all()
    assert [record.action for record in records] == [
        "vendor.added",
        "vendor.noted",
        "vendor.changed",
        "contact.added",
        "contact.changed",
    ]
    assert records[2].details["name_zh"] == ["舊名示範公司", "新名示範公司"]
    written = str([record.details for record in records])
    assert not any(word in written for word in ("祕密", "王示範", "李示範", "example.com"))


def test_the_search_finds_names_ubn_products_and_contacts(db_session: object) -> None:
    with unit_of_work():
        vendor = vendors.vendor("雲端示範股份有限公司", name_en="Sample Cloud")
        vendors.product(vendor, "智慧排程系統")
        contact = vendors.contact(vendor, "歐陽示範")

    for words in ("雲端", "雲", "sample", vendor.ubn, vendor.ubn[:5], "排程", "歐陽"):
        assert found(words) == [vendor.id], words
    with unit_of_work():
        operations.remove_contact(contact, actor=SYSTEM)
    assert found("歐陽") == []

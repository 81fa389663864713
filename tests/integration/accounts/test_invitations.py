"""How people come to an account: by invitation, and the first one by a one-time code."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import people
from tests.factories.accounts import actions, invited, mailed_path
from tests.factories.vendors import vendor
from tests.support.pages import PageClient
from tracker.accounts import operations
from tracker.accounts.models import User
from tracker.accounts.operations import Invite
from tracker.accounts.queries import find_by_email
from tracker.accounts.rules import Role
from tracker.core import clock
from tracker.core.db import session, unit_of_work
from tracker.core.errors import Gone, NotAllowed, Refused

SignIn = Callable[[User], PageClient]
NEW = {"password": "seven brown otters sing", "again": "seven brown otters sing"}


def test_an_invited_person_makes_an_account(sign_in: SignIn, staff: User, client: PageClient) -> None:
    browser = sign_in(staff)
    page = browser.post("/admin/invitations/new", {"name": "新專家", "email": "New@people.example", "role": "expert"})
    assert "邀請已寄往" in page.text

    client.post(mailed_path(), NEW, follow=False, status=303)

    assert client.get("/account").heading == "我的帳號"
    new = find_by_email("new@people.example")
    assert new is not None
    assert {grant.role for grant in new.grants} == {Role.EXPERT}
    assert actions() == ["invitation.sent", "user.added", "invitation.accepted"]


def test_an_invitation_to_a_vendor_makes_a_member_of_it(staff: User, client: PageClient) -> None:
    company = vendor()
    session().commit()
    with unit_of_work():
        details = Invite("member@vendor.example", "業者窗口", Role.VENDOR, {"organisation": company.id})
        operations.invite(details, actor=people.acting(staff))

    client.post(mailed_path(), NEW, follow=False, status=303)

    member = find_by_email("member@vendor.example")
    assert member is not None
    assert people.acting(member).scope("organisation") == {company.id}


def test_a_link_works_once(staff: User, client: PageClient, app: object) -> None:
    invited(staff)
    path = mailed_path()
    client.post(path, NEW, follow=False, status=303)

    page = client.get(path, status=410)

    assert "這份邀請已使用過" in page.text


def test_an_invitation_ends_after_seven_days(staff: User, client: PageClient) -> None:
    invited(staff)

    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1)):
        page = client.get(mailed_path(), status=410)

    assert "這份邀請已過期" in page.text


def test_a_withdrawn_invitation_is_gone(sign_in: SignIn, staff: User, client: PageClient) -> None:
    invitation = invited(staff)

    sign_in(staff).post(f"/admin/invitations/{invitation.id}/revoke", page="/admin/invitations")

    assert "這份邀請已撤回" in client.get(mailed_path(), status=410).text


def test_sending_again_ends_the_earlier_link(sign_in: SignIn, staff: User, client: PageClient) -> None:
    invitation = invited(staff)
    earlier = mailed_path()

    sign_in(staff).post(f"/admin/invitations/{invitation.id}/resend", page="/admin/invitations")

    client.get(earlier, status=410)
    assert client.get(mailed_path()).heading == "建立帳號"


def test_an_invitation_ends_when_its_sender_loses_the_right_to_it(
    staff: User, client: PageClient, administrator: User
) -> None:
    invited(staff)
    with unit_of_work():
        operations.deactivate_user(staff, actor=people.acting(administrator))

    client.get(mailed_path(), status=410)


def test_nobody_is_invited_twice_or_beside_an_account(staff: User, expert: User) -> None:
    invited(staff)
    for email in ("newcomer@people.example", expert.email):
        with pytest.raises(Refused), unit_of_work():
            operations.invite(Invite(email, "某人", Role.EXPERT), actor=people.acting(staff))


def test_staff_invite_no_administrator(staff: User) -> None:
    session().commit()
    with pytest.raises(NotAllowed), unit_of_work():
        operations.invite(Invite("x@people.example", "某人", Role.ADMINISTRATOR), actor=people.acting(staff))


def test_a_wrong_address_is_refused_and_what_was_typed_stays(sign_in: SignIn, staff: User) -> None:
    typed = {"name": "某人", "email": "no address", "role": "expert"}

    page = sign_in(staff).post("/admin/invitations/new", typed)

    assert "不是電子郵件地址" in page.text
    assert page.fields()["email"] == "no address"


def test_a_simple_password_keeps_the_invitation_open(staff: User, client: PageClient) -> None:
    invited(staff)

    page = client.post(mailed_path(), {"password": "password1234", "again": "password1234"})

    assert "這個密碼容易被猜中" in page.text
    client.post(mailed_path(), NEW, follow=False, status=303)


def test_the_first_administrator_comes_in_by_the_code(client: PageClient, db_session: Session) -> None:
    with unit_of_work():
        code = operations.make_setup_code()
    typed = {"code": code.lower(), "name": "第一位", "email": "first@people.example", **NEW}

    client.post("/set-up", typed, follow=False, status=303)

    first = db_session.scalars(select(User)).one()
    assert {grant.role for grant in first.grants} == {Role.ADMINISTRATOR}
    client.get("/set-up", status=410)
    with pytest.raises(Gone), unit_of_work():
        operations.make_setup_code()


def test_a_wrong_or_old_code_makes_no_account(client: PageClient, db_session: Session) -> None:
    with unit_of_work():
        code = operations.make_setup_code()
    typed = {"name": "第一位", "email": "first@people.example", **NEW}

    assert "代碼不正確" in client.post("/set-up", {**typed, "code": "AAAAA-BBBBB"}).text
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        assert "代碼不正確" in client.post("/set-up", {**typed, "code": code}).text
    assert db_session.scalars(select(User)).all() == []


def test_a_newer_code_ends_the_earlier_one(client: PageClient, db_session: Session) -> None:
    with unit_of_work():
        earlier = operations.make_setup_code()
        operations.make_setup_code()
    typed = {"name": "第一位", "email": "first@people.example", **NEW}

    assert "代碼不正確" in client.post("/set-up", {**typed, "code": earlier}).text


def test_no_account_exists_after_installation(client: PageClient, db_session: Session) -> None:
    assert db_session.scalars(select(User)).all() == []
    assert "電子郵件或密碼不正確" in client.post("/sign-in", {"email": "admin", "password": "admin"}).text

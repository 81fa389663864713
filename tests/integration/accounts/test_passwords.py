"""Forgotten, reset and changed passwords."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories.accounts import PASSWORD, actions, mailed_path, with_password
from tests.support.pages import PageClient
from tracker.accounts.models import User, WebSession
from tracker.core import clock
from tracker.notifications.models import OutboxMail

NEW = "seven brown otters sing"
NEW_TWICE = {"password": NEW, "again": NEW}


@pytest.fixture
def known(expert: User) -> User:
    """Give a person who has a password."""
    return with_password(expert)


@pytest.fixture
def agency(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Switch the agency's preset on."""
    monkeypatch.setattr(app.config["SETTINGS"], "agency_passwords", True)


def test_a_mailed_link_gives_a_new_password(client: PageClient, known: User) -> None:
    client.post("/forgotten-password", {"email": known.email})
    page = client.post(mailed_path(), NEW_TWICE)

    assert "新密碼已生效" in page.text
    client.post("/sign-in", {"email": known.email, "password": NEW}, follow=False, status=303)
    assert "password.changed" in actions()


def test_the_owner_is_told_of_the_change(client: PageClient, known: User, db_session: Session) -> None:
    client.post("/forgotten-password", {"email": known.email})
    client.post(mailed_path(), NEW_TWICE)

    mails = db_session.scalars(select(OutboxMail.subject).order_by(OutboxMail.id)).all()
    assert mails == ["設定雲階的新密碼", "您的雲階密碼已變更"]


def test_two_different_new_passwords_are_refused(client: PageClient, known: User) -> None:
    client.post("/forgotten-password", {"email": known.email})

    page = client.post(mailed_path(), {"password": NEW, "again": NEW + "!"})

    assert "兩次輸入的密碼不同" in page.text


def test_a_reset_link_ends_the_wait_after_failed_tries(client: PageClient, known: User) -> None:
    for _try in range(5):
        client.post("/sign-in", {"email": known.email, "password": "wrong"})
    client.browser.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    client.post("/forgotten-password", {"email": known.email})
    client.post(mailed_path(), NEW_TWICE)

    client.post("/sign-in", {"email": known.email, "password": NEW}, follow=False, status=303)


def test_a_changed_password_ends_every_other_session(
    sign_in: Callable[[User], PageClient], known: User, db_session: Session
) -> None:
    here, elsewhere = sign_in(known), sign_in(known)

    here.post("/account/password", {"present": PASSWORD, **NEW_TWICE})

    assert elsewhere.get("/account").heading == "登入"
    assert here.get("/account").heading == "我的帳號"
    assert db_session.scalar(select(func.count(WebSession.id))) == 1


def test_the_present_password_is_asked_for(sign_in: Callable[[User], PageClient], known: User) -> None:
    page = sign_in(known).post("/account/password", {"present": "wrong", **NEW_TWICE})

    assert "目前的密碼不正確" in page.text
    assert actions() == ["sign_in.failed"]


def test_the_present_password_does_not_come_back(sign_in: Callable[[User], PageClient], known: User) -> None:
    page = sign_in(known).post("/account/password", {"present": PASSWORD, "password": PASSWORD, "again": PASSWORD})

    assert "這個密碼以前用過" in page.text


def test_a_long_password_of_chinese_characters_comes_back_as_typed(client: PageClient, known: User) -> None:
    chinese = "山高水長雲淡風輕魚躍鳶飛月明星稀" * 4
    client.post("/forgotten-password", {"email": known.email})
    client.post(mailed_path(), {"password": chinese, "again": chinese})

    client.post("/sign-in", {"email": known.email, "password": chinese}, follow=False, status=303)


@pytest.mark.usefixtures("agency")
def test_staff_do_not_use_one_of_their_last_three_passwords(sign_in: Callable[[User], PageClient], staff: User) -> None:
    first, second, third = "Eleven green herons 1", "Seven brown otters 2", "Four grey badgers 3"
    with_password(staff, first)
    browser = sign_in(staff)
    browser.post("/account/password", {"present": first, "password": second, "again": second})
    browser.post("/account/password", {"present": second, "password": third, "again": third})

    page = browser.post("/account/password", {"present": third, "password": first, "again": first})

    assert "這個密碼以前用過" in page.text


@pytest.mark.usefixtures("agency")
def test_staff_use_several_kinds_of_characters(sign_in: Callable[[User], PageClient], staff: User) -> None:
    page = sign_in(with_password(staff)).post("/account/password", {"present": PASSWORD, **NEW_TWICE})

    assert "至少要包含下列三種字元" in page.text


@pytest.mark.usefixtures("agency")
def test_people_from_outside_choose_freely(sign_in: Callable[[User], PageClient], known: User) -> None:
    page = sign_in(known).post("/account/password", {"present": PASSWORD, **NEW_TWICE})

    assert "新密碼已生效" in page.text


@pytest.mark.usefixtures("agency")
def test_staff_with_an_old_password_choose_another_before_anything_else(
    sign_in: Callable[[User], PageClient], staff: User, db_session: Session
) -> None:
    with_password(staff)
    staff.password_changed_at = clock.now() - timedelta(days=181)
    db_session.commit()

    page = sign_in(staff).get("/account")

    assert page.heading == "變更密碼"
    assert "已使用超過 180 天" in page.text


def test_a_password_that_somebody_else_made_is_changed_at_the_first_sign_in(
    sign_in: Callable[[User], PageClient], known: User, db_session: Session
) -> None:
    known.password_changed_at = None
    db_session.commit()
    browser = sign_in(known)

    assert browser.get("/account").heading == "變更密碼"
    browser.post("/account/password", {"present": PASSWORD, **NEW_TWICE})
    assert browser.get("/account").heading == "我的帳號"

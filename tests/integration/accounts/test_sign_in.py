"""Coming in and going out."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories.accounts import PASSWORD, actions, with_password
from tests.support.pages import PageClient
from tracker.accounts.models import User, WebSession


@pytest.fixture
def known(expert: User) -> User:
    """Give a person who has a password."""
    return with_password(expert)


def test_the_right_password_lets_a_person_in(client: PageClient, known: User) -> None:
    page = client.post("/sign-in", {"email": known.email.upper(), "password": PASSWORD}, follow=False, status=303)

    assert page.response.headers["Location"] == "/"
    assert client.get("/account").heading == "我的帳號"


def test_a_wrong_password_is_refused_in_a_sentence(client: PageClient, known: User) -> None:
    page = client.post("/sign-in", {"email": known.email, "password": "wrong"})

    assert "電子郵件或密碼不正確" in page.text
    assert actions() == ["sign_in.failed"]


def test_a_refused_form_can_be_sent_again(client: PageClient, known: User) -> None:
    refused = client.post("/sign-in", {"email": known.email, "password": "wrong"})

    again = {**refused.fields(), "email": known.email, "password": PASSWORD}
    client.send("/sign-in", again, follow=False, status=303)

    assert client.get("/account").heading == "我的帳號"


def test_signing_in_leads_to_the_page_that_was_asked_for(client: PageClient, known: User) -> None:
    assert client.get("/account/sessions").heading == "登入"

    page = client.post("/sign-in?next=/account/sessions", {"email": known.email, "password": PASSWORD})

    assert page.heading == "我的登入裝置"


def test_an_ended_account_does_not_come_in(client: PageClient, known: User, db_session: Session) -> None:
    known.active = False
    db_session.commit()

    page = client.post("/sign-in", {"email": known.email, "password": PASSWORD})

    assert "電子郵件或密碼不正確" in page.text


def test_signing_out_ends_the_session_on_the_server(
    sign_in: Callable[[User], PageClient], known: User, db_session: Session
) -> None:
    browser = sign_in(known)
    page = browser.post("/sign-out", page="/account")

    assert "您已登出" in page.text
    assert db_session.scalar(select(func.count(WebSession.id))) == 0
    assert browser.get("/account").heading == "登入"


def test_the_language_of_the_person_is_used_where_none_was_chosen(
    client: PageClient, known: User, db_session: Session
) -> None:
    known.language = "en"
    db_session.commit()

    client.post("/sign-in", {"email": known.email, "password": PASSWORD}, follow=False, status=303)

    assert client.get("/account").heading == "My account"


def test_a_language_chosen_on_this_browser_stays(client: PageClient, known: User, db_session: Session) -> None:
    known.language = "en"
    db_session.commit()

    client.get("/sign-in?lang=zh-Hant")
    client.post("/sign-in", {"email": known.email, "password": PASSWORD}, follow=False, status=303)

    assert client.get("/account").heading == "我的帳號"


def test_coming_in_and_going_out_is_in_the_audit_trail(client: PageClient, known: User) -> None:
    client.post("/sign-in", {"email": known.email, "password": PASSWORD}, follow=False, status=303)
    client.post("/sign-out", page="/account")

    assert actions() == ["sign_in.passed", "sign_in.ended"]


def test_reading_pages_without_signing_in_writes_nothing(client: PageClient, db_session: Session) -> None:
    client.get("/sign-in")
    client.get("/forgotten-password")

    assert db_session.scalar(select(func.count(WebSession.id))) == 0


def test_an_unreadable_or_forged_cookie_is_a_visitor(client: PageClient, db_session: Session) -> None:
    for cookie in ("nonsense", "A" * 43, "a.b.c", "雲階"):
        client.browser.set_cookie("session", cookie)
        assert client.get("/account").heading == "登入"

"""Coming in and going out."""

from collections.abc import Callable

import pytest
from flask_security.utils import hash_password
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.support.pages import PageClient
from tracker.accounts.models import User, WebSession
from tracker.core.audit import AuditRecord

PASSWORD = "eleven green herons wade"


@pytest.fixture
def known(expert: User, db_session: Session) -> User:
    """Give a person who has a password."""
    expert.password = hash_password(PASSWORD)
    db_session.commit()
    return expert


def actions(db_session: Session) -> list[str]:
    return list(db_session.scalars(select(AuditRecord.action).order_by(AuditRecord.id)))


def test_the_right_password_lets_a_person_in(client: PageClient, known: User) -> None:
    page = client.post("/sign-in", {"email": known.email.upper(), "password": PASSWORD}, follow=False, status=303)

    assert page.response.headers["Location"] == "/"
    assert client.get("/account").status == 200


def test_a_wrong_password_is_refused_in_a_sentence(client: PageClient, known: User, db_session: Session) -> None:
    page = client.post("/sign-in", {"email": known.email, "password": "wrong"})

    assert "電子郵件或密碼不正確" in page.text
    assert actions(db_session) == ["sign_in.failed"]


def test_a_refused_form_can_be_sent_again(client: PageClient, known: User) -> None:
    refused = client.post("/sign-in", {"email": known.email, "password": "wrong"})

    again = {**refused.fields(), "email": known.email, "password": PASSWORD}
    client.send("/sign-in", again, follow=False, status=303)

    assert client.get("/account").status == 200


def test_signing_in_leads_to_the_page_that_was_asked_for(client: PageClient, known: User) -> None:
    asked = client.get("/account/sessions")
    assert asked.heading == "登入"

    page = client.post("/sign-in?next=/account/sessions", {"email": known.email, "password": PASSWORD})

    assert page.heading == "我的登入裝置"


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


def test_coming_in_and_going_out_is_in_the_audit_trail(client: PageClient, known: User, db_session: Session) -> None:
    client.post("/sign-in", {"email": known.email, "password": PASSWORD}, follow=False, status=303)
    client.post("/sign-out", page="/account")

    assert actions(db_session) == ["sign_in.passed", "sign_in.ended"]


def test_reading_pages_without_signing_in_writes_nothing(client: PageClient, db_session: Session) -> None:
    client.get("/sign-in")
    client.get("/forgotten-password")

    assert db_session.scalar(select(func.count(WebSession.id))) == 0

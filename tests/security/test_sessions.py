"""Sessions: their cookie, their length, and what ends them (ASVS 3.3, 7.2 to 7.5)."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import empty_database
from tests.factories import people
from tests.factories.accounts import PASSWORD, mailed_path, with_password
from tests.support.pages import PageClient
from tracker.accounts import operations
from tracker.accounts.jobs import clean_up
from tracker.accounts.models import User, WebSession
from tracker.accounts.rules import Role
from tracker.accounts.sessions import MOST_MESSAGES
from tracker.app import create_app
from tracker.core import clock
from tracker.core.db import db, unit_of_work
from tracker.core.settings import Settings

SignIn = Callable[[User], PageClient]


@pytest.fixture
def known(expert: User) -> User:
    """Give a person who has a password."""
    return with_password(expert)


def cookie_of(browser: PageClient, name: str = "session") -> str:
    cookie = browser.browser.get_cookie(name)
    assert cookie is not None
    return cookie.value


def enter(browser: PageClient, user: User) -> None:
    browser.post("/sign-in", {"email": user.email, "password": PASSWORD}, follow=False, status=303)


def is_signed_in(browser: PageClient) -> bool:
    return browser.get("/account").heading == "我的帳號"


def test_the_cookie_is_kept_from_scripts_and_other_sites(client: PageClient, known: User) -> None:
    page = client.post("/sign-in", {"email": known.email, "password": PASSWORD}, follow=False, status=303)

    cookies = [c for c in page.response.headers.getlist("Set-Cookie") if c.startswith("session=")]
    assert len(cookies) == 1
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookies[0].split("; "))
    assert "Expires" not in cookies[0]


@pytest.fixture
def behind_tls(settings: Settings, made_app: Flask) -> Iterator[Flask]:
    """Give an app that people reach by https, on the same database."""
    app = create_app(settings.model_copy(update={"base_url": "https://localhost"}))
    yield app
    with app.app_context():
        empty_database()
        db.engine.dispose()


def test_behind_tls_the_cookie_is_bound_to_the_host(behind_tls: Flask) -> None:
    with behind_tls.app_context():
        user = with_password(people.person(Role.EXPERT))
        browser = PageClient(behind_tls)
        browser.browser.environ_base["wsgi.url_scheme"] = "https"
        page = browser.browser.get("/sign-in", base_url="https://localhost")

        cookies = page.headers.getlist("Set-Cookie")
        assert cookies
        assert all(c.startswith("__Host-") and "Secure" in c and "HttpOnly" in c and "Domain" not in c for c in cookies)
        assert user.active


def test_the_table_holds_no_token(client: PageClient, known: User, db_session: Session) -> None:
    enter(client, known)

    row = db_session.scalars(select(WebSession)).one()
    assert len(cookie_of(client)) == 43
    assert cookie_of(client) not in (row.token_hash, str(row.data))


def test_signing_in_gives_a_new_token_whatever_the_browser_brought(
    sign_in: SignIn, client: PageClient, known: User, staff: User
) -> None:
    client.get("/sign-in")
    planted = cookie_of(client)
    enter(client, known)
    assert cookie_of(client) != planted

    client.browser.set_cookie("session", "B" * 43)
    enter(client, known)
    assert cookie_of(client) != "B" * 43


def test_a_cookie_of_a_visitor_cannot_name_a_person(app: Flask, client: PageClient, known: User) -> None:
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # Flask's own signer
    client.browser.set_cookie("session", serializer.dumps({"_user_id": known.fs_uniquifier, "_fresh": True}))

    assert not is_signed_in(client)


def test_an_old_cookie_is_worth_nothing_after_sign_out(client: PageClient, known: User) -> None:
    enter(client, known)
    old = cookie_of(client)
    client.post("/sign-out", page="/account")

    client.browser.set_cookie("session", old)

    assert not is_signed_in(client)


def test_signing_out_clears_the_cache_and_leaves_drafts(client: PageClient, known: User) -> None:
    enter(client, known)

    page = client.post("/sign-out", page="/account", follow=False, status=303)

    assert page.response.headers["Clear-Site-Data"] == '"cache"'


def test_an_old_cookie_is_worth_nothing_after_a_new_password(client: PageClient, known: User, sign_in: SignIn) -> None:
    enter(client, known)
    old = cookie_of(client)
    new = {"present": PASSWORD, "password": "seven brown otters sing", "again": "seven brown otters sing"}
    client.post("/account/password", new)
    assert cookie_of(client) != old

    client.browser.set_cookie("session", old)

    assert not is_signed_in(client)


def test_a_reset_password_ends_every_session(app: Flask, client: PageClient, known: User) -> None:
    enter(client, known)
    other = PageClient(app)
    other.post("/forgotten-password", {"email": known.email})
    other.post(mailed_path(), {"password": "seven brown otters sing", "again": "seven brown otters sing"})

    assert not is_signed_in(client)


def test_an_old_cookie_is_worth_nothing_after_the_account_ended(
    client: PageClient, known: User, administrator: User
) -> None:
    enter(client, known)
    with unit_of_work():
        operations.deactivate_user(known, actor=people.acting(administrator))
    assert not is_signed_in(client)

    with unit_of_work():
        operations.reactivate_user(known, actor=people.acting(administrator))
    assert not is_signed_in(client)


def test_a_row_that_was_left_behind_does_not_outlive_the_password(
    client: PageClient, known: User, db_session: Session
) -> None:
    enter(client, known)
    known.fs_uniquifier = "another one"
    db_session.commit()

    assert not is_signed_in(client)


@pytest.mark.parametrize(("minutes", "stays"), [(29, True), (31, False)])
def test_a_session_left_alone_ends_after_half_an_hour(
    client: PageClient, known: User, minutes: int, stays: bool
) -> None:
    enter(client, known)

    with time_machine.travel(clock.now() + timedelta(minutes=minutes)):
        assert is_signed_in(client) is stays


@pytest.mark.parametrize(("hours", "stays"), [(11.9, True), (12.1, False)])
def test_a_session_in_use_ends_after_twelve_hours(client: PageClient, known: User, hours: float, stays: bool) -> None:
    begun = clock.now()
    enter(client, known)
    for minutes in range(20, int(hours * 60), 20):
        with time_machine.travel(begun + timedelta(minutes=minutes)):
            client.get("/account")

    with time_machine.travel(begun + timedelta(hours=hours)):
        assert is_signed_in(client) is stays


def test_reading_pages_writes_at_most_once_a_minute(client: PageClient, known: User, db_session: Session) -> None:
    begun = clock.now()
    enter(client, known)
    client.get("/account")
    seen = db_session.scalars(select(WebSession.seen_at)).one()

    with time_machine.travel(begun + timedelta(seconds=50)):
        client.get("/account")
    assert db_session.scalars(select(WebSession.seen_at)).one() == seen

    with time_machine.travel(begun + timedelta(seconds=70)):
        client.get("/account")
    assert db_session.scalars(select(WebSession.seen_at)).one() > seen


def test_being_seen_does_not_make_an_open_form_stale(client: PageClient, known: User, db_session: Session) -> None:
    enter(client, known)
    version = known.version

    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        client.get("/account")

    db_session.refresh(known)
    assert known.version == version


def test_rows_of_sessions_that_are_over_are_deleted(
    sign_in: SignIn, known: User, staff: User, db_session: Session
) -> None:
    sign_in(known)
    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        sign_in(staff)
        with unit_of_work():
            clean_up({})

    assert db_session.scalars(select(WebSession.user_id)).all() == [staff.id]


def test_messages_that_nobody_reads_do_not_outgrow_their_cookie(sign_in: SignIn, staff: User) -> None:
    browser = sign_in(staff)
    token = browser.get("/inbox").fields()["csrf_token"]
    for _time in range(60):
        browser.send("/inbox/mark-read", {"csrf_token": token}, status=302, follow=False)

    assert len(cookie_of(browser, "session-messages")) < 4000
    assert browser.get("/inbox").text.count("到這裡為止的通知都已標為已讀。") == MOST_MESSAGES

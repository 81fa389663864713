"""The throttle of sign-in and of mailed links (ASVS 2.4.1, 6.3.1, 4.1.3)."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import empty_database
from tests.factories import people
from tests.factories.accounts import PASSWORD, actions, with_password
from tests.support.pages import Page, PageClient
from tracker.accounts import throttle
from tracker.accounts.models import Attempt, User
from tracker.accounts.rules import Role
from tracker.accounts.security import sign_in_limit
from tracker.accounts.sessions import work_apart
from tracker.app import create_app
from tracker.core import clock
from tracker.core.db import db
from tracker.core.errors import TooMany
from tracker.core.settings import Settings
from tracker.notifications.models import OutboxMail


@pytest.fixture
def known(expert: User) -> User:
    """Give a person who has a password."""
    return with_password(expert)


def attempt(browser: PageClient, email: str, password: str, *, status: int = 200, forwarded: str = "") -> Page:
    """Try to sign in; `forwarded` is what the request says of the address it comes from."""
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    form = browser.get("/sign-in").fields()
    sent = browser._apart(
        lambda: browser.browser.post("/sign-in", data={**form, "email": email, "password": password}, headers=headers)
    )
    assert sent.status_code == status, sent.get_data(as_text=True)[:500]
    return Page(sent)


def come_from(browser: PageClient, address: str) -> None:
    browser.browser.environ_base["REMOTE_ADDR"] = address


def test_the_right_password_is_refused_after_five_wrong_ones(client: PageClient, known: User) -> None:
    for _wrong in range(5):
        attempt(client, known.email, "wrong")

    page = attempt(client, known.email, PASSWORD, status=429)

    assert 14 * 60 <= int(page.response.headers["Retry-After"]) <= 15 * 60
    assert "失敗次數過多，請等 15 分鐘後再試" in page.text
    assert actions().count("sign_in.locked") == 1


def test_the_wait_ends_after_fifteen_minutes(client: PageClient, known: User) -> None:
    for _wrong in range(5):
        attempt(client, known.email, "wrong")

    with time_machine.travel(clock.now() + timedelta(minutes=14, seconds=50)):
        attempt(client, known.email, PASSWORD, status=429)
    with time_machine.travel(clock.now() + timedelta(minutes=15, seconds=1)):
        attempt(client, known.email, PASSWORD, status=303)


def test_a_name_that_nobody_has_is_held_back_alike(client: PageClient, known: User) -> None:
    for _wrong in range(5):
        attempt(client, "nobody@people.example", "wrong")
        come_from(client, f"192.0.2.{_wrong}")

    page = attempt(client, "Nobody@people.example ", "wrong", status=429)

    assert "失敗次數過多" in page.text


def test_a_name_is_held_back_from_wherever_it_is_tried(client: PageClient, known: User) -> None:
    for number in range(5):
        come_from(client, f"192.0.2.{number}")
        attempt(client, known.email, "wrong")

    come_from(client, "198.51.100.1")
    attempt(client, known.email, PASSWORD, status=429)


def test_an_address_is_held_back_whatever_name_it_tries(client: PageClient, known: User) -> None:
    for number in range(5):
        attempt(client, f"guess{number}@people.example", "wrong")

    attempt(client, known.email, PASSWORD, status=429)
    come_from(client, "198.51.100.1")
    attempt(client, known.email, PASSWORD, status=303)


def test_an_ipv6_user_does_not_escape_by_another_address_of_the_same_network(client: PageClient, known: User) -> None:
    for number in range(5):
        come_from(client, f"2001:db8:1:2::{number + 1}")
        attempt(client, f"guess{number}@people.example", "wrong")

    come_from(client, "2001:db8:1:2:ffff::1")
    attempt(client, known.email, PASSWORD, status=429)


def test_a_forged_address_changes_nothing(client: PageClient, known: User) -> None:
    for number in range(5):
        attempt(client, f"guess{number}@people.example", "wrong", forwarded=f"203.0.113.{number}")

    attempt(client, known.email, PASSWORD, status=429, forwarded="203.0.113.99")


@pytest.fixture
def behind_proxy(settings: Settings, made_app: Flask) -> Iterator[Flask]:
    """Give an app that stands behind one trusted proxy, on the same database."""
    app = create_app(settings.model_copy(update={"proxies": 1}))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app
    with app.app_context():
        empty_database()
        db.engine.dispose()


def test_behind_a_trusted_proxy_its_address_of_the_reader_counts(behind_proxy: Flask) -> None:
    with behind_proxy.app_context():
        user, browser = with_password(people.person(Role.EXPERT)), PageClient(behind_proxy)
        for number in range(5):
            claimed = f"203.0.113.{number}, 198.51.100.7"
            attempt(browser, f"guess{number}@people.example", "wrong", forwarded=claimed)

        attempt(browser, user.email, PASSWORD, status=429, forwarded="198.51.100.7")
        attempt(browser, user.email, PASSWORD, status=303, forwarded="198.51.100.8")


def test_coming_in_crosses_out_ones_own_failures_and_no_others(
    client: PageClient, known: User, db_session: Session
) -> None:
    attempt(client, "guess@people.example", "wrong")
    for _wrong in range(3):
        attempt(client, known.email, "wrong")

    attempt(client, known.email, PASSWORD, status=303)

    assert db_session.scalar(select(func.count(Attempt.id))) == 1


def test_fifty_tries_at_once_are_five(app: Flask, known: User) -> None:
    passed: list[int] = []
    db.session.commit()
    email = known.email

    def attempt_once(number: int) -> None:
        with app.app_context():
            one = throttle.try_of(throttle.SIGN_IN, email, f"198.51.100.{number}")
            try:
                with work_apart():
                    throttle.claim(one, sign_in_limit())
                passed.append(number)
            except TooMany:
                pass

    threads = [threading.Thread(target=attempt_once, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(passed) == 5


def test_asking_for_reset_links_is_held_back(client: PageClient, known: User, db_session: Session) -> None:
    for _asked in range(5):
        client.post("/forgotten-password", {"email": known.email})

    page = client.post("/forgotten-password", {"email": known.email}, status=429)

    assert int(page.response.headers["Retry-After"]) > 0
    assert db_session.scalar(select(func.count(OutboxMail.id))) == 5


def test_the_present_password_cannot_be_guessed_in_a_stolen_session(client: PageClient, known: User) -> None:
    attempt(client, known.email, PASSWORD, status=303)
    new = {"password": "seven brown otters sing", "again": "seven brown otters sing"}
    for _wrong in range(5):
        client.post("/account/password", {"present": "wrong", **new})

    client.post("/account/password", {"present": PASSWORD, **new}, status=429)


def test_names_are_kept_as_hashes_only(client: PageClient, db_session: Session) -> None:
    attempt(client, "nobody@people.example", "wrong")

    row = db_session.scalars(select(Attempt)).one()
    assert len(row.account) == 64

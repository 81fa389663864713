"""One-time links, where sign-in leads, and what an outsider learns of names (ASVS 3.7.2, 6.3.7, 6.4)."""

import statistics
import time
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories.accounts import PASSWORD, mailed_path, with_password
from tests.support.pages import PageClient
from tracker.accounts.models import Attempt, User
from tracker.accounts.rules import own_path
from tracker.core import clock
from tracker.notifications.models import OutboxMail

NEW_TWICE = {"password": "seven brown otters sing", "again": "seven brown otters sing"}
ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "https://evil.example/",
    "https:evil.example",
    "http:///evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/\n/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "./account",
    "",
    "/%0d%0aSet-Cookie:x=y\r\nX: y",
]


@pytest.fixture
def known(expert: User) -> User:
    """Give a person who has a password."""
    return with_password(expert)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_sign_in_never_leads_to_another_site(client: PageClient, known: User, target: str) -> None:
    typed = {"email": known.email, "password": PASSWORD, "next": target}

    page = client.post("/sign-in", typed, follow=False, status=303)

    assert page.response.headers["Location"] == "/"


@pytest.mark.parametrize("target", ["/account", "/vendors?q=雲端&after=3", "/engagements/3#item-4"])
def test_sign_in_leads_to_a_page_of_ours(target: str) -> None:
    assert own_path(target) == target


def test_a_reset_link_works_once(client: PageClient, known: User) -> None:
    client.post("/forgotten-password", {"email": known.email})
    path = mailed_path()
    client.post(path, NEW_TWICE)

    assert "已使用過或已過期" in client.get(path, status=410).text


def test_every_open_reset_link_ends_with_the_first_one_used(client: PageClient, known: User) -> None:
    client.post("/forgotten-password", {"email": known.email})
    earlier = mailed_path()
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        client.post("/forgotten-password", {"email": known.email})
        later = mailed_path()
        client.post(later, NEW_TWICE)

    assert earlier != later
    client.get(earlier, status=410)


def test_a_reset_link_ends_after_an_hour(client: PageClient, known: User) -> None:
    client.post("/forgotten-password", {"email": known.email})

    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        client.get(mailed_path(), status=410)


def test_a_changed_reset_link_is_worth_nothing(client: PageClient, known: User, staff: User) -> None:
    client.post("/forgotten-password", {"email": known.email})
    path = mailed_path()
    middle = len(path) - 8  # the last sign may hold bits that are not part of the signature

    other = "A" if path[middle] != "A" else "B"
    for changed in (path[:middle] + other + path[middle + 1 :], path + "x", path.replace(".", ".x", 1)):
        client.get(changed, status=410)


def test_a_forged_host_does_not_reach_the_mailed_link(
    app: Flask, client: PageClient, known: User, db_session: Session
) -> None:
    typed = {**client.get("/forgotten-password").fields(), "email": known.email}
    cookie = client.browser.get_cookie("session")
    assert cookie is not None
    client.browser.set_cookie("session", cookie.value, domain="evil.example")
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    client._apart(lambda: client.browser.post("/forgotten-password", data=typed, headers=forged))

    mail = db_session.scalars(select(OutboxMail)).one()
    assert "evil.example" not in mail.text + mail.html


def test_known_and_unknown_names_get_the_same_answers(client: PageClient, known: User) -> None:
    for path, values in (("/sign-in", {"password": "wrong"}), ("/forgotten-password", {})):
        pages = [client.post(path, {"email": email, **values}) for email in (known.email, "nobody@people.example")]

        texts = [
            " ".join(page.texts("main")).replace(known.email, "@").replace("nobody@people.example", "@")
            for page in pages
        ]
        assert texts[0] == texts[1]
        assert pages[0].status == pages[1].status


@pytest.mark.parametrize(("path", "values"), [("/sign-in", {"password": "wrong"}), ("/forgotten-password", {})])
def test_known_and_unknown_names_take_the_same_time(
    client: PageClient, known: User, db_session: Session, path: str, values: dict[str, str]
) -> None:
    form = client.get(path).fields()

    def took(email: str) -> float:
        db_session.query(Attempt).delete()
        begun = time.perf_counter()
        client.send(path, {**form, "email": email, **values, "once": ""})
        return time.perf_counter() - begun

    # One after the other, so that whatever else this machine does weighs on both; first the one, then the other.
    pairs = [(known.email, "nobody@people.example"), ("nobody@people.example", known.email)]
    differences = []
    for number in range(50):
        first, second = pairs[number % 2]
        times = {first: took(first), second: took(second)}
        differences.append(times[known.email] - times["nobody@people.example"])

    assert abs(statistics.median(differences)) < 0.020

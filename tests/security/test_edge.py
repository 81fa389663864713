"""What holds for every answer and every request, whatever the route: headers, methods, tokens, reading without writing."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from werkzeug.datastructures import Headers

from tests.factories.world import PEOPLE
from tests.support.pages import Page
from tests.support.sweep import Answers, address, routes, values_of
from tests.support.whole_app import Template, WholeApp
from tracker.core.db import db

WANTED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NONCE = re.compile(r"'nonce-([A-Za-z0-9_-]{20,})'")
UNTOLD = {"Server", "X-Powered-By"}
ACTIVE = {"notifications.unsubscribe"}
"""Posted by mail programs without a page (RFC 8058): the signed link is the proof."""


def problems(headers: Headers) -> list[str]:
    """Say what is wrong with the headers of an answer."""
    wrong = [f"{name}: {headers.get(name)}" for name, value in WANTED.items() if headers.get(name) != value]
    policy = headers.get("Content-Security-Policy", "")
    sure = ("default-src 'none'", "frame-ancestors 'none'")
    wrong += [f"policy without {part}" for part in sure if part not in policy]
    wrong += [f"policy with {part}" for part in ("unsafe-inline", "unsafe-eval", "*", "http:") if part in policy]
    if not headers.get("Permissions-Policy"):
        wrong.append("no Permissions-Policy")
    if headers.get("Content-Type", "").startswith("text/") and "charset=utf-8" not in headers["Content-Type"]:
        wrong.append(f"Content-Type {headers['Content-Type']}")
    if "no-store" not in headers.get("Cache-Control", ""):
        wrong.append(f"Cache-Control {headers.get('Cache-Control')}")
    if headers.get("Content-Length") != "0" and "Content-Type" not in headers:
        wrong.append("no Content-Type")
    return wrong + [f"tells {name}" for name in UNTOLD & set(headers.keys())]


def test_every_answer_carries_the_headers_that_protect_it(answers: Answers) -> None:
    wrong = {f"{one.key} as {one.person}": found for one in answers.all if (found := problems(one.headers))}
    assert wrong == {}


def test_error_pages_carry_them_too(whole_app: WholeApp) -> None:
    for person in ("anonymous", "staff"):
        for path, method in (("/nothing-here", "GET"), ("/vendors", "PUT"), ("/account", "POST")):
            with whole_app.browser(person).browser.open(path, method=method) as response:
                assert response.status_code >= 400
                assert problems(response.headers) == []


class _Parts(HTMLParser):
    """Gathers scripts and styles that stand in a page, and their nonces."""

    def __init__(self) -> None:
        super().__init__()
        self.inline: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a script or style without an address."""
        values = dict(attrs)
        if tag in {"script", "style"} and "src" not in values:
            self.inline.append(values.get("nonce"))


def test_the_policy_names_a_nonce_that_no_two_answers_share(answers: Answers) -> None:
    nonces = [found.group(1) for one in answers.all if (found := NONCE.search(one.headers["Content-Security-Policy"]))]
    assert len(nonces) == len(set(nonces)) > 1000


def test_scripts_and_styles_within_a_page_bear_its_nonce(answers: Answers) -> None:
    strangers = []
    for one in answers.of("staff", "vendor_member", "anonymous"):
        if one.is_page and (found := NONCE.search(one.headers["Content-Security-Policy"])):
            parts = _Parts()
            parts.feed(one.text)
            strangers += [one.key for nonce in parts.inline if nonce != found.group(1)]
    assert strangers == []


def test_reading_changes_nothing(answers: Answers) -> None:
    changed = {name for name, number in answers.before.items() if answers.after[name] != number}
    assert changed == set()


def test_nothing_is_answered_with_a_fault_of_ours(answers: Answers) -> None:
    faults = [
        f"{one.status} {one.key} as {one.person}" for one in answers.all if one.status >= 500 and one.word != "ok"
    ]
    assert faults == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS"])
def test_routes_take_only_the_methods_that_they_list(whole_app: WholeApp, method: str) -> None:
    values = values_of(whole_app, whole_app.world.a)
    taken = []
    for rule in routes(whole_app, "GET", "POST"):
        path = address(whole_app, rule, values)
        with whole_app.browser("staff").browser.open(path, method=method) as response:
            if response.status_code != 405:
                taken.append(f"{response.status_code} {path}")
    assert taken == []


def test_pages_say_which_methods_they_take(whole_app: WholeApp) -> None:
    response = whole_app.browser("staff").browser.put("/account")
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST"}


def posts(app: WholeApp) -> Iterator[str]:
    """Give the address of every route that takes a form."""
    values = values_of(app, app.world.a)
    for rule in routes(app, "POST"):
        if rule.endpoint not in ACTIVE:
            yield address(app, rule, values)


@pytest.mark.parametrize("person", ["staff", "lead", "vendor_member", "expert", "administrator", "anonymous"])
def test_no_form_is_taken_without_its_token(whole_app: WholeApp, person: str) -> None:
    before = whole_app.rows()
    browser = whole_app.browser(person).browser
    sent = {path: browser.post(path, data={"once": "without-a-token"}).status_code for path in posts(whole_app)}
    assert {path: status for path, status in sent.items() if status != 400} == {}
    assert whole_app.rows() == before


def test_a_token_of_another_session_is_not_taken(whole_app: WholeApp) -> None:
    path = "/account"
    stolen = whole_app.token("vendor_elsewhere")
    browser = whole_app.browser("vendor_member").browser
    answer = browser.post(path, data={**Page(browser.get(path)).fields(path), "csrf_token": stolen})
    assert answer.status_code == 400


def test_a_mail_program_may_switch_its_own_mails_off_and_nothing_else(own_app: WholeApp) -> None:
    before = own_app.rows()
    answer = own_app.browser("anonymous").browser.post(f"/inbox/unsubscribe/{own_app.world.a.ids['unsubscribe_token']}")
    after = own_app.rows()
    assert answer.status_code == 200
    assert {name for name in before if before[name] != after[name]} <= {"mail_choice", "audit_record", "audit_head"}


@pytest.fixture(scope="module")
def secure_app(world_template: Template) -> Iterator[WholeApp]:
    """Give the world behind TLS."""
    with world_template.copy(base_url="https://cloudsteps.example") as made:
        yield made


def test_cookies_belong_to_this_host_alone(secure_app: WholeApp) -> None:
    client = secure_app.app.test_client()
    cookies = client.get("/sign-in?lang=en", base_url="https://localhost").headers.getlist("Set-Cookie")
    session = next(cookie for cookie in cookies if "session" in cookie)
    assert session.startswith("__Host-")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(session.split("; "))
    assert "Domain" not in session
    assert all("Secure" in cookie and "SameSite" in cookie for cookie in cookies)


def test_browsers_are_told_to_stay_with_https_for_a_year(secure_app: WholeApp) -> None:
    for path in ("/sign-in", "/nothing-here", "/static/css/app.css"):
        with secure_app.app.test_client().get(path, base_url="https://localhost") as response:
            assert response.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_a_form_from_another_site_is_refused(secure_app: WholeApp) -> None:
    client = secure_app.app.test_client()
    token = Page(client.get("/sign-in", base_url="https://localhost")).fields()["csrf_token"]
    sent = client.post(
        "/sign-in",
        base_url="https://localhost",
        data={"csrf_token": token, "email": "a@b.example", "password": "x"},
        headers={"Referer": "https://evil.example/", "Origin": "https://evil.example"},
    )
    assert sent.status_code == 400


def test_names_that_scanners_ask_for_are_not_there(whole_app: WholeApp) -> None:
    paths = ("/.git/HEAD", "/.env", "/console", "/static/", "/static/../app.py", "/server-status", "/wp-login.php")
    assert {path: whole_app.status("anonymous", path) for path in paths} == dict.fromkeys(paths, 404)


def test_figures_for_machines_are_closed_to_strangers(whole_app: WholeApp) -> None:
    client = whole_app.app.test_client()
    with client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.9"}) as response:
        assert response.status_code in {403, 404}


@pytest.mark.parametrize("target", ["//evil.example", "https:evil.example", "/\\evil.example", "https://evil.example/"])
def test_nobody_is_led_away_after_signing_in(whole_app: WholeApp, target: str) -> None:
    response = whole_app.get("staff", "/sign-in", query_string={"next": target})
    assert "evil" not in response.headers.get("Location", "")


def test_everybody_of_the_world_was_asked(answers: Answers) -> None:
    assert {one.person for one in answers.all} == set(PEOPLE)
    assert db.metadata.tables.keys() == answers.before.keys()

"""When something goes wrong the reader gets a page with what to do and a reference number, and nothing about our insides."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask, abort
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from tests.support.pages import Page, check
from tests.support.whole_app import Template, WholeApp, app_on, close
from tracker.accounts.access import PUBLIC, requires
from tracker.core.errors import Gone, NotAllowed, NotFound, Refused, TooMany
from tracker.core.text import N_

INSIDES = re.compile(
    r"Traceback|/work/|/tmp/|site-packages|\.py\b|SELECT |sqlalchemy|psycopg|sqlite|KeyError|secret-of-the-fault",
    re.IGNORECASE,
)
REFERENCE = re.compile(r"\b[0-9a-f]{16}\b")


FAULTS = {
    "403": NotAllowed(N_("Your role does not include this page. Ask the programme office if you think it should.")),
    "404": NotFound(),
    "409": StaleDataError("secret-of-the-fault"),
    "410": Gone(N_("This link was used already, has expired or was withdrawn. Ask for a new one.")),
    "422": Refused(N_("Write the person's name.")),
    "429": TooMany(N_("Too many attempts. Wait a little, then try again."), retry_after=60),
    "500": KeyError("secret-of-the-fault"),
    "503": OperationalError("SELECT secret-of-the-fault", {}, Exception("/work/secret-of-the-fault")),
}


def fail(kind: str) -> str:
    """Fail in a way that has its page."""
    if kind in FAULTS:
        raise FAULTS[kind]
    return abort(int(kind))


@pytest.fixture(scope="module")
def failing_app(world_template: Template) -> Iterator[WholeApp]:
    """Give the world with routes that fail."""
    with world_template.copy() as made:
        made.app.add_url_rule("/fail/<string:kind>", "fail", requires(PUBLIC)(fail))
        yield made


@pytest.mark.parametrize("language", ["zh-Hant", "en"])
@pytest.mark.parametrize("person", ["anonymous", "staff"])
@pytest.mark.parametrize("status", [400, 403, 404, 409, 410, 413, 422, 429, 500, 503])
def test_every_fault_has_its_page(failing_app: WholeApp, status: int, person: str, language: str) -> None:
    page = Page(failing_app.get(person, f"/fail/{status}", query_string={"lang": language}))
    assert page.status == status
    check(page, f"{status} in {language}")
    assert page.tree.get("lang") == language
    assert page.response.headers["X-Request-Id"] in REFERENCE.findall(page.text)
    assert INSIDES.findall(" ".join(page.tree.itertext())) == []
    assert "secret-of-the-fault" not in page.text


def test_a_method_that_is_not_taken_has_its_page(failing_app: WholeApp) -> None:
    page = Page(failing_app.browser("staff").browser.put("/account"))
    assert (page.status, len(page.texts("h1"))) == (405, 1)
    assert REFERENCE.search(page.text)


def test_limits_say_how_long_they_last(failing_app: WholeApp) -> None:
    headers = {status: failing_app.get("staff", f"/fail/{status}").headers for status in (429, 503)}
    assert {status: bool(found.get("Retry-After")) for status, found in headers.items()} == {429: True, 503: True}


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(whole_app: WholeApp) -> None:
    answer = whole_app.browser("staff").browser.post(
        "/account",
        data=b"x",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(2 * 1024**3)},
    )
    assert answer.status_code == 413


@pytest.fixture
def app_without_database(world_template: Template) -> Iterator[Flask]:
    """Give an app whose database is not there."""
    lost = world_template.folder / "lost" / "nothing.sqlite"
    app = app_on(world_template.folder, f"sqlite:///{lost}")
    lost.parent.rmdir()
    yield app
    close(app)


@pytest.mark.parametrize("path", ["/", "/sign-in", "/vendors", "/readyz"])
def test_without_its_database_the_product_says_so_and_lets_nobody_in(app_without_database: Flask, path: str) -> None:
    client = app_without_database.test_client()
    client.set_cookie("session", "A" * 43)
    answer = client.get(path)
    signed_in = client.post("/sign-in", data={"email": "staff@world.example", "password": "anything at all"})
    assert answer.status_code in ({503} if path != "/sign-in" else {200, 503})
    assert signed_in.status_code in {400, 503}
    assert INSIDES.findall(Page(answer).text if answer.mimetype == "text/html" else "") == []


def test_the_last_resort_is_not_a_trace(failing_app: WholeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_values: object, **_more: object) -> str:
        raise RuntimeError("secret-of-the-fault")

    monkeypatch.setattr("tracker.web.errors.render_template", broken)
    with failing_app.get("staff", "/fail/500") as response:
        assert response.status_code == 500
        assert "secret-of-the-fault" not in response.get_data(as_text=True)

"""A browser for tests that reads each page as HTML5 and checks what every page must hold."""

from collections.abc import Callable
from contextvars import Context
from http import HTTPStatus
from typing import Any, TypeVar
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from werkzeug.test import TestResponse

from tracker.accounts.models import User
from tracker.core.db import db

T = TypeVar("T")
XHTML = "{http://www.w3.org/1999/xhtml}"


class Page:
    """An answer with its HTML read."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.text = response.get_data().decode(errors="replace")
        response.close()
        self.tree: Element = html5lib.parse(self.text)

    def all(self, tag: str) -> list[Element]:
        """Give all elements of a tag."""
        return list(self.tree.iter(XHTML + tag))

    def texts(self, tag: str) -> list[str]:
        """Give the texts of all elements of a tag, white space squeezed."""
        return [" ".join("".join(element.itertext()).split()) for element in self.all(tag)]

    @property
    def heading(self) -> str:
        """Give the page's heading."""
        return self.texts("h1")[0]

    @property
    def links(self) -> list[str]:
        """Give the addresses of all links."""
        return [element.get("href", "") for element in self.all("a")]

    def fields(self, action: str | None = None) -> dict[str, str]:
        """Give the values with which a form of the page would be sent; the first one, or the one with this action."""
        for form in self.all("form"):
            if form.get("method", "get").lower() == "post" and (action is None or form.get("action") == action):
                return form_values(form)
        raise AssertionError(f"No form with action {action!r} on this page.")


def form_values(form: Element) -> dict[str, str]:
    """Give the values with which a form would be sent as it stands."""
    values: dict[str, str] = {}
    for element in form.iter():
        name = element.get("name")
        if not name or element.get("disabled") is not None:
            continue
        if element.tag == XHTML + "input" and element.get("type") in {"checkbox", "radio"}:
            if element.get("checked") is not None:
                values[name] = element.get("value", "on")
        elif element.tag == XHTML + "input" and element.get("type") not in {"submit", "file"}:
            values[name] = element.get("value", "")
        elif element.tag == XHTML + "textarea":
            values[name] = "".join(element.itertext()).removeprefix("\n")
        elif element.tag == XHTML + "select":
            options = list(element.iter(XHTML + "option"))
            chosen = [option for option in options if option.get("selected") is not None] or options[:1]
            if chosen:
                values[name] = chosen[0].get("value", "")
    return values


def check(page: Page, where: str) -> None:
    """Check what every page must hold: language, one h1 that the title begins with, unique ids, labels, no inline style."""
    html = page.tree
    assert html.get("lang") in {"zh-Hant", "en"}, f"{where}: no language"
    headings = page.texts("h1")
    assert len(headings) == 1, f"{where}: {len(headings)} h1"
    assert page.texts("title")[0].startswith(headings[0]), (
        f"{where}: title {page.texts('title')[0]!r} does not begin with {headings[0]!r}"
    )
    ids = [element.get("id") for element in html.iter() if element.get("id")]
    assert len(ids) == len(set(ids)), f"{where}: doubled ids {sorted(str(i) for i in set(ids) if ids.count(i) > 1)}"
    labelled = {element.get("for") for element in page.all("label")}
    for tag in ("input", "select", "textarea"):
        for element in page.all(tag):
            if element.get("type") in {"hidden", "submit", "button"}:
                continue
            named = element.get("aria-label") or element.get("aria-labelledby") or element.get("id") in labelled
            assert named, f"{where}: <{tag} name={element.get('name')}> has no label"
    for element in html.iter():
        assert element.get("style") is None, f"{where}: inline style"
        assert not any(name.startswith("on") for name in element.keys()), f"{where}: inline handler"  # noqa: SIM118 - ElementTree
    for form in page.all("form"):
        if form.get("method", "get").lower() == "post":
            assert any(e.get("name") == "csrf_token" for e in form.iter()), f"{where}: form without CSRF token"


class PageClient:
    """A browser: cookies, CSRF tokens and keys as the page gave them."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.browser = app.test_client()
        self.user_id: int | None = None

    def sign_in(self, user: User) -> None:
        """Sign the person in, as if the form had been passed."""
        self.user_id = user.id
        uniquifier = user.fs_uniquifier

        def store() -> None:
            with self.browser.session_transaction() as stored:
                stored["_user_id"], stored["_fresh"] = uniquifier, True

        self._apart(store)

    def get(self, path: str, *, status: int = 200, **values: Any) -> Page:
        """Open a page and check it; redirects are followed."""
        page = Page(self._apart(lambda: self.browser.get(path, follow_redirects=True, **values)))
        assert page.status == status, f"GET {path}: {page.status}\n{page.text[:2000]}"
        if page.response.mimetype == "text/html":
            check(page, f"GET {path}")
        return page

    def may_read(self, path: str) -> bool:
        """Tell whether there is a page for this person at an address."""
        answer = self._apart(lambda: self.browser.get(path, buffered=True))
        return answer.status_code == HTTPStatus.OK and answer.mimetype == "text/html"

    def fetch(self, path: str, *, status: int = 200) -> TestResponse:
        """Fetch a file: what is no page is not read as one."""
        answer = self._apart(lambda: self.browser.get(path, buffered=True))
        assert answer.status_code == status, f"GET {path}: {answer.status_code}"
        return answer

    def post(
        self,
        path: str,
        values: dict[str, Any] | None = None,
        *,
        status: int = 200,
        page: str | None = None,
        follow: bool = True,
    ) -> Page:
        """Open the form on `page` (or on the path itself), fill in the values and send it."""
        form = Page(self._apart(lambda: self.browser.get(page or path, follow_redirects=True)))
        filled = {**form.fields(path if page else None), **(values or {})}
        return self.send(path, filled, status=status, follow=follow)

    def send(self, path: str, values: dict[str, Any], *, status: int = 200, follow: bool = True) -> Page:
        """Send values as they are."""
        answer = Page(self._apart(lambda: self.browser.post(path, data=values, follow_redirects=follow)))
        assert answer.status == status, f"POST {path}: {answer.status}\n{answer.text[:3000]}"
        if answer.response.mimetype == "text/html" and answer.text and answer.status != 302:
            check(answer, f"POST {path}")
        return answer

    @staticmethod
    def _apart(call: Callable[[], T]) -> T:
        """Make the request outside the test's own app context and transaction, as a real one is."""
        db.session.commit()
        answer = Context().run(call)
        db.session.expire_all()
        return answer

"""A browser over real HTTP: cookies, forms with their tokens and keys, and errors of the line told apart from answers."""

import email.message
import http.client
import http.cookiejar
import io
import secrets
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any

import html5lib

from tests.support.pages import XHTML, form_values


class LineBroken(Exception):
    """No answer came: whether the request was carried out is not known."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: str
    location: str | None
    headers: email.message.Message


class _Stay(urllib.request.HTTPRedirectHandler):
    """Do not follow: a redirect is the answer."""

    def redirect_request(self, *_given: Any) -> None:
        """Leave the redirect to the caller."""


class Browser:
    """One person's browser."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), _Stay())

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._open(urllib.request.Request(self.address + path))  # noqa: S310 - our own address

    def form(self, path: str) -> dict[str, str]:
        """Open a page and give the values of the form that posts to it."""
        answer = self.get(path)
        assert answer.status == 200, f"GET {path}: {answer.status} {answer.location} {answer.body[:500]}"
        return form_of(answer.body, path)

    def post(self, path: str, values: dict[str, str]) -> Answer:
        """Send a form."""
        return self._open(urllib.request.Request(self.address + path, urllib.parse.urlencode(values).encode()))  # noqa: S310 - our own address

    def upload(self, path: str, values: dict[str, str], field: str, name: str, content: bytes) -> Answer:
        """Send a form with a file."""
        edge, body = secrets.token_hex(16), io.BytesIO()
        for key, value in values.items():
            body.write(f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode())
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        body.write(
            f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + content + f"\r\n--{edge}--\r\n".encode()
        )
        headers = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        return self._open(urllib.request.Request(self.address + path, body.getvalue(), headers))  # noqa: S310 - our own address

    def sign_in(self, email: str, password: str) -> None:
        """Sign in through the form."""
        values = self.form("/sign-in")
        answer = self.post("/sign-in", {**values, "email": email, "password": password})
        assert answer.status in {302, 303}, f"sign-in: {answer.status} {answer.body[:2000]}"

    def _open(self, request: urllib.request.Request) -> Answer:
        """Give the whole answer; one that is cut anywhere, in its body too, is no answer."""
        try:
            return self._read(request)
        except (OSError, http.client.HTTPException) as error:
            raise LineBroken from error

    def _read(self, request: urllib.request.Request) -> Answer:
        try:
            response = self.opener.open(request, timeout=30)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            body = response.read().decode(errors="replace")
            location = response.headers.get("Location") if isinstance(response, urllib.error.HTTPError) else None
            return Answer(response.status, body, location, response.headers)


def form_of(body: str, action: str) -> dict[str, str]:
    """Give the values with which the form of a page would be sent."""
    forms = [form for form in html5lib.parse(body).iter(XHTML + "form") if form.get("method", "get").lower() == "post"]
    fitting = [form for form in forms if form.get("action") in {action, "", None}] or forms
    return form_values(fitting[0])

"""What happens around every request: request id, language, theme, CSP and other headers, repeated forms."""

import hashlib
import re
import secrets
import uuid
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

from babel import Locale
from flask import Flask, Response, current_app, g, request, session, url_for
from werkzeug.routing import IntegerConverter, ValidationError

from tracker.core import db, submissions

LANGUAGES = ("zh-Hant", "en")
LOCALES = {"zh-Hant": Locale.parse("zh_Hant_TW"), "en": Locale.parse("en")}
"""Read once: reading a locale looks for its file."""
THEMES = ("system", "light", "dark")
ONCE = re.compile(r"[A-Za-z0-9_-]{8,80}")
YEAR_SECONDS = 31_536_000
LARGEST_ID = 2**31 - 1


class IdConverter(IntegerConverter):
    """A number in an address; one that no row can have is not found, instead of failing in the database."""

    def to_python(self, value: str) -> int:
        """Read the number."""
        number: int = super().to_python(value)
        if number > LARGEST_ID:
            raise ValidationError
        return number


def choose_language() -> str:
    """Choose by `?lang=`, then the cookie, the person's choice, the browser; zh-Hant for every kind of Chinese."""
    asked = request.args.get("lang") or request.cookies.get("lang")
    if asked in LANGUAGES:
        return asked
    for tag, _quality in request.accept_languages:
        if tag.lower().startswith("zh"):
            return "zh-Hant"
        if tag.lower().startswith("en"):
            return "en"
    return "zh-Hant"


def choose_locale() -> Locale:
    """Give Babel's locale of this request; outside a request, the language that the job set."""
    return LOCALES[g.get("language", "zh-Hant")]


def lang_url(language: str) -> str:
    """Give this page's address in another language."""
    values = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return f"{request.path}?{urlencode([*values, ('lang', language)])}"


def once_key() -> str:
    """Give a fresh key for a form that changes something once."""
    return secrets.token_urlsafe(16)


@lru_cache(maxsize=256)
def _digest(path: Path, _modified: float) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=256)
def _frozen_asset(app: Flask, prefix: str, name: str) -> str:
    path = Path(str(app.static_folder)) / name
    return f"{prefix}/static/{name}?v={_digest(path, path.stat().st_mtime)}"


def asset(name: str) -> str:
    """Give the address of a static file, with its content in it, so that it can be kept for a year."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - how werkzeug unwraps its proxy
    if app.debug:
        path = Path(str(app.static_folder)) / name
        return url_for("static", filename=name, v=_digest(path, path.stat().st_mtime))
    return _frozen_asset(app, request.script_root, name)


def set_up(app: Flask) -> None:
    """Put the edge around the app."""
    app.url_map.converters["int"] = IdConverter
    app.before_request(_begin)
    app.after_request(_finish)


def _begin() -> None:
    g.request_id = uuid.uuid4().hex[:16]
    g.csp_nonce = secrets.token_urlsafe(16)
    g.language = choose_language()
    work = db.session()
    work.info["request_id"] = g.request_id
    if request.method == "POST" and (key := form_key()):
        submissions.expect(key)


def form_key() -> str | None:
    """Give the key of the posted form, bound to the person who sends it."""
    once = (
        request.form.get("once", "")
        if request.mimetype in {"application/x-www-form-urlencoded", "multipart/form-data"}
        else ""
    )
    if not ONCE.fullmatch(once):
        return None
    return f"{session.get('_user_id', 'anonymous')}:{once}"[:160]


def _finish(response: Response) -> Response:
    headers = response.headers
    nonce = g.get("csp_nonce", "")
    headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; font-src 'self';"
        " connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
    )
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=(), usb=()")
    headers["X-Request-Id"] = g.get("request_id", "")
    if current_app.config["BEHIND_TLS"]:
        headers.setdefault("Strict-Transport-Security", f"max-age={YEAR_SECONDS}; includeSubDomains")
    if request.endpoint == "static" and request.args.get("v"):
        headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    elif request.endpoint != "static":
        if "no-store" not in headers.get("Cache-Control", ""):
            headers["Cache-Control"] = "no-store"  # also where send_file would let everybody keep it
        headers.add("Vary", "Cookie")
    if request.args.get("lang") in LANGUAGES:
        response.set_cookie(
            "lang", request.args["lang"], max_age=YEAR_SECONDS, samesite="Lax", secure=current_app.config["BEHIND_TLS"]
        )
    return response

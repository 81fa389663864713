"""Sessions kept on the server: the cookie of somebody who has signed in is a random token, and its row can be ended.

A visitor who has not signed in gets no row: the token against forged forms and a message to be shown once travel in
Flask's signed cookie, so that reading pages writes nothing and nobody can fill a table by knocking.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

import structlog
from flask import Flask, Request, Response, request
from flask import session as current
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import CursorResult, bindparam, delete, select, update
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from tracker.accounts.models import User, WebSession
from tracker.accounts.rules import is_session_over, network_of
from tracker.core import clock, db, submissions
from tracker.core.settings import Settings

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
TOUCH_AFTER = timedelta(minutes=1)
USER_KEY = "_user_id"
FLASHES = "_flashes"
"""Where Flask keeps messages for the next page."""
MESSAGES_SECONDS = 600
MOST_MESSAGES = 5
"""As many as a cookie holds; of a form that is sent again and again by a program nobody reads the first ones."""
_tagged = TaggedJSONSerializer()
log = structlog.get_logger()


class Reader(NamedTuple):
    """The person of a session, as far as every page asks; a page that changes the account reads it as a whole."""

    id: int
    name: str
    language: str
    shortcuts: bool
    password_changed_at: datetime | None
    has_password: bool
    uniquifier: str


class ServerSession(SecureCookieSession):
    """A session and, once somebody has signed in, its row."""

    row_id: int | None = None
    reader: Reader | None = None
    new_token: str | None = None
    needs_touch = False
    stored: dict[str, Any] | None = None
    """What the row holds."""
    had_messages = False
    lost: SQLAlchemyError | None = None
    """Why it could not be read: the database does not answer, so that nobody is known at this request."""


class ServerSessions(SecureCookieSessionInterface):
    """Flask's door to the sessions."""

    session_class = ServerSession

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """Find the session of a request, in one query; static files have none."""
        if request.path.startswith(f"{app.static_url_path}/"):
            return ServerSession()
        value = request.cookies.get(self.get_cookie_name(app), "")
        if TOKEN.fullmatch(value):
            return self._with_messages(app, request, _find_or_lose(value, app.config["SETTINGS"]))
        opened = super().open_session(app, request)
        return opened if isinstance(opened, ServerSession) and USER_KEY not in opened else ServerSession()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep what changed, and hand over a new token where there is one."""
        opened = cast(ServerSession, session)
        if opened.lost is not None:
            return
        if USER_KEY not in opened:
            if opened.row_id is not None:
                with work_apart():
                    end([opened.row_id])
            super().save_session(app, opened, response)
            return
        response.vary.add("Cookie")
        if opened.row_id is None:
            with work_apart():
                begin(opened)
        elif opened.needs_touch or (opened.modified and _plain(opened) != opened.stored):
            _try_to_keep(opened)
        self._hand_over_messages(app, opened, response)
        if opened.new_token is not None:
            self._set_cookie(app, response, opened.new_token)

    def _with_messages(self, app: Flask, request: Request, opened: ServerSession) -> ServerSession:
        """Take in the messages that the answer before left to be shown."""
        signed = request.cookies.get(self._messages_cookie(app))
        if signed:
            opened.had_messages = True
            try:
                opened[FLASHES] = [tuple(one) for one in self._signer(app).loads(signed, max_age=MESSAGES_SECONDS)]
            except BadSignature:
                log.info("messages_not_ours")
            opened.modified = False
        return opened

    def _hand_over_messages(self, app: Flask, opened: ServerSession, response: Response) -> None:
        """Leave messages to the next page in a signed cookie, so that no row is written for them."""
        messages = (opened.get(FLASHES) or [])[-MOST_MESSAGES:]
        if messages:
            self._set_cookie(app, response, str(self._signer(app).dumps(messages)), self._messages_cookie(app))
        elif opened.had_messages:
            response.delete_cookie(self._messages_cookie(app), secure=self.get_cookie_secure(app), httponly=True)

    def _messages_cookie(self, app: Flask) -> str:
        return f"{self.get_cookie_name(app)}-messages"

    def _signer(self, app: Flask) -> URLSafeTimedSerializer:
        return cast(URLSafeTimedSerializer, self.get_signing_serializer(app))

    def _set_cookie(self, app: Flask, response: Response, value: str, name: str | None = None) -> None:
        response.set_cookie(
            name or self.get_cookie_name(app),
            value,
            path="/",
            secure=self.get_cookie_secure(app),
            httponly=True,
            samesite=self.get_cookie_samesite(app),
        )


def _find_or_lose(token: str, settings: Settings) -> ServerSession:
    """Find the session; without a database there is an empty one that says so and leaves the cookie as it is."""
    try:
        return find(token, settings) or ServerSession()
    except (OperationalError, PoolTimeout) as error:
        db.session().rollback()
        empty = ServerSession()
        empty.lost = error
        return empty


def refuse_without_database() -> None:
    """Answer that the database is away, rather than ask somebody to sign in who has; signs of life are given all the same."""
    lost = this_session().lost
    if lost is not None and request.blueprint != "health":
        raise lost


def digest(token: str) -> str:
    """Give the hash under which a token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


_FIND = (
    select(
        WebSession.id,
        WebSession.data,
        WebSession.created_at,
        WebSession.seen_at,
        User.id,
        User.name,
        User.language,
        User.shortcuts,
        User.password_changed_at,
        User.password.is_not(None),
        User.fs_uniquifier,
    )
    .join(User, User.id == WebSession.user_id)
    .where(WebSession.token_hash == bindparam("token_hash"), User.active)
)


def find(token: str, settings: Settings) -> ServerSession | None:
    """Find a living session by its token, with its person."""
    row = db.read(_FIND, {"token_hash": digest(token)}).one_or_none()
    if row is None:
        return None
    row_id, data, created_at, seen_at, *person = row
    reader = Reader(*person)
    now, idle, longest = (
        clock.now(),
        timedelta(minutes=settings.session_idle_minutes),
        timedelta(hours=settings.session_hours),
    )
    if data.get(USER_KEY) != reader.uniquifier or is_session_over(now, created_at, seen_at, idle=idle, longest=longest):
        return None
    opened = ServerSession(_tagged.loads(json.dumps(data)))
    opened.row_id, opened.reader, opened.stored = row_id, reader, data
    opened.needs_touch = now >= seen_at + TOUCH_AFTER
    return opened


def reader_of(user: User) -> Reader:
    """Give the part of a person that the session holds."""
    has_password = user.password is not None
    return Reader(
        user.id,
        user.name,
        user.language,
        user.shortcuts,
        user.password_changed_at,
        has_password,
        user.fs_uniquifier,
    )


def begin(opened: ServerSession, *, agent: str = "", address: str | None = None) -> None:
    """Give the session a row and a new token; the row it had before is gone. Stands in a unit of work."""
    work = db.session()
    if opened.row_id is not None:
        end([opened.row_id])
    user_id = work.scalars(select(User.id).where(User.fs_uniquifier == opened[USER_KEY])).one()
    opened.new_token = secrets.token_urlsafe(32)
    row = WebSession(
        token_hash=digest(opened.new_token),
        user_id=user_id,
        data=_plain(opened),
        agent=agent[:200],
        address=network_of(address) if address else "",
    )
    work.add(row)
    work.execute(update(User).where(User.id == user_id).values(last_seen_at=clock.now(), changed_at=User.changed_at))
    work.flush()
    opened.row_id, opened.modified = row.id, False


def keep(opened: ServerSession) -> None:
    """Write what the session holds, and that it was seen."""
    now = clock.now()
    values: dict[str, Any] = {"data": _plain(opened)} if opened.modified else {}
    db.session().execute(update(WebSession).where(WebSession.id == opened.row_id).values(seen_at=now, **values))
    if opened.reader is not None and opened.needs_touch:
        db.session().execute(
            update(User)
            .where(User.fs_uniquifier == opened[USER_KEY])
            .values(last_seen_at=now, changed_at=User.changed_at)
        )


def end(row_ids: list[int]) -> int:
    """End these sessions on the server."""
    return _count(delete(WebSession).where(WebSession.id.in_(row_ids)))


def end_all(user_id: int, *, but: int | None = None) -> int:
    """End every session of a person, but the one that acts."""
    ended = delete(WebSession).where(WebSession.user_id == user_id)
    return _count(ended if but is None else ended.where(WebSession.id != but))


def forget_old(settings: Settings) -> int:
    """Delete the rows of sessions that are over."""
    now = clock.now()
    idle = WebSession.seen_at <= now - timedelta(minutes=settings.session_idle_minutes)
    return _count(
        delete(WebSession).where(idle | (WebSession.created_at <= now - timedelta(hours=settings.session_hours)))
    )


def this_session() -> ServerSession:
    """Give the session of this request."""
    return cast(ServerSession, current._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - how werkzeug unwraps its proxy


def _plain(opened: ServerSession) -> dict[str, Any]:
    kept = {name: value for name, value in opened.items() if name != FLASHES}
    return cast(dict[str, Any], json.loads(_tagged.dumps(kept)))


def _count(statement: Any) -> int:
    return cast("CursorResult[Any]", db.session().execute(statement)).rowcount


@contextmanager
def work_apart() -> Iterator[None]:
    """Open a unit of work beside the one of this request's form: it claims no key, so that the form can be sent again."""
    key = db.session().info.get("submission_key")
    submissions.expect(None)
    try:
        with db.unit_of_work():
            yield
    finally:
        submissions.expect(key)


def _try_to_keep(opened: ServerSession) -> None:
    """Keep the session; a full disk or a busy database does not take away a page that is ready."""
    try:
        with work_apart():
            keep(opened)
    except (OperationalError, OSError) as error:
        log.warning("session_not_kept", error=type(error).__name__)

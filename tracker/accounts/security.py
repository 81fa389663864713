"""Flask-Security, set up for our own pages, texts and sessions.

It hashes passwords, knows who is signed in and makes reset links. The screens stand in `routes/`, since they are forms of
ours: one unit of work, one audit record, one answer for known and unknown names.
"""

from datetime import timedelta
from typing import Any, cast

import structlog
from flask import Flask, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login.utils import _user_context_processor
from flask_security import Security
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.utils import check_and_get_token_status, hash_password, login_user

from tracker.accounts import passwords, queries, sessions
from tracker.accounts.access import current_actor
from tracker.accounts.models import RoleGrant, User
from tracker.accounts.passwords import Policy
from tracker.accounts.rules import INTERNAL, browser_of
from tracker.accounts.throttle import Limit
from tracker.core import clock
from tracker.core.db import db
from tracker.core.errors import Gone
from tracker.core.settings import Settings
from tracker.core.text import N_

datastore = SQLAlchemyUserDatastore(db, User, RoleGrant)  # type: ignore[arg-type]  # it is never asked for roles
log = structlog.get_logger()

ARGON2 = {"argon2__time_cost": 3, "argon2__memory_cost": 19_456, "argon2__parallelism": 1}
"""OWASP's memory with one pass more; small enough for all threads of a web process at once."""
RESET_WITHIN = timedelta(hours=1)
OPEN_TO_OLD_PASSWORDS = frozenset(
    {None, "static", "security.logout", "accounts.change_password", "health.alive", "health.ready"}
)


def set_up(app: Flask) -> None:
    """Put Flask-Security and our sessions into the app."""
    settings: Settings = app.config["SETTINGS"]
    app.config.update(
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        SECURITY_PASSWORD_SALT=app.config["SECRET_KEY"],
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of a method
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],  # no key goes into the hash, so that a new SECRET_KEY ends no account
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS=ARGON2,
        SECURITY_DEFAULT_REMEMBER_ME=False,
    )
    app.session_interface = sessions.ServerSessions()
    kept = Security(app, datastore, register_blueprint=False)
    app.template_context_processors[None].remove(_user_context_processor)
    app.before_request_funcs[None].remove(kept.principal._on_before_request)  # noqa: SLF001 - rights are ours, no page asks its identity
    cast(Any, app).login_manager.user_loader(load_person)
    app.before_request(ask_for_new_password)
    app.jinja_env.filters["browser"] = browser_of


def load_person(uniquifier: str) -> User | None:
    """Give Flask-Login the person of this request's session, where anything asks it; our own pages ask the session."""
    reader = sessions.this_session().reader
    return queries.find_by_uniquifier(uniquifier) if reader is not None and reader.uniquifier == uniquifier else None


def settings() -> Settings:
    """Give the settings of this installation."""
    return cast(Settings, current_app.config["SETTINGS"])


def policy() -> Policy:
    """Give what this installation asks of passwords."""
    chosen = settings()
    return Policy(
        chosen.password_min_length, chosen.agency_passwords, chosen.password_max_days, chosen.password_history
    )


def sign_in_limit() -> Limit:
    """Give how many failed sign-ins are let through."""
    return Limit(
        settings().sign_in_failures,
        timedelta(minutes=settings().sign_in_pause_minutes),
        N_(
            "Too many failed tries. Wait %(minutes)s minutes, then try again. A link to reset your password ends the wait."
        ),
    )


def link_limit() -> Limit:
    """Give how many mailed links and codes may be asked for or tried."""
    return Limit(
        settings().sign_in_failures,
        timedelta(minutes=settings().sign_in_pause_minutes),
        N_("Too many requests. Wait %(minutes)s minutes, then try again."),
    )


def matches(user: User | None, password: str) -> tuple[bool, str | None]:
    """Tell whether the password is the person's, in the same time for nobody; with its hash when that should be renewed."""
    typed = passwords.normal(password)
    if user is None or user.password is None:
        hash_password(typed)
        return False, None
    before = user.password
    good = bool(user.verify_and_update_password(typed))
    return good, user.password if user.password != before else None


def reset_token_of(user: User) -> str:
    """Make the token of a link by which the person may choose a new password; it ends with the present one.

    It holds what changes with the password, and not a hash of the hash as Flask-Security's own: half a second of hashing for
    names that exist would tell them from others.
    """
    return cast(str, current_app.extensions["security"].reset_serializer.dumps([user.fs_uniquifier]))


def owner_of(token: str) -> User:
    """Give the person to whom a reset link was mailed; a link that was used or is too old is gone."""
    expired, invalid, data = check_and_get_token_status(token, "reset", RESET_WITHIN)
    user = None if expired or invalid else queries.find_by_uniquifier(data[0])
    if user is None or not user.active:
        raise Gone(
            N_(
                "This link to choose a new password was used already or has expired. Ask for a new one at “Forgotten your password?”."
            )
        )
    return user


def begin_session(user: User) -> None:
    """Sign the person in on this browser under a new token; nothing of the visit before is kept. Stands in a unit of work."""
    opened = sessions.this_session()
    opened.clear()
    opened.reader = sessions.reader_of(user)
    g.pop("csrf_token", None)
    g.pop("actor", None)
    login_user(user, remember=False, authn_via=["password"])
    sessions.begin(opened, agent=request.user_agent.string, address=request.remote_addr)


def ask_for_new_password() -> ResponseReturnValue | None:
    """Lead a person whose password is too old, or was chosen by somebody else, to the page where they choose another."""
    reader = sessions.this_session().reader
    if reader is None or request.endpoint in OPEN_TO_OLD_PASSWORDS:
        return None
    if reader.has_password and reader.password_changed_at is None:
        reason = _("Your password was made for you. Choose one of your own to go on.")
    elif passwords.is_too_old(
        policy(), reader.password_changed_at, clock.now(), internal=current_actor().has(*INTERNAL)
    ):
        reason = _("Your password is older than %(days)s days. Choose a new one to go on.", days=policy().max_days)
    else:
        return None
    flash(reason, "warning")
    return redirect(url_for("accounts.change_password"))

"""Coming in and going out, as the audit trail keeps it, and changes of one's password."""

import secrets

from flask_security.utils import hash_password, verify_password
from sqlalchemy import select

from tracker.accounts import letters, passwords, sessions, throttle
from tracker.accounts.access import ANONYMOUS, Actor, load_actor
from tracker.accounts.models import FormerPassword, User
from tracker.accounts.passwords import Policy
from tracker.accounts.rules import INTERNAL
from tracker.core import audit, clock
from tracker.core.db import session
from tracker.core.errors import Refused
from tracker.core.text import N_, Message


def note_sign_in(user: User, *, renewed_hash: str | None = None) -> None:
    """Note that somebody came in; the failed tries on the name are crossed out."""
    throttle.forget(throttle.SIGN_IN, user.email)
    if renewed_hash is not None:
        user.password = renewed_hash
    audit.record("sign_in.passed", user, actor=load_actor(user.id))


def note_failure(user: User | None, *, reason: str, locks: bool) -> None:
    """Note a failed sign-in, and that it was the last one before the pause."""
    audit.record("sign_in.failed", user, actor=ANONYMOUS, reason=reason)
    if locks:
        audit.record("sign_in.locked", user, actor=ANONYMOUS)


def sign_out(user: User, session_id: int | None, *, actor: Actor) -> None:
    """End this session on the server."""
    if session_id is not None:
        sessions.end([session_id])
    audit.record("sign_in.ended", user, actor=actor)


def confirm_sign_in(user: User, *, actor: Actor) -> None:
    """Note that somebody has proved again who they are."""
    throttle.forget(throttle.SIGN_IN, user.email)
    audit.record("sign_in.confirmed", user, actor=actor)


def ask_for_reset(user: User | None, path: str | None, *, actor: Actor = ANONYMOUS) -> None:
    """Mail a reset link to somebody who has an account; others get nothing, and the page says the same."""
    audit.record("password.reset_asked", user, actor=actor)
    if user is None or path is None:
        return
    letters.post(
        letters.AccountMail(
            recipient=user.email,
            language=user.language,
            user_id=user.id,
            subject=Message(N_("Choose a new password for CloudSteps")),
            lines=(
                Message(
                    N_(
                        "Somebody asked for a link to choose a new password for your account. It works once, for one hour."
                    )
                ),
            ),
            action=(Message(N_("Choose a new password")), path),
            closing=(Message(N_("If it was not you, ignore this mail: your password stays as it is.")),),
        )
    )


def set_password(user: User, password: str, policy: Policy, *, actor: Actor, keep_session: int | None = None) -> None:
    """Give the person a new password; every session but the one that acts ends, and so do links to reset it."""
    internal = load_actor(user.id).has(*INTERNAL)
    passwords.check(password, policy, names=(user.name, user.email), internal=internal)
    password = passwords.normal(password)
    _refuse_former(user, password, passwords.former_count(policy, internal=internal))
    if user.password is not None:
        session().add(FormerPassword(user_id=user.id, password=user.password))
    user.password, user.password_changed_at = hash_password(password), clock.now()
    user.fs_uniquifier = secrets.token_hex(32)
    sessions.end_all(user.id, but=keep_session)
    throttle.forget(throttle.SIGN_IN, user.email)
    session().flush()
    audit.record("password.changed", user, actor=actor)
    tell_of_password(user)


def tell_of_password(user: User) -> None:
    """Mail the person that the password is another one now."""
    letters.post(
        letters.AccountMail(
            recipient=user.email,
            language=user.language,
            user_id=user.id,
            subject=Message(N_("Your CloudSteps password was changed")),
            lines=(
                Message(
                    N_("The password of your account was changed on %(at)s. Every other session was ended."),
                    {"at": clock.now()},
                ),
            ),
            closing=(Message(N_("If it was not you, reset the password at once and tell the programme office.")),),
        )
    )


def _refuse_former(user: User, password: str, count: int) -> None:
    former = (
        select(FormerPassword.password)
        .where(FormerPassword.user_id == user.id)
        .order_by(FormerPassword.id.desc())
        .limit(max(count - 1, 0))
    )
    for known in [user.password, *session().scalars(former)]:
        if known is not None and verify_password(password, known):
            raise Refused(N_("This password was used before. Choose one that is new."), field="password")

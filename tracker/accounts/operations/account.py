"""Changes of one's own account and its sessions."""

from dataclasses import dataclass

from tracker.accounts import sessions
from tracker.accounts.access import Actor
from tracker.accounts.models import User, WebSession
from tracker.core import audit
from tracker.core.db import check_version, session


@dataclass(frozen=True)
class Account:
    """What people say of themselves."""

    name: str
    language: str
    shortcuts: bool
    version: int | None = None


def change_account(user: User, details: Account, *, actor: Actor) -> None:
    """Change name, language and shortcuts of one's own account."""
    check_version(user, details.version)
    changed = audit.changes(user, name=details.name, language=details.language, shortcuts=details.shortcuts)
    if changed:
        audit.record("user.changed", user, actor=actor, fields=sorted(changed))


def end_session(row: WebSession, *, actor: Actor) -> None:
    """End a session of a person on the server."""
    user = session().get_one(User, row.user_id)
    sessions.end([row.id])
    audit.record("session.ended", user, actor=actor)


def end_sessions(user: User, *, actor: Actor, but: int | None = None) -> int:
    """End every session of a person, but the one that acts."""
    ended = sessions.end_all(user.id, but=but)
    audit.record("session.all_ended", user, actor=actor, sessions=ended)
    return ended

"""Accounts as the office keeps them: added, given roles, ended."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from flask_security.utils import hash_password
from sqlalchemy import select, update

from tracker.accounts import letters, passwords, sessions
from tracker.accounts.access import SYSTEM, Actor
from tracker.accounts.models import RoleGrant, User
from tracker.accounts.passwords import Policy
from tracker.accounts.queries import find_by_email
from tracker.accounts.rules import INTERNAL, Role, check_granting, check_name, read_email
from tracker.core import audit, clock
from tracker.core.db import check_version, session
from tracker.core.errors import NotAllowed, Refused
from tracker.core.text import N_, Message


@dataclass(frozen=True)
class NewUser:
    """A person as an account is made; without a password, nobody can sign in until a reset link was used."""

    email: str
    name: str
    roles: frozenset[Role]
    password: str | None = None
    language: str = "zh-Hant"
    temporary: bool = False
    """Whether somebody else knows the password, so that another has to be chosen at the first sign-in."""


def add_user(details: NewUser, *, actor: Actor, policy: Policy | None = None) -> User:
    """Make an account; with a policy, its password is held to it."""
    email, name = read_email(details.email), check_name(details.name)
    if find_by_email(email) is not None:
        raise Refused(
            N_("There is an account for %(email)s already. Give it another role instead."), field="email", email=email
        )
    if policy is not None:
        internal = not details.roles.isdisjoint(INTERNAL)
        passwords.check(details.password or "", policy, names=(name, email), internal=internal)
    user = User(email=email, name=name, language=details.language, fs_uniquifier=secrets.token_hex(32))
    if details.password is not None:
        user.password = hash_password(passwords.normal(details.password))
        user.password_changed_at = None if details.temporary else clock.now()
    user.grants = [RoleGrant(role=role) for role in sorted(details.roles)]
    session().add(user)
    session().flush()
    audit.record("user.added", user, actor=actor, roles=sorted(details.roles))
    return user


def grant_role(user: User, role: Role, *, actor: Actor) -> None:
    """Give a person a role, never oneself."""
    _check_hand(user, role, actor)
    if role in _roles_of(user):
        return
    user.grants.append(RoleGrant(role=role))
    user.changed_at = clock.now()  # a form of roles that was opened before is stale
    session().flush()
    audit.record("role.granted", user, actor=actor, role=role)


def revoke_role(user: User, role: Role, *, actor: Actor) -> None:
    """Take a role from a person, never from oneself and never from the last administrator."""
    _check_hand(user, role, actor)
    if role not in _roles_of(user):
        return
    if role is Role.ADMINISTRATOR:
        _keep_an_administrator(user)
    user.grants = [grant for grant in user.grants if grant.role is not role]
    user.changed_at = clock.now()
    session().flush()
    audit.record("role.revoked", user, actor=actor, role=role)


def set_roles(user: User, roles: frozenset[Role], version: int | None = None, *, actor: Actor) -> None:
    """Give and take roles until the person holds these; nothing changes when one of the steps is refused."""
    check_version(user, version)
    held = _roles_of(user)
    for role in sorted(roles - held):
        grant_role(user, role, actor=actor)
    for role in sorted(held - roles):
        revoke_role(user, role, actor=actor)


def deactivate_user(user: User, *, actor: Actor) -> None:
    """End a person's account: every session ends now, links to reset the password end too; what they did stays."""
    _check_other(user, actor)
    for role in _roles_of(user):
        check_hand_of(actor, role)
    if Role.ADMINISTRATOR in _roles_of(user):
        _keep_an_administrator(user)
    if user.active:
        user.active, user.fs_uniquifier = False, secrets.token_hex(32)
        session().flush()
        audit.record("user.deactivated", user, actor=actor, sessions=sessions.end_all(user.id))


def warn_idle(user: User, ends_at: datetime) -> None:
    """Tell somebody that the account ends unless they sign in; their record counts as unchanged by that."""
    noticed = update(User).where(User.id == user.id).values(idle_noticed_at=clock.now(), changed_at=User.changed_at)
    session().execute(noticed.execution_options(synchronize_session=False))
    letters.post(
        letters.AccountMail(
            recipient=user.email,
            language=user.language,
            user_id=user.id,
            subject=Message(N_("Your CloudSteps account is about to end")),
            lines=(
                Message(N_("Hello %(name)s,"), {"name": user.name}),
                Message(
                    N_(
                        "nobody has signed in with your account for a long time. It ends on %(day)s; sign in before to keep it."
                    ),
                    {"day": clock.in_taipei(ends_at).date()},
                ),
            ),
            action=(Message(N_("Sign in")), "/sign-in"),
        )
    )
    audit.record("user.idle_warned", user, actor=SYSTEM)


def end_idle(user: User) -> bool:
    """End an account that nobody uses; the last administrator's stays, and False says so."""
    try:
        deactivate_user(user, actor=SYSTEM)
    except Refused:
        return False
    audit.record("user.idle_ended", user, actor=SYSTEM)
    return True


def keep_rights(user: User, *, actor: Actor) -> None:
    """Note that somebody looked at a person's rights and kept them; nobody reviews their own."""
    _check_other(user, actor)
    noted = update(User).where(User.id == user.id).values(reviewed_at=clock.now(), changed_at=User.changed_at)
    session().execute(noted.execution_options(synchronize_session=False))
    audit.record("rights.kept", user, actor=actor, roles=sorted(_roles_of(user)))


def reactivate_user(user: User, *, actor: Actor) -> None:
    """Let a person sign in again with the roles held before."""
    _check_other(user, actor)
    for role in _roles_of(user):
        check_hand_of(actor, role)
    if not user.active:
        user.active = True
        audit.record("user.reactivated", user, actor=actor)


def check_hand_of(actor: Actor, role: Role) -> None:
    """Refuse when the actor's roles do not reach this role; the product itself may do everything."""
    if actor is not SYSTEM:
        check_granting(actor.roles, role)


def _check_hand(user: User, role: Role, actor: Actor) -> None:
    _check_other(user, actor)
    check_hand_of(actor, role)


def _check_other(user: User, actor: Actor) -> None:
    if actor.user_id == user.id:
        raise NotAllowed(N_("Nobody changes the roles or the state of their own account. Ask a second person."))


def _roles_of(user: User) -> frozenset[Role]:
    return frozenset(grant.role for grant in user.grants)


def _keep_an_administrator(user: User) -> None:
    """Refuse to leave the product without an administrator; two of them cannot end each other in the same moment."""
    others = (
        select(RoleGrant.user_id)
        .join(User, User.id == RoleGrant.user_id)
        .where(RoleGrant.role == Role.ADMINISTRATOR, User.active)
        .order_by(RoleGrant.user_id)
        .with_for_update()
    )
    if not set(session().scalars(others)) - {user.id}:
        raise Refused(N_("This is the last administrator. Make somebody else an administrator first."))

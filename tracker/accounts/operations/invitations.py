"""Invitations: one-time links by which people make their accounts."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from tracker.accounts import letters
from tracker.accounts.access import SYSTEM, Actor, load_actor
from tracker.accounts.models import Invitation, User
from tracker.accounts.operations.people import NewUser, add_user
from tracker.accounts.passwords import Policy
from tracker.accounts.queries import find_by_email, find_open_invitation, state_of
from tracker.accounts.rules import INVITABLE, Role, check_inviting, check_name, check_open, read_email, roles_by
from tracker.accounts.sessions import digest
from tracker.core import audit, clock
from tracker.core.content import Bilingual
from tracker.core.db import session
from tracker.core.errors import Gone, Refused
from tracker.core.text import N_, Message

VALID = timedelta(days=7)

Grant = Callable[[int, int, Actor], object]
NameOf = Callable[[int, Actor], Bilingual]


@dataclass(frozen=True)
class _Scope:
    grant: Grant
    name_of: NameOf


_scopes: dict[str, _Scope] = {}


def register_scope_grant(name: str, grant: Grant, *, name_of: NameOf) -> None:
    """Let a feature grant what its invitations promise; called from `app.py`.

    `grant(scope id, user id, actor)` runs when the invitation is accepted; `name_of(scope id, actor)` says it in words, and
    raises NotFound when the actor may not know of it.
    """
    _scopes[name] = _Scope(grant, name_of)


@dataclass(frozen=True)
class Invite:
    """Whom to invite, and what they get: `scope` is `{"organisation": id}`, `{"programme": id}` or nothing."""

    email: str
    name: str
    role: Role
    scope: Mapping[str, int] = field(default_factory=dict)
    language: str = "zh-Hant"


@dataclass(frozen=True)
class Acceptance:
    """What an invited person types."""

    name: str
    password: str


def invite(details: Invite, *, actor: Actor) -> Invitation:
    """Mail somebody a one-time link to make an account with a role."""
    email, name = read_email(details.email), check_name(details.name)
    if actor is not SYSTEM:
        check_inviting(actor.roles, details.role, details.scope)
    for scope, key in details.scope.items():
        scope_name(scope, key, actor)
    if find_by_email(email) is not None:
        raise Refused(
            N_("There is an account for %(email)s already. Give it another role instead."), field="email", email=email
        )
    if find_open_invitation(email) is not None:
        raise Refused(
            N_("%(email)s was invited already. Send that invitation again, or withdraw it first."),
            field="email",
            email=email,
        )
    invitation = Invitation(
        email=email,
        name=name,
        role=details.role,
        scope=dict(details.scope),
        organisation_id=details.scope.get("organisation"),
        language=details.language,
        invited_by_id=actor.user_id,
    )
    session().add(invitation)
    _send(invitation, actor)
    audit.record(
        "invitation.sent",
        invitation,
        actor=actor,
        role=details.role,
        organisation_id=details.scope.get("organisation"),
        scope=dict(details.scope),
    )
    return invitation


def resend_invitation(invitation: Invitation, *, actor: Actor) -> None:
    """Mail the invitation again with a new link; the old link ends."""
    _check_touch(invitation, actor)
    _send(invitation, actor)
    audit.record("invitation.sent_again", invitation, actor=actor)


def revoke_invitation(invitation: Invitation, *, actor: Actor) -> None:
    """Withdraw an invitation: its link ends."""
    _check_touch(invitation, actor)
    invitation.revoked_at = clock.now()
    audit.record("invitation.revoked", invitation, actor=actor)


def accept_invitation(token: str, details: Acceptance, *, policy: Policy) -> User:
    """Make the invited person's account, with the role and what else was promised; the link is used up."""
    invitation = get_invitation_by_token(token)
    new = NewUser(invitation.email, details.name, frozenset({invitation.role}), details.password, invitation.language)
    user = add_user(new, actor=SYSTEM, policy=policy)
    inviter = load_actor(invitation.invited_by_id) if invitation.invited_by_id is not None else SYSTEM
    for name, key in invitation.scope.items():
        _scopes[name].grant(key, user.id, inviter)
    invitation.used_at = clock.now()
    audit.record("invitation.accepted", invitation, actor=load_actor(user.id))
    return user


def get_invitation_by_token(token: str) -> Invitation:
    """Give the invitation of a mailed link; one that holds no more is gone, and so is one whose sender lost the right to it."""
    rows = session().scalars(select(Invitation).where(Invitation.token_hash == digest(token)).with_for_update())
    invitation = rows.one_or_none()
    if invitation is None:
        raise Gone(N_("This invitation is not known. Open the link of the newest mail, or ask to be invited again."))
    check_open(state_of(invitation))
    if invitation.invited_by_id is not None:
        roles = load_actor(invitation.invited_by_id).roles
        if invitation.role not in roles_by(INVITABLE, roles):
            raise Gone(N_("This invitation was withdrawn. Ask the programme office if you still need an account."))
    return invitation


def scope_name(name: str, key: int, actor: Actor) -> Bilingual:
    """Say in words what an invitation promises."""
    if name not in _scopes:
        raise Refused(N_("An invitation cannot promise this. Ask the programme office."))
    return _scopes[name].name_of(key, actor)


def _check_touch(invitation: Invitation, actor: Actor) -> None:
    if actor is not SYSTEM:
        check_inviting(actor.roles, invitation.role, invitation.scope)
    if invitation.used_at is not None or invitation.revoked_at is not None:
        raise Refused(N_("This invitation was used or withdrawn already."))


def _send(invitation: Invitation, actor: Actor) -> None:
    token = secrets.token_urlsafe(32)
    invitation.token_hash, invitation.expires_at = digest(token), clock.now() + VALID
    session().flush()
    letters.post(
        letters.AccountMail(
            recipient=invitation.email,
            language=invitation.language,
            subject=Message(N_("Your invitation to CloudSteps")),
            lines=(
                Message(N_("Hello %(name)s,"), {"name": invitation.name}),
                Message(
                    N_("%(inviter)s invites you to CloudSteps as: %(role)s. Choose a password, and you can begin."),
                    {"inviter": actor.name, "role": Message(invitation.role.label)},
                ),
            ),
            action=(Message(N_("Make my account")), f"/invitations/{token}"),
            closing=(Message(N_("The link works once, until %(at)s."), {"at": invitation.expires_at}),),
        )
    )

"""Reads of accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from tracker.accounts.access import Actor
from tracker.accounts.models import Invitation, RoleGrant, User, WebSession
from tracker.accounts.rules import GRANTABLE, OFFICE, LinkState, Role, link_state, roles_by
from tracker.core import clock
from tracker.core.db import session
from tracker.core.errors import NotFound
from tracker.core.keyset import Sort


def find_by_email(email: str) -> User | None:
    """Find the account of an address, whatever its state; capitals do not count."""
    return session().scalars(select(User).where(User.email == email.strip().casefold())).one_or_none()


def find_by_uniquifier(uniquifier: str) -> User | None:
    """Find a person by what changes with the password."""
    return session().scalars(select(User).where(User.fs_uniquifier == uniquifier)).one_or_none()


def has_accounts() -> bool:
    """Tell whether anybody has an account."""
    return session().scalar(select(User.id).limit(1)) is not None


def get_self(*, actor: Actor) -> User:
    """Give the actor's own account."""
    user = session().get(User, actor.user_id) if actor.user_id is not None else None
    if user is None:
        raise NotFound
    return user


def sessions_of(user_id: int) -> Sequence[WebSession]:
    """List the newest sessions of a person."""
    return (
        session()
        .scalars(select(WebSession).where(WebSession.user_id == user_id).order_by(WebSession.seen_at.desc()).limit(50))
        .all()
    )


def get_own_session(session_id: int, *, actor: Actor) -> WebSession:
    """Give one of the actor's own sessions."""
    row = session().get(WebSession, session_id)
    if row is None or row.user_id != actor.user_id:
        raise NotFound
    return row


@dataclass(frozen=True)
class PeopleFilter:
    """What a list of people is narrowed by."""

    words: str = ""
    role: Role | None = None
    active: bool | None = None


def people(wanted: PeopleFilter) -> Select[User]:
    """Select the people of a filter, with their roles; for those who may list people at all."""
    statement = select(User).options(selectinload(User.grants))
    for word in wanted.words.casefold().split():
        statement = statement.where(
            User.email.contains(word, autoescape=True) | func.lower(User.name).contains(word, autoescape=True)
        )
    if wanted.role is not None:
        statement = statement.where(User.id.in_(select(RoleGrant.user_id).where(RoleGrant.role == wanted.role)))
    if wanted.active is not None:
        statement = statement.where(User.active.is_(wanted.active))
    return statement


class OpenInvitation(NamedTuple):
    """An invitation with the name of whoever sent it, and where it stands."""

    invitation: Invitation
    inviter: str | None
    state: LinkState


def idle_people(used_before: datetime) -> list[User]:
    """List the active people whose accounts nobody used or changed since a moment."""
    wanted = select(User).where(
        User.active,
        func.coalesce(User.last_seen_at, User.created_at) <= used_before,
        User.changed_at <= used_before,
    )
    return list(session().scalars(wanted.options(selectinload(User.grants)).order_by(User.id)))


def used_at(user: User) -> datetime:
    """Give when an account was used or changed last."""
    return max(user.last_seen_at or user.created_at, user.changed_at)


def to_review(reviewed_before: datetime, *, actor: Actor) -> Select[User]:
    """Select the active people whose rights the actor may end, and nobody has looked at since a moment."""
    reach = roles_by(GRANTABLE, actor.roles)
    beyond = select(RoleGrant.id).where(RoleGrant.user_id == User.id, RoleGrant.role.not_in(reach))
    return (
        select(User)
        .where(User.active, User.id != actor.user_id, ~beyond.exists())
        .where(func.coalesce(User.reviewed_at, User.created_at) <= reviewed_before)
        .options(selectinload(User.grants))
    )


BY_NAME = Sort((User.name, User.id))
NEWEST_INVITATIONS = Sort((Invitation.id,), descending=True)


def get_person(user_id: int, *, actor: Actor) -> User:
    """Give a person's account with its roles."""
    user = session().scalars(select(User).where(User.id == user_id).options(selectinload(User.grants))).one_or_none()
    if user is None or not actor.has(*OFFICE, Role.ADMINISTRATOR, Role.AUDITOR):
        raise NotFound
    return user


def get_session_owner(session_id: int, *, actor: Actor) -> WebSession:
    """Give anybody's session, for an administrator."""
    row = session().get(WebSession, session_id)
    if row is None or not actor.has(Role.ADMINISTRATOR):
        raise NotFound
    return row


def invitations() -> Select[Invitation, str]:
    """Select invitations, with the name of whoever sent them."""
    return select(Invitation, User.name).outerjoin(User, User.id == Invitation.invited_by_id)


def open_invitations(organisation_id: int | None = None, *, limit: int) -> list[OpenInvitation]:
    """List the newest invitations that nobody has accepted or withdrawn, of a vendor or of all, expired ones too."""
    unused = invitations().where(Invitation.used_at.is_(None), Invitation.revoked_at.is_(None))
    if organisation_id is not None:
        unused = unused.where(Invitation.organisation_id == organisation_id)
    found = session().execute(unused.order_by(Invitation.id.desc()).limit(limit))
    return [OpenInvitation(invitation, inviter, state_of(invitation)) for invitation, inviter in found]


def get_invitation(invitation_id: int, *, actor: Actor) -> Invitation:
    """Give an invitation, for those who may list people."""
    row = session().get(Invitation, invitation_id)
    if row is None or not actor.has(*OFFICE, Role.ADMINISTRATOR):
        raise NotFound
    return row


def find_open_invitation(email: str) -> Invitation | None:
    """Find an invitation of an address that could still be accepted."""
    unused = select(Invitation).where(
        Invitation.email == email, Invitation.used_at.is_(None), Invitation.revoked_at.is_(None)
    )
    return session().scalars(unused.where(Invitation.expires_at > clock.now()).limit(1)).one_or_none()


def state_of(invitation: Invitation) -> LinkState:
    """Tell where an invitation stands."""
    return link_state(clock.now(), invitation.expires_at, invitation.used_at, invitation.revoked_at)

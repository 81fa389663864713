"""Who may do what with other people's accounts."""

from typing import Any

from tracker.accounts.access import Actor, Permission, has_role
from tracker.accounts.models import Invitation, User
from tracker.accounts.rules import GRANTABLE, INVITABLE, OFFICE, Role, roles_by
from tracker.core.text import N_


def manages(actor: Actor, subject: Any) -> bool:
    """Tell whether the actor may give and take every role that the other person holds."""
    if not isinstance(subject, User) or subject.id == actor.user_id:
        return False
    return {grant.role for grant in subject.grants} <= roles_by(GRANTABLE, actor.roles)


def grants_roles(actor: Actor, subject: Any) -> bool:
    """Tell whether the actor may give the other person some role."""
    return isinstance(subject, User) and subject.id != actor.user_id and bool(roles_by(GRANTABLE, actor.roles))


def invites(actor: Actor, subject: Any) -> bool:
    """Tell whether the actor may invite people: to some role, or to the role of this invitation."""
    reached = roles_by(INVITABLE, actor.roles)
    return subject.role in reached if isinstance(subject, Invitation) else bool(reached)


LIST_PEOPLE = Permission(
    "accounts.list", N_("See who has an account"), (has_role(*OFFICE, Role.ADMINISTRATOR, Role.AUDITOR),)
)
INVITE = Permission("accounts.invite", N_("Invite people"), (invites,))
GRANT_ROLES = Permission("accounts.grant", N_("Give and take roles of other people"), (grants_roles,))
MANAGE_PERSON = Permission("accounts.manage", N_("End and renew accounts of other people"), (manages,))
END_SESSIONS = Permission("accounts.end_sessions", N_("End sessions of other people"), (has_role(Role.ADMINISTRATOR),))

"""People with roles and scopes."""

import itertools

from tracker.accounts.access import Actor, load_actor
from tracker.accounts.models import RoleGrant, User
from tracker.accounts.rules import Role
from tracker.core.db import session
from tracker.journey.models import Assignment, Engagement
from tracker.journey.rules import AssignmentPart
from tracker.programmes.models import Programme, ProgrammeMember
from tracker.vendors.models import Membership, Organisation

_numbers = itertools.count(1)


def person(*roles: Role, name: str = "測試人員", language: str = "zh-Hant") -> User:
    """Make an active person with the roles."""
    number = next(_numbers)
    user = User(
        email=f"person{number}@people.example",
        name=f"{name}{number}",
        fs_uniquifier=f"uniquifier-{number}",
        language=language,
    )
    user.grants = [RoleGrant(role=role) for role in roles]
    session().add(user)
    session().flush()
    return user


def acting(user: User) -> Actor:
    """Give the person as an actor, rights read now."""
    session().flush()
    return load_actor(user.id)


def join_programme(user: User, programme: Programme) -> None:
    """Let an office member work in the programme year."""
    session().add(ProgrammeMember(user_id=user.id, programme_id=programme.id))
    session().flush()


def join_organisation(user: User, organisation: Organisation) -> None:
    """Let a person belong to the vendor."""
    session().add(Membership(user_id=user.id, organisation_id=organisation.id))
    session().flush()


def assign(user: User, engagement: Engagement, part: AssignmentPart = AssignmentPart.LEAD) -> None:
    """Assign an expert to the engagement."""
    session().add(Assignment(user_id=user.id, engagement_id=engagement.id, part=part))
    session().flush()

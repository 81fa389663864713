"""Passwords, invitations and what else belongs to accounts."""

import re

from flask_security.utils import hash_password
from sqlalchemy import select

from tests.factories import people
from tracker.accounts import operations
from tracker.accounts.models import Invitation, User
from tracker.accounts.operations import Invite
from tracker.accounts.rules import Role
from tracker.core import clock
from tracker.core.audit import AuditRecord
from tracker.core.db import session, unit_of_work
from tracker.notifications.models import OutboxMail

PASSWORD = "eleven green herons wade"


def with_password(user: User, password: str = PASSWORD) -> User:
    """Give the person a password of their own."""
    user.password, user.password_changed_at = hash_password(password), clock.now()
    session().commit()
    return user


def invited(inviter: User, role: Role = Role.EXPERT, email: str = "newcomer@people.example") -> Invitation:
    """Invite somebody by mail."""
    session().commit()
    with unit_of_work():
        return operations.invite(Invite(email, "新的專家", role), actor=people.acting(inviter))


def mailed_path() -> str:
    """Give the path of the link in the newest mail."""
    text = session().scalars(select(OutboxMail.text).order_by(OutboxMail.id.desc()).limit(1)).one()
    found = re.search(r"http://localhost(/\S+)", text)
    assert found is not None, text
    return found.group(1)


def actions() -> list[str]:
    """Give what the audit trail holds, in order."""
    return list(session().scalars(select(AuditRecord.action).order_by(AuditRecord.id)))

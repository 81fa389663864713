"""The first administrator, who comes in by a one-time code; after that there is no such door."""

import secrets
from datetime import timedelta

from sqlalchemy import delete, select

from tracker.accounts.access import SYSTEM
from tracker.accounts.models import SetupCode, User
from tracker.accounts.operations.people import NewUser, add_user
from tracker.accounts.passwords import Policy
from tracker.accounts.queries import has_accounts
from tracker.accounts.rules import LinkState, link_state
from tracker.accounts.sessions import digest
from tracker.core import audit, clock
from tracker.core.db import session
from tracker.core.errors import Gone, Refused
from tracker.core.text import N_

VALID = timedelta(hours=24)
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and digits that cannot be taken for each other: 32, so that 25 of them hold 125 bits."""
GROUPS, GROUP = 5, 5


def make_setup_code() -> str:
    """Make the one-time code for the first administrator; earlier codes end. Refused once anybody has an account."""
    _refuse_when_set_up()
    code = "-".join("".join(secrets.choice(ALPHABET) for _place in range(GROUP)) for _group in range(GROUPS))
    work = session()
    work.execute(delete(SetupCode))
    row = SetupCode(code_hash=digest(_plain(code)), expires_at=clock.now() + VALID)
    work.add(row)
    work.flush()
    audit.record("setup_code.made", row, actor=SYSTEM)
    return code


def use_setup_code(code: str, details: NewUser, *, policy: Policy) -> User:
    """Make the first administrator's account."""
    _refuse_when_set_up()
    row = (
        session()
        .scalars(select(SetupCode).where(SetupCode.code_hash == digest(_plain(code))).with_for_update())
        .one_or_none()
    )
    if row is None or link_state(clock.now(), row.expires_at, row.used_at) is not LinkState.OPEN:
        raise Refused(
            N_(
                "This code is not right, was used or is older than a day. Make a new one on the server by “cloudsteps user add --first”."
            ),
            field="code",
        )
    user = add_user(details, actor=SYSTEM, policy=policy)
    row.used_at = clock.now()
    audit.record("setup_code.used", user, actor=SYSTEM)
    return user


def _plain(code: str) -> str:
    return "".join(character for character in code.upper() if character.isalnum())


def _refuse_when_set_up() -> None:
    if has_accounts():
        raise Gone(N_("CloudSteps has an administrator already. Sign in, or ask to be invited."))

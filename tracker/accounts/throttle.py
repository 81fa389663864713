"""The throttle: tries are counted per account name and per address in the database, so that every process sees them.

A try is written down before it is made and crossed out when it succeeds. Fifty tries sent at the same moment are
therefore no more than five.
"""

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select, text
from sqlalchemy.orm import Session

from tracker.accounts.models import Attempt
from tracker.accounts.rules import locked_until, network_of
from tracker.core import clock
from tracker.core.db import session
from tracker.core.errors import TooMany

SIGN_IN, RESET, SET_UP, LINK = "sign_in", "reset", "set_up", "link"


@dataclass(frozen=True)
class Limit:
    """How many tries until the throttle holds, for how long, and what it says."""

    tries: int
    pause: timedelta
    sentence: str


@dataclass(frozen=True)
class Try:
    """What is counted: the kind, the typed name's hash and the address."""

    kind: str
    account: str
    address: str


def try_of(kind: str, name: str, address: str | None) -> Try:
    """Give a try as it is counted; names are kept as hashes only."""
    return Try(kind, hashlib.sha256(name.strip().casefold().encode()).hexdigest(), network_of(address))


def claim(one: Try, limit: Limit) -> bool:
    """Count a try before it is made; refuse it while the throttle holds. True when it is the last one before the pause."""
    work = session()
    _one_at_a_time(work, one)
    now = clock.now()
    for condition in _counted(one):
        until = locked_until(_recent(work, one.kind, condition, limit, now), limit.tries, limit.pause)
        if until is not None and until > now:
            seconds = math.ceil((until - now).total_seconds())
            raise TooMany(limit.sentence, retry_after=seconds, minutes=math.ceil(seconds / 60))
    work.add(Attempt(kind=one.kind, account=one.account, address=one.address, at=now))
    work.flush()
    return any(
        locked_until(_recent(work, one.kind, condition, limit, now), limit.tries, limit.pause)
        for condition in _counted(one)
    )


def forget(kind: str, name: str) -> None:
    """Cross out the tries of an account name: its owner came in, or proved by mail who they are."""
    session().execute(delete(Attempt).where(Attempt.kind == kind, Attempt.account == try_of(kind, name, None).account))


def _counted(one: Try) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Attempt.account == one.account, Attempt.address == one.address


def _recent(work: Session, kind: str, condition: ColumnElement[bool], limit: Limit, now: datetime) -> list[datetime]:
    recent: Any = select(Attempt.at).where(condition, Attempt.kind == kind, Attempt.at > now - 2 * limit.pause)
    return list(work.scalars(recent.order_by(Attempt.at.desc()).limit(limit.tries)))


def _one_at_a_time(work: Session, one: Try) -> None:
    """Let tries of one account or address come one after another; SQLite's writers do so anyway."""
    if work.get_bind().dialect.name == "postgresql":
        for key in sorted({one.account, one.address}):
            number = int.from_bytes(hashlib.sha256(f"{one.kind}:{key}".encode()).digest()[:8], signed=True)
            work.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})

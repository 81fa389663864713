"""Roles and who gives them, how long a session lasts, when the throttle holds, where a link may lead."""

import ipaddress
from collections.abc import Sequence, Set
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from tracker.core.text import N_, Labelled


class Role(Labelled):
    """What a person is to the office; what follows from it stands in each feature's permissions."""

    ADMINISTRATOR = "administrator", N_("Administrator")
    LEAD = "lead", N_("Programme lead")
    STAFF = "staff", N_("Programme office")
    EXPERT = "expert", N_("Domain expert")
    VENDOR = "vendor", N_("Vendor member")
    REVIEWER = "reviewer", N_("Reviewer")
    AUDITOR = "auditor", N_("Auditor")


OFFICE = frozenset({Role.STAFF, Role.LEAD})
"""Roles of the programme office."""
INTERNAL = frozenset({Role.ADMINISTRATOR, Role.LEAD, Role.STAFF})
"""Roles that the agency's password preset holds for."""

_OUTSIDE = frozenset({Role.EXPERT, Role.VENDOR, Role.REVIEWER})
_BELOW_LEAD = _OUTSIDE | {Role.STAFF}
INVITABLE = {Role.ADMINISTRATOR: frozenset(Role), Role.LEAD: _BELOW_LEAD, Role.STAFF: _OUTSIDE}
"""Which roles the holder of a role may invite people to."""
GRANTABLE = {Role.ADMINISTRATOR: frozenset(Role), Role.LEAD: _BELOW_LEAD}
"""Which roles the holder of a role may give to, or take from, somebody else."""


class LinkState(Labelled):
    """Where a one-time link stands."""

    OPEN = "open", N_("Waiting"), "progress"
    USED = "used", N_("Used"), "done"
    EXPIRED = "expired", N_("Expired"), "warning"
    REVOKED = "revoked", N_("Withdrawn"), "neutral"


def roles_by(table: dict[Role, frozenset[Role]], held: Set[Role]) -> frozenset[Role]:
    """Give the roles that holders of these roles may hand on by the table."""
    return frozenset().union(*(table.get(role, frozenset()) for role in held))


def link_state(
    now: datetime, expires_at: datetime, used_at: datetime | None, revoked_at: datetime | None = None
) -> LinkState:
    """Tell where a one-time link stands."""
    if used_at is not None:
        return LinkState.USED
    if revoked_at is not None:
        return LinkState.REVOKED
    return LinkState.EXPIRED if expires_at <= now else LinkState.OPEN


def is_session_over(
    now: datetime, created_at: datetime, seen_at: datetime, *, idle: timedelta, longest: timedelta
) -> bool:
    """Tell whether a session was left alone, or has lasted, too long."""
    return now >= seen_at + idle or now >= created_at + longest


def locked_until(attempts: Sequence[datetime], limit: int, pause: timedelta) -> datetime | None:
    """Tell until when the throttle would hold after these attempts, newest first; None when they were too few.

    The lock begins with the attempt that reaches the limit within the pause, and lasts the whole pause from there.
    """
    if len(attempts) < limit or attempts[limit - 1] < attempts[0] - pause:
        return None
    return attempts[0] + pause


def network_of(address: str | None) -> str:
    """Give what the throttle counts as one address: an IPv4 address, or the /64 that an IPv6 user can choose from."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def own_path(target: str | None) -> str | None:
    """Give a path to lead to after sign-in when it lies on this site; browsers read backslashes and blanks kindly, we do not."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    if any(ord(character) <= 0x20 or ord(character) == 0x7F for character in target):  # noqa: PLR2004 - control characters and the blank
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else None


_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def browser_of(agent: str) -> str:
    """Give browser and device by the names that people know, as far as the browser tells them."""
    names = [next((name for mark, name in marks if mark in agent), "") for marks in (_BROWSERS, _DEVICES)]
    return ", ".join(name for name in names if name)

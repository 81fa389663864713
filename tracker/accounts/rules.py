"""Roles and who gives them, how long a session lasts, when the throttle holds, where a link may lead."""

import ipaddress
import re
from collections.abc import Mapping, Sequence, Set
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from tracker.core.errors import Gone, NotAllowed, Refused
from tracker.core.text import N_, Labelled, Message


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


class IdleStep(Labelled):
    """What is due for an account that nobody uses."""

    WARN = "warn", N_("Tell its owner")
    END = "end", N_("End it")


IDLE_NOTICE = timedelta(days=14)
"""How long before its end the owner of an idle account is told, whatever happened to the schedule."""


def idle_step(now: datetime, used_at: datetime, noticed_at: datetime | None, longest: timedelta) -> IdleStep | None:
    """Tell what is due for an account that was used or changed last at a moment; nobody is ended without notice."""
    if used_at > now - longest + IDLE_NOTICE:
        return None
    if noticed_at is None or noticed_at < used_at:
        return IdleStep.WARN
    return IdleStep.END if used_at <= now - longest and noticed_at <= now - IDLE_NOTICE else None


class LinkState(Labelled):
    """Where a one-time link stands."""

    OPEN = "open", N_("Not used yet"), "progress"
    USED = "used", N_("Used"), "done"
    EXPIRED = "expired", N_("Expired"), "warning"
    REVOKED = "revoked", N_("Taken back"), "neutral"


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


_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@(?:[^\s@<>,;:\"()\[\]\\.]{1,63}\.)+[^\s@<>,;:\"()\[\]\\.]{2,63}")
LONGEST_ADDRESS = 254


def read_email(typed: str) -> str:
    """Read an e-mail address as it is kept: without blanks around it, in small letters."""
    address = typed.strip().casefold()
    if len(address) > LONGEST_ADDRESS or not address.isprintable() or not _ADDRESS.fullmatch(address):
        raise Refused(
            N_("“%(typed)s” is not an e-mail address. Write it like name@company.example."),
            field="email",
            typed=typed.strip()[:80],
        )
    return address


def check_name(typed: str) -> str:
    """Read a person's name as it is kept."""
    name = " ".join(typed.split())
    if not name or not name.isprintable():
        raise Refused(N_("Write the person's name."), field="name")
    return name


def check_granting(held: Set[Role], role: Role) -> None:
    """Refuse to give or take a role that the actor's own roles do not reach."""
    if role not in roles_by(GRANTABLE, held):
        raise NotAllowed(
            N_("Your role does not include giving or taking the role “%(role)s”. Ask an administrator."),
            role=Message(role.label),
        )


def check_inviting(held: Set[Role], role: Role, scope: Mapping[str, int]) -> None:
    """Refuse an invitation to a role that the actor's own roles do not reach, or one that would lead nowhere."""
    if role not in roles_by(INVITABLE, held):
        raise NotAllowed(
            N_("Your role does not include inviting people to the role “%(role)s”. Ask a programme lead."),
            role=Message(role.label),
        )
    if role is Role.VENDOR and "organisation" not in scope:
        raise Refused(
            N_("Vendor members belong to a vendor. Open the vendor's page and invite them from there."), field="role"
        )


def check_open(state: LinkState) -> None:
    """Refuse a one-time link that does not hold any more, and say why."""
    if state is LinkState.USED:
        raise Gone(N_("This invitation was used already. Sign in with the password that you chose then."))
    if state is LinkState.REVOKED:
        raise Gone(N_("This invitation was withdrawn. Ask the programme office if you still need an account."))
    if state is LinkState.EXPIRED:
        raise Gone(N_("This invitation has expired. Ask whoever invited you to send it again."))

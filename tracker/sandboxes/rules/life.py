"""How long a sandbox lives: notices, extensions, grace, removal with growing pauses, and when the clock is not believed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.sandboxes.rules.states import SandboxState

FIRST_PAUSE = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(hours=6)
ALARM_AFTER = timedelta(hours=1)
"""From the end of the grace on: whoever is not gone by then is an alarm."""
REMIND_ALARM = timedelta(hours=24)
SHORTEST_REASON = 4
LARGEST_JUMP = timedelta(minutes=10)
YOUNGEST = timedelta(minutes=15)
"""What is younger is never removed by itself, whatever its row says."""
MOST_AT_ONCE = 25
"""How many removals one pass begins at most; a mistake in a clock or a table then has an end."""
HOURS_A_MONTH = Decimal(730)


@dataclass(frozen=True)
class Life:
    """When a sandbox began, when it ends, and how long it may live at most."""

    live_since: datetime
    expires_at: datetime
    longest_days: int


def extended(life: Life, hours: int, reason: str, now: datetime) -> datetime:
    """Give the new moment of expiry, or refuse: the longest life is counted from the beginning, extensions included."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(N_("Say in a few words what the sandbox is still needed for."), field="reason")
    if hours <= 0:
        raise Refused(N_("An extension is at least one hour long."), field="hours")
    longest = life.live_since + timedelta(days=life.longest_days)
    until = max(life.expires_at, now) + timedelta(hours=hours)
    if until > longest:
        left = max(timedelta(), longest - max(life.expires_at, now))
        raise Refused(
            N_("A sandbox lives %(days)s days at most; %(left)s more hours are possible. Ask for less."),
            field="hours",
            days=life.longest_days,
            left=int(left.total_seconds() // 3600),
        )
    return until


def due_notice(
    expires_at: datetime, now: datetime, told: timedelta | None, notices: Sequence[timedelta]
) -> timedelta | None:
    """Give the closest notice that has come due and was not given, None where there is none.

    Those that were missed meanwhile are not made up for: the closest one says all that they would have said.
    """
    due = [notice for notice in notices if expires_at - notice <= now < expires_at]
    closest = min(due, default=None)
    return None if closest is None or (told is not None and told <= closest) else closest


REMOVABLE = frozenset({SandboxState.RUNNING, SandboxState.FAILED, SandboxState.LEFTOVERS})
"""What the sweep may begin to remove; what is being built or removed already is left to its own operation."""


def is_due(state: SandboxState, live_since: datetime, expires_at: datetime, grace: timedelta, now: datetime) -> bool:
    """Tell whether a sandbox is to be removed now: its time and its grace are over, and it is not just a moment old."""
    return state in REMOVABLE and expires_at + grace <= now and live_since + YOUNGEST <= now


def pause_after(attempts: int) -> timedelta:
    """Give the wait before the next try to remove it: two minutes, doubling up to six hours."""
    doublings = min(max(attempts - 1, 0), 16)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def is_alarming(destroy_due: datetime, state: SandboxState, now: datetime) -> bool:
    """Tell whether a sandbox should have been gone for so long that people have to look."""
    return state is not SandboxState.DESTROYED and now >= destroy_due + ALARM_AFTER


def has_jumped(last_tick: datetime | None, now: datetime, expected: timedelta) -> bool:
    """Tell whether the clock moved otherwise than time passes: backwards, or much further than the tick is long.

    A machine that was off looks the same; then, too, somebody should look before anything is removed.
    """
    if last_tick is None:
        return False
    return not (timedelta(seconds=-1) <= now - last_tick <= expected + LARGEST_JUMP)


def is_gone(*, succeeded: bool, resources: int, pending: int, searches: Sequence[int]) -> bool:
    """Tell whether a stack is destroyed: the engine says so, its state is empty, and two searches found nothing.

    After a crash the engine reports success over an object that lives on; only the searches are proof.
    """
    return succeeded and resources == 0 and pending == 0 and len(searches) >= 2 and not any(searches)  # noqa: PLR2004 - twice, as the sentence says


def cost_so_far(monthly: Decimal, since: datetime | None, until: datetime) -> Decimal:
    """Give what a stack has cost, in US dollars: its rate times the hours, without waiting for a bill."""
    if since is None or until <= since:
        return Decimal(0)
    hours = Decimal((until - since).total_seconds()) / 3600
    return (monthly / HOURS_A_MONTH * hours).quantize(Decimal("0.01"))


def cost_of_life(monthly: Decimal, hours: int) -> Decimal:
    """Give what a stack will cost over its whole life, in US dollars."""
    return (monthly / HOURS_A_MONTH * hours).quantize(Decimal("0.01"))

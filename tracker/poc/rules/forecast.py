"""Whether a proof of concept will be funded in time, judged by the pace so far, and what is late."""

from dataclasses import dataclass
from datetime import date, timedelta

from tracker.core.text import N_, Labelled
from tracker.poc.rules.funding import Period, Totals


class Outlook(Labelled):
    """What is to be expected of the self-funding."""

    REACHED = "reached", N_("Reached"), "done"
    COVERED = "covered", N_("Entered, waits for verification"), "progress"
    IN_TIME = "in-time", N_("In time at this pace"), "progress"
    LATE = "late", N_("Too late at this pace"), "warning"
    OVER = "over", N_("Period over, not reached"), "danger"
    BEFORE = "before", N_("Has not begun"), "neutral"
    NOTHING = "nothing", N_("Nothing entered yet"), "warning"


@dataclass(frozen=True)
class Forecast:
    """What is to be expected, and on which day the amount is reached at the pace so far."""

    outlook: Outlook
    day: date | None = None


FARTHEST = 3650
"""Days beyond which a pace says nothing."""


def forecast(totals: Totals, period: Period, today: date) -> Forecast:
    """Look ahead: what was entered since the first day goes on at the same pace."""
    if totals.is_reached:
        return Forecast(Outlook.REACHED)
    if totals.uncovered == 0:
        return Forecast(Outlook.COVERED)
    if today > period.ends_on:
        return Forecast(Outlook.OVER)
    entered = totals.verified + totals.waiting
    if entered <= 0:
        return Forecast(Outlook.BEFORE if today < period.starts_on else Outlook.NOTHING)
    return _at_this_pace(totals.uncovered, entered, period, today)


def _at_this_pace(uncovered: int, entered: int, period: Period, today: date) -> Forecast:
    elapsed = max(1, (today - period.starts_on).days + 1)
    further = -(-uncovered * elapsed // entered)
    if further > FARTHEST:
        return Forecast(Outlook.LATE)
    day = today + timedelta(days=further)
    return Forecast(Outlook.IN_TIME if day <= period.ends_on else Outlook.LATE, day)

"""Why a person is told something, when a due date is worth a message, and what a mail goes through."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.core.text import N_, Labelled, Message


class Reason(Labelled):
    """The reason of a notice; each can be switched off for mail."""

    DUE = "due", N_("Due or overdue")
    ASSIGNED = "assigned", N_("You were assigned")
    DECISION = "decision", N_("Waiting for your decision")
    RETURNED = "returned", N_("Returned to you")
    PROGRESS = "progress", N_("Progress of your engagement")
    SESSION = "session", N_("Coaching session")
    COMMENT = "comment", N_("Comment")
    ACCOUNT = "account", N_("Your account")
    SAFETY = "safety", N_("Safety of the records")


class MailState(Labelled):
    """Where a mail stands."""

    WAITING = "waiting", N_("Waiting to be sent"), "neutral"
    SENT = "sent", N_("Sent"), "done"
    KEPT = "kept", N_("Kept here, not sent"), "progress"
    FAILED = "failed", N_("Could not be sent"), "danger"


ALWAYS_MAILED = frozenset({Reason.ACCOUNT, Reason.SAFETY})
"""What concerns the safety of an account or of the records cannot be switched off."""

HORIZON = timedelta(days=7)
"""How far ahead a reminder looks."""
DAYS_BEFORE = frozenset({7, 3, 1, 0})
DAYS_AFTER = frozenset({1, 3})
EVERY_OVERDUE = 7


@dataclass(frozen=True)
class Reminder:
    """Something that a person owes, as a feature tells it for a day."""

    user_id: int
    reason: Reason
    message: Message
    path: str
    due_on: date | None


def is_worth_telling(due_on: date | None, day: date, days_covered: int = 1) -> bool:
    """Tell whether a due date calls for a message: 7, 3 and 1 days before, on the day, 1 and 3 days after, then weekly.

    What waits without a due date is told on Mondays. `days_covered` counts the days since the last working day, so that
    what fell on a holiday is told on the day after it.
    """
    covered = [day - timedelta(days=back) for back in range(days_covered)]
    if due_on is None:
        return any(one.weekday() == 0 for one in covered)
    return any(_calls((due_on - one).days) for one in covered)


def _calls(days_left: int) -> bool:
    if days_left >= 0:
        return days_left in DAYS_BEFORE
    overdue = -days_left
    return overdue in DAYS_AFTER or overdue % EVERY_OVERDUE == 0


def message_of_the_day(owed: Iterable[Reminder], day: date, days_covered: int = 1) -> list[Reminder]:
    """Give everything a person owes, earliest first, when at least one of it is worth a message today; else nothing.

    What is due later than the horizon is left for later.
    """
    shown = [reminder for reminder in owed if reminder.due_on is None or reminder.due_on <= day + HORIZON]
    if not any(is_worth_telling(reminder.due_on, day, days_covered) for reminder in shown):
        return []
    return sorted(shown, key=lambda reminder: (reminder.due_on is None, reminder.due_on or day, reminder.path))

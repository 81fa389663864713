"""Why a person is told something, and what a mail goes through."""

from tracker.core.text import Labelled, N_


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


class MailState(Labelled):
    """Where a mail stands."""

    WAITING = "waiting", N_("Waiting to be sent"), "neutral"
    SENT = "sent", N_("Sent"), "done"
    KEPT = "kept", N_("Kept here, not sent"), "progress"
    FAILED = "failed", N_("Could not be sent"), "danger"

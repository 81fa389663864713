"""Coaching sessions: states, parties and what may follow what."""

from tracker.core.text import Labelled, N_


class SessionState(Labelled):
    """Where a session record stands."""

    DRAFT = "draft", N_("Draft"), "neutral"
    SUBMITTED = "submitted", N_("Waiting for the vendor"), "progress"
    ACKNOWLEDGED = "acknowledged", N_("Acknowledged"), "done"
    CLOSED = "closed", N_("Closed"), "done"


class Mode(Labelled):
    """How people met."""

    ON_SITE = "on_site", N_("On site")
    ONLINE = "online", N_("Online")


class ActionState(Labelled):
    """Where an action item stands."""

    OPEN = "open", N_("To do"), "neutral"
    DONE = "done", N_("Done"), "done"
    DROPPED = "dropped", N_("Dropped"), "neutral"


SESSION_MOVES: dict[SessionState, frozenset[SessionState]] = {
    SessionState.DRAFT: frozenset({SessionState.SUBMITTED}),
    SessionState.SUBMITTED: frozenset({SessionState.ACKNOWLEDGED, SessionState.DRAFT}),
    SessionState.ACKNOWLEDGED: frozenset({SessionState.CLOSED}),
    SessionState.CLOSED: frozenset(),
}

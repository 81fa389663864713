"""Coaching sessions: states, hours, times and what may follow what. Pure decisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from tracker.core.clock import in_taipei
from tracker.core.errors import Refused
from tracker.core.halfwidth import squeeze
from tracker.core.text import N_, Labelled, Message
from tracker.journey.rules import EngagementState

QUARTER = Decimal("0.25")
MOST_HOURS = Decimal(12)
"""Nobody counsels longer in one day; a larger number is a slip of the hand."""
MOST_YEAR_HOURS = 999
NEAR_QUOTA = Decimal("0.8")
"""From this share of the yearly hours on, the expert and the office are warned."""
FARTHEST_MEETING = timedelta(days=366)
DAYS_FOR_ACTION = 14
"""How long after the session a next action is due, unless somebody says otherwise."""


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


class MeetingState(Labelled):
    """Whether a planned meeting still holds."""

    PLANNED = "planned", N_("Planned"), "progress"
    CANCELLED = "cancelled", N_("Called off"), "neutral"


class ActionState(Labelled):
    """Where an action item stands."""

    OPEN = "open", N_("To do"), "neutral"
    DONE = "done", N_("Done"), "done"
    DROPPED = "dropped", N_("Dropped"), "neutral"


class AddendumKind(Labelled):
    """Why something was added to a record that itself stays as it was."""

    OBJECTION = "objection", N_("Objection of the vendor"), "warning"
    CORRECTION = "correction", N_("Correction"), "neutral"


SESSION_MOVES: dict[SessionState, frozenset[SessionState]] = {
    SessionState.DRAFT: frozenset({SessionState.SUBMITTED}),
    SessionState.SUBMITTED: frozenset({SessionState.ACKNOWLEDGED, SessionState.DRAFT}),
    SessionState.ACKNOWLEDGED: frozenset({SessionState.CLOSED}),
    SessionState.CLOSED: frozenset(),
}

ACTION_MOVES: dict[ActionState, frozenset[ActionState]] = {
    ActionState.OPEN: frozenset({ActionState.DONE, ActionState.DROPPED}),
    ActionState.DONE: frozenset({ActionState.OPEN}),
    ActionState.DROPPED: frozenset({ActionState.OPEN}),
}

TAKES_SESSIONS = frozenset({EngagementState.ACTIVE, EngagementState.FINISHED})
"""A finished engagement still takes the record of a session held before its end."""


def check_session_move(old: SessionState, new: SessionState) -> None:
    """Refuse a change of a session record that the table does not allow."""
    if new not in SESSION_MOVES[old]:
        raise Refused(
            N_("A session record that is “%(old)s” cannot become “%(new)s”. Add a note to it instead."),
            old=Message(old.label),
            new=Message(new.label),
        )


def check_editable(state: SessionState) -> None:
    """Refuse to change a record that others have read already."""
    if state is not SessionState.DRAFT:
        raise Refused(N_("Only a draft can be changed. Correct a submitted record by adding a note to it."))


def check_has_readers(state: SessionState) -> None:
    """Refuse a note on a draft, which can simply be changed."""
    if state is SessionState.DRAFT:
        raise Refused(N_("This record is still a draft: change the draft itself."))


def check_action_move(old: ActionState, new: ActionState) -> None:
    """Refuse a change of an action that the table does not allow."""
    if new not in ACTION_MOVES[old]:
        raise Refused(
            N_("An action that is “%(old)s” cannot become “%(new)s”. Reload the page to see where it stands."),
            old=Message(old.label),
            new=Message(new.label),
        )


def check_takes_sessions(state: EngagementState) -> None:
    """Refuse sessions for an engagement that rests or has been withdrawn."""
    if state not in TAKES_SESSIONS:
        raise Refused(
            N_("An engagement that is “%(state)s” takes no sessions. Ask the programme office to resume it first."),
            state=Message(state.label),
        )


def parse_hours(text: str, *, field: str | None = None) -> Decimal:
    """Read hours as people type them, full-width digits included."""
    typed = squeeze(text)
    try:
        hours = Decimal(typed)
    except InvalidOperation:
        hours = Decimal("NaN")
    if not hours.is_finite():
        raise Refused(
            N_("“%(typed)s” is not a number of hours. Write it in figures, such as 1.5."),
            field=field,
            typed=text.strip(),
        )
    return check_hours(hours, field=field)


def check_hours(hours: Decimal, *, field: str | None = None) -> Decimal:
    """Give the hours when they can be counted: quarter hours, more than none, at most twelve."""
    if hours <= 0:
        raise Refused(N_("A session lasts more than 0 hours. Write how long it took, such as 1.5."), field=field)
    if hours > MOST_HOURS:
        raise Refused(
            N_("A session lasts at most %(most)s hours. Log a second session for another day."),
            field=field,
            most=MOST_HOURS,
        )
    if hours % QUARTER:
        raise Refused(N_("Hours are counted in quarters. Write 0.25, 0.5, 0.75 and so on, such as 1.5."), field=field)
    return hours


def parse_year_hours(text: str, *, field: str | None = None) -> Decimal:
    """Read the hours of a year as a lead types them."""
    typed = squeeze(text)
    if not typed.isascii() or not typed.isdigit() or int(typed) > MOST_YEAR_HOURS:
        raise Refused(
            N_("“%(typed)s” is not a number of hours between 0 and %(most)s."),
            field=field,
            typed=text.strip(),
            most=MOST_YEAR_HOURS,
        )
    return Decimal(typed)


def check_time(starts_at: datetime, *, anchor_on: date, now: datetime) -> None:
    """Refuse a session that has not begun, or that lies before the engagement."""
    if starts_at > now:
        raise Refused(
            N_("This session would lie in the future. Log it once it has begun, or correct day and time."), field="day"
        )
    if in_taipei(starts_at).date() < anchor_on:
        raise Refused(
            N_("This session would lie before the engagement, which began on %(anchor)s. Correct the day."),
            field="day",
            anchor=anchor_on,
        )


def check_meeting(starts_at: datetime, state: EngagementState, *, now: datetime) -> None:
    """Refuse to plan a meeting that lies in the past, too far ahead, or in an engagement that does not go on."""
    if state is not EngagementState.ACTIVE:
        raise Refused(
            N_("An engagement that is “%(state)s” has no meetings to plan. Resume it first."),
            state=Message(state.label),
        )
    if starts_at <= now:
        raise Refused(
            N_("A planned meeting lies ahead. Choose a later day or time; log what has happened as a session."),
            field="next_day",
        )
    if starts_at > now + FARTHEST_MEETING:
        raise Refused(N_("This meeting is more than a year away. Check the year."), field="next_day")


def check_holds(state: MeetingState) -> None:
    """Refuse to change a meeting that was called off."""
    if state is MeetingState.CANCELLED:
        raise Refused(N_("This meeting was called off. Plan another one."))


def check_complete(findings: str, recommendations: str) -> None:
    """Refuse to submit a record that says nothing."""
    if not findings.strip() and not recommendations.strip():
        raise Refused(
            N_("Write down what was found or recommended before you submit. You can also keep it as a draft."),
            field="findings",
        )


def check_action(text: str, due_on: date | None, *, session_day: date) -> None:
    """Refuse an action that names no day, or one that has passed before the session."""
    if due_on is None:
        raise Refused(
            N_("“%(text)s” has no due day. Write until when it is done, such as 115/12/31."),
            field="actions",
            text=text,
        )
    if due_on < session_day:
        raise Refused(N_("“%(text)s” would be due before the session. Choose a later day."), field="actions", text=text)


def usual_start(now: datetime, hours: Decimal) -> datetime:
    """Give the time at which a session of these hours that ends now began, on a quarter hour of today."""
    local = in_taipei(now)
    begun = local - timedelta(hours=float(hours))
    if begun.date() < local.date():
        begun = local.replace(hour=0, minute=0)
    return begun.replace(minute=begun.minute - begun.minute % 15, second=0, microsecond=0)


@dataclass(frozen=True)
class HoursUsed:
    """The hours that an expert has used of the year's quota."""

    used: Decimal
    quota: Decimal

    @property
    def left(self) -> Decimal:
        """Give what is left; negative when more was used."""
        return self.quota - self.used

    @property
    def is_over(self) -> bool:
        """Tell whether more was used than the year allows."""
        return self.used > self.quota

    @property
    def is_near(self) -> bool:
        """Tell whether the quota is near or passed."""
        return self.used >= self.quota * NEAR_QUOTA


Touched = Mapping[tuple[str, str], int]
"""Sessions by step and topic."""


def untouched_topics(touched: Touched, topics: list[str]) -> list[str]:
    """List the topics that no session of any step has touched."""
    seen = {topic for (_step, topic), sessions in touched.items() if sessions}
    return [topic for topic in topics if topic not in seen]

"""Who was there: check-in at the door, the code on the screen, hours that count."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from tracker.core.errors import Refused
from tracker.core.text import N_, Labelled
from tracker.events.rules.events import EventState, Span, quarter_hours
from tracker.events.rules.registrations import CODE_ALPHABET, RegistrationState

OPENS_BEFORE = timedelta(hours=3)
"""How long before its beginning people are checked in to a session."""
LATE_AFTER = timedelta(minutes=15)
LONGEST_WAIT = timedelta(days=7)
"""How long a check-in may wait on a device for the network."""
SELF_CODE_SECONDS = 30
SELF_CODE_LENGTH = 6
STEPS_TAKEN = 3
"""The code of the moment and of the two before it are taken, since people need time to type."""


class AttendanceState(Labelled):
    """Whether somebody was at a session."""

    PRESENT = "present", N_("Present"), "done"
    LATE = "late", N_("Came late"), "done"
    LEFT_EARLY = "left_early", N_("Left early"), "warning"
    EXCUSED = "excused", N_("Excused"), "neutral"
    ABSENT = "absent", N_("Absent"), "danger"


CAME = frozenset({AttendanceState.PRESENT, AttendanceState.LATE, AttendanceState.LEFT_EARLY})


class Way(Labelled):
    """How attendance was noted."""

    QR = "qr", N_("QR code")
    CODE = "code", N_("Typed code")
    SEARCH = "search", N_("Looked up by name")
    WALK_IN = "walk_in", N_("Walk-in")
    SELF = "self", N_("Code on the screen")
    OFFICE = "office", N_("Entered by the office")
    IMPORT = "import", N_("Imported")


class Outcome(Labelled):
    """What came of a check-in."""

    ARRIVED = "arrived", N_("Checked in"), "done"
    WALKED_IN = "walked_in", N_("Registered at the door and checked in"), "done"
    ALREADY = "already", N_("Was checked in before, not counted again"), "warning"
    CANCELLED = (
        "cancelled",
        N_("This ticket was cancelled. Register the person as a walk-in if there is room."),
        "danger",
    )
    NO_PLACE = (
        "no_place",
        N_("This person has no place yet. Confirm the registration first, or register a walk-in."),
        "danger",
    )
    OTHER_EVENT = "other_event", N_("This ticket is for another event. Compare the name of the event on it."), "danger"
    TOO_EARLY = "too_early", N_("The check-in has not begun. It opens three hours before a session begins."), "danger"
    OVER = "over", N_("The session is over. Enter the attendance on the event's list."), "danger"
    NOT_HELD = "not_held", N_("This event is a draft or was called off. Nobody can be checked in."), "danger"
    UNKNOWN = "unknown", N_("No ticket has this code. Look the person up by name, or register a walk-in."), "danger"
    REFUSED = "refused", N_("The walk-in could not be registered. Write name, company, and mail or phone."), "danger"

    @property
    def counts(self) -> bool:
        """Tell whether the person is now noted as present."""
        return self in {Outcome.ARRIVED, Outcome.WALKED_IN, Outcome.ALREADY}


@dataclass(frozen=True)
class Ticket:
    """What the door needs to know of a ticket."""

    is_of_event: bool
    state: RegistrationState
    was_checked_in: bool


def happened_at(received: datetime, age_seconds: float) -> datetime:
    """Give when a check-in happened: as long before it was received as the device says that it waited.

    Only the waiting time is taken from the device, never its clock, so that a clock that is off by an hour changes nothing.
    """
    age = timedelta(seconds=max(age_seconds, 0))
    return received - min(age, LONGEST_WAIT)


def session_at(spans: Sequence[Span], moment: datetime) -> int | None:
    """Give which session people are checked in to at a moment: one that runs or begins soon, the earliest first."""
    open_now = [n for n, span in enumerate(spans) if span.starts_at - OPENS_BEFORE <= moment < span.ends_at]
    return min(open_now, key=lambda n: spans[n].ends_at, default=None)


def judge_door(state: EventState, spans: Sequence[Span], moment: datetime) -> Outcome | None:
    """Say why nobody can be checked in at a moment; nothing where people can."""
    if state in {EventState.DRAFT, EventState.CANCELLED} or not spans:
        return Outcome.NOT_HELD
    if session_at(spans, moment) is not None:
        return None
    return Outcome.OVER if moment >= max(span.ends_at for span in spans) else Outcome.TOO_EARLY


def judge_ticket(ticket: Ticket | None) -> Outcome:
    """Say what comes of a ticket that is shown while the door is open."""
    if ticket is None:
        return Outcome.UNKNOWN
    if not ticket.is_of_event:
        return Outcome.OTHER_EVENT
    if ticket.was_checked_in:
        return Outcome.ALREADY
    if ticket.state is RegistrationState.CANCELLED:
        return Outcome.CANCELLED
    if ticket.state is not RegistrationState.CONFIRMED:
        return Outcome.NO_PLACE
    return Outcome.ARRIVED


def state_on_arrival(span: Span, arrived_at: datetime) -> AttendanceState:
    """Tell whether somebody came in time."""
    return AttendanceState.LATE if arrived_at > span.starts_at + LATE_AFTER else AttendanceState.PRESENT


def credited_hours(
    state: AttendanceState, span: Span, arrived_at: datetime | None = None, left_at: datetime | None = None
) -> Decimal:
    """Give the hours of a session that count: all of them, or from when somebody came until when they left."""
    if state not in CAME:
        return Decimal(0)
    if state is AttendanceState.PRESENT:
        return quarter_hours(span.length)
    begins = max(arrived_at or span.starts_at, span.starts_at) if state is AttendanceState.LATE else span.starts_at
    ends = min(left_at or span.ends_at, span.ends_at) if state is AttendanceState.LEFT_EARLY else span.ends_at
    return quarter_hours(ends - begins)


def check_correction(
    state: AttendanceState, span: Span, left_at: datetime | None, reason: str, *, now: datetime
) -> None:
    """Refuse a correction without a reason, before the session, or with a time of leaving outside of it."""
    if span.starts_at - OPENS_BEFORE > now and state in CAME:
        raise Refused(N_("The session has not begun. Who was there can be entered from three hours before it begins."))
    if not reason.strip():
        raise Refused(N_("Write why the attendance is changed; it stays on record with your name."), field="reason")
    if state is AttendanceState.LEFT_EARLY and (left_at is None or not span.starts_at < left_at < span.ends_at):
        raise Refused(N_("Write when the person left, within the times of the session."), field="left_at")


def self_code(secret: str, session_id: int, moment: datetime, *, back: int = 0) -> str:
    """Give the code that the screen shows at a moment; `back` steps before it."""
    step = int(moment.timestamp()) // SELF_CODE_SECONDS - back
    digest = hmac.new(secret.encode(), f"self-check-in:{session_id}:{step}".encode(), hashlib.sha256).digest()
    return "".join(CODE_ALPHABET[byte % len(CODE_ALPHABET)] for byte in digest[:SELF_CODE_LENGTH])


def is_self_code(typed: str, secret: str, session_id: int, moment: datetime) -> bool:
    """Tell whether a typed code is one that the screen has just shown."""
    plain = "".join(typed.upper().split()).replace("-", "")
    return any(
        hmac.compare_digest(plain.encode(), self_code(secret, session_id, moment, back=back).encode())
        for back in range(STEPS_TAKEN)
    )


def fulfils(attended: set[int], sessions: set[int]) -> bool:
    """Tell whether somebody who came to these sessions has taken part in the whole event, as a playbook's item asks."""
    return bool(sessions) and sessions <= attended

"""Who gets a place: states of registrations, capacity, the waiting list, and who is the same person."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.core.errors import Refused
from tracker.core.text import N_, Labelled
from tracker.events.rules.events import ENDED, EventState

CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters and digits that nobody mistakes for each other when they are read aloud or typed."""
CODE_LENGTH = 12
PHONE_DIGITS = 8


class RegistrationState(Labelled):
    """Where a registration stands."""

    PENDING = "pending", N_("Waits for the office"), "progress"
    CONFIRMED = "confirmed", N_("Registered"), "done"
    WAITING = "waiting", N_("On the waiting list"), "warning"
    OFFERED = "offered", N_("A place is offered"), "progress"
    DECLINED = "declined", N_("Not admitted"), "neutral"
    CANCELLED = "cancelled", N_("Cancelled"), "neutral"


class Source(Labelled):
    """How a registration came."""

    PUBLIC = "public", N_("Public page")
    OFFICE = "office", N_("Written by the office")
    WALK_IN = "walk_in", N_("At the door")
    IMPORT = "import", N_("Imported")


class MatchReason(Labelled):
    """Why a company was taken for a vendor."""

    UBN = "ubn", N_("Same UBN")
    NAME = "name", N_("Same name")
    MEMBER = "member", N_("Account of a member")
    DOMAIN = "domain", N_("Same mail domain")
    OFFICE = "office", N_("Chosen by the office")
    NONE = "none", N_("No vendor found")


HOLDING = frozenset({RegistrationState.CONFIRMED, RegistrationState.OFFERED})
"""Who takes a place."""
LIVE = HOLDING | {RegistrationState.PENDING, RegistrationState.WAITING}
MOVES: Mapping[RegistrationState, frozenset[RegistrationState]] = {
    RegistrationState.PENDING: frozenset(
        {
            RegistrationState.CONFIRMED,
            RegistrationState.WAITING,
            RegistrationState.DECLINED,
            RegistrationState.CANCELLED,
        }
    ),
    RegistrationState.CONFIRMED: frozenset({RegistrationState.CANCELLED}),
    RegistrationState.WAITING: frozenset(
        {RegistrationState.OFFERED, RegistrationState.CONFIRMED, RegistrationState.CANCELLED}
    ),
    RegistrationState.OFFERED: frozenset(
        {RegistrationState.CONFIRMED, RegistrationState.WAITING, RegistrationState.CANCELLED}
    ),
    RegistrationState.DECLINED: frozenset({RegistrationState.CONFIRMED, RegistrationState.WAITING}),
    RegistrationState.CANCELLED: LIVE,
}


@dataclass(frozen=True)
class Places:
    """How many places there are, how many are taken, and how many people wait for one."""

    capacity: int | None
    taken: int
    waiting: int = 0

    @property
    def free(self) -> int | None:
        """Give how many places are free; None where there is no limit."""
        return None if self.capacity is None else max(self.capacity - self.taken, 0)

    @property
    def has_room(self) -> bool:
        """Tell whether somebody new gets a place: one is free, and nobody waits for it."""
        return self.free is None or self.free > self.waiting


def first_state(places: Places, *, needs_approval: bool) -> RegistrationState:
    """Give the state that a new registration begins in."""
    if needs_approval:
        return RegistrationState.PENDING
    return RegistrationState.CONFIRMED if places.has_room else RegistrationState.WAITING


def check_registrable(
    state: EventState, *, closes_at: datetime | None, ends_at: datetime | None, now: datetime
) -> None:
    """Refuse a registration for an event that takes none now."""
    if state is EventState.CANCELLED:
        raise Refused(N_("This event was called off. Nobody can register any more."))
    over = ends_at is not None and ends_at <= now
    if state is not EventState.OPEN or over or (closes_at is not None and closes_at <= now):
        raise Refused(N_("Registration for this event is closed. Ask the programme office whether a place is left."))


def check_not_ended(state: EventState) -> None:
    """Refuse changes of registrations once the event was held or called off."""
    if state in ENDED:
        raise Refused(N_("This event is over. Its registrations stay as they are; attendance can still be corrected."))


def check_registration_move(old: RegistrationState, new: RegistrationState) -> None:
    """Refuse a move that the state does not allow."""
    if new not in MOVES[old]:
        raise Refused(N_("This registration has changed in the meantime. Reload the page to see how it stands now."))


def check_offer(state: RegistrationState, until: datetime | None, now: datetime) -> None:
    """Refuse to take a place that is not offered, or was offered until a moment that has passed."""
    if state is not RegistrationState.OFFERED or until is None or until <= now:
        raise Refused(
            N_(
                "This place is not held for you any more. You are on the waiting list; we write again when a place is free."
            )
        )


def offer_until(now: datetime, hours: int, starts_at: datetime | None) -> datetime:
    """Give until when an offered place is held: some hours, and not beyond the beginning."""
    ends = now + timedelta(hours=hours)
    return min(ends, starts_at) if starts_at is not None and starts_at > now else ends


# --- the same person ------------------------------------------------------------------------------------------------------


def mail_key(address: str) -> str:
    """Give a mail address as it is compared."""
    return unicodedata.normalize("NFKC", address).strip().casefold()


def name_key(name: str) -> str:
    """Give a name as it is compared: widths, case and spaces aside."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def phone_key(phone: str) -> str:
    """Give a phone number as it is compared: its last digits, the country's prefix aside; nothing where it is too short."""
    digits = "".join(c for c in unicodedata.normalize("NFKC", phone) if c.isascii() and c.isdigit())
    return digits[-PHONE_DIGITS:] if len(digits) >= PHONE_DIGITS else ""


def person_key(name: str, phone: str) -> tuple[str, str] | None:
    """Give by what one person is known under different mails: the name together with the phone.

    A name alone says nothing, since two people can share it; a phone alone neither, since an office can have one.
    """
    key = phone_key(phone)
    return (name_key(name), key) if key else None

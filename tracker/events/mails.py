"""What registered people are told by mail, in the language they registered in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tracker.core import clock
from tracker.core.content import names_of
from tracker.core.text import N_, Message
from tracker.events import invitations, links, qr
from tracker.events.models import Registration
from tracker.events.rules.registrations import RegistrationState
from tracker.notifications import letters
from tracker.notifications.letters import Attachment, Letter
from tracker.notifications.operations import queue_mail

TICKET = "ticket"


@dataclass(frozen=True)
class Words:
    """What a mail says."""

    subject: str
    lines: tuple[str, ...] = ()
    action: str = N_("Open my registration")
    page: str = ""
    with_ticket: bool = False
    with_calendar: bool = False
    params: Mapping[str, object] = field(default_factory=dict)


_CHANGE = N_(
    "Something came up? Change or cancel your registration on its page; the place goes to whoever waits for it."
)
BY_STATE: Mapping[RegistrationState, Words] = {
    RegistrationState.CONFIRMED: Words(
        N_("You are registered: %(event)s"),
        (
            N_("%(when)s, %(place)s"),
            N_("Show the code at the door: %(code)s. The calendar file is attached."),
            _CHANGE,
        ),
        N_("Open my ticket"),
        with_ticket=True,
        with_calendar=True,
    ),
    RegistrationState.WAITING: Words(
        N_("You are on the waiting list: %(event)s"),
        (
            N_("Every place is taken. When one becomes free, we write to you, and it is held for %(hours)s hours."),
            _CHANGE,
        ),
    ),
    RegistrationState.PENDING: Words(
        N_("Your registration waits for the office: %(event)s"),
        (N_("The programme office looks at your registration and writes to you."),),
    ),
    RegistrationState.OFFERED: Words(
        N_("A place is free for you: %(event)s"),
        (N_("%(when)s, %(place)s"), N_("Take it until %(until)s. After that it goes to the next on the waiting list.")),
        N_("Take the place"),
    ),
    RegistrationState.DECLINED: Words(
        N_("No place for you this time: %(event)s"),
        (N_("The programme office could not admit your registration. Ask the office if you have questions."),),
        N_("Read about the event"),
    ),
    RegistrationState.CANCELLED: Words(
        N_("Your registration is cancelled: %(event)s"),
        (N_("Your ticket is no longer valid. Calendars that took the invitation remove it by the attached file."),),
        with_calendar=True,
    ),
}
LAPSED = Words(
    N_("The place was given to the next: %(event)s"),
    (N_("It was held until the time in our last mail. You are at the end of the waiting list now."),),
)
CHANGED = Words(
    N_("The event has changed: %(event)s"),
    (N_("Now: %(when)s, %(place)s"), N_("The attached calendar file brings your calendar up to date."), _CHANGE),
    with_calendar=True,
)
CALLED_OFF = Words(
    N_("The event was called off: %(event)s"),
    (N_("We are sorry. The attached file takes it out of your calendar."),),
    with_calendar=True,
)
TOMORROW = Words(
    N_("Tomorrow: %(event)s"),
    (N_("%(when)s, %(place)s"), N_("Show the code at the door: %(code)s."), _CHANGE),
    N_("Open my ticket"),
    with_ticket=True,
)
SURVEY = Words(
    N_("How was it? %(event)s"),
    (N_("Thank you for coming. Three minutes of answers help the next event; results are shown without names."),),
    N_("Answer the questions"),
    page="/survey",
)


def tell_state(registration: Registration, *, once_key: str | None = None) -> None:
    """Write to a person how their registration stands."""
    tell(registration, BY_STATE[registration.state], once_key=once_key)


def tell(registration: Registration, words: Words, *, once_key: str | None = None) -> None:
    """Write a mail; who registered at the door without a mail address gets none."""
    if not registration.email:
        return
    params = _params(registration)
    letter = Letter(
        Message(words.subject, params),
        lines=[Message(line, params) for line in words.lines],
        action=(Message(words.action), links.ticket_path(registration, words.page)),
        picture=(TICKET, Message(N_("QR code of your ticket"))) if words.with_ticket else None,
    )
    files = [_ticket(registration)] if words.with_ticket else []
    if words.with_calendar:
        files += invitations.attachments(registration)
    queue_mail(
        registration.email,
        letter,
        language=registration.language,
        user_id=registration.user_id,
        once_key=once_key,
        attachments=files,
    )


def _ticket(registration: Registration) -> Attachment:
    address = letters.address(links.door_path(registration.door_code))
    return Attachment("ticket.png", "image/png", qr.as_png(address), TICKET)


def _params(registration: Registration) -> dict[str, object]:
    event = registration.event
    first = event.live_sessions[0].starts_at if event.live_sessions else event.begins_at
    return {
        "event": names_of(event),
        "when": first or clock.now(),
        "place": event.place or event.online_url or Message(N_("the place is told later")),
        "code": registration.door_code,
        "hours": event.offer_hours,
        "until": registration.offer_until or clock.now(),
    }

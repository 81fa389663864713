"""Reads of registrations."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from tracker.accounts.access import Actor
from tracker.accounts.models import User
from tracker.core import clock, keyset
from tracker.core.counts import capped_count
from tracker.core.db import read, session
from tracker.core.errors import Gone, NotFound
from tracker.core.keyset import Page, Sort
from tracker.core.text import N_
from tracker.events import permissions
from tracker.events.models import Attendance, Attendee, Event, Registration, SurveyResponse
from tracker.events.rules.events import Audience
from tracker.events.rules.registrations import HOLDING, RegistrationState
from tracker.journey.models import Engagement
from tracker.journey.rules import EngagementState
from tracker.vendors.models import Organisation

OLDEST = Sort((Registration.id,))
MOST_FOUND = 20
MOST_ON_DEVICE = 2000
FILE_PORTION = 500


@dataclass(frozen=True)
class PeopleFilter:
    """What narrows the list of people of an event."""

    words: str = ""
    state: RegistrationState | None = None
    unmatched: bool = False

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "PeopleFilter":
        """Read the filter."""
        state = RegistrationState.named(values.get("state"))
        words = " ".join(values.get("q", "").replace("\0", "").split())[:100]
        return cls(words, state, values.get("vendor") == "none")

    @property
    def is_active(self) -> bool:
        """Tell whether anything is narrowed."""
        return self != PeopleFilter()


def _like(words: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for word in words.split():
        pattern = f"%{word.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
        columns = (Registration.name, Registration.company, Registration.email, Registration.phone)
        found.append(or_(*(column.ilike(pattern, escape="!") for column in columns)))
    return found


def _people(event_id: int, wanted: PeopleFilter) -> Select[Registration]:
    statement = select(Registration).where(Registration.event_id == event_id, *_like(wanted.words))
    if wanted.state is not None:
        statement = statement.where(Registration.state == wanted.state)
    return statement.where(Registration.organisation_id.is_(None)) if wanted.unmatched else statement


def page(
    event: Event,
    wanted: PeopleFilter,
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = keyset.PAGE_SIZE,
) -> Page:
    """Give a page of an event's registrations, the first first."""
    statement = _people(event.id, wanted).options(joinedload(Registration.organisation))
    found = keyset.read_page(statement, OLDEST, after=after, before=before, size=size)
    return Page([row[0] for row in found.rows], found.before, found.after)


def count(event: Event, wanted: PeopleFilter) -> int:
    """Count the list, up to a thousand."""
    return capped_count(_people(event.id, wanted).with_only_columns(Registration.id))


def whole_list(event_id: int) -> Iterator[Registration]:
    """Give every registration of an event for a file, some at a time."""
    last = 0
    while True:
        statement = (
            _people(event_id, PeopleFilter())
            .where(Registration.id > last)
            .options(joinedload(Registration.organisation))
        )
        rows = session().scalars(statement.order_by(Registration.id).limit(FILE_PORTION)).all()
        yield from rows
        if len(rows) < FILE_PORTION:
            return
        last = rows[-1].id


def counts_of(event_id: int) -> dict[RegistrationState, int]:
    """Count the registrations of an event by their state."""
    wanted = select(Registration.state, func.count()).where(Registration.event_id == event_id)
    return {row[0]: row[1] for row in read(wanted.group_by(Registration.state))}


def get_registration(registration_id: int, *, actor: Actor) -> Registration:
    """Give a registration of an event whose people the actor may read."""
    wanted = (
        select(Registration)
        .join(Registration.event)
        .where(Registration.id == registration_id, permissions.visible_registrations(actor))
    )
    return _one(wanted)


def get_by_link(registration_id: int, key: str) -> Registration:
    """Give the registration of a link; one that was withdrawn is gone."""
    found = _one(select(Registration).where(Registration.id == registration_id))
    if found.link_key != key:
        raise Gone(N_("This link was withdrawn. Ask the programme office to send your ticket again."))
    return found


def get_by_code(code: str, *, actor: Actor) -> Registration:
    """Give the registration whose code is in a QR code, to whoever may read its event's people."""
    wanted = (
        select(Registration)
        .join(Registration.event)
        .where(Registration.door_code == code.upper(), permissions.visible_registrations(actor))
    )
    return _one(wanted)


def _one(wanted: Select[Registration]) -> Registration:
    whole = (
        joinedload(Registration.event).options(
            joinedload(Event.programme),
            selectinload(Event.sessions),
            selectinload(Event.questions),
            selectinload(Event.consents),
        ),
        joinedload(Registration.attendee).selectinload(Attendee.mails),
        joinedload(Registration.organisation),
        joinedload(Registration.consent),
    )
    found = session().scalars(wanted.options(*whole).execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound
    return found


def find_by_code_in(event: Event, code: str) -> Registration | None:
    """Find a registration of an event by the code of its ticket."""
    wanted = select(Registration).where(
        Registration.event_id == event.id, Registration.door_code == code.strip().upper()
    )
    return session().scalars(wanted).one_or_none()


def search_at_door(event: Event, words: str) -> Sequence[Registration]:
    """Find people of an event by name, company, mail or phone, those with a place first."""
    if not words.strip():
        return []
    wanted = select(Registration).where(Registration.event_id == event.id, *_like(words))
    ordered = wanted.order_by(Registration.state != RegistrationState.CONFIRMED, Registration.name, Registration.id)
    return session().scalars(ordered.limit(MOST_FOUND)).all()


@dataclass(frozen=True)
class Guest:
    """Somebody with a place, as a device knows them while it has no network."""

    id: int
    code: str
    name: str
    company: str


def guests_of(event_id: int) -> list[Guest]:
    """List everybody with a place, for the devices at the door."""
    wanted = select(Registration.id, Registration.door_code, Registration.name, Registration.company).where(
        Registration.event_id == event_id, Registration.state == RegistrationState.CONFIRMED
    )
    return [Guest(*row) for row in read(wanted.order_by(Registration.id).limit(MOST_ON_DEVICE))]


def registrations_to_tell(event: Event) -> Sequence[Registration]:
    """List who is told of changes of an event: everybody who holds a place."""
    wanted = select(Registration).where(Registration.event_id == event.id, Registration.state.in_(HOLDING))
    return session().scalars(wanted.order_by(Registration.id)).all()


def own_registrations(actor: Actor, limit: int) -> Sequence[Registration]:
    """List the registrations of a person's account for events ahead."""
    wanted = (
        select(Registration)
        .join(Registration.event)
        .where(Registration.user_id == actor.user_id, Event.begins_at > clock.now())
        .options(joinedload(Registration.event))
        .order_by(Event.begins_at, Registration.id)
    )
    return session().scalars(wanted.limit(limit)).all() if actor.user_id is not None else []


def find_response(registration_id: int) -> SurveyResponse | None:
    """Find what a participant answered."""
    wanted = select(SurveyResponse).where(SurveyResponse.registration_id == registration_id)
    return session().scalars(wanted).one_or_none()


def responses_of(event_id: int) -> Sequence[SurveyResponse]:
    """List what participants answered, in an order that does not say whose it is."""
    wanted = select(SurveyResponse).where(SurveyResponse.event_id == event_id)
    return session().scalars(wanted.order_by(SurveyResponse.id)).all()


def find_account(email: str) -> int | None:
    """Find the account of a mail address."""
    wanted = select(User.id).where(func.lower(User.email) == email.strip().lower(), User.active)
    return session().scalar(wanted.limit(1)) if email.strip() else None


def has_attendance(session_id: int) -> bool:
    """Tell whether anything is noted for a session."""
    return session().scalar(select(Attendance.id).where(Attendance.session_id == session_id).limit(1)) is not None


def fits_audience(event: Event, registration: Registration) -> bool:
    """Tell whether a registration comes from those whom the event is for."""
    if event.audience is Audience.PUBLIC and not event.vendor_kinds:
        return True
    if registration.organisation_id is None:
        return False
    vendor = session().get(Organisation, registration.organisation_id)
    if vendor is None or (event.vendor_kinds and vendor.kind not in event.vendor_kinds):
        return False
    return event.audience is Audience.PUBLIC or bool(engagements_of_vendor(vendor.id, event.programme_id))


def engagements_of_vendor(organisation_id: int, programme_id: int) -> Sequence[Engagement]:
    """List a vendor's engagements of a programme year that go on."""
    wanted = select(Engagement).where(
        Engagement.organisation_id == organisation_id,
        Engagement.programme_id == programme_id,
        Engagement.state == EngagementState.ACTIVE,
    )
    return session().scalars(wanted.order_by(Engagement.id)).all()


def find_vendor_by_ubn(ubn: str) -> int | None:
    """Find the vendor of a UBN."""
    return session().scalar(select(Organisation.id).where(Organisation.ubn == ubn))


def events_with_lapsed_offers() -> Sequence[int]:
    """Give the events in which a held place was not taken in time, or one is free for whoever waits."""
    now = clock.now()
    lapsed = select(Registration.event_id).where(
        Registration.state == RegistrationState.OFFERED, Registration.offer_until <= now
    )
    waiting = (
        select(Registration.event_id)
        .join(Event, Event.id == Registration.event_id)
        .where(Registration.state == RegistrationState.WAITING, Event.begins_at > now)
        .where(or_(Event.capacity.is_(None), Event.taken < Event.capacity))
    )
    return sorted(set(session().scalars(lapsed.union(waiting)).all()))

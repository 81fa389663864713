"""Who gets a place: capacity, the waiting list with its offers, the office's decisions, each person once."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.factories import events, vendors
from tests.factories.events import BEFORE, BEGINS, event, person, registration
from tests.factories.journey import engagement
from tracker.accounts.access import ANONYMOUS, SYSTEM
from tracker.core import clock
from tracker.core.db import session
from tracker.core.errors import Refused
from tracker.events import operations
from tracker.events.jobs import find_offers, lapse
from tracker.events.models import Attendee, Event, Registration
from tracker.events.operations import QuestionDetails
from tracker.events.rules.events import Audience, EventState
from tracker.events.rules.registrations import MatchReason, RegistrationState, Source
from tracker.events.rules.surveys import Purpose, QuestionKind
from tracker.notifications.models import OutboxMail
from tracker.vendors.rules import VendorKind

pytestmark = pytest.mark.usefixtures("db_session")


def subjects(to: Registration) -> list[str]:
    mails = select(OutboxMail.subject).where(OutboxMail.recipient == to.email).order_by(OutboxMail.id)
    return list(session().scalars(mails))


def states(of: Event) -> list[str]:
    rows = select(Registration.state).where(Registration.event_id == of.id).order_by(Registration.id)
    return [str(state) for state in session().scalars(rows)]


def test_whoever_registers_gets_a_place_a_ticket_and_a_calendar_file_by_mail() -> None:
    made = registration(event(), "王小明")

    mail = session().scalars(select(OutboxMail)).one()
    assert made.state is RegistrationState.CONFIRMED
    assert mail.subject == "您已報名：示範雲端架構工作坊"
    assert [(one.name, one.content_id) for one in mail.attachments] == [("ticket.png", "ticket"), ("event.ics", None)]
    assert made.door_code in mail.text
    assert "/tickets/" in mail.text
    assert made.consent is not None
    assert (made.consent.number, made.consented_at) == (1, BEFORE)


def test_when_every_place_is_taken_people_wait_in_their_order() -> None:
    full = event(capacity=2)

    for _number in range(4):
        registration(full)

    assert states(full) == ["confirmed", "confirmed", "waiting", "waiting"]
    assert full.shown_state is EventState.FULL
    assert full.taken == 2


def test_a_place_that_is_given_back_is_offered_to_whoever_waits_longest() -> None:
    full = event(capacity=1)
    first, second, third = (registration(full) for _number in range(3))

    with clock.at(BEFORE):
        operations.cancel_registration(first, actor=ANONYMOUS)

    assert states(full) == ["cancelled", "offered", "waiting"]
    assert second.offer_until == BEFORE + timedelta(hours=24)
    assert subjects(second)[-1] == "有名額了：示範雲端架構工作坊"
    with clock.at(BEFORE + timedelta(hours=23)):
        operations.accept_offer(second, actor=ANONYMOUS)
    assert states(full) == ["cancelled", "confirmed", "waiting"]
    assert third.state is RegistrationState.WAITING


def test_a_place_that_nobody_takes_in_time_goes_to_the_next_by_the_schedule() -> None:
    full = event(capacity=1)
    first, second, third = (registration(full) for _number in range(3))
    with clock.at(BEFORE):
        operations.cancel_registration(first, actor=ANONYMOUS)

    with clock.at(BEFORE + timedelta(hours=25)):
        find_offers({"moment": "one"})
        lapse({"event_id": full.id})
        with pytest.raises(Refused, match="not held for you"):
            operations.accept_offer(second, actor=ANONYMOUS)

    assert (second.state, third.state) == (RegistrationState.WAITING, RegistrationState.OFFERED)
    assert second.waiting_since == BEFORE + timedelta(hours=25)


def test_an_offer_never_outlives_the_beginning_of_the_event() -> None:
    full = event(capacity=1, offer_hours=72)
    first, second = registration(full), registration(full)

    with clock.at(BEGINS - timedelta(hours=5)):
        operations.cancel_registration(first, actor=ANONYMOUS)

    assert second.offer_until == BEGINS


def test_more_places_are_offered_at_once() -> None:
    full = event(capacity=1)
    for _number in range(3):
        registration(full)

    with clock.at(BEFORE):
        operations.change_event(
            full, events.details(capacity=3, version=full.version, sessions=_kept(full)), actor=SYSTEM
        )

    assert states(full) == ["confirmed", "offered", "offered"]


def _kept(of: Event) -> tuple[operations.SessionDetails, ...]:
    return tuple(operations.SessionDetails(one.span, one.title, one.id) for one in of.live_sessions)


def test_fewer_places_than_are_taken_are_refused() -> None:
    small = event(capacity=3)
    for _number in range(3):
        registration(small)

    with clock.at(BEFORE), pytest.raises(Refused, match="3 places are taken"):
        operations.change_event(small, events.details(capacity=2, version=small.version), actor=SYSTEM)


def test_somebody_who_cancelled_registers_again_on_the_same_ticket_at_the_end_of_the_list() -> None:
    full = event(capacity=1)
    first = registration(full, email="once@guests.example")
    registration(full)
    with clock.at(BEFORE):
        operations.cancel_registration(first, actor=ANONYMOUS)

    again = registration(full, email="ONCE@guests.example")

    assert again.id == first.id
    assert again.state is RegistrationState.WAITING


# --- each person once -----------------------------------------------------------------------------------------------------


def test_the_same_mail_registers_once_and_is_sent_its_ticket_again() -> None:
    one = event()
    made = registration(one, email="same@guests.example")

    with clock.at(BEFORE):
        answer = operations.register(one, person(one, email="Same@Guests.example"), actor=ANONYMOUS)
        operations.register(one, person(one, email="same@guests.example"), actor=ANONYMOUS)

    assert (answer.is_new, answer.registration.id) == (False, made.id)
    assert states(one) == ["confirmed"]
    assert len(subjects(made)) == 2, "the ticket is sent again once a day at most"


def test_two_people_with_one_name_both_register() -> None:
    one = event()

    registration(one, "陳怡君", phone="0912-345-678")
    registration(one, "陳怡君", phone="0987-654-321")

    assert states(one) == ["confirmed", "confirmed"]


def test_one_person_with_two_mails_registers_once() -> None:
    one = event()
    registration(one, "林大同", email="work@guests.example", phone="02-2345-6789")

    twice = person(one, "林　大同", email="home@guests.example", phone="+886 2 2345 6789")
    with clock.at(BEFORE), pytest.raises(Refused, match="registered already"):
        operations.register(one, twice, actor=ANONYMOUS)

    assert states(one) == ["confirmed"]


def test_the_office_says_that_two_registrations_are_one_person_and_the_place_goes_on() -> None:
    full = event(capacity=2)
    kept, double, waits = registration(full, "李四"), registration(full, "李四"), registration(full)

    with clock.at(BEFORE):
        operations.merge_people(kept, double, actor=SYSTEM)

    assert (kept.state, double.state, waits.state) == ("confirmed", "cancelled", "offered")
    other = event()
    by_second_mail = registration(other, email=double.email)
    assert by_second_mail.attendee_id == kept.attendee_id


# --- companies, audience, consent, questions --------------------------------------------------------------------------------


def test_a_company_is_matched_by_ubn_and_else_by_its_whole_name() -> None:
    vendor = vendors.vendor("示範星雲股份有限公司")
    one = event()

    by_ubn = registration(one, company="隨便寫的名字", ubn=vendor.ubn)
    by_name = registration(one, company="示範星雲股份有限公司")
    other = registration(one, company="沒有人認識的公司")

    assert (by_ubn.organisation_id, by_ubn.match_reason) == (vendor.id, MatchReason.UBN)
    assert (by_name.organisation_id, by_name.match_reason) == (vendor.id, MatchReason.NAME)
    assert (other.organisation_id, other.match_reason) == (None, MatchReason.NONE)


def test_a_name_that_two_vendors_have_matches_neither() -> None:
    for _number in range(2):
        vendors.vendor("示範同名股份有限公司")

    made = registration(event(), company="示範同名股份有限公司")

    assert made.organisation_id is None


def test_whoever_an_event_is_not_for_waits_for_the_office() -> None:
    case = engagement()
    only = event(audience=Audience.PROGRAMME)

    ours = registration(only, ubn=case.organisation.ubn)
    stranger = registration(only)
    hardware = event(vendor_kinds=(VendorKind.HARDWARE,))
    other_kind = registration(hardware, ubn=case.organisation.ubn)

    assert (ours.state, stranger.state, other_kind.state) == ("confirmed", "pending", "pending")
    with clock.at(BEFORE):
        operations.admit(stranger, actor=SYSTEM)
        operations.decline(other_kind, actor=SYSTEM)
    assert (stranger.state, other_kind.state) == ("confirmed", "declined")


def test_with_every_place_taken_whoever_is_admitted_waits() -> None:
    full = event(capacity=1, needs_approval=True)
    first, second = registration(full), registration(full)

    with clock.at(BEFORE):
        operations.admit(first, actor=SYSTEM)
        operations.admit(second, actor=SYSTEM)
        with pytest.raises(Refused, match="Every place is taken"):
            operations.admit(second, actor=SYSTEM)

    assert states(full) == ["confirmed", "waiting"]


def test_without_consent_to_the_text_as_it_stands_nobody_is_registered() -> None:
    one = event()
    old = person(one)
    with clock.at(BEFORE):
        changed = events.details(consent_zh="新版個資告知事項", version=one.version, sessions=_kept(one))
        operations.change_event(one, changed, actor=SYSTEM)
        session().refresh(one)

        with pytest.raises(Refused, match="personal data"):
            operations.register(one, old, actor=ANONYMOUS)

    assert [consent.number for consent in one.consents] == [1, 2]
    made = registration(one)
    assert made.consent is not None
    assert made.consent.number == 2


def test_the_events_own_questions_are_kept_with_the_registration() -> None:
    one = event()
    details = QuestionDetails(Purpose.REGISTRATION, QuestionKind.CHOICE, "飲食", options=("葷", "素"), required=True)
    question = operations.add_question(one, details, actor=SYSTEM)

    with clock.at(BEFORE), pytest.raises(Refused, match="answer this question"):
        operations.register(one, person(one), actor=ANONYMOUS)
    with clock.at(BEFORE), pytest.raises(Refused, match="answers that are shown"):
        operations.register(one, person(one, answers={question.id: "都可以"}), actor=ANONYMOUS)
    made = registration(one, answers={question.id: "素"})

    assert made.answers == {str(question.id): "素"}


@pytest.mark.parametrize("state", [EventState.DRAFT, EventState.CLOSED, EventState.CANCELLED])
def test_an_event_that_is_not_open_takes_nobody(state: EventState) -> None:
    one = event(state=state)

    with clock.at(BEFORE), pytest.raises(Refused):
        operations.register(one, person(one), actor=ANONYMOUS)


def test_the_office_registers_somebody_after_registration_was_closed() -> None:
    one = event(state=EventState.CLOSED)

    with clock.at(BEFORE):
        made = operations.register(one, person(one), actor=SYSTEM, source=Source.OFFICE).registration

    assert (made.state, made.source, made.consent_id) == ("confirmed", "office", None)


def test_a_registration_is_changed_by_its_link_but_not_its_mail() -> None:
    vendor = vendors.vendor()
    made = registration(event())
    mail = made.email

    with clock.at(BEFORE):
        changed = person(made.event, "改名", email="other@guests.example", ubn=vendor.ubn, version=made.version)
        operations.change_registration(made, changed, actor=ANONYMOUS)

    assert (made.name, made.email, made.organisation_id) == ("改名", mail, vendor.id)


def test_everybody_is_noted_as_one_person_across_events() -> None:
    for _number in range(3):
        registration(event(), "張三", email="zhang@guests.example")

    assert session().scalar(select(func.count()).select_from(Attendee)) == 1

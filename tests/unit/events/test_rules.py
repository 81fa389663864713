"""Decisions of events without an app or a database: times, places, the door, hours, the same person, answers."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.errors import Refused
from tracker.events.rules import attendance, events, registrations, surveys
from tracker.events.rules.attendance import CAME, AttendanceState, Outcome, Ticket
from tracker.events.rules.events import EventState, Span
from tracker.events.rules.registrations import HOLDING, LIVE, MOVES, Places, RegistrationState
from tracker.events.rules.surveys import Asked, QuestionKind

BEGINS = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
SPAN = Span(BEGINS, BEGINS + timedelta(hours=3))
minutes = st.integers(-10_000, 10_000).map(lambda number: timedelta(minutes=number))


# --- events ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("capacity", "taken", "shown"), [(None, 500, "open"), (10, 9, "open"), (10, 10, "full"), (10, 12, "full")]
)
def test_an_open_event_with_every_place_taken_is_full(capacity: int | None, taken: int, shown: str) -> None:
    assert events.shown_state(EventState.OPEN, capacity, taken) == shown
    assert events.shown_state(EventState.CLOSED, capacity, taken) == "closed"


@pytest.mark.parametrize(
    ("old", "new", "now"),
    [
        (EventState.HELD, EventState.OPEN, BEGINS - timedelta(days=1)),
        (EventState.CANCELLED, EventState.OPEN, BEGINS - timedelta(days=1)),
        (EventState.DRAFT, EventState.OPEN, BEGINS + timedelta(days=1)),
        (EventState.OPEN, EventState.HELD, BEGINS - timedelta(days=1)),
        (EventState.OPEN, EventState.FULL, BEGINS - timedelta(days=1)),
    ],
)
def test_moves_that_make_no_sense_are_refused(old: EventState, new: EventState, now: datetime) -> None:
    with pytest.raises(Refused):
        events.check_move(old, new, first=BEGINS, now=now)


@pytest.mark.parametrize(
    "spans",
    [
        [],
        [Span(BEGINS, BEGINS)],
        [Span(BEGINS, BEGINS + timedelta(hours=17))],
        [SPAN, Span(BEGINS + timedelta(hours=2), BEGINS + timedelta(hours=5))],
    ],
)
def test_impossible_sessions_are_refused(spans: list[Span]) -> None:
    with pytest.raises(Refused):
        events.check_sessions(spans)


def test_sessions_that_follow_each_other_are_taken_in_any_order() -> None:
    events.check_sessions([Span(SPAN.ends_at, SPAN.ends_at + timedelta(hours=1)), SPAN])


# --- places ---------------------------------------------------------------------------------------------------------------


@given(st.none() | st.integers(1, 50), st.lists(st.booleans(), max_size=120))
def test_however_people_come_and_go_no_more_have_a_place_than_there_are(
    capacity: int | None, steps: list[bool]
) -> None:
    holding = waiting = 0
    for comes in steps:
        if comes:
            state = registrations.first_state(Places(capacity, holding, waiting), needs_approval=False)
            holding, waiting = holding + (state in HOLDING), waiting + (state is RegistrationState.WAITING)
        elif holding:
            holding -= 1
            moved = waiting if capacity is None else min(waiting, capacity - holding)
            holding, waiting = holding + moved, waiting - moved
        assert capacity is None or holding <= capacity
        assert waiting == 0 or holding == capacity


def test_nobody_new_overtakes_whoever_waits() -> None:
    assert registrations.first_state(Places(10, 9, 1), needs_approval=False) is RegistrationState.WAITING


@given(st.lists(st.sampled_from(RegistrationState), max_size=30))
def test_from_every_state_a_registration_can_be_live_again_or_be_decided(wanted: list[RegistrationState]) -> None:
    state = RegistrationState.PENDING
    for new in wanted:
        if new in MOVES[state]:
            registrations.check_registration_move(state, new)
            state = new
        else:
            with pytest.raises(Refused):
                registrations.check_registration_move(state, new)
    assert MOVES[state] & LIVE or state is RegistrationState.CONFIRMED


# --- the same person ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "phone", "other", "other_phone", "same"),
    [
        ("林大同", "02-2345-6789", "林 大同", "+886 2 2345 6789", True),
        ("ＬＩＮ", "０９１２３４５６７８", "lin", "0912-345-678", True),
        ("陳怡君", "0912-345-678", "陳怡君", "0987-654-321", False),
        ("陳怡君", "", "陳怡君", "", False),
        ("甲", "02-2345-6789", "乙", "02-2345-6789", False),
        ("甲", "119", "甲", "119", False),
    ],
)
def test_only_the_same_name_with_the_same_phone_is_the_same_person(
    name: str, phone: str, other: str, other_phone: str, same: bool
) -> None:
    first, second = registrations.person_key(name, phone), registrations.person_key(other, other_phone)

    assert (first is not None and first == second) is same


# --- the door -------------------------------------------------------------------------------------------------------------


@given(st.floats(-1e9, 1e9, allow_nan=False))
def test_whatever_a_device_says_a_check_in_lies_in_the_days_before_it_was_received(age: float) -> None:
    moment = attendance.happened_at(BEGINS, age)

    assert BEGINS - attendance.LONGEST_WAIT <= moment <= BEGINS


@given(minutes)
def test_the_door_is_open_from_three_hours_before_a_session_until_its_end(offset: timedelta) -> None:
    moment = BEGINS + offset
    opens = SPAN.starts_at - attendance.OPENS_BEFORE

    found = attendance.judge_door(EventState.OPEN, [SPAN], moment)

    assert (found is None) == (opens <= moment < SPAN.ends_at)
    assert found in {None, Outcome.TOO_EARLY, Outcome.OVER}


def test_between_two_sessions_people_are_checked_in_to_the_one_that_still_runs_first() -> None:
    following = Span(SPAN.ends_at + timedelta(hours=1), SPAN.ends_at + timedelta(hours=3))

    assert attendance.session_at([following, SPAN], SPAN.ends_at - timedelta(minutes=1)) == 1
    assert attendance.session_at([following, SPAN], SPAN.ends_at) == 0


@pytest.mark.parametrize(
    ("ticket", "outcome"),
    [
        (None, Outcome.UNKNOWN),
        (Ticket(False, RegistrationState.CONFIRMED, False), Outcome.OTHER_EVENT),
        (Ticket(True, RegistrationState.CONFIRMED, True), Outcome.ALREADY),
        (Ticket(True, RegistrationState.CANCELLED, False), Outcome.CANCELLED),
        (Ticket(True, RegistrationState.WAITING, False), Outcome.NO_PLACE),
        (Ticket(True, RegistrationState.OFFERED, False), Outcome.NO_PLACE),
        (Ticket(True, RegistrationState.CONFIRMED, False), Outcome.ARRIVED),
    ],
)
def test_each_ticket_gets_its_answer(ticket: Ticket | None, outcome: Outcome) -> None:
    assert attendance.judge_ticket(ticket) is outcome


@given(st.sampled_from(AttendanceState), minutes, minutes)
def test_credited_hours_are_whole_quarters_and_never_more_than_the_session(
    state: AttendanceState, came: timedelta, left: timedelta
) -> None:
    hours = attendance.credited_hours(state, SPAN, BEGINS + came, BEGINS + left)

    assert 0 <= hours <= 3
    assert hours * 4 == int(hours * 4)
    assert state in CAME or hours == 0


def test_the_code_on_the_screen_changes_and_holds_for_a_minute_or_so() -> None:
    codes = {attendance.self_code("secret", 1, BEGINS + timedelta(seconds=30 * step)) for step in range(50)}
    code = attendance.self_code("secret", 1, BEGINS)

    assert len(codes) == 50
    assert attendance.is_self_code(f" {code.lower()} ", "secret", 1, BEGINS + timedelta(seconds=60))
    assert not attendance.is_self_code(code, "secret", 1, BEGINS + timedelta(seconds=91))
    assert not attendance.is_self_code(code, "secret", 2, BEGINS)
    assert not attendance.is_self_code("", "secret", 1, BEGINS)
    assert not attendance.is_self_code("代碼", "secret", 1, BEGINS)


# --- questions ------------------------------------------------------------------------------------------------------------


def test_ratings_are_averaged_to_one_place_and_counted() -> None:
    asked = Asked(1, QuestionKind.RATING, (), required=True)

    result = surveys.result_of(asked, ["5", "4", "4"])

    assert (result.answered, result.average) == (3, Decimal("4.3"))
    assert dict(result.counts) == {"1": 0, "2": 0, "3": 0, "4": 2, "5": 1}


@pytest.mark.parametrize("options", [[], ["只有一個"], ["重複", "重複"]])
def test_a_choice_needs_two_different_options(options: list[str]) -> None:
    with pytest.raises(Refused):
        surveys.check_question(QuestionKind.CHOICE, options)


@pytest.mark.parametrize("answer", ["0", "6", "五", "1.5"])
def test_a_rating_outside_of_one_to_five_is_refused(answer: str) -> None:
    with pytest.raises(Refused):
        surveys.check_answers([Asked(1, QuestionKind.RATING, (), required=False)], {1: answer})


def test_answers_to_questions_that_are_not_asked_are_left_out() -> None:
    assert surveys.check_answers([Asked(1, QuestionKind.TEXT, (), required=False)], {1: "好", 2: "多餘"}) == {"1": "好"}

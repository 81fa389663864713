"""Rules of coaching: states, hours, times, actions."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product

import pytest

from tracker.coaching import rules
from tracker.coaching.listing import month_after, month_before, read_month
from tracker.coaching.people import Person, read_key
from tracker.coaching.rules import ACTION_MOVES, SESSION_MOVES, ActionState, HoursUsed, SessionState
from tracker.core.clock import TAIPEI, in_taipei
from tracker.core.errors import Refused
from tracker.journey.rules import EngagementState, Party
from tracker.web.month import Entry, agenda_of, weeks_of

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
ANCHOR = date(2026, 3, 2)

ALLOWED = {
    (SessionState.DRAFT, SessionState.SUBMITTED),
    (SessionState.SUBMITTED, SessionState.ACKNOWLEDGED),
    (SessionState.SUBMITTED, SessionState.DRAFT),
    (SessionState.ACKNOWLEDGED, SessionState.CLOSED),
}


@pytest.mark.parametrize(("old", "new"), list(product(SessionState, SessionState)))
def test_a_record_moves_only_along_the_table(old: SessionState, new: SessionState) -> None:
    if (old, new) in ALLOWED:
        rules.check_session_move(old, new)
    else:
        with pytest.raises(Refused):
            rules.check_session_move(old, new)


def test_every_state_has_its_moves_in_the_tables() -> None:
    assert set(SESSION_MOVES) == set(SessionState)
    assert set(ACTION_MOVES) == set(ActionState)
    assert SESSION_MOVES[SessionState.CLOSED] == frozenset()


@pytest.mark.parametrize(("old", "new"), list(product(ActionState, ActionState)))
def test_an_action_is_finished_or_dropped_and_can_be_opened_again(old: ActionState, new: ActionState) -> None:
    if (old is ActionState.OPEN) != (new is ActionState.OPEN):
        rules.check_action_move(old, new)
    else:
        with pytest.raises(Refused):
            rules.check_action_move(old, new)


@pytest.mark.parametrize("state", [state for state in SessionState if state is not SessionState.DRAFT])
def test_only_a_draft_is_changed(state: SessionState) -> None:
    rules.check_editable(SessionState.DRAFT)
    with pytest.raises(Refused):
        rules.check_editable(state)


def test_a_draft_takes_no_note() -> None:
    rules.check_has_readers(SessionState.CLOSED)
    with pytest.raises(Refused):
        rules.check_has_readers(SessionState.DRAFT)


@pytest.mark.parametrize("state", [EngagementState.ON_HOLD, EngagementState.WITHDRAWN])
def test_a_resting_engagement_takes_no_sessions(state: EngagementState) -> None:
    rules.check_takes_sessions(EngagementState.ACTIVE)
    with pytest.raises(Refused):
        rules.check_takes_sessions(state)


@pytest.mark.parametrize(
    ("typed", "hours"),
    [("1.5", "1.5"), ("0.25", "0.25"), ("12", "12"), (" 2 ", "2"), ("１．５", "1.5"), ("3.00", "3"), (".5", "0.5")],
)
def test_hours_are_read_as_people_type_them(typed: str, hours: str) -> None:
    assert rules.parse_hours(typed) == Decimal(hours)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("-1", "more than 0"),
        ("－2", "more than 0"),
        ("0", "more than 0"),
        ("12.25", "at most"),
        ("1e9", "at most"),
        ("1.1", "quarters"),
        ("0.001", "quarters"),
        ("兩小時", "not a number"),
        ("1,5", "not a number"),
        ("NaN", "not a number"),
        ("Infinity", "not a number"),
        ("sNaN", "not a number"),
        ("", "not a number"),
    ],
)
def test_hours_that_cannot_be_counted_are_refused_in_a_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence) as refused:
        rules.parse_hours(typed, field="hours")
    assert refused.value.field == "hours"


@pytest.mark.parametrize("typed", ["-1", "1.5", "1000", "²", "", "abc"])
def test_hours_of_a_year_are_a_whole_number(typed: str) -> None:
    assert rules.parse_year_hours("１２０") == 120
    with pytest.raises(Refused):
        rules.parse_year_hours(typed)


def test_a_session_cannot_lie_in_the_future() -> None:
    rules.check_time(NOW, anchor_on=ANCHOR, now=NOW)
    with pytest.raises(Refused, match="future") as refused:
        rules.check_time(NOW + timedelta(minutes=1), anchor_on=ANCHOR, now=NOW)
    assert refused.value.field == "day"


def test_a_session_cannot_lie_before_the_engagement_counted_in_taipei() -> None:
    first = datetime(2026, 3, 2, 0, 0, tzinfo=TAIPEI)
    rules.check_time(first, anchor_on=ANCHOR, now=NOW)
    with pytest.raises(Refused, match="before the engagement"):
        rules.check_time(first - timedelta(minutes=1), anchor_on=ANCHOR, now=NOW)


def test_an_empty_record_is_not_submitted() -> None:
    rules.check_complete("", "建議")
    with pytest.raises(Refused):
        rules.check_complete(" \n", "\t")


def test_an_action_has_a_day_that_is_not_before_the_session() -> None:
    rules.check_action("盤點", ANCHOR, session_day=ANCHOR)
    with pytest.raises(Refused, match="no due day"):
        rules.check_action("盤點", None, session_day=ANCHOR)
    with pytest.raises(Refused, match="before the session"):
        rules.check_action("盤點", ANCHOR - timedelta(days=1), session_day=ANCHOR)


@pytest.mark.parametrize(
    ("now", "hours", "start"),
    [
        (datetime(2026, 11, 22, 14, 7, tzinfo=TAIPEI), "1.5", "12:30"),
        (datetime(2026, 11, 22, 0, 20, tzinfo=TAIPEI), "2", "00:00"),
        (datetime(2026, 11, 22, 9, 0, tzinfo=TAIPEI), "1", "08:00"),
    ],
)
def test_the_usual_start_is_a_quarter_hour_of_today(now: datetime, hours: str, start: str) -> None:
    begun = rules.usual_start(now, Decimal(hours))
    assert (begun.date(), in_taipei(begun).strftime("%H:%M")) == (now.date(), start)


@pytest.mark.parametrize(
    ("used", "near", "over"),
    [("79.75", False, False), ("80", True, False), ("100", True, False), ("100.25", True, True)],
)
def test_hours_near_and_over_the_quota_are_told_apart(used: str, near: bool, over: bool) -> None:
    hours = HoursUsed(Decimal(used), Decimal(100))
    assert (hours.is_near, hours.is_over) == (near, over)


def test_topics_that_no_step_touched_are_listed() -> None:
    touched = {("assess", "cost"): 2, ("test", "backup"): 0}
    assert rules.untouched_topics(touched, ["cost", "backup", "security"]) == ["backup", "security"]


@pytest.mark.parametrize("typed", ["2026-11", "115/11", "民國115年11月", "１１５／１１"])
def test_a_month_is_read_in_both_calendars(typed: str) -> None:
    assert read_month(typed) == date(2026, 11, 1)


@pytest.mark.parametrize("typed", ["", "2026-13", "11", "2026-11-22", "x"])
def test_what_is_no_month_narrows_nothing(typed: str) -> None:
    assert read_month(typed) is None


def test_months_follow_each_other() -> None:
    assert month_after(date(2026, 12, 1)) == date(2027, 1, 1)
    assert month_before(date(2026, 1, 1)) == date(2025, 12, 1)


def test_a_month_is_laid_out_from_sunday_with_its_entries() -> None:
    entry = Entry(date(2026, 11, 22), "14:00", "示範", "/x")
    weeks = weeks_of(date(2026, 11, 1), [entry], today=date(2026, 11, 22))
    days = [day for week in weeks for day in week]
    assert (days[0].date, len(weeks), len(days)) == (date(2026, 11, 1), 5, 35)
    assert [(day.date.day, day.today) for day in days if day.entries] == [(22, True)]
    assert [day.date.day for day in agenda_of([entry], today=date(2026, 11, 22))] == [22]


def test_a_person_without_an_account_is_read_back_from_a_form() -> None:
    person = Person("王 示範", Party.VENDOR)
    assert read_key(person.key) == person
    for broken in ("u5", "n:nobody:名", "n:vendor:", "n:vendor:\0", "x"):
        assert read_key(broken) is None

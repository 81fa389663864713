"""How long sandboxes live: notices, extensions, removal, alarms, a clock that jumps, and what counts as gone."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.errors import Refused
from tracker.sandboxes.rules.life import (
    LARGEST_JUMP,
    LONGEST_PAUSE,
    Life,
    cost_so_far,
    due_notice,
    extended,
    has_jumped,
    is_alarming,
    is_due,
    is_gone,
    pause_after,
)
from tracker.sandboxes.rules.states import SandboxState

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOTICES = (timedelta(days=2), timedelta(hours=2), timedelta(minutes=30))
TICK = timedelta(minutes=5)


def test_each_notice_is_given_once_and_the_closest_stands_for_those_that_were_missed() -> None:
    expires_at = NOW + timedelta(hours=1)

    assert due_notice(expires_at, NOW, None, NOTICES) == timedelta(hours=2)
    assert due_notice(expires_at, NOW, timedelta(hours=2), NOTICES) is None
    assert due_notice(expires_at, NOW + timedelta(minutes=40), timedelta(hours=2), NOTICES) == timedelta(minutes=30)
    assert due_notice(NOW + timedelta(days=3), NOW, None, NOTICES) is None


@given(st.lists(st.integers(1, 60), min_size=1, max_size=200))
def test_whatever_the_times_of_looking_no_notice_is_given_twice(pauses: list[int]) -> None:
    moment, told, given_ = NOW - timedelta(days=3), None, []
    for pause in pauses:
        moment += timedelta(minutes=pause * 5)
        notice = due_notice(NOW, moment, told, NOTICES)
        if notice is not None:
            told = notice
            given_.append(notice)

    assert given_ == sorted(set(given_), reverse=True)


def test_an_extension_is_counted_from_the_beginning_of_the_life() -> None:
    life = Life(NOW - timedelta(days=28), NOW + HOUR, 30)

    assert extended(life, 24, "展示延期一天", NOW) == NOW + HOUR + timedelta(hours=24)
    with pytest.raises(Refused, match="47 more hours"):
        extended(life, 48, "展示延期兩天", NOW)


@pytest.mark.parametrize(("hours", "reason"), [(0, "需要更多時間"), (-5, "需要更多時間"), (5, " ")])
def test_an_extension_without_length_or_reason_is_refused(hours: int, reason: str) -> None:
    with pytest.raises(Refused):
        extended(Life(NOW, NOW + HOUR, 30), hours, reason, NOW)


def test_removal_waits_for_the_grace_and_for_the_operation_in_hand() -> None:
    long_ago = NOW - timedelta(days=3)

    assert not is_due(SandboxState.RUNNING, long_ago, NOW - HOUR, 2 * HOUR, NOW)
    assert is_due(SandboxState.RUNNING, long_ago, NOW - 2 * HOUR, 2 * HOUR, NOW)
    assert not is_due(SandboxState.DEPLOYING, long_ago, NOW - 9 * HOUR, HOUR, NOW)
    assert not is_due(SandboxState.RUNNING, NOW - timedelta(minutes=5), NOW - 9 * HOUR, HOUR, NOW)


@given(st.integers(1, 10_000))
def test_pauses_grow_and_have_an_end(attempts: int) -> None:
    assert pause_after(attempts) <= pause_after(attempts + 1) <= LONGEST_PAUSE


def test_what_should_be_gone_is_an_alarm_after_an_hour() -> None:
    assert not is_alarming(NOW - timedelta(minutes=59), SandboxState.LEFTOVERS, NOW)
    assert is_alarming(NOW - HOUR, SandboxState.DESTROYING, NOW)
    assert not is_alarming(NOW - HOUR, SandboxState.DESTROYED, NOW)


@pytest.mark.parametrize(
    ("passed", "jumped"),
    [
        (TICK, False),
        (TICK + LARGEST_JUMP, False),
        (TICK + LARGEST_JUMP + timedelta(seconds=1), True),
        (timedelta(hours=2), True),
        (timedelta(hours=-2), True),
        (timedelta(days=365), True),
        (timedelta(), False),
    ],
)
def test_a_clock_that_moves_otherwise_than_time_is_not_believed(passed: timedelta, *, jumped: bool) -> None:
    assert has_jumped(NOW, NOW + passed, TICK) is jumped


def test_the_first_look_of_all_cannot_be_a_jump() -> None:
    assert not has_jumped(None, NOW, TICK)


@pytest.mark.parametrize(
    "facts",
    [
        {"succeeded": False},
        {"resources": 1},
        {"pending": 1},
        {"searches": [0, 1]},
        {"searches": [1, 0]},
        {"searches": [0]},
        {"searches": []},
    ],
)
def test_only_two_empty_searches_after_a_clean_end_are_proof(facts: dict[str, object]) -> None:
    clean: dict[str, object] = {"succeeded": True, "resources": 0, "pending": 0, "searches": [0, 0]}

    assert is_gone(**clean)  # type: ignore[arg-type]  # facts by name
    assert not is_gone(**clean | facts)  # type: ignore[arg-type]  # as above


def test_cost_is_the_rate_times_the_hours() -> None:
    assert cost_so_far(Decimal(730), NOW - 10 * HOUR, NOW) == Decimal("10.00")
    assert cost_so_far(Decimal(730), None, NOW) == Decimal(0)

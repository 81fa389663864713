"""What sandboxes, plans and operations may go through, walked at random: no way leads anywhere but along the tables."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.errors import Refused
from tracker.sandboxes.rules.states import (
    ALIVE,
    ALLOWED,
    ENDED,
    HELD,
    OPEN,
    OPERATION_MOVES,
    OVER,
    PLAN_MOVES,
    SANDBOX_MOVES,
    STANDING,
    OperationKind,
    OperationState,
    PlanState,
    SandboxState,
    check_free,
    check_kind,
    check_move,
)


def test_every_state_has_its_moves() -> None:
    assert SANDBOX_MOVES.keys() == set(SandboxState)
    assert PLAN_MOVES.keys() == set(PlanState)
    assert OPERATION_MOVES.keys() == set(OperationState)


@given(st.sampled_from(SandboxState), st.sampled_from(SandboxState))
def test_a_move_that_the_table_does_not_have_is_refused(old: SandboxState, new: SandboxState) -> None:
    if new in SANDBOX_MOVES[old]:
        assert check_move(SANDBOX_MOVES, old, new) is new
    else:
        with pytest.raises(Refused):
            check_move(SANDBOX_MOVES, old, new)


@given(st.lists(st.sampled_from(SandboxState), max_size=30))
def test_whoever_stands_can_always_come_to_the_end(wished: list[SandboxState]) -> None:
    state = SandboxState.REQUESTED
    for new in wished:
        state = new if new in SANDBOX_MOVES[state] else state

    assert state not in STANDING or SandboxState.DESTROYED in reachable(SANDBOX_MOVES, state)


def reachable(moves: Mapping[SandboxState, frozenset[SandboxState]], start: SandboxState) -> set[SandboxState]:
    seen, waiting = {start}, [start]
    while waiting:
        for new in moves[waiting.pop()] - seen:
            seen.add(new)
            waiting.append(new)
    return seen


def test_nothing_is_destroyed_without_being_in_the_course_of_it() -> None:
    before = {old for old, news in SANDBOX_MOVES.items() if SandboxState.DESTROYED in news}

    assert before == {SandboxState.DESTROYING}


def test_an_ended_operation_stays_as_it_is() -> None:
    assert all(OPERATION_MOVES[state] == frozenset() for state in ENDED)
    assert HELD < OPEN
    assert OPEN.isdisjoint(ENDED)


def test_a_sandbox_that_is_over_counts_for_no_quota() -> None:
    assert OVER.isdisjoint(ALIVE)
    assert STANDING < ALIVE


@given(st.sampled_from(OperationKind), st.sampled_from(SandboxState))
def test_an_operation_is_queued_only_in_its_states(kind: OperationKind, state: SandboxState) -> None:
    if state in ALLOWED[kind]:
        check_kind(kind, state)
    else:
        with pytest.raises(Refused, match="not possible"):
            check_kind(kind, state)


def test_a_stack_takes_one_operation_at_a_time() -> None:
    check_free(is_busy=False)
    with pytest.raises(Refused, match="has not ended"):
        check_free(is_busy=True)

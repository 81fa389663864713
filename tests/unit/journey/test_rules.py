"""States, moves and gates of the journey, without app or database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.errors import Refused
from tracker.core.text import Message
from tracker.journey.rules import (
    COMPLETE,
    ENGAGEMENT_MOVES,
    GATE_MOVES,
    ITEM_MOVES,
    OWED,
    TO_VERIFY,
    UNDO_TIME,
    EngagementState,
    EvidenceKind,
    GateAct,
    ItemFacts,
    ItemState,
    LastChange,
    Missing,
    Party,
    Step,
    StepState,
    Use,
    after_gate,
    check_choice,
    check_choosable,
    check_engagement_move,
    check_item_move,
    check_nothing_missing,
    check_proof,
    check_reason,
    check_second_person,
    check_undo,
    check_untouched,
    check_verifier,
    check_workable,
    gate_missing,
    step_states,
)

NOW = datetime(2026, 3, 2, tzinfo=UTC)
facts = st.builds(
    ItemFacts,
    id=st.integers(1, 9),
    who=st.sampled_from(Party),
    evidence=st.sampled_from(EvidenceKind),
    gate=st.booleans(),
    state=st.sampled_from(ItemState),
)
items = st.lists(facts, unique_by=lambda item: item.id, max_size=9)
proofs = st.dictionaries(st.integers(1, 9), st.integers(0, 3))


def refused(call: Callable[[], Any]) -> bool:
    try:
        call()
    except Refused:
        return True
    return False


def test_every_state_has_its_moves() -> None:
    assert set(ENGAGEMENT_MOVES) == set(EngagementState)
    assert set(ITEM_MOVES) == set(ItemState)


def test_an_item_is_owed_waiting_or_complete_and_never_two_of_them() -> None:
    assert set(ItemState) == OWED | TO_VERIFY | COMPLETE
    assert len(OWED) + len(TO_VERIFY) + len(COMPLETE) == len(ItemState)


def test_an_item_is_complete_only_by_way_of_a_verification() -> None:
    ways_in = {old for old, following in ITEM_MOVES.items() if following & COMPLETE}
    assert ways_in == TO_VERIFY


@given(st.sampled_from(ItemState), st.sampled_from(ItemState))
def test_item_moves_are_those_of_the_table(old: ItemState, new: ItemState) -> None:
    assert refused(lambda: check_item_move(old, new)) is (new not in ITEM_MOVES[old])


@given(st.sampled_from(EngagementState), st.sampled_from(EngagementState))
def test_engagement_moves_are_those_of_the_table(old: EngagementState, new: EngagementState) -> None:
    assert refused(lambda: check_engagement_move(old, new)) is (new not in ENGAGEMENT_MOVES[old])


def test_nothing_leads_out_of_a_finished_engagement() -> None:
    assert ENGAGEMENT_MOVES[EngagementState.FINISHED] == frozenset()


@given(st.lists(st.sampled_from(GateAct), max_size=12))
def test_a_gate_opens_only_after_a_proposal_and_stays_open(acts: list[GateAct]) -> None:
    state, last = StepState.OPEN, None
    for act in acts:
        try:
            state = after_gate(state, act)
        except Refused:
            continue
        if state is StepState.PASSED:
            assert last is GateAct.PROPOSED
        last = act
    if state is StepState.PASSED:
        assert not any((StepState.PASSED, act) in GATE_MOVES for act in GateAct)


def test_a_waiting_step_has_no_gate_yet() -> None:
    assert not any(state is StepState.WAITING for state, _act in GATE_MOVES)


@given(items, proofs)
def test_a_gate_is_closed_exactly_while_a_gate_item_is_unproven(found: list[ItemFacts], counts: dict[int, int]) -> None:
    asked = [item for item in found if item.gate]
    proven = [
        item
        for item in asked
        if item.state is ItemState.NOT_APPLICABLE
        or (item.state is ItemState.VERIFIED and (item.evidence is EvidenceKind.NONE or counts.get(item.id, 0) > 0))
    ]
    missing = gate_missing(found, counts)
    assert {one.item_id for one in missing if one.item_id} == {item.id for item in asked if item not in proven}
    assert bool(missing) is (not asked or len(proven) < len(asked))


@given(items, proofs)
def test_what_waits_for_verification_is_owed_by_the_expert(found: list[ItemFacts], counts: dict[int, int]) -> None:
    by_id = {item.id: item for item in found}
    for one in gate_missing(found, counts):
        if one.item_id is not None:
            item = by_id[one.item_id]
            assert one.owed_by is (Party.EXPERT if item.state in TO_VERIFY else item.who)
            assert one.proof is item.evidence


@given(items, proofs)
def test_nothing_blank_ever_counts(found: list[ItemFacts], counts: dict[int, int]) -> None:
    if not gate_missing(found, counts):
        assert all(item.state in COMPLETE for item in found if item.gate)


def test_a_step_without_items_is_not_proven() -> None:
    assert [one.owed_by for one in gate_missing([], {})] == [Party.STAFF]


def test_conditions_of_others_keep_the_gate_closed() -> None:
    done = ItemFacts(1, Party.VENDOR, EvidenceKind.NONE, gate=True, state=ItemState.VERIFIED)
    other = Missing(Message("A stack is left."), Party.STAFF, EvidenceKind.NONE)
    assert gate_missing([done], {}, [other]) == (other,)
    assert refused(lambda: check_nothing_missing([other]))
    check_nothing_missing([])


@given(st.integers(1, 5), st.integers(1, 5))
def test_the_second_person_is_another_one(one: int, other: int) -> None:
    assert refused(lambda: check_second_person(one, other)) is (one == other)
    assert refused(lambda: check_verifier(one, other)) is (one == other)


def test_the_product_itself_decides_nothing() -> None:
    assert refused(lambda: check_second_person(1, None))
    assert refused(lambda: check_verifier(None, None))


@given(st.sampled_from(EvidenceKind), st.integers(0, 3))
def test_evidence_is_asked_for_except_where_none_is_needed(kind: EvidenceKind, count: int) -> None:
    assert refused(lambda: check_proof(kind, count)) is (kind is not EvidenceKind.NONE and count == 0)


@given(st.sampled_from(EngagementState), st.sampled_from(StepState), st.sampled_from(ItemState), st.booleans())
def test_work_goes_on_only_in_active_engagements_and_steps_that_have_begun(
    engagement: EngagementState, step: StepState, item: ItemState, retired: bool
) -> None:
    allowed = (
        engagement is EngagementState.ACTIVE
        and not retired
        and step is not StepState.WAITING
        and not (step is StepState.PASSED and item in COMPLETE)
    )
    assert refused(lambda: check_workable(engagement, step, item, retired=retired)) is not allowed


@given(st.text(alphabet=" \t\n\u3000", max_size=5))
def test_a_blank_reason_is_none(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        check_reason(text)
    assert refusal.value.field == "reason"


@pytest.mark.parametrize(
    ("change", "possible"),
    [
        (LastChange(1, NOW - UNDO_TIME, undone=False), True),
        (LastChange(1, NOW - UNDO_TIME - timedelta(seconds=1), undone=False), False),
        (LastChange(2, NOW, undone=False), False),
        (LastChange(1, NOW, undone=True), False),
        (None, False),
    ],
)
def test_only_a_fresh_change_of_ones_own_is_undone(change: LastChange | None, possible: bool) -> None:
    assert refused(lambda: check_undo(change, 1, NOW)) is not possible


@given(st.sampled_from(Step), st.sampled_from([StepState.OPEN, StepState.PROPOSED]), st.booleans())
def test_steps_before_the_current_one_are_passed_and_those_after_it_wait(
    current: Step, state: StepState, finished: bool
) -> None:
    states = dict(zip(Step, step_states(current, state, finished=finished), strict=True))
    for step in Step:
        if finished or step.number < current.number:
            assert states[step] is StepState.PASSED
        else:
            assert states[step] is (state if step is current else StepState.WAITING)


def test_the_steps_follow_each_other() -> None:
    assert [step.following for step in Step] == [Step.MIGRATE, Step.TEST, Step.OPTIMISE, None]
    assert [step.number for step in Step] == [1, 2, 3, 4]


@given(st.sampled_from(Use), st.booleans(), st.booleans())
def test_only_a_fitting_chosen_playbook_that_is_not_followed_yet_is_added(use: Use, fits: bool, held: bool) -> None:
    if use is Use.CHOSEN and fits and not held:
        check_choice(use, fits_kind=fits, is_held=held)
    else:
        with pytest.raises(Refused):
            check_choice(use, fits_kind=fits, is_held=held)


@pytest.mark.parametrize(
    ("state", "takes"),
    [(StepState.WAITING, True), (StepState.OPEN, True), (StepState.PROPOSED, False), (StepState.PASSED, False)],
)
def test_a_step_takes_playbooks_until_its_gate_is_proposed(state: StepState, takes: bool) -> None:
    if takes:
        check_choosable(state)
    else:
        with pytest.raises(Refused):
            check_choosable(state)


def test_a_playbook_with_work_on_it_says_on_how_many_items() -> None:
    check_untouched(0)
    with pytest.raises(Refused, match="Work has begun on 3 items"):
        check_untouched(3)

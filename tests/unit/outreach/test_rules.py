"""Rules of outreach: states of exposures, leads and public pages."""

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.errors import Refused
from tracker.outreach import rules
from tracker.outreach.rules import (
    BY_OFFICE,
    CLOSED,
    CONSENTS,
    CURRENT_CONSENT,
    EXPOSURE_MOVES,
    LEAD_MOVES,
    OPEN,
    PROVEN,
    ExposureState,
    LeadState,
    PageState,
)

TODAY = date(2026, 11, 22)


def move(old: ExposureState, new: ExposureState, proofs: int = 1, happened_on: date | None = TODAY) -> None:
    rules.check_exposure_move(old, new, proofs=proofs, happened_on=happened_on, today=TODAY)


@pytest.mark.parametrize(("old", "new"), list(product(ExposureState, ExposureState)))
def test_an_exposure_moves_only_along_the_table(old: ExposureState, new: ExposureState) -> None:
    if new in EXPOSURE_MOVES[old]:
        move(old, new)
    else:
        with pytest.raises(Refused):
            move(old, new)


def test_every_state_has_its_moves() -> None:
    assert set(EXPOSURE_MOVES) == set(ExposureState)
    assert set(LEAD_MOVES) == set(LeadState)
    assert set(OPEN) | set(CLOSED) == set(LeadState)


def test_whatever_is_confirmed_was_out_first() -> None:
    assert {old for old, moves in EXPOSURE_MOVES.items() if moves & BY_OFFICE} == {ExposureState.OUT}


@pytest.mark.parametrize("new", sorted(PROVEN))
def test_nothing_is_out_without_a_proof(new: ExposureState) -> None:
    old = ExposureState.PLANNED if new is ExposureState.OUT else ExposureState.OUT

    with pytest.raises(Refused, match="Add a file or a link"):
        move(old, new, proofs=0)


@pytest.mark.parametrize(
    ("happened_on", "sentence"), [(None, "Write the day"), (TODAY + timedelta(days=1), "has not come yet")]
)
def test_nothing_is_out_before_its_day(happened_on: date | None, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        move(ExposureState.PLANNED, ExposureState.OUT, happened_on=happened_on)


@pytest.mark.parametrize(
    ("state", "proofs", "may_go"),
    [
        (ExposureState.PLANNED, 1, True),
        (ExposureState.OUT, 2, True),
        (ExposureState.OUT, 1, False),
        (ExposureState.CONFIRMED, 2, False),
    ],
)
def test_the_last_proof_of_what_is_out_stays(state: ExposureState, proofs: int, may_go: bool) -> None:
    if may_go:
        rules.check_proof_removal(state, proofs)
    else:
        with pytest.raises(Refused):
            rules.check_proof_removal(state, proofs)


@given(moves=st.lists(st.sampled_from(ExposureState), max_size=12), proofs=st.integers(0, 2))
def test_no_way_through_the_states_confirms_what_is_not_proven(moves: list[ExposureState], proofs: int) -> None:
    state = ExposureState.PLANNED
    for new in moves:
        try:
            move(state, new, proofs=proofs)
        except Refused:
            continue
        state = new

    assert state not in PROVEN or proofs > 0


@pytest.mark.parametrize(("old", "new"), list(product(LeadState, LeadState)))
def test_a_match_stays_or_moves_along_the_table(old: LeadState, new: LeadState) -> None:
    if new is old or new in LEAD_MOVES[old]:
        rules.check_lead_move(old, new)
    else:
        with pytest.raises(Refused):
            rules.check_lead_move(old, new)


@given(moves=st.lists(st.sampled_from(LeadState), max_size=12))
def test_no_match_is_taken_up_without_a_talk(moves: list[LeadState]) -> None:
    state, talked = LeadState.NEW, False
    for new in moves:
        try:
            rules.check_lead_move(state, new)
        except Refused:
            continue
        state = new
        talked = talked or state in {LeadState.TALKING, LeadState.TRIAL}

    assert state is not LeadState.WON or talked


@pytest.mark.parametrize(
    ("text", "due_on", "field"),
    [
        ("", TODAY, "next_step"),
        ("去電", None, "due_on"),
        ("去電", TODAY - timedelta(days=1), "due_on"),
        ("去電", TODAY + timedelta(days=367), "due_on"),
    ],
)
def test_an_open_match_says_what_is_next_and_until_when(text: str, due_on: date | None, field: str) -> None:
    with pytest.raises(Refused) as refused:
        rules.check_next_step(text, due_on, today=TODAY)

    assert refused.value.field == field


def test_a_step_of_today_is_taken() -> None:
    rules.check_next_step("去電", TODAY, today=TODAY)


@pytest.mark.parametrize("state", sorted(CLOSED))
def test_a_closed_match_says_what_came_of_it(state: LeadState) -> None:
    with pytest.raises(Refused, match="what came of it"):
        rules.check_outcome(state, "")

    rules.check_outcome(state, "對方簽約試用")


def test_a_page_is_public_only_as_the_vendor_agreed_to_it() -> None:
    def state(version: int, live: int | None, *, asked: bool = False, had: bool = True) -> PageState:
        return rules.page_state(version=version, asked=asked, live_version=live, had_editions=had)

    assert state(2, 2) is PageState.PUBLIC
    assert state(3, 2) is PageState.CHANGED
    assert state(3, 2, asked=True) is PageState.CHANGED
    assert state(3, None, asked=True) is PageState.WAITING
    assert state(3, None) is PageState.OFF
    assert state(1, None, had=False) is PageState.DRAFT


def test_texts_of_agreement_are_numbered_and_the_newest_is_asked_for() -> None:
    assert sorted(CONSENTS) == list(range(1, CURRENT_CONSENT + 1))


@pytest.mark.parametrize(("tagline", "summary"), [("", "介紹"), ("標語", ""), ("", "")])
def test_a_page_that_says_nothing_is_refused(tagline: str, summary: str) -> None:
    with pytest.raises(Refused):
        rules.check_page(tagline, summary)

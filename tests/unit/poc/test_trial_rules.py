"""What holds of trials and their confirmations, without a database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.errors import Gone, Refused
from tracker.poc.rules import confirmation, dossiers, trials
from tracker.poc.rules.confirmation import Asked, LinkState
from tracker.poc.rules.trials import Facts, TrialState, Usage
from tracker.poc.usage_chart import HEIGHT, WIDTH, draw

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
NOW = datetime(2026, 4, 1, tzinfo=UTC)
STATES = st.sampled_from(list(TrialState))


def facts(**changes: object) -> Facts:
    """Give the facts of a trial."""
    values: dict[str, object] = {
        "vendor": "業者",
        "product": "產品",
        "customer": "客戶",
        "ubn": "12345675",
        "industry": "製造業",
        "employees": 3,
        "begins_on": date(2026, 3, 2),
        "ends_on": date(2026, 3, 4),
        "accounts": 2,
        "tried": "報價",
        "usage": Usage(3, 2, 9, "ab"),
    }
    return Facts(**{**values, **changes})  # type: ignore[arg-type]  # typed by the dataclass


@given(st.dates(*YEAR), st.dates(*YEAR))
def test_a_period_holds_exactly_when_it_does_not_end_before_it_begins(begins: date, ends: date) -> None:
    if begins <= ends:
        trials.check_period(begins, ends, YEAR)
    else:
        with pytest.raises(Refused, match="before it begins"):
            trials.check_period(begins, ends, YEAR)


@pytest.mark.parametrize(
    "change",
    [
        {"customer": "客戶 "},
        {"employees": None},
        {"ends_on": date(2026, 3, 5)},
        {"accounts": 3},
        {"tried": "報價單"},
        {"usage": Usage(3, 2, 10, "ab")},
        {"usage": Usage(3, 2, 9, "ac")},
    ],
)
def test_every_fact_that_is_confirmed_changes_the_digest(change: dict[str, object]) -> None:
    assert facts().digest == facts().digest
    assert facts(**change).digest != facts().digest


def test_a_trial_that_was_changed_counts_no_longer() -> None:
    assert trials.after_change(TrialState.CONFIRMED) is TrialState.CHANGED
    assert trials.after_change(TrialState.DECLINED) is TrialState.OPEN
    assert trials.after_change(TrialState.ASKED) is TrialState.ASKED


@given(st.lists(st.tuples(STATES, st.booleans())))
def test_counts_never_count_what_was_withdrawn(rows: list[tuple[TrialState, bool]]) -> None:
    counts = trials.count(rows)

    live = [state for state, _used in rows if state is not TrialState.WITHDRAWN]
    assert counts.total == len(live)
    assert counts.confirmed == live.count(TrialState.CONFIRMED)
    assert counts.confirmed + counts.waiting + counts.flagged <= counts.total
    assert counts.with_usage <= counts.total


@pytest.mark.parametrize("state", list(TrialState))
def test_what_a_trial_misses_is_said_unless_it_counts(state: TrialState) -> None:
    said = trials.missing_of(1, "客戶", state, used=True)

    assert (said is None) is (state in (TrialState.CONFIRMED, TrialState.WITHDRAWN))


def test_a_link_is_open_until_it_is_used_revoked_or_too_old() -> None:
    later, before = NOW + timedelta(days=1), NOW - timedelta(seconds=1)
    assert confirmation.link_state(NOW, later, None, None) is LinkState.OPEN
    assert confirmation.link_state(NOW, NOW, None, None) is LinkState.EXPIRED
    assert confirmation.link_state(NOW, later, None, before) is LinkState.REVOKED
    assert confirmation.link_state(NOW, before, before, before) is LinkState.USED
    for state in LinkState:
        if state is not LinkState.OPEN:
            with pytest.raises(Gone):
                confirmation.check_link(state)


@given(st.dictionaries(st.sampled_from(["q.a", "q.b", "q.c"]), st.sampled_from(["yes", "no", "", "maybe"])))
def test_a_questionnaire_is_kept_whole_or_not_at_all(answers: dict[str, str]) -> None:
    asked = [Asked("q.a", frozenset({"yes", "no"})), Asked("q.b", frozenset({"yes"}))]
    good = answers.get("q.a") in {"yes", "no"} and answers.get("q.b") == "yes"
    if good:
        assert confirmation.check_answers(asked, answers) == {"q.a": answers["q.a"], "q.b": "yes"}
    else:
        with pytest.raises(Refused):
            confirmation.check_answers(asked, answers)


def test_people_are_masked_beyond_recognition() -> None:
    assert dossiers.mask_name("陳大文") == "陳○○"
    assert dossiers.mask_email("chen@company.example") == "c***@company.example"
    assert dossiers.mask_phone("02-2222-3333") == "***333"
    assert dossiers.mask_name("") == dossiers.mask_email("") == dossiers.mask_phone("") == ""


@given(
    st.integers(0, 200),
    st.lists(st.integers(0, 50_000), min_size=1, max_size=60),
)
def test_the_chart_stays_within_its_frame(offset: int, users: list[int]) -> None:
    begins = date(2026, 1, 1)
    days = [(begins + timedelta(days=offset + place), value, value) for place, value in enumerate(users)]
    chart = draw(days, begins, days[-1][0])

    assert len(chart.columns) == len(users)
    assert all(one.x >= 0 and one.x + one.width <= WIDTH + 0.1 for one in chart.columns)
    assert all(0 <= one.y <= chart.base and one.y + one.height <= HEIGHT for one in chart.columns)
    assert chart.scale[0][0] == 0
    assert chart.scale[-1][0] >= max(users)

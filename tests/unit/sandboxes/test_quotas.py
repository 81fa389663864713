"""Quotas, lifetimes and budgets come from the rulebook, and a refusal names the numbers."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.errors import Refused
from tracker.programmes.rulebook_file import load_rulebook
from tracker.sandboxes.rules.quotas import Used, check_budget, check_days, check_quota, limits_of

PROGRAMMES = Path("playbooks/programmes/115")
LIMITS = limits_of(load_rulebook(PROGRAMMES / "counselling.toml"))
NAMES = {"vendor": "示範業者", "cloud": "AWS"}


def test_the_counselling_rulebook_says_everything_about_sandboxes() -> None:
    assert LIMITS.default_days <= LIMITS.longest_days
    assert LIMITS.notices == (timedelta(days=2), timedelta(hours=2), timedelta(minutes=30))


def test_a_programme_without_the_rules_offers_no_sandboxes() -> None:
    with pytest.raises(Refused, match="says nothing of sandboxes"):
        limits_of(load_rulebook(PROGRAMMES / "points.toml"))


@pytest.mark.parametrize(
    ("used", "said"),
    [
        (Used(LIMITS.per_vendor, 0, 0), f"示範業者 has {LIMITS.per_vendor} of at most {LIMITS.per_vendor}"),
        (Used(0, LIMITS.per_programme, 0), f"has {LIMITS.per_programme} of at most {LIMITS.per_programme}"),
        (Used(0, 0, LIMITS.per_cloud), f"{LIMITS.per_cloud} sandboxes on AWS"),
    ],
)
def test_a_full_quota_is_refused_with_its_numbers(used: Used, said: str) -> None:
    with pytest.raises(Refused, match=said):
        check_quota(LIMITS, used, NAMES)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_one_more_is_let_through_only_while_all_three_have_room(vendor: int, programme: int, cloud: int) -> None:
    has_room = vendor < LIMITS.per_vendor and programme < LIMITS.per_programme and cloud < LIMITS.per_cloud
    try:
        check_quota(LIMITS, Used(vendor, programme, cloud), NAMES)
    except Refused:
        assert not has_room
    else:
        assert has_room


def test_a_lifetime_that_is_not_said_is_the_usual_one() -> None:
    assert check_days(LIMITS, None) == LIMITS.default_days


@pytest.mark.parametrize("days", [0, -1, LIMITS.longest_days + 1])
def test_a_lifetime_beyond_the_rulebook_is_refused(days: int) -> None:
    with pytest.raises(Refused, match="days"):
        check_days(LIMITS, days)


@pytest.mark.parametrize("dollars", [0, LIMITS.monthly_budget + 1])
def test_a_budget_beyond_the_rulebook_is_refused(dollars: int) -> None:
    with pytest.raises(Refused, match="US dollars"):
        check_budget(LIMITS, dollars)

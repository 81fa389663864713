"""Schedules, retention and locks: what is computed holds together at every edge, and what cannot is refused."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra_templates.backup.retention import (
    COPY_STEPS,
    DAY,
    LATEST_ALARM,
    NATIVE_STEPS,
    POINT_IN_TIME,
    Lock,
    Needs,
    Retention,
    compute_retention,
    minutes_to_move,
    retention_of,
)
from infra_templates.sentences import Sentence, Unsuitable
from infra_templates.settings import Cloud, Mode, SaasSettings, Size, Tenancy

PRODUCTION = Needs(Cloud.AWS, Mode.PRODUCTION, 480, 1_440, 30, copied_gib=50, restored_gib=50)
SANDBOX = replace(PRODUCTION, mode=Mode.SANDBOX, kept_days=7)

needs = st.builds(
    Needs,
    cloud=st.sampled_from(Cloud),
    mode=st.sampled_from(Mode),
    rto_minutes=st.integers(5, 10_080),
    rpo_minutes=st.integers(5, 10_080),
    kept_days=st.integers(1, 3_650),
    copied_gib=st.integers(0, 6_000),
    restored_gib=st.integers(0, 300),
    mib_per_second=st.integers(1, 2_000),
    lock_days=st.none() | st.integers(0, 4_000),
    point_in_time_days=st.none() | st.integers(0, 60),
    cloud_sql_plus=st.booleans(),
    days_left=st.none() | st.integers(0, 60),
)


def refused(asked: Needs) -> Sentence:
    with pytest.raises(Unsuitable) as refusal:
        compute_retention(asked)
    return refusal.value.sentence


def computed(asked: Needs) -> Retention | Sentence:
    try:
        return compute_retention(asked)
    except Unsuitable as refusal:
        return refusal.sentence


@given(asked=needs)
def test_whatever_is_not_refused_keeps_what_was_asked(asked: Needs) -> None:
    made = computed(asked)
    if isinstance(made, Sentence):
        assert any("一" <= sign <= "鿿" for sign in made.zh_hant)
        assert made.en.isascii()
        return

    assert made.copy_every_minutes + made.copy_minutes <= asked.rpo_minutes
    assert made.copy_minutes <= made.copy_every_minutes
    assert made.copy_every_minutes in COPY_STEPS
    assert made.restore_minutes <= asked.rto_minutes
    assert 2 * made.copy_every_minutes <= asked.kept_days * DAY
    assert 2 * made.native_every_hours <= asked.kept_days * 24
    assert made.native_every_hours in NATIVE_STEPS[asked.cloud]
    assert made.stored_days >= asked.kept_days + made.full_every_days
    assert made.lock_days <= made.stored_days
    assert made.copy_every_minutes + made.copy_minutes <= made.late_after_minutes <= LATEST_ALARM
    assert 1 <= made.restore_test_every_days <= max(1, asked.kept_days // 2)
    assert POINT_IN_TIME[asked.cloud][0] <= made.point_in_time_days <= 35


@given(asked=needs)
def test_no_lock_outlives_a_sandbox_and_none_of_it_is_beyond_lifting(asked: Needs) -> None:
    asked = replace(asked, mode=Mode.SANDBOX)
    made = computed(asked)
    if isinstance(made, Sentence):
        return

    assert made.lock is not Lock.COMPLIANCE
    assert made.lock_days <= (asked.days_left or 0)


@given(asked=needs)
def test_production_is_locked_for_at_least_the_days_it_is_kept(asked: Needs) -> None:
    asked = replace(asked, mode=Mode.PRODUCTION)
    made = computed(asked)
    if isinstance(made, Sentence):
        return

    assert made.lock is Lock.COMPLIANCE
    assert asked.kept_days <= made.lock_days <= made.stored_days


@given(asked=needs, more=st.integers(1, 5_000))
def test_who_allows_more_loss_is_never_refused_for_it(asked: Needs, more: int) -> None:
    made = computed(asked)
    if isinstance(made, Sentence):
        return

    assert (
        compute_retention(replace(asked, rpo_minutes=asked.rpo_minutes + more)).copy_every_minutes
        >= made.copy_every_minutes
    )


@pytest.mark.parametrize("gib", [1, 20, 50, 250])
def test_the_rpo_is_refused_one_minute_below_the_least(gib: int) -> None:
    copying = minutes_to_move(gib, 50)
    least = next(step for step in COPY_STEPS if step >= copying) + copying
    asked = replace(PRODUCTION, copied_gib=gib, rpo_minutes=least)

    assert compute_retention(asked).copy_every_minutes + copying == least
    assert f"Make the RPO {least} minutes or more" in refused(replace(asked, rpo_minutes=least - 1)).en


@pytest.mark.parametrize("gib", [1, 50, 250])
def test_the_rto_is_refused_one_minute_below_what_a_restore_takes(gib: int) -> None:
    taken = compute_retention(replace(PRODUCTION, restored_gib=gib)).restore_minutes

    assert compute_retention(replace(PRODUCTION, restored_gib=gib, rto_minutes=taken)).restore_minutes == taken
    assert f"takes about {taken}" in refused(replace(PRODUCTION, restored_gib=gib, rto_minutes=taken - 1)).en


def test_a_faster_drill_makes_a_shorter_objective_possible() -> None:
    short = replace(PRODUCTION, rto_minutes=20)

    assert "prove a faster rate" in refused(short).en
    assert compute_retention(replace(short, mib_per_second=200)).restore_minutes <= 20


def test_more_than_a_copy_can_move_in_its_time_is_refused() -> None:
    assert "cannot end before the next" in refused(replace(PRODUCTION, copied_gib=3_000)).en


@pytest.mark.parametrize("cloud", [Cloud.AZURE, Cloud.GCP])
def test_less_than_two_backups_are_refused(cloud: Cloud) -> None:
    assert "at least 2 days" in refused(replace(SANDBOX, cloud=cloud, kept_days=1)).en
    assert compute_retention(replace(SANDBOX, cloud=cloud, kept_days=2)).native_every_hours == 24
    assert compute_retention(replace(SANDBOX, cloud=Cloud.AWS, kept_days=1)).native_every_hours == 12


@pytest.mark.parametrize(
    ("cloud", "plus", "most"),
    [(Cloud.AWS, False, 35), (Cloud.AZURE, False, 35), (Cloud.GCP, False, 7), (Cloud.GCP, True, 35)],
)
def test_each_database_is_put_back_within_its_own_limit(cloud: Cloud, plus: bool, most: int) -> None:
    asked = replace(PRODUCTION, cloud=cloud, cloud_sql_plus=plus, kept_days=90)

    assert compute_retention(asked).point_in_time_days == most
    assert compute_retention(replace(asked, point_in_time_days=most)).point_in_time_days == most
    assert f"not of {most + 1}" in refused(replace(asked, point_in_time_days=most + 1)).en


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"lock_days": 38}, "outlasts the 37 days"),
        ({"lock_days": 29}, "locked for 29 only"),
        ({"lock_days": 0}, "locked for 0 only"),
        ({"mode": Mode.SANDBOX, "kept_days": 7, "lock_days": 3, "days_left": 2}, "outlive the sandbox"),
        ({"mode": Mode.SANDBOX, "kept_days": 7, "lock_days": 3}, "outlive the sandbox"),
    ],
)
def test_a_lock_fits_what_it_locks(change: dict[str, object], part: str) -> None:
    assert part in refused(replace(PRODUCTION, **change)).en  # type: ignore[arg-type]  # fields by name


def test_a_sandbox_may_show_a_lock_that_ends_before_it() -> None:
    made = compute_retention(replace(SANDBOX, lock_days=2, days_left=2))

    assert (made.lock, made.lock_days) == (Lock.GOVERNANCE, 2)


@pytest.mark.parametrize("cloud", list(Cloud))
@pytest.mark.parametrize("size", list(Size))
@pytest.mark.parametrize("mode", list(Mode))
def test_what_is_offered_by_default_can_be_built(cloud: Cloud, size: Size, mode: Mode) -> None:
    regions = {Cloud.AWS: "ap-east-2", Cloud.AZURE: "japaneast", Cloud.GCP: "asia-east1"}
    settings = SaasSettings(
        cloud=cloud,
        region=regions[cloud],
        backup_cloud=Cloud.GCP if cloud is not Cloud.GCP else Cloud.AWS,
        mode=mode,
        size=size,
        tenancy_database=Tenancy.BRIDGE,
        programme="p111",
        engagement="e1",
        sandbox="s1",
        owner="u1",
        alert_email="ops@vendor.example",
        expires_on=date(2026, 12, 1) if mode is Mode.SANDBOX else None,
        backup_days=30,
    )

    assert retention_of(settings).lock is (Lock.NONE if mode is Mode.SANDBOX else Lock.COMPLIANCE)

"""A job runs once per due time, whoever schedules and however long nobody did."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tracker.core.db import session, unit_of_work
from tracker.core.queue import Work
from tracker.scheduler import JOBS, Job, Scheduler, at, enqueue_due, latest_due, on_day
from tracker.worker import TASKS

EIGHT = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)  # 8:00 in Taipei
DAILY = Job("daily", at(hour=8), "test", on_day, timedelta(hours=12))


@pytest.fixture(autouse=True)
def _inside(db_session: object) -> None:
    """Run every test inside the app."""


def enqueued() -> list[str]:
    session().rollback()
    return [row.unique_key or "" for row in session().scalars(select(Work).order_by(Work.id))]


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (EIGHT - timedelta(minutes=1), None),
        (EIGHT, EIGHT),
        (EIGHT + timedelta(hours=11), EIGHT),
        (EIGHT + timedelta(hours=13), None),
        (EIGHT + timedelta(days=3, hours=1), EIGHT + timedelta(days=3)),
    ],
)
def test_the_latest_missed_run_is_made_and_no_older_one(now: datetime, due: datetime | None) -> None:
    assert latest_due(DAILY, now) == due


def test_a_run_carries_the_day_it_is_for_in_taipei() -> None:
    assert on_day(EIGHT - timedelta(hours=6)) == {"day": "2026-11-24"}


def test_five_hundred_ticks_of_two_schedulers_make_one_run_a_day(app: Flask) -> None:
    first, second = Scheduler(app, [DAILY]), Scheduler(app, [DAILY])
    second.name = "another"

    with time_machine.travel(EIGHT - timedelta(hours=1), tick=False) as clock_of_the_test:
        for number in range(500):
            (first if number % 2 else second).tick()
            clock_of_the_test.shift(timedelta(minutes=10))

    assert enqueued() == [f"daily:2026-11-{day}T08:00:00+08:00" for day in (24, 25, 26, 27)]


def test_only_the_holder_of_the_lease_is_heard_until_it_gives_it_back(app: Flask) -> None:
    first, second = Scheduler(app, []), Scheduler(app, [])
    second.name = "another"

    assert first.lead()
    assert not second.lead()
    first.leave()
    assert second.lead()


def test_a_stand_in_takes_over_once_the_lease_has_run_out(app: Flask) -> None:
    first, second = Scheduler(app, []), Scheduler(app, [])
    second.name = "another"
    with time_machine.travel(EIGHT, tick=False) as clock_of_the_test:
        assert first.lead()
        clock_of_the_test.shift(timedelta(minutes=1))
        assert second.lead()
        assert not first.lead()


def test_a_run_is_enqueued_once_for_ever() -> None:
    with unit_of_work():
        assert enqueue_due(DAILY, EIGHT)
    with unit_of_work():
        assert not enqueue_due(DAILY, EIGHT + timedelta(hours=2))


def test_the_worker_knows_every_job_of_the_table() -> None:
    assert {job.kind for job in JOBS} <= set(TASKS)
    assert len({job.name for job in JOBS}) == len(JOBS)

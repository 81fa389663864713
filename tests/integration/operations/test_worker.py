"""Work is done once, under a lease, and what fails comes back later or is set aside in sight."""

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.support.pages import PageClient
from tracker.accounts.access import SYSTEM
from tracker.accounts.models import User
from tracker.core import audit, clock, queue
from tracker.core.db import session, unit_of_work
from tracker.core.heartbeats import Heartbeat
from tracker.core.queue import Work, WorkState
from tracker.core.tasks import Hopeless, Payload, Task, simple
from tracker.worker import Worker


def note(payload: Payload) -> None:
    """Write something that can be counted."""
    audit.record("test.noted", None, actor=SYSTEM, name=payload["name"])


def noted() -> list[str]:
    session().rollback()
    return [row.details["name"] for row in session().scalars(select(audit.AuditRecord).order_by(audit.AuditRecord.id))]


def only_work() -> Work:
    session().rollback()
    session().expire_all()
    return session().scalars(select(Work)).one()


def enqueue(name: str = "x", **how: object) -> None:
    with unit_of_work():
        queue.enqueue("note", {"name": name}, **how)  # type: ignore[arg-type]  # as the test says


def worker(app: Flask, task: Task | None = None) -> Worker:
    tasks: Mapping[str, Task] = {"note": task or simple(note)}
    return Worker(app, tasks)


@pytest.fixture(autouse=True)
def _inside(db_session: object) -> None:
    """Run every test inside the app."""


def test_work_is_done_once_and_marked_in_the_same_transaction(app: Flask) -> None:
    enqueue()

    assert worker(app).work_once()
    assert not worker(app).work_once()

    assert noted() == ["x"]
    assert only_work().state is WorkState.DONE


def test_work_with_the_same_key_is_enqueued_once(app: Flask) -> None:
    for _time in range(3):
        enqueue(unique_key="job:1")

    assert worker(app).work_once()
    assert not worker(app).work_once()


def test_work_that_fails_leaves_nothing_and_comes_back_later(app: Flask) -> None:
    def fails(payload: Payload) -> None:
        note(payload)
        raise RuntimeError("broken")

    enqueue()
    worker(app, simple(fails)).work_once()

    row = only_work()
    assert noted() == []
    assert (row.state, row.attempts, row.error) == (WorkState.QUEUED, 1, "RuntimeError: broken")
    assert row.run_at > clock.now() + timedelta(seconds=8)


def test_work_that_fails_too_often_is_set_aside_and_its_feature_told(app: Flask) -> None:
    told: list[str] = []

    def fails(_payload: Payload) -> None:
        raise RuntimeError("broken")

    task = Task(prepare=fails, give_up=lambda _payload, error: told.append(error))
    enqueue(max_attempts=1)
    worker(app, task).work_once()

    assert only_work().state is WorkState.DEAD
    assert told == ["RuntimeError: broken"]


def test_hopeless_work_is_not_tried_again(app: Flask) -> None:
    def fails(_payload: Payload) -> None:
        raise Hopeless("nobody there")

    enqueue()
    worker(app, simple(fails)).work_once()

    assert only_work().state is WorkState.DEAD


def test_work_that_no_version_knows_is_set_aside(app: Flask) -> None:
    with unit_of_work():
        queue.enqueue("unheard-of", {})

    worker(app).work_once()

    assert only_work().state is WorkState.DEAD


def test_work_of_a_lost_worker_is_taken_over_after_its_lease(app: Flask) -> None:
    enqueue()
    with unit_of_work() as work:
        assert queue.claim(work, worker="lost", lease=timedelta(seconds=-1)) is not None

    worker(app).work_once()

    assert noted() == ["x"]


def test_a_paused_worker_writes_nothing_once_another_has_taken_over(app: Flask) -> None:
    enqueue()
    late = worker(app, Task(prepare=lambda _payload: take_over(app), record=lambda payload, _prepared: note(payload)))

    late.work_once()

    assert noted() == ["x"]
    assert only_work().token == 2


def take_over(app: Flask) -> None:
    """Let the lease of the work in hand run out, and another worker do it."""
    session().rollback()
    session().execute(update(Work).values(lease_until=clock.now() - timedelta(seconds=1)))
    session().commit()
    thread = threading.Thread(target=worker(app).work_once)
    thread.start()
    thread.join()


def test_work_over_which_every_worker_was_lost_is_set_aside(app: Flask) -> None:
    enqueue(max_attempts=2)
    for _time in range(2):
        with unit_of_work() as work:
            assert queue.claim(work, worker="lost", lease=timedelta(seconds=-1)) is not None

    worker(app).work_once()

    assert only_work().state is WorkState.DEAD
    assert noted() == []


def test_eight_workers_do_each_piece_once(app: Flask) -> None:
    with unit_of_work():
        note({"name": "-1"})  # the trail has begun, as on every installation
    names = [f"{number}" for number in range(-1, 40)]
    for name in names[1:]:
        enqueue(name)

    def work_off() -> None:
        mine = worker(app)
        while mine.work_once():
            pass

    threads = [threading.Thread(target=work_off) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(noted(), key=int) == names


def test_a_heartbeat_prolongs_the_lease_of_the_work_in_hand(app: Flask) -> None:
    enqueue()
    mine = worker(app)
    with unit_of_work() as work:
        mine.claim = queue.claim(work, worker=mine.name, lease=timedelta(seconds=1))

    mine.beat()

    assert (only_work().lease_until or clock.now()) > clock.now() + timedelta(seconds=30)
    assert session().scalars(select(Heartbeat.role)).all() == ["worker"]


def test_an_administrator_sees_what_was_set_aside_and_tries_it_again(
    app: Flask, administrator: User, sign_in: Callable[[User], PageClient]
) -> None:
    session().commit()
    with unit_of_work():
        queue.enqueue("unheard-of", {})
    worker(app).work_once()
    browser = sign_in(administrator)

    page = browser.get("/admin/work")
    browser.post(f"/admin/work/{only_work().id}/retry", page="/admin/work")

    assert "unheard-of" in page.text
    assert only_work().state is WorkState.QUEUED
    browser.get("/admin/work?state=nonsense&after=x")

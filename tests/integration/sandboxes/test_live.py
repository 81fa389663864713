"""The live page: what is new after an event, by a stream that holds no connection, or by asking."""

import json
from collections.abc import Callable

import pytest
from flask import Flask

from tests.factories import sandboxes
from tests.factories.journey import Case
from tests.support.pages import PageClient
from tracker.accounts.models import User
from tracker.core.db import db, session
from tracker.sandboxes import live
from tracker.sandboxes.models import SandboxOperation
from tracker.sandboxes.rules.states import CancelStage, EventKind, OperationState

SignIn = Callable[[User], PageClient]


@pytest.fixture
def operation(case: Case) -> SandboxOperation:
    """Give an operation that a worker has begun."""
    sandbox = sandboxes.approved(case.engagement, actor=case.vendor, second=case.staff)
    begun = sandboxes.begin(sandbox)
    sandboxes.log(begun, "查詢 · Searching", kind=EventKind.STAGE)
    sandboxes.resource(begun, "files")
    session().commit()
    return begun


def _events(text: str) -> list[tuple[str, dict[str, object]]]:
    found = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and not line.startswith(":"))
        if "event" in lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


def _end(operation: SandboxOperation) -> None:
    operation.state = OperationState.SUCCEEDED
    session().commit()


def test_the_stream_tells_everything_and_ends_with_the_operation(
    case: Case, operation: SandboxOperation, sign_in: SignIn
) -> None:
    _end(operation)

    answer = sign_in(case.vendor_user).fetch(f"/sandboxes/operations/{operation.id}/events?after=0")

    assert answer.mimetype == "text/event-stream"
    told = _events(answer.get_data(as_text=True))
    assert [name for name, _data in told].count("line") == 2
    assert ("end", {}) in told
    assert any(name == "resource" and data["name"] == "files" for name, data in told)
    assert any(name == "state" and data["ended"] for name, data in told)


def test_a_reader_goes_on_from_the_last_event_it_has_seen(
    case: Case, operation: SandboxOperation, sign_in: SignIn
) -> None:
    first, second = sandboxes.log(operation, "one", "two")
    _end(operation)
    client = sign_in(case.vendor_user)

    news = client.fetch(f"/sandboxes/operations/{operation.id}/news?after={first.id}").get_json()
    streamed = client.browser.get(
        f"/sandboxes/operations/{operation.id}/events?after=0", headers={"Last-Event-ID": str(first.id)}, buffered=True
    )

    assert [line["text"] for line in news["lines"]] == ["two"]
    lines = [data["text"] for name, data in _events(streamed.get_data(as_text=True)) if name == "line"]
    assert lines == ["two"]
    assert news["after"] == second.id


def test_no_connection_is_held_while_a_stream_waits(app: Flask, operation: SandboxOperation) -> None:
    operation_id = operation.id
    session().close()
    idle = db.engine.pool.checkedout()  # type: ignore[attr-defined]  # of the pools in use here

    feed = live.stream(app, operation_id, 0, "en")
    seen = [next(feed) for _number in range(5)]

    assert any("event: line" in one for one in seen)
    assert db.engine.pool.checkedout() == idle  # type: ignore[attr-defined]  # as above


def test_one_person_has_no_more_streams_than_some_and_gives_them_back() -> None:
    room = live.Room(most=live.MOST_OF_ONE + 1)

    assert all(room.enter(1) for _number in range(live.MOST_OF_ONE))
    assert not room.enter(1)
    assert room.enter(2)
    assert not room.enter(3)
    room.leave(1)
    assert room.enter(3)


def test_a_page_without_room_for_a_stream_is_told_to_ask(
    app: Flask, case: Case, operation: SandboxOperation, sign_in: SignIn
) -> None:
    room = live.room_of(app)
    taken = [room.enter(case.vendor.user_id or 0) for _number in range(live.MOST_OF_ONE)]

    try:
        answer = sign_in(case.vendor_user).fetch(f"/sandboxes/operations/{operation.id}/events", status=429)
    finally:
        for _one in taken:
            room.leave(case.vendor.user_id or 0)

    assert answer.headers["Retry-After"]


def test_the_log_is_searched_and_given_as_a_file(case: Case, operation: SandboxOperation, sign_in: SignIn) -> None:
    sandboxes.log(operation, "creating <b>bucket</b>", "100% done", "nothing else")
    session().commit()
    client, path = sign_in(case.vendor_user), f"/sandboxes/operations/{operation.id}"

    page = client.get(f"{path}?q=%25")
    whole = client.fetch(f"{path}/log.txt").get_data(as_text=True)

    assert "100% done" in page.text
    assert "nothing else" not in page.text
    assert "&lt;b&gt;bucket" in client.get(path).text
    assert whole.count("\n") == 5


def test_a_cancellation_says_what_it_is_doing(case: Case, operation: SandboxOperation, sign_in: SignIn) -> None:
    client, path = sign_in(case.vendor_user), f"/sandboxes/operations/{operation.id}"

    page = client.post(f"{path}/cancel", page=path)

    assert "正在通知" in page.text
    session().expire_all()
    assert operation.cancel_stage is CancelStage.ASKED
    operation.cancel_stage = CancelStage.WAITING
    session().commit()
    assert "等候引擎" in client.get(path).text

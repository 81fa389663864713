"""The worker is killed while it mails: every mail leaves, and one that left twice carries the same Message-ID."""

import random
import time
from collections import Counter

import pytest
from sqlalchemy import func, select

from tests.factories.mail import Sink, mail_server
from tests.support.figures import report
from tests.support.installation import Installation, wait_until
from tracker.core.db import session, unit_of_work
from tracker.core.heartbeats import Lease
from tracker.core.queue import Work, WorkState
from tracker.core.text import Message
from tracker.notifications import operations
from tracker.notifications.letters import Letter
from tracker.notifications.models import OutboxMail
from tracker.notifications.rules import MailState

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3600)]


def write_mails(installation: Installation, number: int) -> None:
    with installation.inside(), unit_of_work():
        for _number in range(number):
            operations.queue_mail("vendor@people.example", Letter(Message("Inbox")), language="zh-Hant")


def unsent(installation: Installation) -> int:
    return int(installation.ask(select(func.count()).where(OutboxMail.state != MailState.SENT))[0])


def how_it_stands(installation: Installation) -> str:
    """Give what is left to do, for a failing test."""
    open_work = installation.ask(select(Work.error).where(Work.state != WorkState.DONE))
    return f"{unsent(installation)} mails unsent; errors of open work: {open_work[:10]}\n{installation.said()}"


def message_ids(installation: Installation) -> set[str]:
    return set(installation.ask(select(OutboxMail.message_id)))


def send_the_rest(installation: Installation, sink: Sink) -> None:
    """Let the worker send what is left, as long as that takes, while mails leave."""
    while unsent(installation) > 0:
        before = len(sink.messages)
        wait_until(
            lambda: len(sink.messages) > before or unsent(installation) == 0,  # noqa: B023 - called at once
            60,
            lambda: how_it_stands(installation),
        )


def test_every_mail_leaves_although_the_worker_is_killed(mailing: tuple[Installation, Sink], rounds: int) -> None:
    installation, sink = mailing
    write_mails(installation, rounds * 15)
    worker = installation.start_role("worker")

    for _round in range(rounds):
        before = len(sink.messages)
        wait_until(lambda: len(sink.messages) > before or unsent(installation) == 0, 60, installation.said)  # noqa: B023 - called at once
        time.sleep(random.uniform(0, 0.2))
        worker.kill()
        worker = installation.start_role("worker")
    send_the_rest(installation, sink)

    taken = Counter(str(message["Message-ID"]) for message in sink.messages)
    assert set(taken) == message_ids(installation)
    doubled = sum(number - 1 for number in taken.values())
    assert doubled <= rounds
    assert worker.stop() == 0
    report(
        f"{rounds} kills, {len(taken)} mails: 0 lost, {doubled} cut after the server had taken them (same Message-ID)"
    )


def test_a_worker_told_to_stop_finishes_the_mail_in_hand(mailing: tuple[Installation, Sink]) -> None:
    installation, sink = mailing
    write_mails(installation, 200)
    worker = installation.start_role("worker")
    wait_until(lambda: len(sink.messages) > 3, 60, installation.said)

    assert worker.stop() == 0

    with installation.inside():
        sent = session().scalar(select(func.count()).where(OutboxMail.state == MailState.SENT))
    assert sent == len(sink.messages)


def test_mails_wait_for_a_server_that_is_down_and_leave_once_each(installation: Installation) -> None:
    with mail_server() as gone:
        port = gone.port
    installation.settings.smtp_url = f"smtp://127.0.0.1:{port}"
    write_mails(installation, 5)
    worker = installation.start_role("worker")
    wait_until(lambda: tried(installation) == 5, 60, installation.said)

    with mail_server(port) as sink:
        wait_until(lambda: unsent(installation) == 0, 60, installation.said)
        assert Counter(str(message["Message-ID"]) for message in sink.messages) == Counter(message_ids(installation))
    assert worker.stop() == 0


def tried(installation: Installation) -> int:
    return int(installation.ask(select(func.count()).where(Work.attempts > 0))[0])


def test_two_schedulers_at_once_make_each_run_once(installation: Installation) -> None:
    first, second = installation.start_role("scheduler"), installation.start_role("scheduler")
    wait_until(lambda: led(installation) is not None, 60, installation.said)
    time.sleep(3)

    with installation.inside():
        keys = list(session().scalars(select(Work.unique_key)))
    assert len(keys) == len(set(keys)) > 0
    leader = led(installation) or ""
    led_by = first if leader.endswith(f":{first.popen.pid}") else second
    stand_in = second if led_by is first else first
    assert led_by.stop() == 0
    wait_until(lambda: (led(installation) or "").endswith(f":{stand_in.popen.pid}"), 60, installation.said)
    with installation.inside():
        assert set(session().scalars(select(Work.unique_key))) == set(keys)
    assert stand_in.stop() == 0


def led(installation: Installation) -> str | None:
    return next(iter(installation.ask(select(Lease.holder))), None)

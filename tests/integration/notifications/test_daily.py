"""One message a day per person, with everything that is owed and new, and nothing that was switched off."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select

from tests.factories import people
from tests.support.pages import PageClient
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.core import queue
from tracker.core.db import session, unit_of_work
from tracker.core.text import Message
from tracker.notifications import jobs, operations, reminders
from tracker.notifications.models import Notice, OutboxMail
from tracker.notifications.rules import Reason, Reminder

WorkOff = Callable[[], int]
TUESDAY = date(2026, 11, 24)
SUNDAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def at_eight() -> Iterator[None]:
    with time_machine.travel("2026-11-24T08:00:00+08:00", tick=True):
        yield


@pytest.fixture
def owed(monkeypatch: pytest.MonkeyPatch) -> list[Reminder]:
    """Give a list that a feature tells from."""
    told: list[Reminder] = []
    monkeypatch.setattr(reminders, "_sources", {"test": lambda _day: told})
    return told


def remind(day: date = TUESDAY) -> None:
    with unit_of_work():
        queue.enqueue(jobs.REMIND, {"day": day.isoformat()}, unique_key=f"reminders:{day}")


def mails() -> list[OutboxMail]:
    session().expire_all()
    return list(session().scalars(select(OutboxMail).order_by(OutboxMail.id)))


def notices(user: User) -> list[Notice]:
    return list(session().scalars(select(Notice).where(Notice.user_id == user.id).order_by(Notice.id)))


def due(user: User, days: int, path: str = "/items/1", reason: Reason = Reason.DUE) -> Reminder:
    return Reminder(user.id, reason, Message("%(name)s", {"name": f"事項{path}"}), path, TUESDAY + timedelta(days=days))


def test_all_that_a_person_owes_comes_in_one_mail(expert: User, owed: list[Reminder], work_off: WorkOff) -> None:
    owed += [due(expert, 1, "/items/1"), due(expert, -3, "/items/2"), due(expert, 5, "/items/3")]

    remind()
    work_off()

    (mail,) = mails()
    assert mail.recipient == expert.email
    assert mail.text.index("/items/2") < mail.text.index("/items/1") < mail.text.index("/items/3")
    assert "逾期 3 天" in mail.text
    assert len(notices(expert)) == 1


def test_each_person_gets_a_mail_of_their_own_in_their_language(
    expert: User, owed: list[Reminder], work_off: WorkOff
) -> None:
    visitor = people.person(Role.EXPERT, language="en")
    session().commit()
    owed += [due(expert, 0), due(visitor, 0)]

    remind()
    work_off()

    subjects = {mail.recipient: mail.subject for mail in mails()}
    assert subjects == {expert.email: "有一件事等您處理", visitor.email: "One thing is waiting for you"}


def test_the_same_day_tells_nobody_twice(expert: User, owed: list[Reminder], work_off: WorkOff) -> None:
    owed.append(due(expert, 0))
    remind()
    work_off()

    with unit_of_work():
        queue.enqueue(jobs.REMIND, {"day": TUESDAY.isoformat()})
    work_off()

    assert len(mails()) == 1


def test_nothing_is_told_on_a_day_off(expert: User, owed: list[Reminder], work_off: WorkOff) -> None:
    owed.append(due(expert, 0))

    remind(SUNDAY)
    work_off()

    assert mails() == []


def test_a_reason_that_was_switched_off_is_not_mailed_but_stays_in_the_inbox(
    expert: User, owed: list[Reminder], work_off: WorkOff
) -> None:
    owed.append(due(expert, 0))
    with unit_of_work():
        operations.switch_off(expert.id, Reason.DUE, actor=people.acting(expert))

    remind()
    work_off()

    assert mails() == []
    assert len(notices(expert)) == 1


def test_news_of_the_inbox_come_with_the_message_once(expert: User, owed: list[Reminder], work_off: WorkOff) -> None:
    with unit_of_work():
        operations.notify([expert.id], Reason.ASSIGNED, "%(name)s", {"name": "示範雲端"}, path="/engagements/7")

    remind()
    work_off()
    remind(TUESDAY + timedelta(days=1))
    work_off()

    (mail,) = mails()
    assert "示範雲端" in mail.text
    assert "/engagements/7" in mail.text


def test_what_was_read_is_not_mailed(expert: User, owed: list[Reminder], work_off: WorkOff) -> None:
    with unit_of_work():
        operations.notify([expert.id], Reason.COMMENT, "%(name)s", {"name": "x"}, path="/")
    with unit_of_work():
        operations.mark_all_read(None, 10**9, actor=people.acting(expert))

    remind()
    work_off()

    assert mails() == []


def test_a_person_whose_account_has_ended_is_told_nothing(
    expert: User, owed: list[Reminder], work_off: WorkOff
) -> None:
    owed.append(due(expert, 0))
    expert.active = False
    session().commit()

    remind()
    work_off()

    assert mails() == []


def test_a_newer_reminder_takes_the_place_of_an_unread_older_one(
    expert: User, owed: list[Reminder], work_off: WorkOff
) -> None:
    owed += [due(expert, 0), due(expert, 1)]
    for day in (TUESDAY, TUESDAY + timedelta(days=1)):
        remind(day)
        work_off()

    older, newer = notices(expert)
    assert older.read_at is not None
    assert newer.read_at is None


def test_a_notice_under_a_key_is_given_once_to_each_person(expert: User, staff: User) -> None:
    for _time in range(2):
        with unit_of_work():
            operations.notify(
                [expert.id, staff.id, None, expert.id], Reason.DECISION, "x", {}, path="/", once_key="gate:1"
            )

    assert (len(notices(expert)), len(notices(staff))) == (1, 1)


def test_the_link_in_a_mail_switches_mails_off_without_signing_in(
    expert: User, owed: list[Reminder], work_off: WorkOff, client: PageClient
) -> None:
    owed.append(due(expert, 0))
    remind()
    work_off()
    link = mails()[0].unsubscribe
    assert link is not None

    client.get(link)
    assert client.browser.get(link).status_code == 200
    owed.append(due(expert, 1))
    assert len(mails()) == 1

    one_click = client.browser.post(link, data={"List-Unsubscribe": "One-Click"})
    remind(TUESDAY + timedelta(days=1))
    work_off()

    assert one_click.status_code == 200
    assert len(mails()) == 1


def test_a_forged_link_switches_nothing_off(client: PageClient, expert: User) -> None:
    client.get("/inbox/unsubscribe/WzEsIiJd.forged", status=410)

"""The page of work in the background: sentences for whoever runs the product, and what can be done about what failed."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from tests.support.pages import PageClient
from tracker.accounts.models import User
from tracker.core import queue
from tracker.core.audit import AuditRecord
from tracker.core.db import session, unit_of_work
from tracker.core.queue import Work, WorkState
from tracker.overview import work_words
from tracker.worker import TASKS

SignIn = Callable[[User], PageClient]


def set_aside(kind: str, error: str, **payload: object) -> Work:
    with unit_of_work() as work:
        row = Work(kind=kind, payload=payload, state=WorkState.DEAD, error=error, attempts=8)
        work.add(row)
    return row


def test_every_kind_of_work_has_a_sentence() -> None:
    assert set(TASKS) - set(work_words.KINDS) == set()


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("ConnectionRefusedError: [Errno 111]", "A server that is needed could not be reached."),
        ("OperationalError: locked", "The database was away or busy."),
        (
            "Hopeless: The mail server refused the mail for good (code 550).",
            "The mail server refused the mail for good.",
        ),
        ("ZeroDivisionError: division by zero", "Something unexpected went wrong."),
    ],
)
def test_what_went_wrong_is_said_and_what_to_do(error: str, sentence: str) -> None:
    assert (work_words.reason_of(error) or "").startswith(sentence)


def test_the_page_speaks_sentences_and_keeps_the_technical_text_folded(administrator: User, sign_in: SignIn) -> None:
    session().commit()
    set_aside("notifications.send_mail", "TimeoutError: timed out", mail_id=7)
    set_aside("notifications.remind", "KeyError: 'x'", day="2026-11-23")

    page = sign_in(administrator).get("/admin/work?lang=en")

    assert "Send a mail" in page.text
    assert "/admin/outbox/7" in page.links
    assert "Find out who is to be reminded" in page.text
    assert "notifications.send_mail" not in page.text
    assert [text for text in page.texts("details") if "TimeoutError: timed out" in text]


def test_what_is_dropped_needs_a_reason_and_is_not_tried_again(administrator: User, sign_in: SignIn) -> None:
    session().commit()
    row, browser = set_aside("notifications.remind", "KeyError: 'x'", day="2026-11-23"), sign_in(administrator)

    refused = browser.post(f"/admin/work/{row.id}/drop?lang=en")
    browser.post(f"/admin/work/{row.id}/drop", {"reason": "示範原因"})
    again = browser.send(f"/admin/work/{row.id}/retry", browser.get("/admin/work").fields("/sign-out"), status=422)

    session().rollback()
    session().expire_all()
    assert "Write why this is not tried again." in refused.text
    assert again.heading
    assert session().get_one(Work, row.id).state is WorkState.DROPPED
    assert not queue.has_due(session())
    record = session().scalars(select(AuditRecord).where(AuditRecord.action == "work.dropped")).one()
    assert record.details["reason"] == "示範原因"
    assert f"/audit?subject=work:{row.id}" in browser.get("/admin/work?state=dropped").links

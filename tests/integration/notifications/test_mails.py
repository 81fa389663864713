"""Mails leave through the outbox: once, in words that cannot break out, and only where there is a server."""

import smtplib
import ssl
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories.mail import Sink
from tests.support.pages import PageClient
from tracker.accounts.models import User
from tracker.core import clock
from tracker.core.db import session, unit_of_work
from tracker.core.queue import Work, WorkState
from tracker.core.tasks import Hopeless
from tracker.core.text import Message
from tracker.notifications import operations, smtp
from tracker.notifications.letters import Letter
from tracker.notifications.models import OutboxMail
from tracker.notifications.rules import MailState

WorkOff = Callable[[], int]
LETTER = Letter(
    Message("Inbox"), lines=[Message("%(name)s", {"name": "示範"})], action=(Message("Open CloudSteps"), "/inbox")
)


def write(letter: Letter = LETTER, recipient: str = "staff@people.example", **how: object) -> OutboxMail | None:
    with unit_of_work():
        return operations.queue_mail(recipient, letter, language="zh-Hant", **how)  # type: ignore[arg-type]  # as the test says


def only_mail() -> OutboxMail:
    session().expire_all()
    return session().scalars(select(OutboxMail)).one()


def let_time_pass() -> None:
    with unit_of_work() as work:
        for row in work.scalars(select(Work).where(Work.state == WorkState.QUEUED)):
            row.run_at = clock.now()


def test_a_mail_goes_out_once_in_text_and_html(db_session: object, mail_server: Sink, work_off: WorkOff) -> None:
    write()

    work_off()
    work_off()

    sent = only_mail()
    assert (sent.state, len(mail_server.messages)) == (MailState.SENT, 1)
    message = mail_server.messages[0]
    assert message["Message-ID"] == sent.message_id
    assert message["To"] == "staff@people.example"
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert "http://localhost/inbox" in text.get_content()
    assert html is not None
    assert "示範" in html.get_content()


def test_a_mail_vanishes_with_the_transaction_that_wrote_it(
    db_session: object, mail_server: Sink, work_off: WorkOff
) -> None:
    def refused() -> None:
        with unit_of_work():
            operations.queue_mail("a@people.example", LETTER, language="en")
            raise RuntimeError("the change is refused")

    with pytest.raises(RuntimeError):
        refused()
    assert work_off() == 0
    assert mail_server.messages == []


def test_without_a_server_mails_are_kept_and_not_lost(db_session: object, work_off: WorkOff) -> None:
    write()

    work_off()

    assert only_mail().state is MailState.KEPT


def test_the_same_key_writes_one_mail(db_session: object) -> None:
    assert write(once_key="invitation:1") is not None
    assert write(once_key="invitation:1") is None


def test_a_server_that_is_busy_is_asked_again(db_session: object, mail_server: Sink, work_off: WorkOff) -> None:
    mail_server.answer = "451 try later"
    write()
    work_off()
    assert only_mail().state is MailState.WAITING

    mail_server.answer = "250 taken"
    let_time_pass()
    work_off()

    assert only_mail().state is MailState.SENT
    assert len(mail_server.messages) == 1


def test_a_mail_refused_for_good_is_set_aside_and_shown(
    db_session: object, mail_server: Sink, work_off: WorkOff
) -> None:
    mail_server.answer = "550 no such person"
    write()

    work_off()

    assert only_mail().state is MailState.FAILED
    assert session().scalars(select(Work.state)).all() == [WorkState.DEAD]


def test_line_breaks_in_texts_and_addresses_add_no_header_and_no_recipient(
    db_session: object, mail_server: Sink, work_off: WorkOff
) -> None:
    evil = "示範\r\nBcc: thief@evil.example\r\n\r\nbody"
    write(Letter(Message("%(name)s", {"name": evil})))
    write(LETTER, "victim@people.example\r\nBcc: thief@evil.example")

    work_off()

    assert [message["Bcc"] for message in mail_server.messages] == [None] * len(mail_server.messages)
    assert mail_server.messages[0]["Subject"] == "示範 Bcc: thief@evil.example body"
    assert len(mail_server.messages) == 1
    assert session().scalar(select(func.count()).where(OutboxMail.state == MailState.FAILED)) == 1


def test_markup_in_a_text_stays_text_in_a_mail(db_session: object) -> None:
    mail = write(Letter(Message("Inbox"), lines=[Message("%(name)s", {"name": "<script>alert(1)</script> {{7*7}}"})]))

    assert mail is not None
    assert "<script>" not in mail.html
    assert "{{7*7}}" in mail.text


def test_a_path_in_a_mail_never_leads_to_another_host(db_session: object) -> None:
    mail = write(Letter(Message("Inbox"), action=(Message("Inbox"), "//evil.example/x")))

    assert mail is not None
    assert "http://localhost/evil.example/x" in mail.text


def test_a_password_is_not_sent_in_the_clear(mail_server: Sink) -> None:
    server = smtp.read_url(mail_server.url.replace("smtp://", "smtp://user:secret@"))

    with pytest.raises(Hopeless, match="not sent in the clear"), smtp.connection(server):
        pass


def test_a_certificate_that_nobody_vouches_for_is_refused(self_signed_server: int) -> None:
    with (
        pytest.raises((ssl.SSLCertVerificationError, smtplib.SMTPException)),
        smtp.connection(smtp.read_url(f"smtps://127.0.0.1:{self_signed_server}")),
    ):
        pass


@pytest.mark.parametrize("url", ["http://a", "smtp://", "mail.example:25"])
def test_a_wrong_address_of_a_server_is_said_to_be_wrong(url: str) -> None:
    with pytest.raises(ValueError, match="must look like"):
        smtp.read_url(url)


def test_the_outbox_shows_kept_mails_and_hides_the_text_of_others(
    app: Flask, administrator: User, sign_in: Callable[[User], PageClient], work_off: WorkOff
) -> None:
    kept = write()
    work_off()
    waiting = write()
    assert kept is not None
    assert waiting is not None
    browser = sign_in(administrator)

    browser.get("/admin/outbox")
    assert "示範" in browser.get(f"/admin/outbox/{kept.id}").text
    assert "示範" not in browser.get(f"/admin/outbox/{waiting.id}").text
    download = browser.browser.get(f"/admin/outbox/{kept.id}.html")
    assert download.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in download.headers["Content-Security-Policy"]
    browser.get(f"/admin/outbox/{waiting.id}.html", status=422)


def test_only_administrators_see_outbox_and_work(staff: User, sign_in: Callable[[User], PageClient]) -> None:
    browser = sign_in(staff)

    for path in ("/admin/outbox", "/admin/work"):
        browser.get(path, status=403)

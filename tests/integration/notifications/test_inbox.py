"""The inbox shows what concerns its reader, and nobody else's."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import event, select

from tests.support.pages import PageClient
from tracker.accounts.models import User
from tracker.core.db import db, session, unit_of_work
from tracker.notifications import operations, queries
from tracker.notifications.models import MailChoice, Notice
from tracker.notifications.rules import ALWAYS_MAILED, Reason

SignIn = Callable[[User], PageClient]


def tell(user: User, name: str, reason: Reason = Reason.COMMENT, path: str = "/account") -> None:
    with unit_of_work():
        operations.notify([user.id], reason, "%(name)s", {"name": name}, path=path)


def unread(user: User) -> list[str]:
    session().expire_all()
    rows = select(Notice).where(Notice.user_id == user.id, Notice.read_at.is_(None)).order_by(Notice.id)
    return [str(queries.sentence(notice)) for notice in session().scalars(rows)]


def test_a_reader_sees_own_notices_only(staff: User, expert: User, sign_in: SignIn) -> None:
    tell(staff, "給專員")
    tell(expert, "給專家")

    page = sign_in(staff).get("/inbox")

    assert "給專員" in page.text
    assert "給專家" not in page.text


def test_an_empty_inbox_says_what_it_is_for(staff: User, sign_in: SignIn) -> None:
    assert "尚無通知" in sign_in(staff).get("/inbox").text


def test_opening_a_notice_takes_it_as_read_and_leads_to_its_page(staff: User, sign_in: SignIn) -> None:
    tell(staff, "一")
    tell(staff, "二")
    browser = sign_in(staff)
    notice_id = session().scalars(select(Notice.id).order_by(Notice.id)).first()

    page = browser.post(f"/inbox/{notice_id}/open", page="/inbox", follow=False, status=302)

    assert page.response.location == "/account"
    assert unread(staff) == ["二"]


def test_nobody_opens_another_persons_notice(staff: User, expert: User, sign_in: SignIn) -> None:
    tell(staff, "一")
    tell(expert, "二")
    notice_id = session().scalars(select(Notice.id).where(Notice.user_id == staff.id)).one()
    browser = sign_in(expert)
    values = browser.get("/inbox").fields()

    browser.send(f"/inbox/{notice_id}/open", values, status=404)

    assert unread(staff) == ["一"]


def test_a_path_to_another_host_is_not_followed(staff: User, sign_in: SignIn) -> None:
    tell(staff, "一", path="//evil.example/")
    notice_id = session().scalars(select(Notice.id)).one()

    page = sign_in(staff).post(f"/inbox/{notice_id}/open", page="/inbox", follow=False, status=302)

    assert page.response.location == "/evil.example/"


def test_mark_all_read_leaves_what_came_after_the_page_was_opened(staff: User, sign_in: SignIn) -> None:
    tell(staff, "一")
    browser = sign_in(staff)
    values = browser.get("/inbox").fields("/inbox/mark-read")
    tell(staff, "二")

    browser.send("/inbox/mark-read", values)

    assert unread(staff) == ["二"]


def test_filters_by_reason_and_unread(staff: User, sign_in: SignIn) -> None:
    tell(staff, "留言內容", Reason.COMMENT)
    tell(staff, "到期內容", Reason.DUE)
    browser = sign_in(staff)

    page = browser.get("/inbox?reason=due&unread=1")

    assert "到期內容" in page.text
    assert "留言內容" not in page.text
    browser.get("/inbox?reason=nonsense&after=x")


def test_pages_continue_after_the_last_one_shown_in_few_queries(app: Flask, staff: User, sign_in: SignIn) -> None:
    for number in range(60):
        tell(staff, f"第{number:03}則")
    browser = sign_in(staff)
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        first = browser.get("/inbox")
    finally:
        event.remove(db.engine, "before_cursor_execute", note)

    assert "第059則" in first.text
    assert "第009則" not in first.text
    assert len([one for one in asked if not one.startswith("PRAGMA")]) <= 12
    following = next(link for link in first.links if "after=" in link)
    assert "第009則" in browser.get(following).text


def test_a_person_chooses_for_which_reasons_mail_comes(staff: User, sign_in: SignIn) -> None:
    browser = sign_in(staff)

    browser.post("/inbox/mails", {"reasons": ["due", "decision"]})

    off = set(session().scalars(select(MailChoice.reason).where(MailChoice.user_id == staff.id)))
    assert off == set(Reason) - {Reason.DUE, Reason.DECISION} - ALWAYS_MAILED

"""What a request costs in questions to the database."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from tests.factories import people
from tests.support.pages import PageClient
from tests.support.queries import count_queries, counted
from tracker.accounts.models import User
from tracker.accounts.rules import Role

SignIn = Callable[[User], PageClient]


def test_knowing_who_asks_costs_two_queries(sign_in: SignIn, expert: User, db_session: Session) -> None:
    browser = sign_in(expert)
    browser.get("/account")

    with count_queries() as seen:
        browser.get("/account/sessions")

    about_the_reader = [sql for sql in seen if "web_session" in sql.lower() or "role_grant" in sql]
    assert len(about_the_reader) == 3, (
        seen
    )  # the session with its person, the rights, and the list that this page shows
    assert len(seen) <= 5, seen


def test_static_files_ask_nothing(sign_in: SignIn, expert: User, db_session: Session) -> None:
    browser = sign_in(expert)

    with count_queries() as seen:
        browser._apart(lambda: browser.browser.get("/static/css/app.css", buffered=True).close())

    assert seen == []


def test_the_list_of_people_costs_the_same_for_two_and_for_fifty(
    sign_in: SignIn, administrator: User, db_session: Session
) -> None:
    browser = sign_in(administrator)
    browser.get("/admin/people")
    few = counted(lambda: browser.get("/admin/people"))
    for _number in range(60):
        people.person(Role.EXPERT, Role.REVIEWER)

    many = counted(lambda: browser.get("/admin/people"))

    assert many == few <= 12

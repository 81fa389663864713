"""The pages of coaching."""

from collections.abc import Callable

from tests.factories import coaching
from tests.support.pages import PageClient
from tracker.accounts.models import User


def test_pages_open(db_session: object, sign_in: Callable[[User], PageClient]) -> None:
    case = coaching.case()
    logged = coaching.submitted(case, actions=(coaching.action_of(case),))
    for who in (case.expert, case.staff, case.member):
        client = sign_in(who)
        for path in (
            "/coaching-sessions",
            f"/coaching-sessions/{logged.id}",
            "/coaching-sessions/calendar",
            "/calendar-feed",
            "/coaching-sessions.csv",
            f"/coaching-sessions/{logged.id}/record.pdf",
        ):
            client.get(path)
    client = sign_in(case.expert)
    client.get("/coaching-sessions/new")
    client.get("/coaching-sessions/coverage")
    client.get("/coaching-sessions/hours")

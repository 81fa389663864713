"""The pages of coaching open for everybody whom they are for."""

from collections.abc import Callable

import pytest

from tests.factories import coaching
from tests.support.pages import PageClient
from tracker.accounts.models import User
from tracker.core.db import session

FOR_ALL = ("/coaching-sessions", "/coaching-sessions/{id}", "/coaching-sessions/calendar", "/calendar-feed")
FOR_COUNSELLORS = ("/coaching-sessions/new", "/coaching-sessions/coverage", "/coaching-sessions/hours")


@pytest.mark.parametrize("lang", ["zh-Hant", "en"])
@pytest.mark.parametrize("who", ["expert", "staff", "member"])
def test_pages_open(db_session: object, sign_in: Callable[[User], PageClient], who: str, lang: str) -> None:
    case = coaching.case()
    logged = coaching.submitted(case, actions=(coaching.action_of(case),), people=coaching.everybody(case))
    session().commit()
    client = sign_in(getattr(case, who))

    for path in FOR_ALL + (() if who == "member" else FOR_COUNSELLORS):
        client.get(f"{path.format(id=logged.id)}?lang={lang}")
    for path in ("/coaching-sessions.csv", f"/coaching-sessions/{logged.id}/record.pdf"):
        client.fetch(path)

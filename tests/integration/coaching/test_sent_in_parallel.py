"""The same form sent by many requests at once, each in a thread with a connection of its own."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import coaching
from tests.support.pages import PageClient
from tracker.accounts.access import load_actor
from tracker.accounts.models import User
from tracker.coaching import operations
from tracker.coaching.models import CoachingSession, SessionTopic
from tracker.coaching.operations import AlreadyLogged
from tracker.core.db import db, session, unit_of_work
from tracker.journey.models import Engagement

AT_ONCE = 10


@pytest.fixture
def case(db_session: object) -> coaching.Case:
    made = coaching.case()
    session().commit()
    return made


def in_parallel(work: Callable[[int], str]) -> Counter[str]:
    start = Barrier(AT_ONCE)

    def run(number: int) -> str:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(lambda number: Context().run(run, number), range(AT_ONCE)))


def test_one_key_is_one_session_whoever_comes_first(app: Flask, case: coaching.Case) -> None:
    details = coaching.details()
    engagement_id, expert_id = case.engagement.id, case.expert.id
    session().commit()

    def log(_number: int) -> str:
        with app.app_context():
            try:
                engagement = session().get_one(Engagement, engagement_id)
                actor = load_actor(expert_id)
                with unit_of_work():
                    operations.log_session(engagement, details, actor=actor)
            except AlreadyLogged:
                return "was logged"
            finally:
                db.session.remove()
            return "logged"

    answers = in_parallel(log)

    assert answers == {"logged": 1, "was logged": AT_ONCE - 1}
    assert session().scalar(select(func.count()).select_from(CoachingSession)) == 1
    assert session().scalar(select(func.count()).select_from(SessionTopic)) == 1


def test_many_posts_of_one_form_all_lead_to_the_same_session(
    app: Flask, case: coaching.Case, sign_in: Callable[[User], PageClient]
) -> None:
    path = f"/engagements/{case.engagement.id}/coaching-sessions/new"
    clients = [sign_in(case.expert) for _number in range(AT_ONCE)]
    form = {**clients[0].get(path).fields(path), "findings": "同時送出"}
    tokens = [client.get(path).fields(path)["csrf_token"] for client in clients]
    session().commit()

    def post(number: int) -> str:
        values = {**form, "csrf_token": tokens[number], "once": f"a-key-of-its-own-{number}"}
        answer = clients[number].browser.post(path, data=values)
        return f"{answer.status_code // 100} {answer.headers.get('Location', '')}"

    answers = in_parallel(post)

    logged = session().scalars(select(CoachingSession)).one()
    assert answers == {f"3 /coaching-sessions/{logged.id}": AT_ONCE}

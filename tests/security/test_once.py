"""A form changes what it changes once, however often and however fast it is sent."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from tests.security.test_forms import SENT_AS
from tests.support.forms import FoundForm
from tests.support.pages import Page
from tests.support.whole_app import WholeApp
from tracker.core import audit
from tracker.core.db import db
from tracker.journey.models import ItemComment

PARALLEL = 50
THREADS = 10
ONCE = "one-key-for-both-sendings"
AROUND = {"submission", "web_session", "attempt"}
WITHOUT_KEY = ("/sign-in", "/forgotten-password", "/calendar-feed", "/inbox/", "/set-up")
"""Forms whose repetition is harmless or wanted: a new attempt, a new link."""


def test_sending_a_form_twice_changes_the_rows_once(own_app: WholeApp, forms: list[FoundForm]) -> None:
    doubled, sent = [], 0
    for number, form in enumerate(forms):
        if (
            form.action.startswith(WITHOUT_KEY)
            or form.asks_for_password
            or not any(f.name == "once" for f in form.fields)
        ):
            continue
        values = [(name, value if name != "once" else f"{ONCE}-{number}") for name, value in form.values()]
        before = own_app.rows()
        first = own_app.post(form.person, form.action, dict(values))
        between = own_app.rows()
        own_app.post(form.person, form.action, dict(values))
        after = own_app.rows()
        if first.status_code in {302, 303} and {name for name in before if before[name] != between[name]} - AROUND:
            sent += 1
            doubled += [
                f"{form.action}: {name}" for name in after if between[name] != after[name] and name not in AROUND
            ]
    assert doubled == []
    assert sent > 15


def test_a_repeated_form_leads_to_what_its_first_sending_made(own_app: WholeApp) -> None:
    path = f"/vendors/{own_app.world.a.ids['vendor_id']}/contacts/new"
    values = {**Page(own_app.get("staff", path)).fields(path), "name": "重複送出的聯絡人"}
    first = own_app.browser("staff").browser.post(path, data=values)
    second = own_app.browser("staff").browser.post(path, data=values, follow_redirects=True)
    assert (first.status_code, second.status_code) == (302, 200) or first.status_code == 303
    assert Page(second).text.count("重複送出的聯絡人") <= 2


@pytest.mark.parametrize("round_number", range(2))
def test_fifty_sendings_at_once_make_one_row(own_app: WholeApp, round_number: int) -> None:
    item = own_app.world.a.ids["item_id"]
    text = f"同時送出的留言{round_number}"
    body = urlencode({"csrf_token": own_app.token("vendor_member"), "once": "fifty-at-once", "text": text})
    cookie = own_app.browser("vendor_member").browser.get_cookie("session")
    assert cookie is not None

    def send(_number: int) -> int:
        client = own_app.app.test_client()
        client.set_cookie("session", cookie.value)
        return client.post(f"/items/{item}/comments", data=body, content_type=SENT_AS).status_code

    with ThreadPoolExecutor(THREADS) as threads:
        answers = Counter(threads.map(send, range(PARALLEL)))
    with own_app.app.app_context():
        stored = db.session().scalar(select(func.count()).select_from(ItemComment).where(ItemComment.text == text))
        faults = list(audit.verify(db.session()))
    assert answers == {303: PARALLEL}
    assert (stored, faults) == (1, [])

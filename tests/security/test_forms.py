"""Whatever is sent to a form, the rules hold on the server, and nothing of it makes the product stumble."""

import time
from collections.abc import Iterable
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from tests.support.forms import FoundForm, Values
from tests.support.whole_app import WholeApp
from tracker.coaching.models import CoachingSession
from tracker.core.db import db
from tracker.evidence.models import Evidence
from tracker.journey.models import ItemComment
from tracker.vendors.models import Organisation

SENT_AS = "application/x-www-form-urlencoded"
LONG = 50_000
EXTRA = [
    ("role", "administrator"),
    ("roles", "administrator"),
    ("organisation_id", "2"),
    ("engagement_id", "3"),
    ("actor_id", "1"),
    ("state", "closed"),
    ("active", "1"),
    ("id", "1"),
    ("verified_by_id", "1"),
    ("is_admin", "true"),
]


def send(app: WholeApp, form: FoundForm, values: Iterable[tuple[str, str]]) -> tuple[int, float]:
    """Send values as the person who saw the form, and say how it was answered and how long our side worked on it."""
    body = urlencode([*values, ("csrf_token", app.token(form.person))], errors="surrogatepass")
    began = time.thread_time()
    with app.browser(form.person).browser.post(form.action, data=body, content_type=SENT_AS) as response:
        return response.status_code, time.thread_time() - began


def stumbles(app: WholeApp, form: FoundForm, values: Values, limit: float = 5.0) -> list[str]:
    """Say so when the answer is a fault of ours, or late twice, since a machine may hold its breath once."""
    status, seconds = send(app, form, values)
    if seconds > limit:
        seconds = min(seconds, send(app, form, values)[1])
    fault = [f"{form.action} answered {status}"] if status >= 500 else []
    return fault + ([f"{form.action} took {seconds:.1f} s"] if seconds > limit else [])


def test_there_are_forms_to_speak_of(forms: list[FoundForm]) -> None:
    assert len(forms) > 40
    assert sum(form.has_text for form in forms) > 20


@pytest.mark.parametrize("text", ["a" * LONG, " " * LONG + "!", "a@" * (LONG // 2)])
def test_very_long_texts_are_answered_within_a_second(whole_app: WholeApp, forms: list[FoundForm], text: str) -> None:
    found = []
    with whole_app.rehearsal():
        for form in forms:
            if form.has_text:
                values = [(name, value if is_kept(name) else text) for name, value in form.values(lambda _field: text)]
                found += stumbles(whole_app, form, values, limit=1.0)
    assert found == []


def test_a_very_long_chinese_text_in_one_field_too(whole_app: WholeApp, forms: list[FoundForm]) -> None:
    found = []
    with whole_app.rehearsal():
        for form in forms:
            typed = [field.name for field in form.fields if field.takes_text]
            if typed:
                values = [(name, value if name != typed[-1] else "字" * LONG) for name, value in form.values()]
                found += stumbles(whole_app, form, values, limit=1.0)
    assert found == []


def is_kept(name: str) -> bool:
    """Tell whether the field is the form's own, not typed."""
    return name in {"once", "version", "client_key", "product_id"}


@pytest.mark.parametrize(
    "text",
    [
        "a\x00b",
        "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
        "\u202eabc",
        "9" * 30,
        "-1",
        "NaN",
        "1e400",
        "²",
        "0x10",
    ],
)
def test_signs_that_no_keyboard_makes_are_taken_or_refused(
    whole_app: WholeApp, forms: list[FoundForm], text: str
) -> None:
    found = []
    with whole_app.rehearsal():
        for form in forms:
            found += stumbles(whole_app, form, [(name, text) for name, _value in form.values(lambda _field: text)])
    assert found == []


def test_a_missing_field_is_refused_or_taken_as_empty(whole_app: WholeApp, forms: list[FoundForm]) -> None:
    found = []
    with whole_app.rehearsal():
        for form in forms:
            values = form.values()
            for name in {name for name, _value in values}:
                found += stumbles(whole_app, form, [pair for pair in values if pair[0] != name])
    assert found == []


def test_a_field_that_comes_twice_does_no_harm(whole_app: WholeApp, forms: list[FoundForm]) -> None:
    found = []
    with whole_app.rehearsal():
        for form in forms:
            values = form.values()
            found += stumbles(whole_app, form, [*values, *((name, f"{value}2") for name, value in values)])
    assert found == []


def test_choices_that_a_form_does_not_offer_are_refused(whole_app: WholeApp, forms: list[FoundForm]) -> None:
    taken = []
    with whole_app.rehearsal():
        for form in forms:
            for field in form.fields:
                if field.kind in {"select", "radio"}:
                    values = [pair for pair in form.values() if pair[0] != field.name]
                    status, _seconds = send(whole_app, form, [*values, (field.name, "999999")])
                    if status not in {200, 422, 400, 404, 409}:
                        taken.append(f"{form.action} took {field.name}=999999 with {status}")
    assert taken == []


def test_fields_that_a_form_does_not_have_change_nothing(own_app: WholeApp, forms: list[FoundForm]) -> None:
    before = own_app.rows()
    for form in forms:
        if form.person == "vendor_member" and form.action.startswith("/account") and not form.asks_for_password:
            send(own_app, form, [*form.values(), *EXTRA])
    after = own_app.rows()
    assert {name for name in before if before[name] != after[name]} <= {
        "user_account",
        "audit_record",
        "audit_head",
        "submission",
        "web_session",
    }
    with own_app.app.app_context():
        assert own_app.world.actor("vendor_member").roles == {"vendor"}


HIDDEN_FIELDS = [("internal_note", "forged"), ("internal", "y"), ("only_internal", "y"), ("ubn", "10458575")]


def test_a_vendor_cannot_write_what_its_forms_do_not_show(own_app: WholeApp, forms: list[FoundForm]) -> None:
    """The office's notes, what is internal, and the UBN stay as they are, whatever a vendor's member sends."""
    before = kept_from_vendors(own_app)
    for form in forms:
        if form.person == "vendor_member" and not form.asks_for_password:
            shown = {field.name for field in form.fields}
            send(own_app, form, [*form.values(), *(pair for pair in HIDDEN_FIELDS if pair[0] not in shown)])
    assert kept_from_vendors(own_app) == before


def kept_from_vendors(app: WholeApp) -> list[object]:
    """Read what only the office and the experts write."""
    with app.app.app_context():
        work = db.session()
        notes = work.execute(select(Organisation.id, Organisation.internal_note, Organisation.ubn)).all()
        sessions = work.execute(select(CoachingSession.id, CoachingSession.internal_note)).all()
        inward = work.scalar(select(func.count()).select_from(ItemComment).where(ItemComment.internal))
        files = work.scalar(select(func.count()).select_from(Evidence).where(Evidence.internal))
        return [sorted(map(tuple, notes)), sorted(map(tuple, sessions)), inward, files]

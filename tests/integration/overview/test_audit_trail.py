"""The page of the audit trail: what each reader sees, what narrows it, and the verification of its chain."""

import ast
import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text, update

from tests.factories import people, world
from tests.support.pages import PageClient
from tests.support.queries import count_queries
from tracker.accounts.access import SYSTEM, Actor
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.core import audit
from tracker.core.audit import AuditCheck, AuditRecord
from tracker.core.db import session, unit_of_work
from tracker.core.errors import Refused
from tracker.notifications.models import Notice
from tracker.notifications.rules import Reason
from tracker.overview.audit_trail import operations, queries
from tracker.overview.audit_trail.queries import TrailFilter
from tracker.overview.audit_trail.rules import OF_ADMINISTRATORS, Family, family_of, is_listed
from tracker.overview.sayings import SAYINGS
from tracker.worker import Worker

SignIn = Callable[[User], PageClient]
SOURCES = Path(__file__).resolve().parents[3] / "tracker"
EVERYTHING = TrailFilter()


@pytest.fixture
def auditor(db_session: object) -> User:
    with unit_of_work():
        return people.person(Role.AUDITOR, name="稽核人員")


def told(wanted: TrailFilter, actor: Actor) -> list[str]:
    return [row.action for rows in queries.whole_trail(wanted, actor=actor) for row in rows]


def work_off(app: Flask) -> None:
    worker = Worker(app)
    while worker.work_once():
        pass
    session().rollback()
    session().expire_all()


def written_actions() -> Iterator[str]:
    """Give every action that the code writes as it stands; those put together from parts are in the world."""
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                name = node.args[0]
                if isinstance(name, ast.Constant):
                    yield str(name.value)


def test_every_action_that_is_written_has_a_sentence_and_a_family() -> None:
    assert set(written_actions()) - set(SAYINGS) == set()
    assert [action for action in SAYINGS if not is_listed(action)] == []
    assert {family_of(action) for action in SAYINGS} == set(Family)


@pytest.mark.usefixtures("db_session")
def test_an_auditor_reads_everything_a_lead_its_programme_years_an_administrator_accounts_and_running() -> None:
    built = world.build()
    ids = {"all": session().scalars(select(AuditRecord.id)).all()}
    seen = {
        name: {row.id for rows in queries.whole_trail(EVERYTHING, actor=built.actor(name)) for row in rows}
        for name in ("auditor", "lead", "administrator")
    }
    of_other_year = people.acting(people.person(Role.LEAD))
    elsewhere = {row.engagement_id for rows in queries.whole_trail(EVERYTHING, actor=of_other_year) for row in rows}

    assert seen["auditor"] == set(ids["all"])
    assert seen["lead"] == set(ids["all"])
    assert elsewhere == {None}
    assert {family_of(action) for action in told(EVERYTHING, built.actor("administrator"))} <= OF_ADMINISTRATORS
    assert 0 < len(seen["administrator"]) < len(ids["all"])


@pytest.mark.usefixtures("db_session")
def test_person_family_vendor_thing_and_days_narrow_the_trail() -> None:
    built = world.build()
    actor = built.actor("auditor")
    vendor = int(built.a.ids["vendor_id"])
    rows = session().execute(select(AuditRecord.id, AuditRecord.actor_id, AuditRecord.organisation_id)).all()

    of_vendor = [row for page in queries.whole_trail(TrailFilter(vendor="Zebrafinch"), actor=actor) for row in page]
    by_person = [
        row for page in queries.whole_trail(TrailFilter(person="業者窗口Zebrafinch"), actor=actor) for row in page
    ]
    both = TrailFilter(vendor="Zebrafinch", person="業者窗口Zebrafinch", family=Family.ITEMS)

    assert {row.id for row in of_vendor} == {row.id for row in rows if row.organisation_id == vendor}
    assert {row.id for row in by_person} == {row.id for row in rows if row.actor_id == built.people["vendor_member"]}
    assert {family_of(action) for action in told(both, actor)} == {Family.ITEMS}
    assert set(told(TrailFilter(subject=("organisation", vendor)), actor)) == {"vendor.added"}
    assert told(TrailFilter(last=date(2001, 1, 1)), actor) == []
    assert told(TrailFilter(person="nobody of this name"), actor) == []
    assert queries.count(both, actor=actor) == len(told(both, actor))


@pytest.mark.usefixtures("db_session")
def test_a_day_is_a_day_in_taipei() -> None:
    for moment in (datetime(2026, 3, 1, 15, 59, tzinfo=UTC), datetime(2026, 3, 1, 16, 0, tzinfo=UTC)):
        with time_machine.travel(moment, tick=False), unit_of_work():
            audit.record("vendor.added", None, actor=SYSTEM, hour=moment.hour)
    actor = people.acting(people.person(Role.AUDITOR))

    found = [
        row.details["hour"]
        for rows in queries.whole_trail(TrailFilter(first=date(2026, 3, 2)), actor=actor)
        for row in rows
    ]

    assert found == [16]


@pytest.mark.usefixtures("db_session")
def test_pages_follow_each_other_without_a_gap_in_whatever_order_things_were_written(auditor: User) -> None:
    begin = datetime(2026, 3, 1, tzinfo=UTC)
    for hours in (5, 1, 4, 2, 3, 3):
        with time_machine.travel(begin + timedelta(hours=hours), tick=False), unit_of_work():
            audit.record("vendor.added" if hours % 2 else "role.granted", None, actor=SYSTEM, hours=hours, role="lead")
    actor = people.acting(auditor)

    first = queries.page(EVERYTHING, size=4, actor=actor)
    second = queries.page(EVERYTHING, size=4, after=first.after, actor=actor)
    back = queries.page(EVERYTHING, size=4, before=second.before, actor=actor)

    assert [row.details["hours"] for row in first.rows] == [5, 4, 3, 3]
    assert [row.details["hours"] for row in second.rows] == [2, 1]
    assert [row.id for row in back.rows] == [row.id for row in first.rows]
    of_administrator = people.acting(people.person(Role.ADMINISTRATOR))
    assert [row.details["hours"] for row in queries.page(EVERYTHING, actor=of_administrator).rows] == [4, 2]


def test_the_page_says_who_did_what_and_asks_the_database_the_same_however_long_it_is(
    auditor: User, sign_in: SignIn
) -> None:
    built = world.build()
    browser = sign_in(auditor)

    with count_queries() as asked:
        page = browser.get("/audit?lang=en")
    narrowed = browser.get("/audit?lang=en&vendor=Zebrafinch&family=engagements&from=115/01/01&until=2099-12-31")

    assert len(asked) <= 12
    assert "50 shown of" in page.text
    assert "The gate of “Assess” was proposed." in narrowed.text
    assert f"/engagements/{built.a.ids['second_engagement_id']}" in narrowed.links
    assert "An account was made." not in narrowed.text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("from=115/2/30", "115/2/30"),
        ("from=2026-03-02&until=2026-03-01", "The last day lies before the first one."),
        ("person=%00%25&subject=x:99999999999999999999&person_id=99999999999999999", "No record fits this filter."),
    ],
)
def test_what_cannot_be_read_is_said(auditor: User, sign_in: SignIn, query: str, sentence: str) -> None:
    assert sentence in sign_in(auditor).get(f"/audit?lang=en&{query}").text


def test_the_file_holds_every_record_and_no_formula(auditor: User, sign_in: SignIn) -> None:
    with unit_of_work():
        evil = people.person(Role.STAFF, name="=HYPERLINK(1)")
        for _number in range(3):
            audit.record("vendor.added", None, actor=people.acting(evil), reason="=1+1")

    lines = list(
        csv.reader(
            io.StringIO(sign_in(auditor).fetch("/audit.csv?lang=en").get_data(as_text=True).removeprefix("\ufeff"))
        )
    )

    assert lines[0][:4] == ["Record", "Time", "Who", "Number of the person"]
    assert len([line for line in lines if line[5] == "vendor.added"]) == 3
    assert {line[2] for line in lines if line[5] == "vendor.added"} == {f"'{evil.name}"}


def test_a_verification_is_walked_by_the_worker_and_noted_in_the_trail(
    app: Flask, auditor: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "BATCH", 3)
    for _number in range(20):
        with unit_of_work():
            audit.record("vendor.added", None, actor=SYSTEM)
    browser = sign_in(auditor)

    waiting = browser.post("/audit/verify", page="/audit?lang=en", follow=True)
    again = browser.send("/audit/verify", browser.get("/audit").fields("/sign-out"), status=422)
    work_off(app)
    done = browser.get("/audit?lang=en")

    check = session().scalars(select(AuditCheck)).one()
    noted = session().scalars(select(AuditRecord).where(AuditRecord.action == "audit.verified")).one()
    assert "Records verified" in waiting.text
    assert "already" in again.text or "驗證中" in again.text
    assert (check.checked, check.faults) == (check.total, 0)
    assert f"Noted as record {noted.id:,}" in done.text


def test_a_broken_chain_is_said_on_the_page_and_to_those_who_answer_for_it(
    app: Flask, auditor: User, sign_in: SignIn
) -> None:
    with unit_of_work():
        administrator = people.person(Role.ADMINISTRATOR)
    for _number in range(3):
        with unit_of_work():
            audit.record("vendor.added", None, actor=SYSTEM, name="示範")
    session().execute(update(AuditRecord).where(AuditRecord.id == 2).values(action="vendor.noted"))
    session().commit()

    with unit_of_work():
        operations.ask_for_check(actor=SYSTEM)
    work_off(app)

    page = sign_in(auditor).get("/audit?lang=en")
    notices = session().scalars(select(Notice).where(Notice.reason == Reason.SAFETY)).all()
    assert "Audit record 2 was changed after it was written." in page.text
    assert {notice.user_id for notice in notices} == {auditor.id, administrator.id}


@pytest.mark.usefixtures("db_session")
@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        ("DELETE FROM audit_record WHERE id = 2", "Audit record 2 is missing"),
        ("DELETE FROM audit_record WHERE id = 5", "ends at record 4"),
        ("UPDATE audit_head SET sequence = 4", "ends at record 5"),
    ],
)
def test_a_walk_in_steps_finds_what_was_taken_away(harm: str, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "BATCH", 2)
    for _number in range(5):
        with unit_of_work():
            audit.record("vendor.added", None, actor=SYSTEM)
    session().execute(text(harm))

    assert fault in " ".join(str(found.message) for found in audit.verify(session()))


@pytest.mark.usefixtures("db_session")
def test_the_schedule_asks_once_a_week_and_not_beside_another() -> None:
    with unit_of_work():
        operations.ask_for_check(actor=SYSTEM)

    with pytest.raises(Refused), unit_of_work():
        operations.ask_for_check(actor=SYSTEM)

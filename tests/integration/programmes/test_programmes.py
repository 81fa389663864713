"""Programme years: opening them, their rules, who works in them, and the office's calendar."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.factories import people, programmes
from tests.support.pages import PageClient
from tests.support.queries import count_queries
from tracker.accounts.access import SYSTEM, load_actor
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.core import calendar
from tracker.core.audit import AuditRecord
from tracker.core.db import session, unit_of_work
from tracker.core.errors import Refused
from tracker.core.settings import Settings
from tracker.programmes import operations, queries, shelf
from tracker.programmes.models import CalendarOverride, Programme

SignIn = Callable[[User], PageClient]
SHIPPED = Settings().playbooks_dir


@pytest.fixture
def own_rulebooks(db_session: object, tmp_path: Path) -> Iterator[Path]:
    """Give a folder of rulebooks that a test may change."""
    shutil.copytree(SHIPPED / "programmes", tmp_path / "programmes")
    shelf.use(tmp_path)
    yield tmp_path / "programmes"
    shelf.use(SHIPPED)


def test_a_lead_opens_a_year_and_works_in_it(lead: User, sign_in: SignIn) -> None:
    client = sign_in(lead)

    page = client.post("/programmes/open", {"rulebook": "111/counselling"}, page="/programmes/open")

    year = queries.find_programme("counselling", 111)
    assert year is not None
    assert (year.starts_on, year.ends_on) == (date(2022, 1, 1), date(2022, 12, 31))
    assert f"/programmes/{year.id}" in page.links
    assert load_actor(lead.id).scope("programme") == {year.id}


def test_a_year_is_opened_once(db_session: object) -> None:
    programmes.programme()

    with pytest.raises(Refused, match="opened already"):
        operations.open_programme("counselling", 115, actor=SYSTEM)


def test_a_year_without_a_file_is_refused(db_session: object) -> None:
    with pytest.raises(Refused, match="no rulebook file"):
        operations.open_programme("counselling", 99, actor=SYSTEM)


def test_everybody_of_the_office_reads_but_only_a_lead_of_the_year_changes(
    staff: User, lead: User, sign_in: SignIn
) -> None:
    year = programmes.programme()
    people.join_programme(staff, year)
    add, open_year = f"/programmes/{year.id}/members/add", "/programmes/open"

    sign_in(staff).get(f"/programmes/{year.id}")
    for user, path in ((staff, add), (staff, open_year), (staff, "/programmes/calendar/declare"), (lead, add)):
        sign_in(user).get(path, status=403)
    sign_in(lead).get(open_year)


@pytest.mark.parametrize("role", [Role.VENDOR, Role.EXPERT, Role.AUDITOR])
def test_rules_are_read_by_everybody_without_the_office_s_names(role: Role, staff: User, sign_in: SignIn) -> None:
    year = programmes.programme()
    people.join_programme(staff, year)

    page = sign_in(people.person(role)).get(f"/programmes/{year.id}")

    assert staff.name not in page.text
    assert page.heading == year.name_zh


@pytest.mark.parametrize(
    ("language", "words"), [("zh-Hant", "業者須自籌投入的參與經費"), ("en", "What the vendor itself must contribute")]
)
def test_each_rule_is_shown_with_value_and_source(language: str, words: str, staff: User, sign_in: SignIn) -> None:
    year = programmes.programme(111)

    page = sign_in(staff).get(f"/programmes/{year.id}?lang={language}")

    assert words in page.text
    assert "NT$100,000" in page.text
    rulebook = queries.rulebook_of(year)
    for rule in rulebook.rules:
        assert f'id="rule-{rule.id}"' in page.text, rule.id
        assert rule.source.section.of(language) in page.text, rule.id


def test_people_join_and_leave_a_year_at_once(lead: User, staff: User, sign_in: SignIn) -> None:
    year = programmes.programme(actor=people.acting(lead))
    client = sign_in(lead)
    add = f"/programmes/{year.id}/members/add"

    page = client.post(add, {"person": str(staff.id)}, page=add)

    assert load_actor(staff.id).scope("programme") == {year.id}
    [end] = [link for link in page.links if link.endswith("/end")]
    client.post(end, page=end)
    assert load_actor(staff.id).scope("programme") == frozenset()


def test_a_lead_does_not_leave_a_year_alone(lead: User, sign_in: SignIn) -> None:
    year = programmes.programme(actor=people.acting(lead))
    [member] = queries.members_of(year)
    path = f"/programmes/members/{member.id}/end"

    page = sign_in(lead).post(f"{path}?lang=en", page=f"{path}?lang=en")

    assert "You cannot remove yourself" in page.text
    assert load_actor(lead.id).scope("programme") == {year.id}


def test_only_people_of_the_office_are_offered_and_taken(lead: User, expert: User, sign_in: SignIn) -> None:
    year = programmes.programme(actor=people.acting(lead))
    client = sign_in(lead)
    people.person(Role.STAFF)
    add = f"/programmes/{year.id}/members/add"

    client.post(add, {"person": str(expert.id)}, page=add)

    assert load_actor(expert.id).scope("programme") == frozenset()


def test_a_changed_rulebook_is_noticed_shown_and_taken_over(own_rulebooks: Path, lead: User, sign_in: SignIn) -> None:
    year = programmes.programme(actor=people.acting(lead))
    client = sign_in(lead)
    path = f"/programmes/{year.id}?lang=en"
    assert "has changed since" not in client.get(path).text
    file = own_rulebooks / "115" / "counselling.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("value = 100000", "value = 123456"), encoding="utf-8")

    page = client.get(path)

    assert "has changed since" in page.text
    assert "NT$123,456" in page.text
    take_over = f"/programmes/{year.id}/take-over"
    after = client.send(take_over, page.fields(take_over))
    assert "has changed since" not in client.get(path).text
    assert after.heading
    assert session().scalars(select(AuditRecord.action)).all()[-1] == "programme.rulebook_changed"


def test_a_broken_or_lost_rulebook_is_told_with_its_line(own_rulebooks: Path, lead: User, sign_in: SignIn) -> None:
    year = programmes.programme(actor=people.acting(lead))
    client = sign_in(lead)
    file = own_rulebooks / "115" / "counselling.toml"
    file.write_text("programme = ", encoding="utf-8")

    assert "Line 1" in client.get(f"/programmes/{year.id}?lang=en").text
    with pytest.raises(Refused, match="cannot be read"):
        queries.rulebook_of(year)

    file.unlink()
    assert "is not there" in client.get(f"/programmes/{year.id}?lang=en").text
    client.get("/programmes")


def test_a_typhoon_day_is_declared_with_its_reason_and_counts(lead: User, sign_in: SignIn) -> None:
    client = sign_in(lead)
    declare = "/programmes/calendar/declare"

    page = client.post(declare, {"day": "115/07/15", "is_working": "0", "reason": "颱風示範停班"}, page=declare)

    assert "颱風示範停班" in page.text
    overrides = queries.calendar_overrides()
    assert overrides == {date(2026, 7, 15): False}
    assert calendar.add_working_days(date(2026, 7, 14), 1, overrides) == date(2026, 7, 16)
    [withdraw] = [form.get("action", "") for form in page.all("form") if form.get("action", "").endswith("/withdraw")]
    client.send(withdraw, page.fields(withdraw))
    assert queries.calendar_overrides() == {}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"day": "115/02/30", "reason": "示範"}, "There is no day"),
        ({"day": "115/07/15", "reason": " "}, "Write the reason"),
        ({"day": "", "reason": "示範"}, "Write the day."),
        ({"day": "115/07/18", "reason": "示範"}, "says the same"),
    ],
)
def test_a_day_that_cannot_be_declared_is_refused(
    values: dict[str, str], sentence: str, lead: User, sign_in: SignIn
) -> None:
    declare = "/programmes/calendar/declare?lang=en"

    page = sign_in(lead).post(declare, {"is_working": "0", **values}, page=declare)

    assert sentence in page.text
    assert session().scalars(select(CalendarOverride)).all() == []


def test_a_day_declared_again_is_changed(db_session: object) -> None:
    day = date(2026, 7, 15)
    with unit_of_work():
        first = operations.override_day(operations.OverrideDetails(day, False, "颱風示範"), actor=SYSTEM)
        again = operations.override_day(operations.OverrideDetails(day, False, "颱風示範延長"), actor=SYSTEM)

    assert (first.id, again.reason) == (again.id, "颱風示範延長")


def test_a_year_s_page_takes_as_many_queries_for_40_people_as_for_2(lead: User, sign_in: SignIn) -> None:
    year = programmes.programme(actor=people.acting(lead))
    client = sign_in(lead)

    def measured() -> int:
        client.get(f"/programmes/{year.id}")
        with count_queries() as counted:
            client.get(f"/programmes/{year.id}")
        return len(counted)

    few = measured()
    for _number in range(40):
        people.join_programme(people.person(Role.STAFF), year)

    assert measured() == few <= 12


def test_names_and_period_come_from_the_rulebook(db_session: object) -> None:
    year = programmes.programme(111)

    rulebook = queries.rulebook_of(year)

    assert (year.name_zh, year.name_en) == (rulebook.title.zh_hant, rulebook.title.en)
    assert session().scalars(select(Programme)).all() == [year]

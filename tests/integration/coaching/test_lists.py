"""The list, its file, the month, the feed, hours and coverage."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import func, select, update

from tests.factories import coaching, people
from tests.factories.coaching import Case
from tests.support.pages import PageClient
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.coaching import coverage, listing, operations, queries
from tracker.coaching.listing import SessionFilter
from tracker.coaching.models import CalendarFeed
from tracker.coaching.operations import QuotaDetails
from tracker.core import clock, csv_file
from tracker.core.db import session
from tracker.core.errors import Refused
from tracker.journey.models import Assignment
from tracker.journey.rules import Step

SignIn = Callable[[User], PageClient]
NOON = datetime.now(UTC).replace(hour=4, minute=0, second=0, microsecond=0) - timedelta(days=12)
"""Noon of a day in Taipei, not long ago."""
EARLY = NOON - timedelta(days=40)


@pytest.fixture
def case(db_session: object) -> Case:
    return coaching.case()


def found(case: Case, **values: str) -> list[int]:
    return [row.id for row in listing.page(SessionFilter.read(values), actor=case.as_expert).rows]


# --- list ------------------------------------------------------------------------------------------------------------------


def test_each_filter_narrows_the_list(case: Case) -> None:
    early = coaching.submitted(case, starts_at=EARLY, step=Step.ASSESS, topics=("cost",))
    late = coaching.draft(case, starts_at=NOON, step=Step.TEST, topics=("backup",))
    session().flush()

    assert found(case) == [late.id, early.id]
    assert found(case, step="test") == [late.id]
    assert found(case, topic="cost") == [early.id]
    assert found(case, state="draft") == [late.id]
    assert found(case, month=f"{EARLY.year - 1911}/{EARLY.month}") == [early.id]
    assert found(case, month=f"{NOON:%Y-%m}") == [late.id]
    assert found(case, expert=str(case.expert.id), engagement=str(case.engagement.id)) == [late.id, early.id]
    assert found(case, expert="999") == []


def test_two_characters_of_the_text_or_the_vendor_find_a_session(case: Case) -> None:
    logged = coaching.submitted(case, findings="資料庫尚未加密")
    coaching.submitted(case, findings="網路拓撲已更新")
    session().flush()

    assert found(case, q="加密") == [logged.id]
    assert len(found(case, q=case.engagement.organisation.name_zh)) == 2
    assert found(case, q="沒有這個字") == []
    assert found(case, q="!?") == []


def test_what_cannot_be_read_narrows_nothing(case: Case) -> None:
    logged = coaching.submitted(case)
    session().flush()

    assert found(case, step="fifth", state="lost", month="2026-99", expert="x", engagement="-1") == [logged.id]


def test_pages_follow_each_other_without_gap_or_repetition(case: Case, sign_in: SignIn) -> None:
    same = NOON - timedelta(days=3)
    every = [coaching.submitted(case, starts_at=same if n % 2 else NOON - timedelta(hours=n)).id for n in range(57)]
    session().commit()
    actor = case.as_expert

    first = listing.page(SessionFilter(), actor=actor)
    second = listing.page(SessionFilter(), after=first.after, actor=actor)
    back = listing.page(SessionFilter(), before=second.before, actor=actor)

    assert sorted(row.id for row in (*first.rows, *second.rows)) == sorted(every)
    assert [row.id for row in back.rows] == [row.id for row in first.rows]
    assert (first.before, second.after) == (None, None)
    assert [row.id for row in listing.page(SessionFilter(), "day", actor=actor).rows] != [row.id for row in first.rows]
    assert "57" in sign_in(case.expert).get("/coaching-sessions").text


def test_pages_of_a_search_follow_each_other(case: Case) -> None:
    every = [coaching.submitted(case, findings="加密").id for _n in range(53)]
    session().flush()
    wanted, actor = SessionFilter(words="加密"), case.as_expert

    first = listing.page(wanted, actor=actor)
    second = listing.page(wanted, after=first.after, actor=actor)

    assert [row.id for row in (*first.rows, *second.rows)] == every[::-1]


def test_the_file_holds_the_filtered_list_and_no_formula(case: Case, sign_in: SignIn) -> None:
    coaching.submitted(case, starts_at=NOON, findings="=HYPERLINK(1)", recommendations="+886", step=Step.TEST)
    coaching.submitted(case, step=Step.ASSESS)
    session().commit()

    answer = sign_in(case.expert).fetch("/coaching-sessions.csv?step=test")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))

    assert answer.mimetype == "text/csv"
    assert len(rows) == 2
    assert rows[1][0] == f"{NOON:%Y-%m-%d} 12:00"
    assert rows[1][-2:] == ["'=HYPERLINK(1)", "'+886"]


def test_the_file_holds_every_session_and_only_a_portion_at_a_time(
    case: Case, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "FILE_PORTION", 2)
    monkeypatch.setattr(csv_file, "LINES_PER_CHUNK", 2)
    for _number in range(7):
        coaching.submitted(case)
    session().commit()

    answer = sign_in(case.expert).browser.get("/coaching-sessions.csv", buffered=False)
    chunks = list(answer.iter_encoded())

    assert b"".join(chunks).count(b"\r\n") == 8
    assert len(chunks) > 3


def test_the_month_shows_sessions_and_due_actions(case: Case, sign_in: SignIn) -> None:
    logged = coaching.submitted(case, starts_at=NOON, actions=(coaching.action_of(case, "月曆上的待辦"),))
    session().commit()
    due = logged.actions[0].due_on

    page = sign_in(case.member).get(f"/coaching-sessions/calendar?month={NOON:%Y-%m}")
    of_due = sign_in(case.member).get(f"/coaching-sessions/calendar?month={due:%Y-%m}")
    elsewhere = sign_in(case.member).get("/coaching-sessions/calendar?month=2026-04")

    assert f"/coaching-sessions/{logged.id}" in page.links
    assert "月曆上的待辦" in of_due.text
    assert f"/coaching-sessions/{logged.id}" not in elsewhere.links


# --- feed ------------------------------------------------------------------------------------------------------------------


def feed_of(client: PageClient, sign_in_page: str = "/calendar-feed") -> str:
    page = client.post(sign_in_page)
    [link] = [box.get("value", "") for box in page.all("input") if box.get("id") == "feed-link"]
    return link.removeprefix("http://localhost")


def test_the_feed_holds_what_its_owner_may_see(case: Case, sign_in: SignIn, client: PageClient) -> None:
    logged = coaching.submitted(case, starts_at=NOON, place="示範路一號", actions=(coaching.action_of(case),))
    coaching.draft(case)
    coaching.submitted(coaching.case())
    session().commit()

    answer = client.fetch(feed_of(sign_in(case.member)))
    calendar = Calendar.from_ical(answer.get_data())
    events = {str(event["uid"]): event for event in calendar.walk("VEVENT")}
    meeting: Any = events[f"session-{logged.id}@localhost"]

    assert answer.mimetype == "text/calendar"
    assert set(events) == {f"session-{logged.id}@localhost", f"action-{logged.actions[0].id}@localhost"}
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Taipei"]
    assert (meeting["dtstart"].dt, str(meeting["location"])) == (NOON, "示範路一號")
    assert meeting["dtstart"].params["TZID"] == "Asia/Taipei"


def test_a_change_keeps_the_uid_and_raises_the_sequence(case: Case, sign_in: SignIn, client: PageClient) -> None:
    logged = coaching.draft(case, starts_at=NOON)
    session().commit()
    path = feed_of(sign_in(case.expert))

    def event() -> tuple[str, int]:
        one: Any
        [one] = Calendar.from_ical(client.fetch(path).get_data()).walk("VEVENT")
        return str(one["uid"]), int(one["sequence"])

    uid, sequence = event()
    operations.change_session(logged, coaching.details(starts_at=NOON - timedelta(days=1)), actor=case.as_expert)
    session().commit()

    assert event() == (uid, sequence + 1)


def test_only_the_hash_of_the_token_is_kept(case: Case, sign_in: SignIn) -> None:
    session().commit()
    token = feed_of(sign_in(case.member)).split("/")[-1].removesuffix(".ics")

    kept = session().scalars(select(CalendarFeed.token_hash)).one()

    assert len(token) >= 40
    assert token not in kept
    assert kept == operations.feeds.hash_of(token)


def test_a_renewed_or_revoked_link_is_gone_and_an_unknown_one_unknown(
    case: Case, sign_in: SignIn, client: PageClient
) -> None:
    session().commit()
    owner = sign_in(case.member)
    first = feed_of(owner)
    second = feed_of(owner)

    client.fetch(first, status=410)
    client.fetch(second)
    owner.post("/calendar-feed/revoke", page="/calendar-feed")
    client.fetch(second, status=410)
    client.fetch("/calendar/no-such-token.ics", status=404)


def test_the_feed_empties_when_the_assignment_ends_and_goes_with_the_account(
    case: Case, sign_in: SignIn, client: PageClient
) -> None:
    coaching.submitted(case, starts_at=NOON)
    session().commit()
    path = feed_of(sign_in(case.expert))
    assert Calendar.from_ical(client.fetch(path).get_data()).walk("VEVENT")

    session().execute(update(Assignment).values(ended_at=clock.now()))
    assert not Calendar.from_ical(client.fetch(path).get_data()).walk("VEVENT")
    case.expert.active = False
    client.fetch(path, status=410)


# --- hours and coverage ----------------------------------------------------------------------------------------------------


def test_hours_count_from_submission_on_against_the_rulebook(case: Case) -> None:
    coaching.draft(case, hours=Decimal(4))
    coaching.submitted(case, hours=Decimal("1.25"))
    coaching.closed(case, hours=Decimal("2.5"))
    session().flush()

    hours = queries.hours_used(case.expert.id, case.engagement.programme)

    assert (hours.used, hours.quota) == (Decimal("3.75"), Decimal(150))


def test_a_lead_overrides_the_quota_with_a_reason(case: Case) -> None:
    lead = people.person(Role.LEAD, Role.STAFF)
    people.join_programme(lead, case.engagement.programme)
    programme, actor = case.engagement.programme, people.acting(lead)

    operations.set_quota(programme, case.expert.id, QuotaDetails(Decimal(40), "下半年到任"), actor=actor)
    session().flush()

    assert queries.hours_used(case.expert.id, programme).quota == 40
    with pytest.raises(Refused):
        operations.set_quota(programme, case.expert.id, QuotaDetails(Decimal(50), " "), actor=actor)


def test_the_expert_is_warned_near_the_quota(case: Case, sign_in: SignIn) -> None:
    lead = people.person(Role.LEAD, Role.STAFF)
    people.join_programme(lead, case.engagement.programme)
    actor = people.acting(lead)
    operations.set_quota(case.engagement.programme, case.expert.id, QuotaDetails(Decimal(2), "試辦"), actor=actor)
    session().commit()

    path = f"/engagements/{case.engagement.id}/coaching-sessions/new"
    page = sign_in(case.expert).post(path, {"findings": "接近上限", "hours": "1.75"})

    assert "1.75／2" in page.text
    assert "接近上限" in sign_in(lead).get("/coaching-sessions/hours").text


def test_coverage_counts_by_step_and_topic_and_names_what_nobody_touched(case: Case) -> None:
    coaching.submitted(case, step=Step.ASSESS, topics=("cost", "backup"))
    coaching.submitted(case, step=Step.ASSESS, topics=("cost",))
    coaching.draft(case, step=Step.ASSESS, topics=("security",))
    session().flush()

    [row] = coverage.grid(case.engagement.programme_id, ["cost", "backup", "security"], actor=case.as_staff).rows

    assert [cell.sessions for cell in row.cells(Step.ASSESS)] == [2, 1, 0]
    assert [cell.sessions for cell in row.cells(Step.MIGRATE)] == [0, 0, 0]
    assert row.untouched == ["security"]
    assert (row.has_begun(Step.ASSESS), row.has_begun(Step.MIGRATE)) == (True, False)


def test_coverage_is_paged_by_engagement(case: Case) -> None:
    every = {case.engagement.id}
    for _turn in range(coverage.ENGAGEMENTS_PER_PAGE):
        every.add(coaching.case().engagement.id)
    session().flush()
    programme_id, actor = case.engagement.programme_id, case.as_staff

    first = coverage.grid(programme_id, ["cost"], actor=actor)
    second = coverage.grid(programme_id, ["cost"], actor=actor, after=first.after)

    assert len(first.rows) == coverage.ENGAGEMENTS_PER_PAGE
    assert {row.engagement.id for row in (*first.rows, *second.rows)} == every


def test_the_coverage_page_links_each_number_to_its_sessions(case: Case, sign_in: SignIn) -> None:
    coaching.submitted(case, step=Step.ASSESS, topics=("cost",))
    session().commit()
    client = sign_in(case.expert)

    page = client.get("/coaching-sessions/coverage")
    address = f"/coaching-sessions?engagement={case.engagement.id}&step=assess&topic=cost"

    assert address in page.links
    assert client.get(address).all("tbody")


def test_nothing_is_counted_in_a_year_without_sessions(case: Case) -> None:
    assert session().scalar(select(func.count()).select_from(CalendarFeed)) == 0
    assert queries.hours_used(case.expert.id, case.engagement.programme).used == 0
    assert found(case, month=f"{date(2026, 4, 1):%Y-%m}") == []

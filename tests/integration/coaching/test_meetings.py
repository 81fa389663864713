"""Planned meetings: agreed while a session is logged or by themselves, told to those who go, shown where people look."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from tests.factories import world
from tests.factories.world import World
from tests.support.pages import PageClient
from tests.support.queries import count_queries
from tracker.accounts.models import User
from tracker.coaching import meetings, operations
from tracker.coaching.models import Meeting
from tracker.coaching.rules import Mode
from tracker.core import clock
from tracker.core.db import session, unit_of_work
from tracker.core.errors import Refused
from tracker.journey import operations as journey
from tracker.journey.models import Engagement
from tracker.notifications.models import Notice
from tracker.notifications.reminders import gather

SignIn = Callable[[User], PageClient]


@pytest.fixture
def built(db_session: object) -> World:
    return world.build()


def browser_of(built: World, name: str, sign_in: SignIn) -> PageClient:
    return sign_in(session().get_one(User, built.people[name]))


def case_of(built: World) -> Engagement:
    return session().get_one(Engagement, built.a.ids["engagement_id"])


def ahead(days: int = 5) -> datetime:
    return (clock.in_taipei(clock.now()) + timedelta(days=days)).replace(hour=14, minute=30, second=0, microsecond=0)


def log_form(moment: datetime | None, **more: str) -> dict[str, str]:
    following = {"next_day": moment.date().isoformat(), "next_time": f"{moment:%H:%M}"} if moment else {}
    return {"day": "2026-03-20", "time": "10:00", "hours": "1", "findings": "示範現況", **following, **more}


def only_meeting_of_session() -> Meeting:
    session().rollback()
    session().expire_all()
    return session().scalars(select(Meeting).where(Meeting.session_id.is_not(None))).one()


def test_the_next_meeting_is_agreed_on_the_form_of_a_session(built: World, sign_in: SignIn) -> None:
    expert, page = browser_of(built, "expert", sign_in), f"/engagements/{built.a.ids['engagement_id']}"

    expert.post(f"{page}/coaching-sessions/new", log_form(ahead(), next_place="示範會議室"))

    meeting = only_meeting_of_session()
    told = session().scalars(select(Notice).where(Notice.path == f"/meetings/{meeting.id}")).all()
    assert (meeting.starts_at, meeting.place, meeting.mode) == (ahead(), "示範會議室", Mode.ON_SITE)
    assert [notice.user_id for notice in told] == [built.people["vendor_member"]]
    for reader in ("expert", "vendor_member"):
        assert "示範會議室" in browser_of(built, reader, sign_in).get("/").text
    assert f"/meetings/{meeting.id}" in expert.get(f"{page}").links
    month = f"{ahead():%Y-%m}"
    assert f"/meetings/{meeting.id}" in expert.get(f"/coaching-sessions/calendar?month={month}").links
    assert "示範會議室" not in browser_of(built, "vendor_elsewhere", sign_in).get("/").text


def test_a_form_without_a_next_meeting_plans_none(built: World, sign_in: SignIn) -> None:
    expert = browser_of(built, "expert", sign_in)

    expert.post(f"/engagements/{built.a.ids['engagement_id']}/coaching-sessions/new", log_form(None))

    assert session().scalars(select(Meeting.id).where(Meeting.session_id.is_not(None))).all() == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"next_day": "2026-03-21", "next_time": "10:00"}, "A planned meeting lies ahead."),
        ({"next_day": "民國115年2月30日", "next_time": "10:00"}, "115"),
        ({"next_day": "2099-03-21", "next_time": "10:00"}, "more than a year away"),
        ({"next_time": "10:00"}, "Write day and time of the next meeting, or neither."),
        ({"next_day": "2026-12-31", "next_time": "25:00"}, "is not a time of day"),
    ],
)
def test_a_meeting_that_cannot_be_is_refused_and_what_was_typed_stays(
    built: World, sign_in: SignIn, fields: dict[str, str], sentence: str
) -> None:
    expert = browser_of(built, "expert", sign_in)

    page = expert.post(
        f"/engagements/{built.a.ids['engagement_id']}/coaching-sessions/new?lang=en", log_form(None, **fields)
    )

    assert sentence in page.text
    assert "示範現況" in page.text
    assert session().scalars(select(Meeting.id).where(Meeting.session_id.is_not(None))).all() == []


def test_changing_a_draft_moves_its_meeting_and_emptying_it_calls_it_off(built: World, sign_in: SignIn) -> None:
    expert = browser_of(built, "expert", sign_in)
    form = f"/engagements/{built.a.ids['engagement_id']}/coaching-sessions/new"
    expert.post(form, log_form(ahead(), intent="draft"))
    edit = f"/coaching-sessions/{only_meeting_of_session().session_id}/edit"

    expert.post(edit, {"next_day": f"{ahead(8):%Y-%m-%d}", "intent": "draft"})
    moved = only_meeting_of_session().starts_at
    expert.post(edit, {"next_day": "", "next_time": "", "intent": "draft"})

    assert moved == ahead(8)
    assert only_meeting_of_session().cancelled_at is not None


def test_a_meeting_is_planned_moved_and_called_off_on_its_own_page(built: World, sign_in: SignIn) -> None:
    staff = browser_of(built, "staff", sign_in)
    start = f"/engagements/{built.a.ids['engagement_id']}/meetings/new"
    values = {"next_day": f"{ahead():%Y-%m-%d}", "next_time": "14:30", "mode": "online"}
    staff.post(start, values)
    meeting = session().scalars(select(Meeting).order_by(Meeting.id.desc()).limit(1)).one()
    page = f"/meetings/{meeting.id}"

    staff.post(page, {"next_time": "15:45"}, page=page)
    staff.post(f"{page}/call-off", page=page)

    session().expire_all()
    assert clock.in_taipei(meeting.starts_at).strftime("%H:%M") == "15:45"
    assert meeting.expert_id == built.people["expert"]
    assert meeting.cancelled_at is not None
    assert "已取消" in browser_of(built, "vendor_member", sign_in).get(page).text
    with pytest.raises(Refused), unit_of_work():
        operations.call_off_meeting(meeting, actor=built.actor("staff"))


def test_of_two_who_move_it_the_second_is_shown_both_times(built: World, sign_in: SignIn) -> None:
    staff, page = browser_of(built, "staff", sign_in), f"/meetings/{built.a.ids['meeting_id']}"
    stale = staff.get(page).fields(page)

    staff.post(page, {"place": "示範教室"}, page=page)
    answer = staff.send(page, {**stale, "place": "別處"}, status=409)

    assert "示範教室" in answer.text


def test_a_meeting_of_an_engagement_on_hold_is_neither_shown_nor_reminded_of(built: World, sign_in: SignIn) -> None:
    day = clock.in_taipei(ahead(3)).date()
    meeting = session().get_one(Meeting, built.a.ids["meeting_id"])
    before = [one.path for one in gather(day).get(built.people["expert"], [])]

    with unit_of_work():
        journey.hold(case_of(built), "示範暫停", actor=built.actor("staff"))

    after = [one.path for one in gather(day).get(built.people["expert"], [])]
    assert f"/meetings/{meeting.id}" in before
    assert f"/meetings/{meeting.id}" not in after
    assert meetings.own_meetings(built.actor("expert"), 5) == []


def test_the_feed_holds_the_meeting_until_it_is_called_off(built: World, sign_in: SignIn) -> None:
    reader, uid = browser_of(built, "vendor_member", sign_in), f"meeting-{built.a.ids['meeting_id']}@"
    address = f"/calendar/{built.a.ids['feed_token']}.ics"

    before = reader.fetch(address).get_data(as_text=True)
    with unit_of_work():
        meeting = session().get_one(Meeting, built.a.ids["meeting_id"])
        operations.call_off_meeting(meeting, actor=built.actor("expert"))

    assert uid in before
    assert uid not in reader.fetch(address).get_data(as_text=True)


@pytest.mark.parametrize("reader", ["vendor_member", "expert"])
def test_the_homes_stay_within_their_queries(built: World, sign_in: SignIn, reader: str) -> None:
    browser = browser_of(built, reader, sign_in)
    browser.get("/inbox")  # what is written once a minute is written

    with count_queries() as asked:
        page = browser.get("/?lang=en")

    assert len(asked) <= 12, asked
    if reader == "vendor_member":
        assert "Steps of the journey" in page.text
        assert "What proves it" in page.text
        assert "All messages" in page.text

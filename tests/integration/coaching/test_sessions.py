"""Logging a session and the way of its record."""

import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from PIL import Image
from sqlalchemy import func, select, update

from tests.factories import coaching, journey, people
from tests.factories.coaching import Case
from tests.support.pages import Page, PageClient
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.coaching import operations, queries
from tracker.coaching.models import ActionItem, Addendum, CoachingSession, SessionFile
from tracker.coaching.operations import ActionDetails
from tracker.coaching.people import Person
from tracker.coaching.rules import ActionState, AddendumKind, SessionState
from tracker.core import clock
from tracker.core.audit import AuditRecord
from tracker.core.clock import in_taipei
from tracker.core.db import session
from tracker.core.errors import NotFound, Refused, StaleRecord
from tracker.core.search import DocumentKind, SearchDocument, document_id
from tracker.journey.rules import EngagementState, Party, Step
from tracker.notifications.models import Notice
from tracker.vendors.models import Membership

SignIn = Callable[[User], PageClient]
FINDINGS = "雲端資料庫尚未加密"


@pytest.fixture
def case(db_session: object) -> Case:
    return coaching.case()


def form_path(case: Case) -> str:
    return f"/engagements/{case.engagement.id}/coaching-sessions/new"


def stored() -> list[CoachingSession]:
    return list(session().scalars(select(CoachingSession).order_by(CoachingSession.id)))


def errors(page: Page) -> str:
    return " ".join(
        "".join(element.itertext()) for element in page.all("p") if "field-error" in element.get("class", "")
    )


# --- the form --------------------------------------------------------------------------------------------------------------


def test_the_form_opens_with_what_is_usual(case: Case, sign_in: SignIn) -> None:
    coaching.submitted(case, hours=Decimal("2.25"), people=(Person("王示範", Party.VENDOR),), place="示範路一號")
    session().commit()

    page = sign_in(case.expert).get("/coaching-sessions/new")
    values = page.fields(form_path(case))
    ticked = [box.get("value") for box in page.all("input") if box.get("name") == "people" and "checked" in box.keys()]  # noqa: SIM118 - ElementTree

    assert values["hours"] == "2.25"
    assert values["step"] == Step.ASSESS.value
    assert values["place"] == "示範路一號"
    assert set(ticked) == {f"u{case.expert.id}", f"u{case.member.id}", "n:vendor:王示範"}
    assert values["actions-0-assignee"] == str(case.member.id)
    assert len(values["client_key"]) >= 16


def test_a_session_is_logged_and_submitted_with_the_defaults(case: Case, sign_in: SignIn) -> None:
    page = sign_in(case.expert).post(form_path(case), {"findings": FINDINGS})

    [logged] = stored()
    assert FINDINGS in page.text
    assert (logged.state, logged.expert_id, logged.findings) == (SessionState.SUBMITTED, case.expert.id, FINDINGS)
    assert in_taipei(logged.starts_at).date() == clock.today()


def test_everything_that_was_filled_in_is_kept(case: Case, sign_in: SignIn) -> None:
    [item, *_] = journey.items(case.engagement)
    due = clock.today() + timedelta(days=5)
    filled = {
        "findings": FINDINGS,
        "recommendations": "啟用加密",
        "internal_note": "內部說明",
        "hours": "１．７５",
        "step": "migrate",
        "mode": "online",
        "place": "https://meet.example.com/1",
        "topics": ["security", "backup"],
        "items": [str(item.id)],
        "people": [f"u{case.expert.id}", f"u{case.member.id}"],
        "others": "陳示範\n  林 示範 \n",
        "actions-0-text": "啟用磁碟加密",
        "actions-0-assignee": str(case.member.id),
        "actions-0-due": f"{due.year - 1911}/{due.month}/{due.day}",
        "intent": "draft",
    }

    sign_in(case.expert).post(form_path(case), filled)

    [logged] = stored()
    assert (logged.hours, logged.step, logged.mode.value, logged.place) == (
        Decimal("1.75"),
        Step.MIGRATE,
        "online",
        "https://meet.example.com/1",
    )
    assert {row.topic for row in logged.topics} == {"security", "backup"}
    assert [row.item_id for row in logged.items] == [item.id]
    assert {row.name for row in logged.participants} == {case.expert.name, case.member.name, "陳示範", "林 示範"}
    assert [(row.text, row.assignee_id, row.due_on) for row in logged.actions] == [
        ("啟用磁碟加密", case.member.id, due)
    ]
    assert (logged.state, queries.read_internal_note(logged.id)) == (SessionState.DRAFT, "內部說明")


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("hours", "-1", "大於 0"),
        ("hours", "0", "大於 0"),
        ("hours", "13", "最多 12 小時"),
        ("hours", "1.1", "0.25 小時為單位"),
        ("hours", "兩小時", "不是有效的時數"),
        ("hours", "", "請填寫輔導時數"),
        ("day", "民國115年2月30日", "115年2月30日"),
        ("day", "民國189年1月1日", "還沒到"),
        ("day", "115/1/5", "早於輔導案起始日"),
        ("day", "", "請填寫輔導日期"),
        ("time", "25:00", "不是有效的時間"),
        ("time", "下午", "不是有效的時間"),
        ("actions-0-due", "明天", "明天"),
        ("actions-0-due", "", "沒有期限"),
        ("actions-0-due", "115/1/1", "早於輔導日期"),
        ("findings", "  ", "請填寫發現或建議"),
        ("topics", "no-such-topic", ""),
        ("items", "999999", ""),
        ("people", "u999999", ""),
        ("mode", "by-post", ""),
        ("step", "fifth", ""),
    ],
)
def test_bad_input_is_refused_at_its_field_and_nothing_typed_is_lost(
    case: Case, sign_in: SignIn, field: str, typed: str, sentence: str
) -> None:
    written = {"findings": FINDINGS, "actions-0-text": "一項待辦", "place": "示範路二號", field: typed}

    page = sign_in(case.expert).post(form_path(case), written)

    assert stored() == []
    assert sentence in errors(page)
    assert errors(page)
    kept = page.fields(form_path(case))
    for name in ("findings", "actions-0-text", "place"):
        assert kept[name].strip() == str(written[name]).strip()
    if field in {"hours", "day", "actions-0-due"}:
        assert kept[field] == typed


def test_markup_and_control_characters_stay_text(case: Case, sign_in: SignIn) -> None:
    hostile = '"><img src=x onerror=alert(1)>{{7*7}}<script>alert(1)</script>\0'

    page = sign_in(case.expert).post(
        form_path(case), {"findings": hostile, "place": hostile, "others": hostile, "actions-0-text": hostile}
    )

    assert stored()[0].findings.startswith('"><img')
    assert not [image for image in page.all("img") if image.get("onerror")]
    assert "<script>alert" not in page.text
    assert "{{7*7}}" in page.text


@pytest.mark.parametrize("state", [EngagementState.ON_HOLD, EngagementState.WITHDRAWN])
def test_a_resting_engagement_takes_no_session(case: Case, state: EngagementState) -> None:
    case.engagement.state = state
    session().flush()

    with pytest.raises(Refused):
        coaching.draft(case)


def test_a_photo_is_kept_without_its_place_and_hidden_until_submission(case: Case, sign_in: SignIn) -> None:
    photo = io.BytesIO()
    image = Image.new("RGB", (64, 48), "navy")
    exif = Image.Exif()
    exif[0x010F] = "CameraMaker"
    exif.get_ifd(0x8825)[2] = (25.0, 2.0, 0.0)
    image.save(photo, "JPEG", exif=exif)
    photo.seek(0)
    expert, member = sign_in(case.expert), sign_in(case.member)

    expert.post(form_path(case), {"findings": FINDINGS, "file": (photo, "現場.jpg"), "intent": "draft"})

    [file] = session().scalars(select(SessionFile))
    address = f"/evidence/{file.evidence_id}"
    kept = Image.open(io.BytesIO(expert.fetch(address).get_data()))
    assert 0x010F not in kept.getexif()
    assert not kept.getexif().get_ifd(0x8825)
    member.fetch(address, status=404)
    expert.post(f"/coaching-sessions/{file.session_id}/submit", page=f"/coaching-sessions/{file.session_id}")
    member.fetch(address)


def test_a_file_that_is_no_file_of_its_kind_is_refused_and_nothing_is_saved(case: Case, sign_in: SignIn) -> None:
    page = sign_in(case.expert).post(
        form_path(case), {"findings": FINDINGS, "file": (io.BytesIO(b"MZ\x90\0" + b"\0" * 200), "報告.pdf")}
    )

    assert stored() == []
    assert errors(page)
    assert page.fields(form_path(case))["findings"].strip() == FINDINGS


def test_the_office_logs_on_behalf_of_an_assigned_expert(case: Case, sign_in: SignIn) -> None:
    stranger = people.person(Role.EXPERT)
    session().commit()
    client = sign_in(case.staff)

    refused = client.post(form_path(case), {"findings": FINDINGS, "expert": str(stranger.id)})
    client.post(form_path(case), {"findings": FINDINGS, "expert": str(case.expert.id)})

    assert errors(refused)
    assert [logged.expert_id for logged in stored()] == [case.expert.id]


def test_somebody_of_another_vendor_cannot_be_given_an_action(case: Case) -> None:
    stranger = coaching.case().member

    with pytest.raises(Refused):
        coaching.draft(case, actions=(ActionDetails("不該成立", stranger.id, clock.today() + timedelta(days=3)),))
    with pytest.raises(Refused):
        coaching.draft(case, people=(Person(stranger.name, Party.VENDOR, stranger.id),))


def test_items_of_another_engagement_cannot_be_touched(case: Case) -> None:
    [foreign, *_] = journey.items(coaching.case().engagement)

    with pytest.raises(Refused):
        coaching.draft(case, item_ids=(foreign.id,))


# --- sent twice ------------------------------------------------------------------------------------------------------------


def test_a_form_that_is_sent_twice_is_one_session(case: Case, sign_in: SignIn) -> None:
    client = sign_in(case.expert)
    values = {**client.get(form_path(case)).fields(form_path(case)), "findings": FINDINGS}

    first = client.send(form_path(case), values, status=302, follow=False).response.headers["Location"]
    second = client.send(form_path(case), values, status=303, follow=False).response.headers["Location"]

    assert first == second
    assert len(stored()) == 1


def test_the_device_key_holds_when_the_forms_own_key_was_forgotten(case: Case, sign_in: SignIn) -> None:
    client = sign_in(case.expert)
    values = {**client.get(form_path(case)).fields(form_path(case)), "findings": FINDINGS}
    client.send(form_path(case), values)

    page = client.send(form_path(case), {**values, "once": "another-key-of-the-form"})

    assert len(stored()) == 1
    assert FINDINGS in page.text


def test_the_device_key_of_somebody_else_leads_nowhere(case: Case) -> None:
    logged = coaching.draft(case)
    other = coaching.case()

    with pytest.raises(Refused):
        coaching.draft(other, client_key=logged.client_key)


# --- drafts ----------------------------------------------------------------------------------------------------------------


def test_a_draft_is_changed_and_its_lists_follow(case: Case) -> None:
    logged = coaching.draft(case, topics=("architecture", "cost"), actions=(coaching.action_of(case, "舊待辦"),))
    [kept] = logged.actions
    session().commit()
    new = ActionDetails("新待辦", case.member.id, kept.due_on)
    changed = coaching.details(
        topics=("cost", "backup"),
        hours=Decimal(3),
        actions=(new,),
        version=logged.version,
        client_key=logged.client_key,
    )

    operations.change_session(logged, changed, actor=case.as_expert)

    assert {row.topic for row in logged.topics} == {"cost", "backup"}
    assert [row.text for row in logged.actions] == ["新待辦"]
    assert session().scalar(select(func.count()).select_from(ActionItem)) == 1
    assert logged.hours == 3


def test_a_stale_save_of_a_draft_is_refused_and_shows_both_texts(case: Case, sign_in: SignIn) -> None:
    logged = coaching.draft(case)
    session().commit()
    path = f"/coaching-sessions/{logged.id}/edit"
    client = sign_in(case.expert)
    opened = client.get(path).fields(path)
    sign_in(case.staff).post(path, {"findings": "別人先存的文字", "intent": "draft"})

    page = client.send(path, {**opened, "findings": "我後來打的文字", "intent": "draft"}, status=409)

    assert "別人先存的文字" in page.text
    assert "我後來打的文字" in page.text
    assert stored()[0].findings == "別人先存的文字"


def test_a_change_of_only_the_lists_counts_as_a_change(case: Case) -> None:
    logged = coaching.draft(case)
    session().commit()
    version = logged.version
    same = coaching.details(starts_at=logged.starts_at, version=version, topics=("backup",))

    operations.change_session(logged, same, actor=case.as_expert)
    session().flush()

    assert logged.version > version
    with pytest.raises(StaleRecord):
        operations.change_session(logged, same, actor=case.as_expert)


def test_a_submitted_record_is_not_changed(case: Case) -> None:
    logged = coaching.submitted(case)

    with pytest.raises(Refused):
        operations.change_session(logged, coaching.details(), actor=case.as_expert)


# --- the way of the record -------------------------------------------------------------------------------------------------


def test_the_record_goes_its_whole_way(case: Case, sign_in: SignIn) -> None:
    expert, member = sign_in(case.expert), sign_in(case.member)

    expert.post(form_path(case), {"findings": FINDINGS, "intent": "draft"})
    page = f"/coaching-sessions/{stored()[0].id}"
    expert.post(f"{page}/submit", page=page)
    member.post(f"{page}/acknowledge", page=page)
    expert.post(f"{page}/close", page=page)

    assert stored()[0].state is SessionState.CLOSED
    assert stored()[0].acknowledged_by_id == case.member.id
    of_sessions = select(AuditRecord.action).where(AuditRecord.subject_type == "coaching_session")
    actions = session().scalars(of_sessions.order_by(AuditRecord.id))
    assert list(actions) == ["session.logged", "session.submitted", "session.acknowledged", "session.closed"]


def test_an_objection_stays_beside_the_record(case: Case, sign_in: SignIn) -> None:
    logged = coaching.submitted(case)
    session().commit()
    page = f"/coaching-sessions/{logged.id}"

    sign_in(case.member).post(f"{page}/acknowledge", {"objection": "時數應為一小時"}, page=page)

    [objection] = session().scalars(select(Addendum))
    assert (objection.kind, objection.author_id) == (AddendumKind.OBJECTION, case.member.id)
    assert stored()[0].state is SessionState.ACKNOWLEDGED


def test_the_vendor_acknowledges_the_version_that_it_has_read(case: Case, sign_in: SignIn) -> None:
    logged = coaching.submitted(case)
    session().commit()
    page, member = f"/coaching-sessions/{logged.id}", sign_in(case.member)
    read = member.get(page).fields(f"{page}/acknowledge")
    operations.take_back_session(logged, actor=case.as_expert)
    operations.change_session(logged, coaching.details(findings="改過的內容"), actor=case.as_expert)
    operations.submit_session(logged, actor=case.as_expert)
    session().commit()

    member.send(f"{page}/acknowledge", read, status=409)

    assert stored()[0].state is SessionState.SUBMITTED


def test_a_closed_record_is_corrected_by_a_note(case: Case, sign_in: SignIn) -> None:
    logged = coaching.closed(case)
    session().commit()
    client = sign_in(case.expert)

    page = client.post(f"/coaching-sessions/{logged.id}/notes/new", {"text": "時間應為上午十點"})
    refused = client.post(f"/coaching-sessions/{logged.id}/notes/new", {"text": "  "})

    assert "時間應為上午十點" in page.text
    assert errors(refused)
    assert stored()[0].findings == "雲端架構已盤點。"


def test_a_record_taken_back_is_hidden_again(case: Case) -> None:
    logged = coaching.submitted(case)

    operations.take_back_session(logged, actor=case.as_expert)
    session().flush()

    assert session().get(SearchDocument, document_id(DocumentKind.SESSION, logged.id)) is None
    with pytest.raises(NotFound):
        queries.get_session(logged.id, actor=case.as_member)


def test_a_submitted_record_is_found_without_its_internal_note(case: Case) -> None:
    draft, logged = coaching.draft(case), coaching.submitted(case, topics=("backup",))
    session().flush()

    document = session().get(SearchDocument, document_id(DocumentKind.SESSION, logged.id))

    assert session().get(SearchDocument, document_id(DocumentKind.SESSION, draft.id)) is None
    assert document is not None
    assert case.engagement.organisation.name_zh in document.title
    assert "備份與還原" in document.body
    assert "內部說明" not in document.body
    assert document.organisation_id == case.engagement.organisation_id


def test_people_are_told_on_submission_and_acknowledgement(case: Case) -> None:
    logged, action = coaching.with_action(case)
    operations.acknowledge_session(logged, actor=case.as_member)

    told = session().execute(select(Notice.user_id, Notice.path).order_by(Notice.id)).all()

    assert [tuple(row) for row in told] == [
        (case.member.id, f"/coaching-sessions/{logged.id}"),
        (case.member.id, f"/actions/{action.id}"),
        (case.expert.id, f"/coaching-sessions/{logged.id}"),
    ]


# --- actions ---------------------------------------------------------------------------------------------------------------


def test_actions_are_owed_from_submission_on_due_first(case: Case) -> None:
    coaching.draft(case, actions=(coaching.action_of(case, "草稿裡的"),))
    coaching.submitted(
        case, actions=(coaching.action_of(case, "後到期", days=9), coaching.action_of(case, "先到期", days=2))
    )

    owed = queries.actions_owed(case.as_member, 10)

    assert [action.text for action in owed] == ["先到期", "後到期"]
    assert list(queries.actions_owed(case.as_expert, 10)) == []


def test_an_action_is_finished_and_opened_again(case: Case, sign_in: SignIn) -> None:
    logged, action = coaching.with_action(case)
    session().commit()
    client, page = sign_in(case.member), f"/coaching-sessions/{logged.id}"

    done = client.post(f"/actions/{action.id}/finish", page=page)
    assert queries.actions_owed(case.as_member, 10) == []
    client.send(f"/actions/{action.id}/reopen", done.fields(f"/actions/{action.id}/reopen"))

    assert [one.id for one in queries.actions_owed(case.as_member, 10)] == [action.id]
    assert session().scalars(select(ActionItem)).one().done_at is None


def test_only_office_and_experts_drop_an_action(case: Case, sign_in: SignIn) -> None:
    logged, action = coaching.with_action(case)
    session().commit()
    page = f"/coaching-sessions/{logged.id}"
    once = sign_in(case.member).get(page).fields(f"/actions/{action.id}/finish")

    sign_in(case.member).send(f"/actions/{action.id}/drop", once, status=400)
    sign_in(case.expert).post(f"/actions/{action.id}/drop", page=page)

    assert session().scalars(select(ActionItem)).one().state is ActionState.DROPPED


def test_a_person_who_left_owes_nothing_any_more(case: Case) -> None:
    coaching.with_action(case)
    session().execute(update(Membership).values(ended_at=clock.now()))

    assert list(queries.actions_owed(case.as_member, 10)) == []


def test_reminders_name_owed_actions_and_records_to_acknowledge(case: Case) -> None:
    _logged, action = coaching.with_action(case)

    owed = [(reminder.user_id, reminder.path) for reminder in queries.reminders(clock.today())]

    assert (case.member.id, f"/actions/{action.id}") in owed
    assert (case.member.id, f"/coaching-sessions/{action.session_id}") in owed

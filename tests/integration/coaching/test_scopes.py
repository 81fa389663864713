"""Who sees and does what: in pages, lists, counts, files, feeds, and at the next request after a right has ended."""

from collections.abc import Callable

import pytest
from sqlalchemy import event, select, update

from tests.factories import coaching, people
from tests.factories.coaching import Case
from tests.factories.people import acting
from tests.support.pages import PageClient
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.coaching import coverage, listing, operations, permissions, queries, year_hours
from tracker.coaching.listing import SessionFilter
from tracker.coaching.models import CoachingSession
from tracker.coaching.rules import SessionState
from tracker.core import clock
from tracker.core.db import db, session
from tracker.core.errors import NotFound
from tracker.journey.models import Assignment
from tracker.vendors.models import Membership

SignIn = Callable[[User], PageClient]
SECRET = "另一業者的祕密發現"
OF_RECORD = (
    "/coaching-sessions/{session}",
    "/coaching-sessions/{session}/edit",
    "/coaching-sessions/{session}/record.pdf",
    "/coaching-sessions/{session}/acknowledge",
    "/coaching-sessions/{session}/notes/new",
    "/coaching-sessions/{session}/actions/new",
    "/engagements/{engagement}/coaching-sessions/new",
    "/actions/{action}",
)
POSTED = (
    "/coaching-sessions/{session}/submit",
    "/coaching-sessions/{session}/take-back",
    "/coaching-sessions/{session}/acknowledge",
    "/coaching-sessions/{session}/close",
    "/coaching-sessions/{session}/notes/new",
    "/coaching-sessions/{session}/actions/new",
    "/coaching-sessions/{session}/edit",
    "/engagements/{engagement}/coaching-sessions/new",
    "/actions/{action}/finish",
    "/actions/{action}/drop",
    "/actions/{action}/reopen",
)


@pytest.fixture
def case(db_session: object) -> Case:
    return coaching.case()


@pytest.fixture
def other(db_session: object) -> Case:
    return coaching.case()


def addresses(patterns: tuple[str, ...], of: Case) -> list[str]:
    logged = coaching.submitted(of, findings=SECRET, actions=(coaching.action_of(of, SECRET),))
    session().commit()
    values = {"session": logged.id, "engagement": of.engagement.id, "action": logged.actions[0].id}
    return [pattern.format(**values) for pattern in patterns]


@pytest.mark.parametrize("who", ["expert", "member"])
def test_every_address_of_another_engagement_is_unknown(case: Case, other: Case, sign_in: SignIn, who: str) -> None:
    client = sign_in(getattr(case, who))
    for address in addresses(OF_RECORD, other):
        client.fetch(address, status=404)


@pytest.mark.parametrize("who", ["expert", "member"])
def test_nothing_of_another_engagement_can_be_changed(case: Case, other: Case, sign_in: SignIn, who: str) -> None:
    client = sign_in(getattr(case, who))
    token = client.get("/calendar-feed").fields()["csrf_token"]

    for address in addresses(POSTED, other):
        client.send(address, {"csrf_token": token, "text": "x", "findings": "x"}, status=404)

    assert session().scalars(select(CoachingSession.state)).one() is SessionState.SUBMITTED


@pytest.mark.parametrize("who", ["expert", "member"])
def test_lists_files_and_counts_hold_nothing_of_others(case: Case, other: Case, sign_in: SignIn, who: str) -> None:
    addresses((), other)
    coaching.submitted(case)
    session().commit()
    client = sign_in(getattr(case, who))
    actor = acting(getattr(case, who))
    foreign = SessionFilter(engagement_id=other.engagement.id)

    for path in (
        "/coaching-sessions",
        f"/coaching-sessions?engagement={other.engagement.id}",
        "/coaching-sessions.csv",
    ):
        assert SECRET not in client.fetch(path).get_data(as_text=True)
    assert listing.count(SessionFilter(), actor=actor) == 1
    assert listing.count(foreign, actor=actor) == 0
    assert listing.count(SessionFilter(words="祕密"), actor=actor) == 0
    assert [row.engagement_id for row in listing.whole_list(SessionFilter(), actor=actor)] == [case.engagement.id]
    assert SECRET not in client.get("/coaching-sessions/calendar").text


def test_a_vendor_never_sees_a_draft(case: Case, sign_in: SignIn) -> None:
    logged = coaching.draft(case, actions=(coaching.action_of(case),))
    session().commit()
    client = sign_in(case.member)

    client.fetch(f"/coaching-sessions/{logged.id}", status=404)
    client.fetch(f"/coaching-sessions/{logged.id}/record.pdf", status=404)
    client.fetch(f"/actions/{logged.actions[0].id}", status=404)
    assert listing.count(SessionFilter(), actor=case.as_member) == 0
    assert listing.count(SessionFilter(state=SessionState.DRAFT), actor=case.as_member) == 0
    assert listing.count(SessionFilter(), actor=case.as_expert) == 1


def test_the_internal_note_does_not_leave_the_database_for_a_vendor(case: Case) -> None:
    logged = coaching.submitted(case, internal_note="內部祕密說明")
    session().commit()
    session().expunge_all()

    for_member = queries.get_whole_session(logged.id, actor=case.as_member).readable_note
    session().expunge_all()
    for_expert = queries.get_whole_session(logged.id, actor=case.as_expert).readable_note

    assert (for_member, for_expert) == ("", "內部祕密說明")


def test_no_page_of_a_vendor_shows_the_internal_note(case: Case, sign_in: SignIn) -> None:
    logged = coaching.submitted(case, internal_note="內部祕密說明")
    session().commit()
    client = sign_in(case.member)

    for path in (f"/coaching-sessions/{logged.id}", "/coaching-sessions", "/coaching-sessions.csv"):
        assert "內部祕密說明" not in client.fetch(path).get_data(as_text=True)
    assert "內部祕密說明" in sign_in(case.staff).get(f"/coaching-sessions/{logged.id}").text


def test_rights_end_with_the_assignment_and_the_membership(case: Case, sign_in: SignIn) -> None:
    logged = coaching.submitted(case)
    session().commit()
    expert, member, page = sign_in(case.expert), sign_in(case.member), f"/coaching-sessions/{logged.id}"
    expert.get(page)
    member.get(page)

    session().execute(update(Assignment).values(ended_at=clock.now()))
    session().execute(update(Membership).values(ended_at=clock.now()))
    session().commit()

    for client in (expert, member):
        client.fetch(page, status=404)
        assert logged.findings not in client.get("/coaching-sessions").text


def test_an_office_member_of_another_year_sees_nothing(case: Case, sign_in: SignIn) -> None:
    logged = coaching.submitted(case)
    stranger = people.person(Role.STAFF)
    session().commit()

    sign_in(stranger).fetch(f"/coaching-sessions/{logged.id}", status=404)
    assert listing.count(SessionFilter(), actor=acting(stranger)) == 0


def test_another_assigned_expert_reads_but_does_not_change_a_draft(case: Case, sign_in: SignIn) -> None:
    second = people.person(Role.EXPERT)
    people.assign(second, case.engagement)
    logged = coaching.draft(case)
    session().commit()
    client = sign_in(second)

    client.get(f"/coaching-sessions/{logged.id}")
    client.fetch(f"/coaching-sessions/{logged.id}/edit", status=403)


def test_an_auditor_reads_everything_and_changes_nothing(case: Case, sign_in: SignIn) -> None:
    auditor = people.person(Role.AUDITOR)
    logged = coaching.submitted(case)
    session().commit()
    client = sign_in(auditor)

    page = client.get(f"/coaching-sessions/{logged.id}")
    client.fetch(f"/coaching-sessions/{logged.id}/edit", status=403)
    client.fetch(f"/coaching-sessions/{logged.id}/notes/new", status=403)
    assert not [form for form in page.all("form") if "/coaching-sessions/" in form.get("action", "")]


def test_a_vendor_does_not_see_hours_and_coverage(case: Case, sign_in: SignIn) -> None:
    session().commit()
    for path in ("/coaching-sessions/hours", "/coaching-sessions/coverage", "/coaching-sessions/new"):
        sign_in(case.member).fetch(path, status=403)


def test_an_expert_sees_its_own_hours_and_assignments_only(case: Case, other: Case) -> None:
    coaching.submitted(case)
    coaching.submitted(other)
    session().flush()
    programme = case.engagement.programme

    mine = year_hours.page(programme, actor=case.as_expert).experts
    rows = coverage.grid(programme.id, ["architecture"], actor=case.as_expert).rows

    assert [expert.user_id for expert in mine] == [case.expert.id]
    assert [row.engagement.id for row in rows] == [case.engagement.id]
    assert {expert.user_id for expert in year_hours.page(programme, actor=case.as_staff).experts} == {
        case.expert.id,
        other.expert.id,
    }


def test_only_a_lead_of_the_year_sets_a_quota(case: Case, sign_in: SignIn) -> None:
    lead = people.person(Role.LEAD, Role.STAFF)
    people.join_programme(lead, case.engagement.programme)
    session().commit()
    path = f"/coaching-sessions/hours/{case.engagement.programme_id}/{case.expert.id}"

    for who in (case.staff, case.expert, case.member):
        sign_in(who).fetch(path, status=403)
    sign_in(lead).post(path, {"hours": "3", "reason": "下半年到任"})

    assert queries.hours_used(case.expert.id, case.engagement.programme).quota == 3


def test_what_is_visible_is_decided_alike_in_the_database_and_on_the_page(case: Case, other: Case) -> None:
    auditor = people.person(Role.AUDITOR)
    both = people.person(Role.VENDOR, Role.EXPERT)
    people.join_organisation(both, case.engagement.organisation)
    people.assign(both, other.engagement)
    for one in (case, other):
        coaching.draft(one)
        coaching.submitted(one)
        coaching.closed(one)
    session().flush()

    for user in (case.expert, case.member, case.staff, other.member, auditor, both):
        actor = acting(user)
        every = session().scalars(select(CoachingSession)).all()
        seen = set(session().scalars(select(CoachingSession.id).where(permissions.visible(actor))))
        allowed = {one.id for one in every if any(holds(actor, one) for holds in permissions.VIEW_SESSION.any_of)}
        assert seen == allowed, user.name


def test_a_foreign_record_cannot_be_loaded(case: Case, other: Case) -> None:
    logged = coaching.submitted(other)
    session().flush()

    for load in (queries.get_session, queries.get_whole_session):
        with pytest.raises(NotFound):
            load(logged.id, actor=case.as_member)


# --- how many statements a page costs --------------------------------------------------------------------------------------


def statements(call: Callable[[], object]) -> list[str]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.lstrip().upper().startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        call()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return seen


@pytest.mark.parametrize(
    "path",
    [
        "/coaching-sessions",
        "/coaching-sessions?q=雲端",
        "/coaching-sessions/{id}",
        "/coaching-sessions/calendar",
        "/coaching-sessions/coverage",
        "/coaching-sessions/hours",
        "/engagements/{engagement}/coaching-sessions/new",
        "/coaching-sessions/{id}/record.pdf",
        "/coaching-sessions.csv",
    ],
)
def test_a_page_takes_at_most_twelve_statements_whatever_it_shows(case: Case, sign_in: SignIn, path: str) -> None:
    first = coaching.submitted(case, actions=(coaching.action_of(case),), people=coaching.everybody(case))
    session().commit()
    client = sign_in(case.expert)
    address = path.format(id=first.id, engagement=case.engagement.id)
    client.fetch(address)

    few = statements(lambda: client.fetch(address))
    for _turn in range(6):
        logged = coaching.submitted(
            case,
            topics=("backup", "cost"),
            actions=(coaching.action_of(case), coaching.action_of(case, "再一項")),
            people=coaching.everybody(case),
        )
        operations.acknowledge_session(logged, "異議", actor=case.as_member)
    operations.add_addendum(first, "補充", actor=case.as_expert)
    session().commit()
    many = statements(lambda: client.fetch(address))

    assert len(few) <= 12, few
    assert len(many) <= len(few) + 1, many  # the note's author is one more table to read
    assert len(many) <= 12, many


def test_a_save_takes_a_fixed_number_of_statements(case: Case, sign_in: SignIn) -> None:
    session().commit()
    client, path = sign_in(case.expert), f"/engagements/{case.engagement.id}/coaching-sessions/new"
    form = client.get(path).fields(path)
    client.send(path, {**form, "findings": "第一次"})
    form = client.get(path).fields(path)

    seen = statements(lambda: client.send(path, {**form, "findings": "第二次"}, status=302, follow=False))

    assert len(seen) <= 26, "\n".join(seen)

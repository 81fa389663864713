"""Who may open a file, and what the browser gets."""

import io
from collections.abc import Callable

from tests.factories import files, journey, people
from tests.support.pages import PageClient
from tracker.accounts.access import SYSTEM, Actor
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.core.db import session
from tracker.evidence import operations, queries
from tracker.evidence.models import Evidence
from tracker.journey.models import Engagement
from tracker.journey.operations import end_assignment

SignIn = Callable[[User], PageClient]


def case(name: str = "甲") -> journey.Case:
    return journey.case(
        expert=people.person(Role.EXPERT, name=name),
        vendor=people.person(Role.VENDOR, name=name),
        staff=people.person(Role.STAFF, name=name),
        lead=people.person(Role.LEAD, Role.STAFF, name=name),
    )


def keep(engagement: Engagement, name: str = "計畫書.pdf", *, internal: bool = False) -> Evidence:
    return operations.keep_file(
        io.BytesIO(files.PDF),
        name,
        organisation_id=engagement.organisation_id,
        engagement_id=engagement.id,
        internal=internal,
        actor=SYSTEM,
    )


def address(evidence: Evidence) -> str:
    session().commit()
    return f"/evidence/{evidence.id}"


def test_a_file_is_a_download_in_which_nothing_runs(db_session: object, sign_in: SignIn) -> None:
    mine = case()
    evidence = keep(mine.engagement, '計畫 "書"\u200b.pdf')

    response = sign_in(mine.vendor_user).get(address(evidence)).response

    assert response.get_data() == files.PDF
    assert response.mimetype == "application/pdf"
    assert response.headers["Content-Disposition"] == (
        "attachment; filename=\"evidence.pdf\"; filename*=UTF-8''%E8%A8%88%E7%95%AB%20%22%E6%9B%B8%22%20.pdf"
    )
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response.headers["Cache-Control"]


def test_everybody_of_the_engagement_opens_its_evidence(db_session: object, sign_in: SignIn) -> None:
    mine = case()
    where = address(keep(mine.engagement))

    for user in (mine.vendor_user, mine.expert_user, mine.staff_user, mine.lead_user):
        sign_in(user).get(where)


def test_another_vendor_another_expert_and_another_programmes_office_find_nothing(
    db_session: object, sign_in: SignIn, staff: User, expert: User
) -> None:
    mine, other = case(), case("乙")
    where = address(keep(mine.engagement))

    for user in (other.vendor_user, other.expert_user, staff, expert):
        sign_in(user).get(where, status=404)


def test_internal_evidence_is_not_the_vendors(db_session: object, sign_in: SignIn) -> None:
    mine = case()
    where = address(keep(mine.engagement, internal=True))

    sign_in(mine.expert_user).get(where)
    sign_in(mine.vendor_user).get(where, status=404)


def test_the_right_ends_with_the_assignment(db_session: object, sign_in: SignIn) -> None:
    mine = case()
    where = address(keep(mine.engagement))
    browser: PageClient = sign_in(mine.expert_user)
    browser.get(where)

    for assignment in mine.engagement.assignments:
        end_assignment(assignment, actor=mine.staff)
    session().commit()

    browser.get(where, status=404)


def test_removed_evidence_is_not_found(db_session: object, sign_in: SignIn) -> None:
    mine = case()
    evidence = keep(mine.engagement)
    operations.remove_evidence(evidence, actor=SYSTEM)

    sign_in(mine.staff_user).get(address(evidence), status=404)


def test_lists_of_evidence_are_narrowed_in_sql(db_session: object) -> None:
    mine, other = case(), case("乙")
    own, internal = keep(mine.engagement), keep(mine.engagement, internal=True)
    keep(other.engagement)

    def seen(actor: Actor) -> set[int]:
        return {one.id for one in queries.evidence_of_organisation(mine.engagement.organisation_id, actor=actor)}

    assert seen(mine.vendor) == {own.id}
    assert seen(mine.expert) == {own.id, internal.id}
    assert seen(other.vendor) == set()
    assert people.acting(other.staff_user).is_office

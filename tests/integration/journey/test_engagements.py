"""Enrolling, holding, withdrawing and resuming."""

from datetime import date

import pytest
from sqlalchemy import select
from time_machine import travel

from tests.factories import journey, people, programmes, vendors
from tests.factories.journey import Case
from tracker.accounts.access import SYSTEM
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.core import search
from tracker.core.audit import AuditRecord
from tracker.core.calendar import add_working_days, working_days_between
from tracker.core.db import session, unit_of_work
from tracker.core.errors import NotFound, Refused
from tracker.core.search import DocumentKind
from tracker.journey import operations, queries
from tracker.journey.models import EngagementChange, Item
from tracker.journey.rules import AssignmentPart, EngagementState, Step, StepState
from tracker.notifications.models import Notice
from tracker.programmes.operations import OverrideDetails, override_day
from tracker.vendors.operations import VendorDetails, change_vendor
from tracker.vendors.rules import VendorKind


def test_enrolling_opens_the_first_step_with_the_items_of_all_four(case: Case) -> None:
    steps = {step: case.step(step) for step in Step}

    assert [steps[step].state for step in Step] == [StepState.OPEN, *[StepState.WAITING] * 3]
    assert {step for step in Step if journey.items(case.engagement, step)} == set(Step)
    assert all(item.due_on is not None for item in case.items)
    assert all(item.due_on is None for item in journey.items(case.engagement, Step.MIGRATE))
    assert (case.engagement.items_done, case.engagement.items_total) == (0, len(case.items))


def test_due_days_are_counted_in_working_days_of_the_rulebook_from_the_anchor(case: Case) -> None:
    usual = {Step.ASSESS: 20, Step.MIGRATE: 60, Step.TEST: 30, Step.OPTIMISE: 60}
    day = journey.ANCHOR
    for step in Step:
        day = add_working_days(day, usual[step])
        assert case.step(step).due_on == day
    assert case.engagement.due_on == case.step().due_on


def test_the_new_year_and_a_typhoon_day_are_not_counted(db_session: object) -> None:
    override_day(OverrideDetails(date(2026, 2, 26), is_working=False, reason="停班"), actor=SYSTEM)

    engagement = journey.engagement(anchor_on=date(2026, 2, 12))

    sponsor = next(item for item in journey.items(engagement) if item.key.endswith(".sponsor"))
    assert sponsor.due_on == date(2026, 2, 24)  # 13, 23 and 24 February: the 14th to the 22nd are the holidays of 春節
    baseline = next(item for item in journey.items(engagement) if item.key.endswith(".revenue-baseline"))
    assert baseline.due_on == date(2026, 3, 2)  # the 25th, then past the typhoon day, the observed 228 and the weekend


def test_a_product_is_enrolled_once_in_a_year_and_the_refusal_names_the_engagement(case: Case) -> None:
    again = operations.Enrolment(case.engagement.product_id, case.engagement.programme_id, journey.ANCHOR)

    with pytest.raises(Refused, match=f"engagement {case.engagement.id}") as refusal:
        operations.enrol(again, actor=SYSTEM)
    assert case.engagement.product.name_zh in str(refusal.value)

    operations.withdraw(case.engagement, "公司改組", actor=case.staff)
    with pytest.raises(Refused, match="was withdrawn"):
        operations.enrol(again, actor=SYSTEM)


def test_an_anchor_day_outside_the_year_is_refused(db_session: object) -> None:
    with pytest.raises(Refused, match="anchor day"):
        journey.engagement(anchor_on=date(2031, 1, 5))


def test_a_programme_without_the_four_steps_takes_no_engagement(case: Case) -> None:
    other = programmes.programme(111, "points")
    people.join_programme(case.staff_user, other)
    product = vendors.product(vendors.vendor("別家示範有限公司"))

    with pytest.raises(Refused, match="not counselled in four steps"):
        operations.enrol(operations.Enrolment(product.id, other.id, date(2022, 3, 1)), actor=case.staff)
    assert [found.code for found in queries.enrollable_programmes(actor=case.staff)] == ["counselling"]


def test_staff_enrol_only_in_programme_years_they_work_in(case: Case) -> None:
    stranger = people.acting(people.person(Role.STAFF))
    product = vendors.product(vendors.vendor("別家示範有限公司"))

    with pytest.raises(Refused, match="do not work in this programme year"):
        operations.enrol(operations.Enrolment(product.id, programmes.programme().id, journey.ANCHOR), actor=stranger)


def test_each_kind_of_vendor_begins_with_the_playbooks_meant_for_it(db_session: object) -> None:
    journey.published()
    kinds = {kind: {version.playbook for version in queries.current_versions(kind)} for kind in VendorKind}
    assert all(kinds.values())


def test_a_hold_moves_the_due_days_by_the_working_days_that_it_lasted(case: Case) -> None:
    before = {item.id: item.due_on for item in case.items}
    due, planned = case.engagement.due_on, case.step(Step.MIGRATE).due_on
    assert planned is not None
    with travel("2026-03-10T02:00:00Z", tick=False):
        operations.hold(case.engagement, "等待合約", actor=case.staff)
    with travel("2026-03-24T02:00:00Z", tick=False):
        operations.resume(case.engagement, "合約完成", actor=case.staff)

    rested = working_days_between(date(2026, 3, 10), date(2026, 3, 24))
    assert rested == 10
    for item in case.items:
        assert item.due_on == add_working_days(before[item.id] or due, rested)
    assert case.engagement.due_on == add_working_days(due, rested)
    assert case.step().due_on == case.engagement.due_on
    assert case.step(Step.MIGRATE).due_on == add_working_days(planned, rested)
    assert case.engagement.step_since == add_working_days(journey.ANCHOR, rested)


def test_nothing_is_ticked_while_on_hold(case: Case) -> None:
    item = case.items[0]
    journey.link(item, actor=case.vendor)
    operations.hold(case.engagement, "等待合約", actor=case.staff)

    for attempt in (
        lambda: operations.submit_item(item, actor=case.vendor),
        lambda: operations.mark_not_applicable(item, "沒有", actor=case.vendor),
        lambda: journey.link(item, actor=case.vendor),
        lambda: operations.propose_gate(case.step(), "先送", actor=case.expert),
    ):
        with pytest.raises(Refused, match="so nothing can be changed"):
            attempt()


@pytest.mark.parametrize("change", [operations.hold, operations.withdraw])
def test_a_change_of_the_engagement_needs_a_reason(case: Case, change: object) -> None:
    with pytest.raises(Refused, match="Write the reason"):
        change(case.engagement, "  ", actor=case.staff)  # type: ignore[operator]  # both verbs have one signature
    assert case.engagement.state is EngagementState.ACTIVE


def test_reasons_of_changes_are_kept(case: Case) -> None:
    operations.withdraw(case.engagement, "公司改組", actor=case.staff)
    operations.resume(case.engagement, "改組完成", actor=case.lead)

    kept = session().scalars(select(EngagementChange).order_by(EngagementChange.id)).all()
    assert [(change.new, change.reason, change.by_id) for change in kept] == [
        (EngagementState.WITHDRAWN, "公司改組", case.staff_user.id),
        (EngagementState.ACTIVE, "改組完成", case.lead_user.id),
    ]


def test_the_end_of_an_assignment_ends_its_rights_at_once(case: Case) -> None:
    assert queries.get_engagement(case.engagement.id, actor=case.expert) is case.engagement

    operations.end_assignment(case.engagement.assignments[0], actor=case.staff)

    with pytest.raises(NotFound):
        queries.get_engagement(case.engagement.id, actor=case.expert)


def test_a_new_lead_takes_the_place_of_the_one_before(case: Case) -> None:
    other = people.person(Role.EXPERT, name="第二位專家")

    operations.assign_expert(case.engagement, other.id, AssignmentPart.LEAD, actor=case.staff)

    parts = {row.user_id: row.part for row in queries.engagement_experts(case.engagement.id)}
    assert parts == {other.id: AssignmentPart.LEAD, case.expert_user.id: AssignmentPart.SUPPORT}
    assert session().scalar(select(Notice.msgid).where(Notice.user_id == other.id)) is not None


def test_only_an_active_expert_can_be_assigned(case: Case, vendor_member: User) -> None:
    with pytest.raises(Refused, match="not an active expert"):
        operations.assign_expert(case.engagement, vendor_member.id, AssignmentPart.SUPPORT, actor=case.staff)


def test_an_engagement_is_found_by_two_characters_and_by_ubn(case: Case) -> None:
    for words in (case.engagement.organisation.name_zh[:2], case.engagement.organisation.ubn):
        found = search.matching_subjects(DocumentKind.ENGAGEMENT, words)
        assert found is not None
        assert case.engagement.id in session().scalars(found).all()


def test_an_engagement_is_found_by_its_vendors_new_name(case: Case) -> None:
    vendor = case.engagement.organisation
    change_vendor(
        vendor,
        VendorDetails(ubn=vendor.ubn, name_zh="改名示範股份有限公司", kind=vendor.kind),
        actor=case.staff,
    )

    found = search.matching_subjects(DocumentKind.ENGAGEMENT, "改名")
    assert found is not None
    assert session().scalars(found).all() == [case.engagement.id]


def test_what_is_done_is_on_the_audit_trail_of_the_engagement(case: Case) -> None:
    with unit_of_work():
        operations.hold(case.engagement, "等待合約", actor=case.staff)

    record = session().scalars(select(AuditRecord).order_by(AuditRecord.id.desc()).limit(1)).one()
    assert (record.action, record.engagement_id, record.actor_id) == (
        "engagement.held",
        case.engagement.id,
        case.staff_user.id,
    )
    assert record.details["reason"] == "等待合約"


def test_items_know_the_version_they_came_from(case: Case) -> None:
    versions = {item.playbook_version_id for item in session().scalars(select(Item))}
    assert versions == {version.id for version in queries.pinned_versions(case.engagement)}

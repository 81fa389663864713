"""Handing in, returning, verifying and undoing items."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from time_machine import travel

from tests.factories import journey, people
from tests.factories.journey import Case
from tracker.accounts.rules import Role
from tracker.core import clock
from tracker.core.db import session
from tracker.core.errors import NotFound, Refused
from tracker.journey import operations, queries
from tracker.journey.models import Item, ItemChange
from tracker.journey.rules import AssignmentPart, EvidenceKind, ItemState, Party, Step
from tracker.notifications.models import Notice
from tracker.notifications.rules import Reason


@pytest.fixture
def item(case: Case) -> Item:
    """Give a vendor's item that needs a document, attached already."""
    item = case.item(".charging-model")
    journey.link(item, actor=case.vendor)
    return item


def test_an_item_without_its_evidence_is_not_handed_in(case: Case) -> None:
    with pytest.raises(Refused, match="needs evidence"):
        operations.submit_item(case.item(".charging-model"), actor=case.vendor)


def test_removed_evidence_does_not_count(case: Case, item: Item) -> None:
    operations.detach_evidence(item, item.proofs[0], actor=case.vendor)

    with pytest.raises(Refused, match="needs evidence"):
        operations.submit_item(item, actor=case.vendor)


def test_an_item_that_needs_no_file_is_ticked_as_it_is(case: Case) -> None:
    item = case.items[0]
    item.evidence_kind = EvidenceKind.NONE

    operations.submit_item(item, actor=case.vendor)

    assert item.state is ItemState.SUBMITTED


def test_an_item_counts_only_when_another_person_has_verified_it(case: Case, item: Item) -> None:
    operations.submit_item(item, actor=case.vendor)
    assert case.engagement.items_done == 0

    operations.verify_item(item, actor=case.expert)

    assert case.engagement.items_done == 1
    assert (item.done_by_id, item.verified_by_id) == (case.vendor_user.id, case.expert_user.id)


def test_nobody_verifies_what_they_did_themselves(case: Case) -> None:
    item = case.item(".architecture")
    assert item.who is Party.EXPERT
    journey.link(item, actor=case.expert)
    operations.submit_item(item, actor=case.expert)

    with pytest.raises(Refused, match="did this item yourself"):
        operations.verify_item(item, actor=case.expert)
    operations.verify_item(item, actor=case.staff)
    assert item.state is ItemState.VERIFIED


def test_not_applicable_needs_a_reason_and_counts_only_when_verified(case: Case) -> None:
    item = case.item(".residency")
    with pytest.raises(Refused, match="Write the reason"):
        operations.mark_not_applicable(item, " ", actor=case.vendor)

    operations.mark_not_applicable(item, "沒有個資", actor=case.vendor)
    assert (item.state, case.engagement.items_done) == (ItemState.NOT_APPLICABLE_CLAIMED, 0)

    operations.verify_item(item, actor=case.expert)
    assert (item.state, item.reason, case.engagement.items_done) == (ItemState.NOT_APPLICABLE, "沒有個資", 1)


def test_a_returned_item_says_why_and_tells_who_did_it(case: Case, item: Item) -> None:
    operations.submit_item(item, actor=case.vendor)

    operations.return_item(item, "缺少計量單位", actor=case.expert)

    assert (item.state, item.reason) == (ItemState.RETURNED, "缺少計量單位")
    told = session().scalars(select(Notice.reason).where(Notice.user_id == case.vendor_user.id)).all()
    assert Reason.RETURNED in told


def test_a_verified_item_that_is_returned_no_longer_counts(case: Case, item: Item) -> None:
    operations.submit_item(item, actor=case.vendor)
    operations.verify_item(item, actor=case.expert)

    operations.return_item(item, "版本過期", actor=case.staff)

    assert (case.engagement.items_done, item.verified_by_id) == (0, None)


def test_a_change_can_be_undone_for_thirty_seconds_by_who_made_it(case: Case, item: Item) -> None:
    with travel("2026-03-03T02:00:00Z", tick=False) as time:
        operations.submit_item(item, actor=case.vendor)
        with pytest.raises(Refused, match="nothing of yours"):
            operations.undo_change(item, actor=case.expert)
        time.shift(timedelta(seconds=29))
        operations.undo_change(item, actor=case.vendor)
        assert (item.state, item.done_by_id, item.done_at) == (ItemState.OPEN, None, None)

        operations.submit_item(item, actor=case.vendor)
        time.shift(timedelta(seconds=31))
        with pytest.raises(Refused, match="30 seconds"):
            operations.undo_change(item, actor=case.vendor)


def test_an_undone_change_stays_on_record(case: Case, item: Item) -> None:
    operations.submit_item(item, actor=case.vendor)
    operations.undo_change(item, actor=case.vendor)

    change = session().scalars(select(ItemChange)).one()
    assert (change.new, change.by_id) == (ItemState.SUBMITTED, case.vendor_user.id)
    assert change.undone_at is not None
    with pytest.raises(Refused, match="nothing of yours"):
        operations.undo_change(item, actor=case.vendor)


def test_undoing_a_verification_takes_it_out_of_the_count(case: Case, item: Item) -> None:
    operations.submit_item(item, actor=case.vendor)
    operations.verify_item(item, actor=case.expert)

    operations.undo_change(item, actor=case.expert)

    assert (item.state, item.done_by_id, case.engagement.items_done) == (ItemState.SUBMITTED, case.vendor_user.id, 0)


def test_items_of_a_step_that_has_not_begun_wait(case: Case) -> None:
    later = journey.items(case.engagement, Step.MIGRATE)[0]

    with pytest.raises(Refused, match="has not begun"):
        operations.mark_not_applicable(later, "不需要", actor=case.vendor)


def test_evidence_stays_where_it_was_handed_in(case: Case, item: Item) -> None:
    operations.submit_item(item, actor=case.vendor)

    with pytest.raises(Refused, match="returned before"):
        operations.detach_evidence(item, item.proofs[0], actor=case.vendor)


def test_evidence_of_another_engagement_is_refused(case: Case, item: Item) -> None:
    other = journey.engagement()

    with pytest.raises(Refused, match="another engagement"):
        operations.attach_evidence(journey.items(other)[0], item.proofs[0].evidence, actor=case.staff)


def test_internal_comments_are_kept_from_the_vendor(case: Case, item: Item) -> None:
    operations.comment_on_item(item, operations.CommentDetails("請補單位"), actor=case.expert)
    operations.comment_on_item(item, operations.CommentDetails("業者態度保留", internal=True), actor=case.expert)

    assert [comment.text for comment in queries.comments_of(item, actor=case.vendor)] == ["請補單位"]
    assert len(queries.comments_of(item, actor=case.staff)) == 2
    told = session().scalars(
        select(Notice).where(Notice.user_id == case.vendor_user.id, Notice.reason == Reason.COMMENT)
    )
    assert len(told.all()) == 1


def test_another_feature_hands_in_an_item_with_its_own_row_as_proof(case: Case) -> None:
    key = case.item(".poc-briefing").key

    item = operations.fulfil_item(case.engagement, key, proof=case.engagement, actor=case.staff)

    assert item is not None
    assert (item.state, item.proof_table, item.proof_id) == (ItemState.SUBMITTED, "engagement", case.engagement.id)
    assert operations.fulfil_item(case.engagement, key, proof=case.engagement, actor=case.staff) is None
    assert operations.fulfil_item(case.engagement, "no.such-item", proof=case.engagement, actor=case.staff) is None


def test_everyone_sees_what_they_owe_first_due_first(case: Case) -> None:
    owed = queries.items_owed(case.vendor)
    assert {row.who for row in owed} == {Party.VENDOR}
    assert [row.due_on for row in owed] == sorted(row.due_on for row in owed if row.due_on)
    assert {row.who for row in queries.items_owed(case.expert)} == {Party.EXPERT}
    assert {row.who for row in queries.items_owed(case.staff)} == {Party.STAFF}
    assert owed[0].title.of("en")


def test_what_waits_for_verification_is_shown_to_those_who_could_verify(case: Case, item: Item) -> None:
    operations.submit_item(item, actor=case.vendor)
    assert [row.id for row in queries.items_to_verify(case.expert)] == [item.id]
    assert queries.items_to_verify(case.vendor) == []

    own = case.item(".architecture")
    journey.link(own, actor=case.expert)
    operations.submit_item(own, actor=case.expert)
    assert own.id not in {row.id for row in queries.items_to_verify(case.expert)}
    assert own.id in {row.id for row in queries.items_to_verify(case.staff)}


def test_the_next_action_of_an_engagement_is_the_first_due_item_of_its_gate(case: Case) -> None:
    following = queries.next_actions([case.engagement.id])[case.engagement.id]
    gate_items = [item for item in case.items if item.gate]
    assert following.item_id == min(gate_items, key=lambda item: (item.due_on or clock.today(), item.position)).id


def test_overdue_items_are_listed_whoever_owes_them(case: Case) -> None:
    with travel("2026-08-03T02:00:00Z"):
        late = queries.overdue_items(case.staff, limit=50)
    assert len(late) == len(case.items)


def test_items_of_another_vendor_do_not_exist_for_a_stranger(case: Case, item: Item) -> None:
    other = journey.engagement()
    member, expert = people.person(Role.VENDOR), people.person(Role.EXPERT)
    people.join_organisation(member, other.organisation)
    operations.assign_expert(other, expert.id, AssignmentPart.LEAD, actor=case.staff)

    for stranger in (people.acting(member), people.acting(expert)):
        for look in (
            lambda actor: queries.get_item(item.id, actor=actor),
            lambda actor: queries.get_engagement(case.engagement.id, actor=actor),
            lambda actor: queries.get_step(case.engagement.id, "assess", actor=actor),
            lambda actor: queries.get_proof(item.id, item.proofs[0].id, actor=actor),
            lambda actor: queries.get_assignment(case.engagement.assignments[0].id, actor=actor),
        ):
            with pytest.raises(NotFound):
                look(stranger)
        rows, _before, _after = queries.list_engagements(queries.Filters(), actor=stranger)
        assert [row.id for row in rows] == [other.id]
        assert item.id not in {row.id for row in queries.items_to_verify(stranger) + queries.items_owed(stranger)}
        assert sum(queries.counts_by_step(stranger).values()) == 1
        assert queries.count_engagements(queries.Filters(), actor=stranger) == 1


def test_an_internal_file_is_kept_from_the_vendor(case: Case, item: Item) -> None:
    item.proofs[0].evidence.internal = True
    session().flush()

    assert queries.proofs_of(item, actor=case.vendor) == []
    assert len(queries.proofs_of(item, actor=case.expert)) == 1
    with pytest.raises(NotFound):
        queries.get_proof(item.id, item.proofs[0].id, actor=case.vendor)

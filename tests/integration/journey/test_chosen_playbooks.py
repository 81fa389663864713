"""Chosen playbooks: added to a step where they help, taken off while nobody has worked with them."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from time_machine import travel

from tests.factories import journey, playbooks, vendors
from tests.factories.journey import Case
from tracker.accounts.access import SYSTEM
from tracker.core.audit import AuditRecord
from tracker.core.calendar import add_working_days
from tracker.core.db import session, unit_of_work
from tracker.core.errors import Refused
from tracker.journey import operations, queries
from tracker.journey.models import Item
from tracker.journey.playbook_shelf import playbook_of
from tracker.journey.rules import Deed, ItemState, Step, StepState, Use
from tracker.notifications.models import Notice

TODAY = date(2026, 3, 20)
NOON = "2026-03-20T04:00:00Z"


@pytest.fixture
def book(case: Case, tmp_path: Path) -> str:
    """Publish a chosen playbook for the step that the engagement is in."""
    playbooks.write(tmp_path)
    playbooks.published(tmp_path)
    return "deep-dive"


def keys(case: Case, step: Step = Step.ASSESS) -> list[str]:
    return [item.key for item in journey.items(case.engagement, step)]


def test_an_engagement_begins_with_the_basic_list_only(db_session: object, tmp_path: Path) -> None:
    playbooks.write(tmp_path)
    playbooks.published(tmp_path)

    engagement = journey.engagement()

    pinned = {version.playbook for version in queries.pinned_versions(engagement)}
    assert "deep-dive" not in pinned
    assert "assess-subscription-case" in pinned


def test_an_added_playbook_joins_the_checklist_in_the_order_of_the_files(case: Case, book: str) -> None:
    before = keys(case)

    operations.add_playbook(case.engagement, book, actor=case.expert)

    assert keys(case) == [*before, "deep-dive.drill", "deep-dive.result", "deep-dive.again"]
    assert case.engagement.items_total == len(before) + 3
    assert {version.playbook for version in queries.pinned_versions(case.engagement)} >= {book}


def test_items_of_an_added_playbook_are_due_from_today(case: Case, book: str) -> None:
    with travel(NOON, tick=False):
        operations.add_playbook(case.engagement, book, actor=case.expert)

    assert case.item("deep-dive.result").due_on == add_working_days(TODAY, 10)


def test_items_added_before_the_step_begins_are_due_from_its_beginning(case: Case, tmp_path: Path) -> None:
    playbooks.write(tmp_path, "later", step="migrate")
    playbooks.published(tmp_path)

    with travel("2026-02-10T04:00:00Z", tick=False):
        early = journey.engagement(of=vendors.product(vendors.vendor("另一家示範有限公司")))
        playbooks.write(tmp_path, "now", number="08")
        playbooks.published(tmp_path)
        operations.add_playbook(early, "now", actor=SYSTEM)
    operations.add_playbook(case.engagement, "later", actor=case.expert)

    result = next(item for item in journey.items(early) if item.key == "now.result")
    assert result.due_on == add_working_days(journey.ANCHOR, 10)
    assert {item.due_on for item in journey.items(case.engagement, Step.MIGRATE)} == {None}
    with travel(NOON, tick=False):
        journey.advance(
            case.engagement, doer=case.vendor, verifier=case.expert, proposer=case.expert, decider=case.staff
        )
    assert case.item("later.result").due_on == add_working_days(TODAY, 10)


def test_the_gate_waits_for_what_was_added(case: Case, book: str) -> None:
    case.complete()
    assert queries.missing_of(case.step()) == ()

    operations.add_playbook(case.engagement, book, actor=case.expert)

    assert [queries.get_item(one.item_id or 0, actor=case.staff).key for one in queries.missing_of(case.step())] == [
        "deep-dive.drill"
    ]


def test_the_trail_and_the_people_hear_of_it(case: Case, book: str) -> None:
    session().commit()
    with unit_of_work():
        operations.add_playbook(case.engagement, book, actor=case.expert)
        operations.drop_playbook(case.engagement, book, actor=case.staff)

    found = session().scalars(select(AuditRecord).where(AuditRecord.action.like("engagement.playbook_%"))).all()
    assert [(one.action, one.details["playbook"]["en"], one.details["step"]) for one in found] == [
        ("engagement.playbook_added", "Sample playbook deep-dive", "assess"),
        ("engagement.playbook_dropped", "Sample playbook deep-dive", "assess"),
    ]
    notices = session().scalars(select(Notice).where(Notice.msgid.like("%playbooks were added%"))).all()
    assert {notice.user_id for notice in notices} == {case.vendor_user.id}


@pytest.mark.parametrize(
    ("playbook", "words"),
    [("assess-subscription-case", "basic list"), ("nothing", "no playbook “nothing”"), ("hard", "other kinds")],
)
def test_what_cannot_be_chosen_is_refused(case: Case, tmp_path: Path, playbook: str, words: str) -> None:
    playbooks.write(tmp_path, "hard", kinds='"hardware"')
    playbooks.published(tmp_path)

    with pytest.raises(Refused, match=words):
        operations.add_playbook(case.engagement, playbook, actor=case.expert)


def test_a_playbook_is_added_once(case: Case, book: str) -> None:
    operations.add_playbook(case.engagement, book, actor=case.expert)

    with pytest.raises(Refused, match="follows this playbook already"):
        operations.add_playbook(case.engagement, book, actor=case.staff)


def test_a_step_whose_gate_is_proposed_or_passed_takes_no_playbook(case: Case, book: str) -> None:
    case.complete()
    operations.propose_gate(case.step(), actor=case.expert)
    with pytest.raises(Refused, match="Decide on it first"):
        operations.add_playbook(case.engagement, book, actor=case.expert)

    operations.pass_gate(case.step(), actor=case.staff)
    assert case.step().state is StepState.PASSED
    with pytest.raises(Refused, match="stay as they are"):
        operations.add_playbook(case.engagement, book, actor=case.expert)


def test_nothing_is_added_while_the_engagement_rests(case: Case, book: str) -> None:
    operations.hold(case.engagement, "等待合約", actor=case.staff)

    with pytest.raises(Refused, match="Ask the programme office to resume it"):
        operations.add_playbook(case.engagement, book, actor=case.expert)


def test_several_are_added_at_once_and_told_once(case: Case, book: str, tmp_path: Path) -> None:
    playbooks.write(tmp_path, "second", number="10")
    playbooks.published(tmp_path)
    operations.add_playbook(case.engagement, book, actor=case.expert)
    told = session().scalar(select(func.count()).select_from(Notice)) or 0

    added = operations.add_playbooks(case.engagement, [book, "second", "second"], actor=case.expert)

    assert [version.playbook for version in added] == ["second"]
    assert session().scalar(select(func.count()).select_from(Notice)) == told + 1
    assert operations.add_playbooks(case.engagement, [book, "second"], actor=case.expert) == []


def test_an_untouched_playbook_is_taken_off_and_can_be_added_again(case: Case, book: str) -> None:
    before = keys(case)
    operations.add_playbook(case.engagement, book, actor=case.expert)

    operations.drop_playbook(case.engagement, book, actor=case.expert)
    assert keys(case) == before
    assert case.engagement.items_total == len(before)

    with travel(NOON, tick=False):
        operations.add_playbook(case.engagement, book, actor=case.expert)
    assert len(keys(case)) == len(before) + 3
    assert case.item("deep-dive.drill").due_on == add_working_days(TODAY, 5)
    assert session().scalar(select(func.count()).where(Item.key == "deep-dive.drill")) == 1


@pytest.mark.parametrize("deed", ["comment", "evidence", "undone"])
def test_a_playbook_with_work_on_it_stays(case: Case, book: str, deed: str) -> None:
    operations.add_playbook(case.engagement, book, actor=case.expert)
    item = case.item("deep-dive.result")
    match deed:
        case "comment":
            operations.comment_on_item(item, operations.CommentDetails("看過了"), actor=case.vendor)
        case "evidence":
            operations.detach_evidence(item, journey.link(item, actor=case.vendor), actor=case.vendor)
        case _:
            operations.mark_not_applicable(item, "不需要", actor=case.vendor)
            operations.undo_change(item, actor=case.vendor)

    with pytest.raises(Refused, match="Work has begun on 1 items"):
        operations.drop_playbook(case.engagement, book, actor=case.expert)


def test_the_basic_list_and_what_is_not_followed_cannot_be_taken_off(case: Case, book: str) -> None:
    with pytest.raises(Refused, match="cannot be taken off"):
        operations.drop_playbook(case.engagement, "assess-subscription-case", actor=case.staff)
    with pytest.raises(Refused, match="does not follow"):
        operations.drop_playbook(case.engagement, book, actor=case.staff)


def test_a_newer_version_is_offered_to_those_who_follow_a_chosen_playbook(
    case: Case, book: str, tmp_path: Path
) -> None:
    other = journey.engagement(of=vendors.product(vendors.vendor("另一家示範有限公司")))
    operations.add_playbook(case.engagement, book, actor=case.expert)
    playbooks.write(tmp_path, version=2)
    newer = playbooks.published(tmp_path)[0]

    assert [new.id for _old, new in queries.newer_versions(case.engagement)] == [newer.id]
    assert queries.newer_versions(other) == []
    operations.move_playbook(case.engagement, operations.PlaybookMove(newer.id), actor=case.staff)
    assert {item.playbook_version_id for item in case.items if item.key.startswith("deep-dive.")} == {newer.id}


def test_a_deed_of_cloudsteps_hands_in_every_item_that_names_it(case: Case, book: str) -> None:
    operations.add_playbook(case.engagement, book, actor=case.expert)
    proof = case.step()

    done = operations.fulfil_by(case.engagement, Deed.DRILL, proof=proof, actor=SYSTEM)

    assert [item.key for item in done] == ["deep-dive.drill", "deep-dive.again"]
    assert {(item.state, item.proof_table, item.proof_id) for item in done} == {
        (ItemState.SUBMITTED, "step_progress", proof.id)
    }
    assert operations.fulfil_by(case.engagement, Deed.DRILL, proof=proof, actor=SYSTEM) == []
    assert operations.fulfil_by(case.engagement, Deed.DESTROY, proof=proof, actor=SYSTEM) == []


def test_a_deed_fulfils_nothing_in_a_step_that_has_not_begun(case: Case, tmp_path: Path) -> None:
    playbooks.write(tmp_path, "later", step="test")
    playbooks.published(tmp_path)
    operations.add_playbook(case.engagement, "later", actor=case.expert)

    assert operations.fulfil_by(case.engagement, Deed.DRILL, proof=case.step(), actor=SYSTEM) == []


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.booleans(), st.sampled_from(["one", "two", "three"])), max_size=8))
def test_counts_and_positions_stay_true_whatever_is_added_and_taken_off(
    case: Case, tmp_path: Path, acts: list[tuple[bool, str]]
) -> None:
    for number, name in (("07", "one"), ("08", "two"), ("09", "three")):
        playbooks.write(tmp_path, name, number=number)
    playbooks.published(tmp_path)
    follows = {version.playbook for version in queries.pinned_versions(case.engagement)}
    for is_added, name in acts:
        act = operations.add_playbook if is_added else operations.drop_playbook
        if (name in follows) is is_added:
            with pytest.raises(Refused):
                act(case.engagement, name, actor=case.staff)
        else:
            act(case.engagement, name, actor=case.staff)
            follows ^= {name}

    shown = [item.key for item in case.items]
    expected = [
        text.id
        for choice in queries.latest_versions()
        for text in playbook_of(choice).items
        if choice.playbook in follows and choice.step is Step.ASSESS
    ]
    assert shown == expected
    assert case.engagement.items_total == len(shown)
    assert all(item.due_on is not None for item in case.items)


def test_the_shipped_basic_list_is_one_playbook_a_step(db_session: object) -> None:
    texts = [playbook_of(version) for version in journey.published()]

    assert [text.step for text in texts if text.use is Use.ALWAYS] == list(Step)

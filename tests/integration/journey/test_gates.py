"""Gates: proposed by an expert, decided by a second person."""

import threading
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select
from time_machine import travel

from tests.factories import journey, people
from tests.factories.journey import Case
from tracker.accounts.access import load_actor
from tracker.accounts.models import RoleGrant
from tracker.accounts.rules import Role
from tracker.core.calendar import add_working_days
from tracker.core.db import db, session, unit_of_work
from tracker.core.errors import CloudStepsError, Refused
from tracker.core.text import Message
from tracker.journey import conditions, operations, queries
from tracker.journey.models import Engagement, GateDecision, StepProgress
from tracker.journey.rules import EngagementState, EvidenceKind, GateAct, Missing, Party, Step, StepState


def test_a_gate_lists_each_open_item_with_who_owes_it_and_what_proves_it(case: Case) -> None:
    missing = {one.item_id: one for one in queries.missing_of(case.step())}

    assert set(missing) == {item.id for item in case.items if item.gate}
    charging = case.item(".charging-model")
    assert (missing[charging.id].owed_by, missing[charging.id].proof) == (Party.VENDOR, EvidenceKind.DOCUMENT)


def test_with_something_missing_a_gate_is_proposed_with_a_note_and_cannot_be_passed(case: Case) -> None:
    with pytest.raises(Refused, match="Write the reason"):
        operations.propose_gate(case.step(), actor=case.expert)
    operations.propose_gate(case.step(), "合約期限將至", actor=case.expert)

    with pytest.raises(Refused, match="still missing"):
        operations.pass_gate(case.step(), actor=case.staff)


def test_passing_opens_the_next_step_with_due_days_from_that_day(case: Case) -> None:
    case.complete()
    operations.propose_gate(case.step(), actor=case.expert)

    with travel("2026-04-01T02:00:00Z", tick=False):
        operations.pass_gate(case.step(), actor=case.staff)

    assert (case.engagement.step, case.engagement.step_since) == (Step.MIGRATE, date(2026, 4, 1))
    assert case.engagement.due_on == add_working_days(date(2026, 4, 1), 60)
    assert (case.step().state, case.step(Step.MIGRATE).state) == (StepState.PASSED, StepState.OPEN)
    assert all(item.due_on for item in journey.items(case.engagement, Step.MIGRATE))
    assert (case.engagement.items_done, case.engagement.items_total) == (0, len(case.items))


def test_the_proposer_never_passes_the_gate_even_with_both_roles(case: Case) -> None:
    session().add(RoleGrant(user_id=case.expert_user.id, role=Role.LEAD))
    people.join_programme(case.expert_user, case.engagement.programme)
    case.complete()
    operations.propose_gate(case.step(), actor=case.expert)

    with pytest.raises(Refused, match="You proposed this gate"):
        operations.pass_gate(case.step(), actor=case.expert)
    operations.pass_gate(case.step(), actor=case.staff)


def test_a_gate_is_not_passed_without_a_proposal(case: Case) -> None:
    case.complete()

    for decide in (operations.pass_gate, operations.override_gate):
        with pytest.raises(Refused, match="not possible now"):
            decide(case.step(), "理由", actor=case.staff)


def test_a_returned_gate_goes_back_to_the_expert_with_the_reason(case: Case) -> None:
    case.complete()
    operations.propose_gate(case.step(), actor=case.expert)

    operations.return_gate(case.step(), "請補會議紀錄", actor=case.staff)

    assert case.step().state is StepState.OPEN
    assert queries.decisions_of(case.step())[0].reason == "請補會議紀錄"


def test_an_override_keeps_its_reason_and_what_was_missing_for_ever(case: Case) -> None:
    operations.propose_gate(case.step(), "先行切換", actor=case.expert)
    with pytest.raises(Refused, match="Write the reason"):
        operations.override_gate(case.step(), " ", actor=case.staff)

    operations.override_gate(case.step(), "主機合約月底到期", actor=case.staff)

    decision = queries.decisions_of(case.step())[0]
    assert (decision.act, decision.reason) == (GateAct.OVERRIDDEN, "主機合約月底到期")
    assert {one["item"] for one in decision.findings["missing"]} == {
        item.key for item in journey.items(case.engagement) if item.gate
    }
    assert case.step().overridden
    assert case.engagement.overrides == 1
    rows, _before, _after = queries.list_engagements(queries.Filters(), actor=case.staff)
    assert rows[0].overrides == 1


def test_nothing_is_overridden_where_nothing_is_missing(case: Case) -> None:
    case.complete()
    operations.propose_gate(case.step(), actor=case.expert)

    with pytest.raises(Refused, match="nothing to override"):
        operations.override_gate(case.step(), "趕時間", actor=case.staff)


def test_the_decision_stores_the_proofs_with_their_hashes(case: Case) -> None:
    item = case.item(".charging-model")
    proof = journey.proof(item, actor=case.vendor)
    case.complete()
    operations.propose_gate(case.step(), actor=case.expert)
    operations.pass_gate(case.step(), actor=case.staff)

    proofs = queries.decisions_of(case.step())[0].findings["proofs"]
    stored = proof.evidence.stored_file
    assert stored is not None
    kept = next(one for one in proofs if one["evidence"] == proof.evidence_id)
    assert (kept["item"], kept["sha256"], kept["verified_by"]) == (item.key, stored.sha256, case.expert_user.id)


def test_what_was_proven_stays_after_the_gate(case: Case) -> None:
    case.complete()
    item = case.item(".charging-model")
    operations.propose_gate(case.step(), actor=case.expert)
    operations.pass_gate(case.step(), actor=case.staff)

    with pytest.raises(Refused, match="stays as it is"):
        operations.return_item(item, "重看", actor=case.staff)


def test_what_an_override_left_open_can_still_be_delivered(case: Case) -> None:
    operations.propose_gate(case.step(), "先行切換", actor=case.expert)
    item = case.item(".charging-model")
    operations.override_gate(case.step(), "主機合約月底到期", actor=case.staff)

    journey.link(item, actor=case.vendor)
    operations.submit_item(item, actor=case.vendor)
    operations.verify_item(item, actor=case.expert)

    assert case.engagement.items_done == 0  # the count is of the current step


def test_a_condition_of_another_feature_keeps_the_gate_closed(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    stack = Missing(Message("A sandbox is still running."), Party.STAFF, EvidenceKind.NONE)
    monkeypatch.setattr(conditions, "_conditions", {})
    conditions.register("sandboxes", lambda engagement: [stack] if engagement.step is Step.ASSESS else [])
    case.complete()
    operations.propose_gate(case.step(), "沙箱仍在", actor=case.expert)

    assert queries.missing_of(case.step()) == (stack,)
    with pytest.raises(Refused, match="still missing"):
        operations.pass_gate(case.step(), actor=case.staff)


def test_the_fourth_gate_finishes_the_engagement(case: Case) -> None:
    for step in Step:
        assert case.engagement.step is step
        journey.advance(
            case.engagement, doer=case.vendor, verifier=case.expert, proposer=case.expert, decider=case.staff
        )

    assert case.engagement.state is EngagementState.FINISHED
    assert case.engagement.finished_on is not None
    with pytest.raises(Refused, match="cannot become"):
        operations.hold(case.engagement, "再等等", actor=case.staff)


def test_the_office_sees_gates_that_wait_except_its_own_proposals(case: Case) -> None:
    session().add(RoleGrant(user_id=case.expert_user.id, role=Role.STAFF))
    people.join_programme(case.expert_user, case.engagement.programme)
    operations.propose_gate(case.step(), "請看", actor=case.expert)

    assert [gate.engagement_id for gate in queries.gates_waiting(case.staff)] == [case.engagement.id]
    assert queries.gates_waiting(case.expert) == []
    assert queries.gates_waiting(case.vendor) == []


def test_two_people_who_pass_a_gate_in_the_same_moment_pass_it_once(case: Case, app: Flask) -> None:
    case.complete()
    operations.propose_gate(case.step(), actor=case.expert)
    session().commit()
    engagement_id, deciders = case.engagement.id, (case.staff_user.id, case.lead_user.id)
    start, refusals = threading.Barrier(2), []

    def decide(user_id: int) -> None:
        with app.app_context():
            progress = queries.get_step(engagement_id, "assess", actor=load_actor(user_id))
            start.wait()
            try:
                with unit_of_work():
                    operations.pass_gate(progress, actor=load_actor(user_id))
            except CloudStepsError as error:
                refusals.append(error)
            db.session.remove()

    threads = [threading.Thread(target=decide, args=[user_id]) for user_id in deciders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    session().expire_all()
    passed = select(func.count()).select_from(GateDecision).where(GateDecision.act == GateAct.PASSED)
    assert (session().scalar(passed), len(refusals)) == (1, 1)
    assert session().scalars(select(Engagement.step)).one() is Step.MIGRATE
    states = dict(session().execute(select(StepProgress.step, StepProgress.state)).all())
    assert [states[step] for step in Step] == [StepState.PASSED, StepState.OPEN, StepState.WAITING, StepState.WAITING]

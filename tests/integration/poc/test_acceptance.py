"""Acceptance: what is missing and who owes it, who may decide, and what the journey's gate asks."""

import pytest
from sqlalchemy import select

from tests.factories import journey, poc, trials
from tests.factories.poc import REQUIRED, Proof, entry, verified
from tracker.core.db import session
from tracker.core.errors import Refused, StaleRecord
from tracker.journey import conditions
from tracker.journey.models import Item
from tracker.journey.rules import ItemState, Party, Step
from tracker.notifications.models import Notice
from tracker.poc.models import PocDecision
from tracker.poc.operations import acceptance, funding, plan
from tracker.poc.queries import acceptance as reads
from tracker.poc.queries.funding import every_entry
from tracker.poc.rules.states import AcceptanceAct, PocState


def owed(proof: Proof) -> dict[str, Party]:
    return {str(one.what): one.owed_by for one in reads.lacks(proof.poc)}


def test_a_bare_proof_lacks_everything_and_says_who_owes_it(proof: Proof) -> None:
    plan.add_milestone(proof.poc, poc.milestone(owed_by=Party.STAFF), actor=proof.case.vendor)
    plan.add_measure(proof.poc, poc.measure(result=None, result_on=None), actor=proof.case.vendor)
    entry(proof.poc, 40_000, actor=proof.case.vendor)

    found = owed(proof)

    assert found == {
        "The expert has not recommended an architecture.": Party.EXPERT,
        "1 measures have no result.": Party.VENDOR,
        "1 milestones are not reached.": Party.STAFF,
        "NT$60,000 of the self-funding of NT$100,000 is not entered yet.": Party.VENDOR,
        "NT$40,000 of the self-funding waits for verification.": Party.STAFF,
        "0 of 1 enterprise customers have confirmed their trial; 0 are asked.": Party.VENDOR,
    }


def test_a_complete_proof_is_proposed_by_the_expert_and_accepted_by_a_second_person(proof: Proof) -> None:
    proof.complete()
    case, made = proof.case, proof.poc
    assert reads.lacks(made) == ()

    acceptance.propose(made, actor=case.expert)
    with pytest.raises(Refused, match="You proposed"):
        acceptance.accept(made, actor=case.expert)
    acceptance.accept(made, "資料齊備", actor=case.staff)

    assert made.state is PocState.ACCEPTED
    assert not made.overridden
    decided = session().scalars(select(PocDecision).order_by(PocDecision.id.desc())).first()
    assert decided is not None
    assert decided.findings["verified"] == REQUIRED
    assert decided.findings["confirmed_trials"] == 1
    with pytest.raises(Refused, match="stays as it is"):
        entry(made, actor=case.vendor)


def test_what_lacks_something_is_proposed_with_a_note_and_accepted_only_by_override(proof: Proof) -> None:
    case, made = proof.case, proof.poc
    with pytest.raises(Refused, match="Write the reason"):
        acceptance.propose(made, actor=case.expert)
    acceptance.propose(made, "年度將結束", actor=case.expert)
    with pytest.raises(Refused, match="still missing"):
        acceptance.accept(made, actor=case.staff)
    with pytest.raises(Refused, match="Write the reason"):
        acceptance.override(made, " ", actor=case.staff)

    acceptance.override(made, "主管專案核准", actor=case.staff)

    assert made.overridden
    decided = reads.decisions_of(made)[0]
    assert decided.act is AcceptanceAct.OVERRIDDEN
    assert len(decided.findings["missing"]) > 2


def test_a_returned_proof_goes_on_and_tells_vendor_and_expert(proof: Proof) -> None:
    case, made = proof.case, proof.poc
    acceptance.propose(made, "先送件", actor=case.expert)
    opened = made.version

    acceptance.give_back(made, "請補試用佐證", version=opened, actor=case.staff)

    session().flush()
    told = set(session().scalars(select(Notice.user_id).where(Notice.path.like("%/acceptance"))))
    assert {case.vendor_user.id, case.expert_user.id} <= told
    assert made.state is PocState.OPEN
    entry(made, actor=case.vendor)
    acceptance.propose(made, "再送件", actor=case.expert)
    with pytest.raises(StaleRecord):
        acceptance.override(made, "核准", version=opened, actor=case.staff)


def test_nothing_missing_cannot_be_overridden_and_is_lost_again_by_a_reversal(proof: Proof) -> None:
    proof.complete()
    case, made = proof.case, proof.poc
    acceptance.propose(made, actor=case.expert)
    with pytest.raises(Refused, match="nothing to override"):
        acceptance.override(made, "想跳過", actor=case.staff)
    (paid,) = [one for one in every_entry(proof.poc) if one.total == REQUIRED]
    funding.reverse_entry(paid, "發票作廢", actor=case.vendor)

    with pytest.raises(Refused, match="still missing"):
        acceptance.accept(made, actor=case.staff)


def test_the_expert_recommendation_and_confirmed_trials_hand_in_items_of_the_playbook(proof: Proof) -> None:
    proof.complete()
    case = proof.case
    architecture = session().scalars(
        select(Item).where(
            Item.engagement_id == case.engagement.id, Item.key == "assess-subscription-case.architecture"
        )
    )

    assert architecture.one().state is ItemState.SUBMITTED


def test_gates_ask_for_what_the_rulebook_says_until_the_proof_is_accepted(proof: Proof) -> None:
    case, made = proof.case, proof.poc
    engagement = case.engagement
    assert conditions.missing(engagement) == ()

    engagement.step = Step.TEST
    assert [one.owed_by for one in conditions.missing(engagement)] == [Party.VENDOR]
    trials.confirmed(made, 0, actor=case.vendor)
    assert conditions.missing(engagement) == ()

    engagement.step = Step.OPTIMISE
    assert [str(one.what) for one in conditions.missing(engagement)] == [
        "NT$100,000 of the self-funding of NT$100,000 is not entered yet.",
        "The proof of concept is “Under way” and not accepted.",
    ]
    verified(made, REQUIRED, vendor=case.vendor, office=case.staff)
    assert [one.owed_by for one in conditions.missing(engagement)] == [Party.EXPERT]
    acceptance.propose(made, "請驗收", actor=case.expert)
    assert [one.owed_by for one in conditions.missing(engagement)] == [Party.STAFF]
    acceptance.override(made, "專案核准", actor=case.staff)
    assert conditions.missing(engagement) == ()


def test_an_engagement_without_a_proof_is_told_to_begin_one(proof: Proof) -> None:
    other = journey.engagement(lead=proof.case.expert_user)
    other.step = Step.OPTIMISE

    assert [str(one.what) for one in conditions.missing(other)] == ["The proof of concept has not begun."]

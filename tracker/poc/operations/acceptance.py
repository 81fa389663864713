"""Acceptance: proposed by the expert, decided by a second person of the office."""

from collections.abc import Sequence
from typing import Any

from tracker.accounts.access import Actor
from tracker.core import clock
from tracker.core.db import check_version, session
from tracker.core.text import N_
from tracker.journey.operations.telling import tell_at
from tracker.journey.queries import expert_ids, office_ids, vendor_ids
from tracker.journey.rules import check_active
from tracker.notifications.rules import Reason
from tracker.poc.models import Poc, PocDecision
from tracker.poc.operations.work import hold, record
from tracker.poc.queries.acceptance import facts_of, findings, last_proposal
from tracker.poc.rules import acceptance as rules
from tracker.poc.rules.acceptance import AcceptanceFacts, Lack, lacks_of
from tracker.poc.rules.states import AcceptanceAct, after_act


def propose(poc: Poc, note: str = "", *, version: int | None = None, actor: Actor) -> PocDecision:
    """Propose a proof of concept for acceptance; with something missing only with the reason."""
    facts, lacks = _open(poc, AcceptanceAct.PROPOSED, version)
    text = rules.check_proposal(lacks, note)
    decision = _decide(poc, AcceptanceAct.PROPOSED, text, facts, lacks, actor)
    tell_at(
        f"/pocs/{poc.id}/acceptance",
        office_ids(poc.engagement),
        Reason.DECISION,
        N_("%(vendor)s: the proof of concept of “%(product)s” is proposed for acceptance and waits for your decision."),
        poc.engagement,
        actor=actor,
    )
    return decision


def give_back(poc: Poc, reason: str, *, version: int | None = None, actor: Actor) -> PocDecision:
    """Return a proposed proof of concept, with what is to be done."""
    facts, lacks = _open(poc, AcceptanceAct.RETURNED, version)
    text = rules.check_reason(reason)
    decision = _decide(poc, AcceptanceAct.RETURNED, text, facts, lacks, actor)
    tell_at(
        f"/pocs/{poc.id}/acceptance",
        vendor_ids(poc.engagement) | expert_ids(poc.engagement),
        Reason.RETURNED,
        N_("%(vendor)s: the proof of concept of “%(product)s” was returned: %(reason)s"),
        poc.engagement,
        actor=actor,
        reason=text,
    )
    return decision


def accept(poc: Poc, note: str = "", *, version: int | None = None, actor: Actor) -> PocDecision:
    """Accept a proposed proof of concept that lacks nothing."""
    facts, lacks = _open(poc, AcceptanceAct.ACCEPTED, version)
    _check_decider(poc, actor)
    rules.check_nothing_missing(lacks)
    return _close(poc, AcceptanceAct.ACCEPTED, note.strip(), facts, lacks, actor)


def override(poc: Poc, reason: str, *, version: int | None = None, actor: Actor) -> PocDecision:
    """Accept a proposed proof of concept although something is missing; the reason and what was missing show for ever."""
    facts, lacks = _open(poc, AcceptanceAct.OVERRIDDEN, version)
    _check_decider(poc, actor)
    text = rules.check_reason(reason)
    rules.check_something_missing(lacks)
    poc.overridden = True
    return _close(poc, AcceptanceAct.OVERRIDDEN, text, facts, lacks, actor)


def _open(poc: Poc, act: AcceptanceAct, version: int | None) -> tuple[AcceptanceFacts, tuple[Lack, ...]]:
    """Take the acceptance in hand, and read under the lock what it rests on."""
    hold(poc)
    check_active(poc.engagement.state)
    after_act(poc.state, act)
    check_version(poc, version)
    facts = facts_of(poc)
    return facts, lacks_of(facts)


def _check_decider(poc: Poc, actor: Actor) -> None:
    proposal = last_proposal(poc)
    rules.check_second_person(proposal.by_id if proposal is not None else None, actor.user_id)


def _close(
    poc: Poc, act: AcceptanceAct, text: str, facts: AcceptanceFacts, lacks: Sequence[Lack], actor: Actor
) -> PocDecision:
    decision = _decide(poc, act, text, facts, lacks, actor)
    poc.accepted_at = clock.now()
    session().flush()
    tell_at(
        f"/pocs/{poc.id}/acceptance",
        vendor_ids(poc.engagement) | expert_ids(poc.engagement),
        Reason.PROGRESS,
        N_("%(vendor)s: the proof of concept of “%(product)s” is accepted."),
        poc.engagement,
        actor=actor,
    )
    return decision


def _decide(
    poc: Poc, act: AcceptanceAct, text: str, facts: AcceptanceFacts, lacks: Sequence[Lack], actor: Actor
) -> PocDecision:
    found = findings(facts, lacks)
    decision = PocDecision(poc_id=poc.id, act=act, reason=text, findings=found, by_id=actor.user_id)
    session().add(decision)
    old, poc.state = poc.state, after_act(poc.state, act)
    session().flush()
    said: dict[str, Any] = {"state": [old.value, poc.state.value], "verified": facts.totals.verified}
    said |= {"missing": len(lacks), **({"reason": text} if text else {})}
    record(f"poc.{act.value}", poc, actor, **said)
    return decision

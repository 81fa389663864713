"""Gates: proposed by an expert, decided by a second person of the office."""

from collections.abc import Sequence

from tracker.accounts.access import Actor
from tracker.core import audit, clock
from tracker.core.db import check_version, session
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.journey.models import Engagement, GateDecision, StepProgress
from tracker.journey.operations.engagements import change_state
from tracker.journey.operations.schedule import begin_step, lock, recount
from tracker.journey.operations.telling import tell
from tracker.journey.queries.gates import gate_findings, last_proposal, missing_of, progress_of
from tracker.journey.queries.people import expert_ids, office_ids, vendor_ids
from tracker.journey.rules import (
    EngagementState,
    GateAct,
    Missing,
    after_gate,
    check_active,
    check_nothing_missing,
    check_reason,
    check_second_person,
)
from tracker.notifications.rules import Reason


def propose_gate(progress: StepProgress, note: str = "", *, version: int | None = None, actor: Actor) -> GateDecision:
    """Propose that a step is done; with something missing it can only be returned or overridden."""
    _open(progress, GateAct.PROPOSED, version)
    missing = missing_of(progress)
    text = check_reason(note, field="note") if missing else note.strip()
    decision = _decide(progress, GateAct.PROPOSED, text, missing, actor)
    tell(
        office_ids(progress.engagement),
        Reason.DECISION,
        N_("%(vendor)s, %(product)s: a gate is proposed and waits for your decision."),
        progress.engagement,
        actor=actor,
    )
    return decision


def return_gate(progress: StepProgress, reason: str, *, version: int | None = None, actor: Actor) -> GateDecision:
    """Give a proposed gate back to the expert, with the reason."""
    _open(progress, GateAct.RETURNED, version)
    text = check_reason(reason)
    proposal = last_proposal(progress)
    decision = _decide(progress, GateAct.RETURNED, text, missing_of(progress), actor)
    tell(
        [proposal.by_id if proposal is not None else None, *expert_ids(progress.engagement)],
        Reason.RETURNED,
        N_("%(vendor)s, %(product)s: the gate was returned: %(reason)s"),
        progress.engagement,
        actor=actor,
        reason=text,
    )
    return decision


def pass_gate(progress: StepProgress, note: str = "", *, version: int | None = None, actor: Actor) -> GateDecision:
    """Pass a proposed gate for which nothing is missing; the next step opens, or the engagement is finished."""
    _open(progress, GateAct.PASSED, version)
    _check_decider(progress, actor)
    missing = missing_of(progress)
    check_nothing_missing(missing)
    decision = _decide(progress, GateAct.PASSED, note.strip(), missing, actor)
    _go_on(progress, actor)
    return decision


def override_gate(progress: StepProgress, reason: str, *, version: int | None = None, actor: Actor) -> GateDecision:
    """Pass a proposed gate although something is missing; the reason and what was missing show for ever."""
    _open(progress, GateAct.OVERRIDDEN, version)
    _check_decider(progress, actor)
    text = check_reason(reason)
    missing = missing_of(progress)
    if not missing:
        raise Refused(N_("Nothing is missing, so there is nothing to override. Pass the gate."))
    decision = _decide(progress, GateAct.OVERRIDDEN, text, missing, actor)
    progress.overridden = True
    progress.engagement.overrides += 1
    _go_on(progress, actor)
    return decision


def _open(progress: StepProgress, act: GateAct, version: int | None) -> None:
    """Take the gate in hand: one writer at a time, on an active engagement, in its turn."""
    lock(progress.engagement)
    session().refresh(progress)
    check_active(progress.engagement.state)
    after_gate(progress.state, act)
    check_version(progress, version)


def _check_decider(progress: StepProgress, actor: Actor) -> None:
    proposal = last_proposal(progress)
    check_second_person(proposal.by_id if proposal is not None else None, actor.user_id)


def _decide(
    progress: StepProgress, act: GateAct, reason: str, missing: Sequence[Missing], actor: Actor
) -> GateDecision:
    decision = GateDecision(
        step_progress_id=progress.id,
        act=act,
        reason=reason,
        findings=gate_findings(progress, missing),
        by_id=actor.user_id,
    )
    work = session()
    work.add(decision)
    old, progress.state = progress.state, after_gate(progress.state, act)
    progress.engagement.changed_at = clock.now()
    work.flush()
    engagement = progress.engagement
    audit.record(
        f"gate.{act.value}",
        engagement,
        actor=actor,
        engagement_id=engagement.id,
        organisation_id=engagement.organisation_id,
        step=progress.step.value,
        state=[old.value, progress.state.value],
        decision_id=decision.id,
        missing=len(missing),
        **({"reason": reason} if reason else {}),
    )
    return decision


def _go_on(progress: StepProgress, actor: Actor) -> None:
    """Open the next step today, or finish the engagement after the last one."""
    engagement = progress.engagement
    progress.passed_on = clock.today()
    following = progress.step.following
    if following is None:
        _finish(engagement, actor)
    else:
        begin_step(engagement, progress_of(engagement, following), clock.today())
    recount(engagement)
    msgid = N_("%(vendor)s, %(product)s: the gate is passed.")
    tell(vendor_ids(engagement) | expert_ids(engagement), Reason.PROGRESS, msgid, engagement, actor=actor)


def _finish(engagement: Engagement, actor: Actor) -> None:
    change_state(engagement, EngagementState.FINISHED, "", actor=actor)
    engagement.finished_on = clock.today()
    audit.record(
        "engagement.finished",
        engagement,
        actor=actor,
        engagement_id=engagement.id,
        organisation_id=engagement.organisation_id,
    )

"""Reads of steps and their gates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from tracker.accounts.access import Actor, for_actors
from tracker.core.db import read, session
from tracker.core.errors import NotFound
from tracker.core.keyset import AnySelect
from tracker.evidence.models import Evidence, StoredFile
from tracker.journey import conditions, permissions
from tracker.journey.case_names import OF_CASE, CaseNames
from tracker.journey.models import Engagement, GateDecision, Item, ItemEvidence, StepProgress
from tracker.journey.rules import EngagementState, GateAct, ItemFacts, Missing, Step, StepState, gate_missing
from tracker.vendors.models import Organisation, Product


@dataclass(frozen=True)
class WaitingGate(CaseNames):
    """A proposed gate that waits for a second person."""

    engagement_id: int
    step: Step
    organisation_zh: str
    organisation_en: str
    product_zh: str
    product_en: str
    proposed_by_id: int | None
    proposed_at: datetime


def get_step(engagement_id: int, step: str, *, actor: Actor) -> StepProgress:
    """Give a step of an engagement that the actor may see."""
    if step not in {one.value for one in Step}:
        raise NotFound
    statement = (
        select(StepProgress)
        .join(Engagement, Engagement.id == StepProgress.engagement_id)
        .options(joinedload(StepProgress.engagement).options(*OF_CASE))
        .where(StepProgress.engagement_id == engagement_id, StepProgress.step == step, permissions.visible(actor))
    )
    progress = session().scalars(statement).one_or_none()
    if progress is None:
        raise NotFound
    return progress


def progress_of(engagement: Engagement, step: Step) -> StepProgress:
    """Give a step of the engagement, for what the operations decide."""
    statement = select(StepProgress).where(StepProgress.engagement_id == engagement.id, StepProgress.step == step)
    return session().scalars(statement).one()


def decisions_of(progress: StepProgress) -> Sequence[GateDecision]:
    """List every act at the gate, the newest first."""
    statement = select(GateDecision).where(GateDecision.step_progress_id == progress.id)
    return session().scalars(statement.options(joinedload(GateDecision.by)).order_by(GateDecision.id.desc())).all()


def last_proposal(progress: StepProgress) -> GateDecision | None:
    """Find the newest proposal of the gate."""
    statement = select(GateDecision).where(
        GateDecision.step_progress_id == progress.id, GateDecision.act == GateAct.PROPOSED
    )
    return session().scalars(statement.order_by(GateDecision.id.desc()).limit(1)).one_or_none()


def missing_of(progress: StepProgress) -> tuple[Missing, ...]:
    """List what keeps the gate of this step closed: its own items, and what other features ask for."""
    engagement = progress.engagement
    facts, proofs = _facts(engagement, progress.step)
    asked = conditions.missing(engagement) if engagement.step is progress.step else ()
    return gate_missing(facts, proofs, asked)


def _facts(engagement: Engagement, step: Step) -> tuple[list[ItemFacts], dict[int, int]]:
    attached = (
        select(func.count())
        .select_from(ItemEvidence)
        .where(ItemEvidence.item_id == Item.id, ItemEvidence.removed_at.is_(None))
        .scalar_subquery()
    )
    statement = (
        select(Item.id, Item.who, Item.evidence_kind, Item.gate, Item.state, Item.proof_table, attached.label("proofs"))
        .where(Item.engagement_id == engagement.id, Item.step == step, Item.retired_at.is_(None))
        .order_by(Item.position)
    )
    rows = session().execute(statement).all()
    facts = [ItemFacts(row.id, row.who, row.evidence_kind, row.gate, row.state) for row in rows]
    return facts, {row.id: row.proofs + (row.proof_table is not None) for row in rows}


def gate_findings(progress: StepProgress, missing: Sequence[Missing]) -> dict[str, Any]:
    """Write down what was missing and what was proven, with the hash of every file, as the decider saw it."""
    keys = dict(session().execute(_keys(progress)).all())
    absent = [
        {
            "item": keys.get(one.item_id) if one.item_id is not None else None,
            "item_id": one.item_id,
            "msgid": one.what.msgid,
            "params": {name: str(value) for name, value in one.what.params.items()},
            "owed_by": one.owed_by.value,
            "proof": one.proof.value,
        }
        for one in missing
    ]
    return {"missing": absent, "proofs": _proofs(progress)}


def _keys(progress: StepProgress) -> Any:
    return select(Item.id, Item.key).where(Item.engagement_id == progress.engagement_id, Item.step == progress.step)


def _proofs(progress: StepProgress) -> list[dict[str, Any]]:
    statement = (
        select(
            Item.id,
            Item.key,
            Item.state,
            Item.reason,
            Item.verified_by_id,
            Item.proof_table,
            Item.proof_id,
            Evidence.id.label("evidence_id"),
            Evidence.file_name,
            Evidence.internal,
            Evidence.url,
            StoredFile.sha256,
        )
        .outerjoin(ItemEvidence, (ItemEvidence.item_id == Item.id) & ItemEvidence.removed_at.is_(None))
        .outerjoin(Evidence, Evidence.id == ItemEvidence.evidence_id)
        .outerjoin(StoredFile, StoredFile.id == Evidence.stored_file_id)
        .where(Item.engagement_id == progress.engagement_id, Item.step == progress.step, Item.retired_at.is_(None))
        .order_by(Item.position, ItemEvidence.id)
    )
    return [
        {
            "item": row.key,
            "item_id": row.id,
            "state": row.state.value,
            "reason": row.reason,
            "verified_by": row.verified_by_id,
            "evidence": row.evidence_id,
            "name": row.file_name,
            "internal": bool(row.internal),
            "url": row.url,
            "sha256": row.sha256,
            "record": [row.proof_table, row.proof_id] if row.proof_table else None,
        }
        for row in session().execute(statement)
    ]


def gates_waiting(actor: Actor, limit: int = 10) -> list[WaitingGate]:
    """List the proposed gates that the actor could decide on, the longest waiting first; never the actor's own proposals."""
    if not actor.is_office:
        return []
    return [WaitingGate(*row) for row in read(_waiting(actor, limit), actor.parameters)]


@for_actors
def _waiting(actor: Actor, limit: int) -> AnySelect:
    newest = aliased(GateDecision)
    proposal = (
        select(func.max(newest.id))
        .where(newest.step_progress_id == StepProgress.id, newest.act == GateAct.PROPOSED)
        .scalar_subquery()
    )
    statement: AnySelect = (
        select(
            Engagement.id,
            StepProgress.step,
            Organisation.name_zh,
            Organisation.name_en,
            Product.name_zh.label("product_zh"),
            Product.name_en.label("product_en"),
            GateDecision.by_id,
            GateDecision.at,
        )
        .join(Engagement, Engagement.id == StepProgress.engagement_id)
        .join(Organisation, Organisation.id == Engagement.organisation_id)
        .join(Product, Product.id == Engagement.product_id)
        .join(GateDecision, GateDecision.id == proposal)
        .where(
            StepProgress.state == StepState.PROPOSED,
            Engagement.state == EngagementState.ACTIVE,
            Engagement.programme_id.in_(actor.scope("programme")),
            GateDecision.by_id.is_distinct_from(actor.user_id),
        )
        .order_by(GateDecision.at, Engagement.id)
        .limit(limit)
    )
    return statement

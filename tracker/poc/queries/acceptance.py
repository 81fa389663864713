"""What acceptance looks at, and what was decided."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from tracker.core.db import session
from tracker.core.text import N_
from tracker.journey.models import Engagement
from tracker.journey.rules import Missing
from tracker.poc.models import CampMember, Poc, PocDecision
from tracker.poc.queries.funding import totals_of
from tracker.poc.queries.pocs import find_poc_of, measures_of, milestones_of
from tracker.poc.queries.trials import trial_counts
from tracker.poc.rulebook import Terms, terms_of
from tracker.poc.rules.acceptance import AcceptanceFacts, Lack, Trials, gate_lacks, lacks_of
from tracker.poc.rules.funding import Totals
from tracker.poc.rules.states import AcceptanceAct
from tracker.programmes.queries import find_rulebook

WRITTEN = {
    "problem": N_("Problem"),
    "target_customers": N_("Target customers"),
    "value_proposition": N_("Value proposition"),
    "solution": N_("Solution"),
}


def facts_of(poc: Poc) -> AcceptanceFacts:
    """Gather what acceptance looks at."""
    terms = terms_of(poc.engagement.programme)
    measures = measures_of(poc)
    open_ones = [one for one in milestones_of(poc) if one.done_on is None]
    return AcceptanceFacts(
        blank=tuple(label for name, label in WRITTEN.items() if not getattr(poc, name).strip()),
        has_address=bool(poc.address),
        has_architecture=bool(poc.architecture),
        measures=len(measures),
        without_baseline=sum(one.baseline is None for one in measures),
        without_result=sum(one.result is None for one in measures),
        totals=totals_of(poc, terms),
        trials=trials_for(poc, terms),
        late_milestones=Counter(one.owed_by for one in open_ones),
        needs_camp=terms.needs_camp and not _is_in_camp(poc),
    )


def trials_for(poc: Poc, terms: Terms) -> Trials:
    """Count the trials as far as acceptance asks for them."""
    counts = trial_counts(poc.id)
    return Trials(terms.least_trials, counts.confirmed, counts.waiting, counts.flagged)


def _is_in_camp(poc: Poc) -> bool:
    member = exists().where(CampMember.poc_id == poc.id, CampMember.removed_at.is_(None))
    return bool(session().scalar(select(member)))


def lacks(poc: Poc) -> tuple[Lack, ...]:
    """List what keeps a proof of concept from being accepted."""
    return lacks_of(facts_of(poc))


def decisions_of(poc: Poc) -> Sequence[PocDecision]:
    """List every act about the acceptance, the newest first."""
    statement = select(PocDecision).options(joinedload(PocDecision.by)).where(PocDecision.poc_id == poc.id)
    return session().scalars(statement.order_by(PocDecision.id.desc())).all()


def last_proposal(poc: Poc) -> PocDecision | None:
    """Find the newest proposal."""
    statement = select(PocDecision).where(PocDecision.poc_id == poc.id, PocDecision.act == AcceptanceAct.PROPOSED)
    return session().scalars(statement.order_by(PocDecision.id.desc()).limit(1)).one_or_none()


def findings(facts: AcceptanceFacts, missing: Sequence[Lack]) -> dict[str, Any]:
    """Write down the figures and what was missing, as the one who acts sees them."""
    return {
        "missing": [
            {
                "msgid": one.what.msgid,
                "params": {name: str(value) for name, value in one.what.params.items()},
                "owed_by": one.owed_by.value,
            }
            for one in missing
        ],
        "required": facts.totals.required,
        "verified": facts.totals.verified,
        "waiting": facts.totals.waiting,
        "confirmed_trials": facts.trials.confirmed,
        "least_trials": facts.trials.least,
    }


def missing_at_gate(engagement: Engagement) -> list[Missing]:
    """List what the gate of the engagement's current step misses of its proof of concept, where the rulebook says so."""
    held = find_rulebook(engagement.programme)
    book = held.rulebook if held is not None else None
    asked = [rule.requires for rule in book.gate_rules(engagement.step.value) if rule.value is True] if book else []
    required = [rule_id for rule_id in asked if rule_id is not None and rule_id.startswith("poc.")]
    if not required:
        return []
    terms = terms_of(engagement.programme)
    poc = find_poc_of(engagement)
    if poc is None:
        return list(gate_lacks(required, None, Totals(terms.required), Trials(terms.least_trials)))
    return list(gate_lacks(required, poc.state, totals_of(poc, terms), trials_for(poc, terms)))

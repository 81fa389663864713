"""Beginning a proof of concept, and writing what it is about."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.accounts.access import Actor
from tracker.core import audit, clock
from tracker.core.db import check_version, session
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.core.ubn import check_ubn
from tracker.evidence.rules import check_url
from tracker.journey.models import Engagement
from tracker.journey.operations import fulfil_item
from tracker.journey.operations.schedule import lock
from tracker.journey.operations.telling import tell_at
from tracker.journey.queries import expert_ids, vendor_ids
from tracker.journey.rules import check_active
from tracker.notifications.rules import Reason
from tracker.poc.foundations import Basis
from tracker.poc.models import Poc, RelatedParty
from tracker.poc.operations.work import index, record, take
from tracker.poc.queries.funding import related_numbers
from tracker.poc.queries.pocs import find_poc_of
from tracker.poc.rulebook import terms_of
from tracker.poc.rules import file as rules

ARCHITECTURE_ITEM = "assess-subscription-case.architecture"
"""The item of the playbook that the expert's recommendation proves."""


@dataclass(frozen=True)
class PocDetails:
    """What a proof of concept is about."""

    problem: str
    target_customers: str
    value_proposition: str
    solution: str
    address: str
    starts_on: date
    ends_on: date
    version: int | None = None


@dataclass(frozen=True)
class RelatedDetails:
    """A company so near to the vendor that what it is paid is no self-funding."""

    ubn: str
    name: str
    relation: str


def begin_poc(engagement: Engagement, details: PocDetails, *, actor: Actor) -> Poc:
    """Begin the proof of concept of an engagement."""
    lock(engagement)
    check_active(engagement.state)
    rules.check_beginnable(has_one=find_poc_of(engagement) is not None)
    rules.check_days(details.starts_on, details.ends_on, terms_of(engagement.programme).year)
    poc = Poc(engagement=engagement, begun_by_id=actor.user_id, **_values(details))
    work = session()
    work.add(poc)
    work.flush()
    index(poc)
    record("poc.begun", poc, actor, starts_on=poc.starts_on, ends_on=poc.ends_on)
    tell_at(
        f"/pocs/{poc.id}",
        vendor_ids(engagement) | expert_ids(engagement),
        Reason.PROGRESS,
        N_(
            "%(vendor)s: the proof of concept of “%(product)s” has begun. Measures, money and trials are entered there."
        ),
        engagement,
        actor=actor,
    )
    return poc


def change_poc(poc: Poc, details: PocDetails, *, actor: Actor) -> None:
    """Change what a proof of concept is about."""
    take(poc)
    check_version(poc, details.version)
    rules.check_days(details.starts_on, details.ends_on, terms_of(poc.engagement.programme).year)
    changed: dict[str, Any] = audit.changes(poc, **_values(details))
    if changed:
        session().flush()
        index(poc)
        record("poc.changed", poc, actor, **changed)


def _values(details: PocDetails) -> dict[str, object]:
    return {
        "problem": details.problem,
        "target_customers": details.target_customers,
        "value_proposition": details.value_proposition,
        "solution": details.solution,
        "address": _address(details.address),
        "starts_on": details.starts_on,
        "ends_on": details.ends_on,
    }


def _address(typed: str) -> str:
    if not typed.strip():
        return ""
    try:
        return check_url(typed)
    except Refused as error:
        raise Refused(error.message.msgid, field="address", **error.message.params) from error


def recommend_architecture(
    poc: Poc, words: str, basis: Basis | None = None, *, version: int | None = None, actor: Actor
) -> None:
    """Recommend the architecture, in words and where an assessment stands behind it with its template and parameters."""
    take(poc)
    check_version(poc, version)
    text = words.strip()
    if not text:
        raise Refused(N_("Write which architecture you recommend, and why."), field="architecture")
    blueprint = {"template": basis.template, "parameters": dict(basis.parameters)} if basis is not None else None
    changed: dict[str, Any] = audit.changes(
        poc,
        architecture=text,
        assessment_id=basis.assessment_id if basis is not None else None,
        blueprint=blueprint,
    )
    if not changed:
        return
    poc.architecture_by_id, poc.architecture_at = actor.user_id, clock.now()
    session().flush()
    index(poc)
    record("poc.architecture", poc, actor, **changed)
    fulfil_item(poc.engagement, ARCHITECTURE_ITEM, proof=poc, actor=actor)
    tell_at(
        f"/pocs/{poc.id}",
        vendor_ids(poc.engagement),
        Reason.PROGRESS,
        N_("%(vendor)s: the expert has recommended an architecture for the proof of concept of “%(product)s”."),
        poc.engagement,
        actor=actor,
    )


def declare_related(poc: Poc, details: RelatedDetails, *, actor: Actor) -> RelatedParty:
    """Name a related party; what it is paid is flagged from now on, and what it was paid before too."""
    take(poc)
    ubn = check_ubn(details.ubn, field="ubn")
    if ubn in related_numbers(poc):
        raise Refused(N_("%(ubn)s is the vendor itself or is named already."), field="ubn", ubn=ubn)
    party = RelatedParty(poc=poc, ubn=ubn, name=details.name, relation=details.relation)
    work = session()
    work.add(party)
    work.flush()
    record("poc.related_named", poc, actor, subject=party, ubn=ubn, relation=details.relation)
    return party


def withdraw_related(party: RelatedParty, reason: str, *, actor: Actor) -> None:
    """Say that a party is not related after all, and why."""
    take(party.poc)
    if party.removed_at is not None:
        return
    text = reason.strip()
    if not text:
        raise Refused(N_("Write why this party is not related; it is kept with the ledger."), field="words")
    party.removed_at = clock.now()
    record("poc.related_withdrawn", party.poc, actor, subject=party, ubn=party.ubn, reason=text)

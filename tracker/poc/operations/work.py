"""What every change of a proof of concept begins and ends with."""

from typing import Any

from sqlalchemy import select

from tracker.accounts.access import Actor
from tracker.core import audit, search
from tracker.core.db import Base, session
from tracker.core.search import DocumentKind
from tracker.journey.rules import check_active
from tracker.poc.models import Poc
from tracker.poc.rules.states import check_open


def take(poc: Poc) -> None:
    """Take the proof of concept in hand: one writer at a time, and only while it and its engagement can be worked on."""
    hold(poc)
    check_active(poc.engagement.state)
    check_open(poc.state)


def hold(poc: Poc) -> None:
    """Let no other writer change the proof of concept, its ledger or its trials until this one has finished."""
    work = session()
    work.execute(select(Poc.id).where(Poc.id == poc.id).with_for_update())
    work.refresh(poc)


def record(action: str, poc: Poc, actor: Actor, *, subject: Base | None = None, **facts: Any) -> None:
    """Record a change that the vendor's and the engagement's timelines tell of."""
    audit.record(
        action,
        subject if subject is not None else poc,
        actor=actor,
        engagement_id=poc.engagement_id,
        organisation_id=poc.engagement.organisation_id,
        **facts,
    )


def index(poc: Poc) -> None:
    """Let people find a proof of concept by its vendor, its product and what it is about."""
    case = poc.engagement
    texts = (poc.problem, poc.target_customers, poc.value_proposition, poc.solution, poc.address, poc.architecture)
    names = (case.organisation.name_en, case.product.name_en)
    search.put(
        search.Entry(
            DocumentKind.POC,
            poc.id,
            f"{case.organisation.name_zh} {case.product.name_zh} 概念驗證",
            "\n".join(filter(None, (*names, *texts))),
            organisation_id=case.organisation_id,
            engagement_id=case.id,
            programme_id=case.programme_id,
        )
    )

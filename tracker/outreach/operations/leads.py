"""Leads: noted, given a next step with an owner and a day, closed with what came of them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.accounts.access import Actor
from tracker.core import audit, clock
from tracker.core.content import names_of
from tracker.core.db import check_version, session
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.core.ubn import check_ubn
from tracker.notifications.operations import notify
from tracker.notifications.rules import Reason
from tracker.outreach import rules
from tracker.outreach.models import Lead, LeadEntry
from tracker.outreach.operations.belongings import check_product, check_programme
from tracker.outreach.queries import leads as queries
from tracker.outreach.rules import CLOSED, Counterpart, Industry, LeadOrigin, LeadState
from tracker.vendors.models import Organisation
from tracker.vendors.rules import check_email


@dataclass(frozen=True)
class StepDetails:
    """How far a lead has come, and what is next or what came of it."""

    state: LeadState
    next_step: str = ""
    owner_id: int | None = None
    due_on: date | None = None
    outcome: str = ""
    done: str = ""
    """What was done until now."""
    version: int | None = None


@dataclass(frozen=True)
class LeadDetails:
    """Who could use a vendor's solution, and for what."""

    counterpart: Counterpart
    name: str
    origin: LeadOrigin
    product_id: int | None = None
    programme_id: int | None = None
    exposure_id: int | None = None
    ubn: str = ""
    industry: Industry | None = None
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    need: str = ""
    version: int | None = None


def add_lead(vendor: Organisation, details: LeadDetails, step: StepDetails, *, actor: Actor) -> Lead:
    """Note a match of a vendor's solution, with its next step."""
    lead = Lead(organisation_id=vendor.id, organisation=vendor, **_facts(vendor.id, details))
    lead.state = LeadState.NEW
    session().add(lead)
    _take_step(lead, step)
    session().flush()
    _enter(lead, step.done, actor)
    _record("lead.added", lead, actor, counterpart=lead.counterpart.value)
    _tell_owner(lead, actor, before=None)
    return lead


def change_lead(lead: Lead, details: LeadDetails, *, actor: Actor) -> None:
    """Change what is known of a lead."""
    check_version(lead, details.version)
    changed = audit.changes(lead, **_facts(lead.organisation_id, details))
    if changed:  # names and addresses of people are not written to the trail
        _record("lead.changed", lead, actor, fields=sorted(changed))


def note_step(lead: Lead, step: StepDetails, *, actor: Actor) -> None:
    """Note what was done, how far it has come, and what is next or what came of it."""
    check_version(lead, step.version)
    rules.check_lead_move(lead.state, step.state)
    old, owner = lead.state, (lead.owner_id, lead.due_on, lead.next_step)
    _take_step(lead, step)
    session().flush()
    _enter(lead, step.done, actor)
    _record("lead.moved", lead, actor, state=[old.value, lead.state.value])
    _tell_owner(lead, actor, before=owner)


def _take_step(lead: Lead, step: StepDetails) -> None:
    lead.state = step.state
    if step.state in CLOSED:
        rules.check_outcome(step.state, step.outcome)
        lead.outcome, lead.closed_on = step.outcome, clock.today()
        return
    rules.check_next_step(step.next_step, step.due_on, today=clock.today())
    if step.owner_id not in {user_id for user_id, _name in queries.owners_for(lead.organisation_id)}:
        raise Refused(
            N_("Choose who does it: somebody of the vendor, one of its experts, or of the office."), field="owner_id"
        )
    lead.next_step, lead.owner_id, lead.due_on = step.next_step, step.owner_id, step.due_on
    lead.outcome, lead.closed_on = step.outcome, None


def _enter(lead: Lead, text: str, actor: Actor) -> None:
    session().add(LeadEntry(lead_id=lead.id, author_id=actor.user_id, state=lead.state, text=text))


def _tell_owner(lead: Lead, actor: Actor, *, before: tuple[int | None, date | None, str] | None) -> None:
    now = (lead.owner_id, lead.due_on, lead.next_step)
    if lead.state in CLOSED or lead.owner_id == actor.user_id or now == before:
        return
    notify(
        [lead.owner_id],
        Reason.ASSIGNED,
        N_("A match of %(vendor)s has a next step for you, until %(due)s."),
        {"vendor": names_of(lead.organisation), "due": lead.due_on},
        path=f"/outreach/leads/{lead.id}",
        once_key=f"lead:{lead.id}:{lead.version}",
    )


def _facts(vendor_id: int, details: LeadDetails) -> dict[str, Any]:
    check_product(vendor_id, details.product_id)
    check_programme(details.programme_id)
    if details.exposure_id is not None and details.exposure_id not in {
        exposure.id for exposure in queries.exposures_of(vendor_id)
    }:
        raise Refused(N_("This exposure is not the vendor's. Choose another one."), field="exposure_id")
    return {
        "counterpart": details.counterpart,
        "name": details.name,
        "origin": details.origin,
        "product_id": details.product_id,
        "programme_id": details.programme_id,
        "exposure_id": details.exposure_id,
        "ubn": check_ubn(details.ubn, field="ubn") if details.ubn.strip() else None,
        "industry": details.industry,
        "contact_name": details.contact_name,
        "contact_email": check_email(details.contact_email, field="contact_email"),
        "contact_phone": details.contact_phone,
        "need": details.need,
    }


def _record(action: str, lead: Lead, actor: Actor, **facts: Any) -> None:
    audit.record(action, lead, actor=actor, organisation_id=lead.organisation_id, **({"title": lead.name} | facts))

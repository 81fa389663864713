"""Trials by customers: written down, changed, withdrawn."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from tracker.accounts.access import Actor
from tracker.accounts.rules import read_email
from tracker.core import audit, clock
from tracker.core.db import check_version, session
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.core.ubn import check_ubn
from tracker.poc.models import Poc, Trial
from tracker.poc.operations.usage_days import recount
from tracker.poc.operations.work import record, take
from tracker.poc.queries import trials as queries
from tracker.poc.rules import trials as rules
from tracker.poc.rules.confirmation import ConfirmationState
from tracker.poc.rules.trials import TrialState
from tracker.programmes.queries import rulebook_of
from tracker.vendors import operations as vendors
from tracker.vendors import queries as vendor_queries
from tracker.vendors.models import Customer


@dataclass(frozen=True)
class TrialDetails:
    """A trial as the vendor writes it down."""

    ubn: str
    customer: str
    industry: str
    contact_name: str
    contact_email: str
    begins_on: date
    ends_on: date
    accounts: int
    tried: str
    employees: int | None = None
    contact_phone: str = ""
    version: int | None = None


def lock(trial: Trial) -> None:
    """Take a trial in hand: one writer at a time, and only while its proof of concept can be worked on."""
    take(trial.poc)
    session().execute(select(Trial.id).where(Trial.id == trial.id).with_for_update())
    session().refresh(trial)


def add_trial(poc: Poc, details: TrialDetails, *, actor: Actor) -> Trial:
    """Write down a customer's trial; a customer that the vendor's record does not have is added to it."""
    take(poc)
    facts = _facts(poc, details, besides=None)
    trial = Trial(
        poc=poc,
        number=queries.next_number(poc.id),
        customer_id=_customer(poc, details, facts["ubn"], actor).id,
        **facts,
    )
    session().add(trial)
    session().flush()
    record("trial.added", poc, actor, subject=trial, number=trial.number)
    return trial


def change_trial(trial: Trial, details: TrialDetails, *, actor: Actor) -> None:
    """Change a trial; a confirmation that stood for what it said before stands no longer, and is kept."""
    lock(trial)
    check_version(trial, details.version)
    rules.check_editable(trial.state)
    facts = _facts(trial.poc, details, besides=trial.id)
    before = queries.facts_of(trial).digest
    changed = audit.changes(trial, **facts)
    if not changed:
        return
    if trial.ubn != trial.customer_record.ubn:
        trial.customer_record = _customer(trial.poc, details, trial.ubn, actor)
    session().flush()
    if {"begins_on", "ends_on"} & set(changed):
        recount(trial)
    if queries.facts_of(trial).digest != before:
        supersede(trial)
    told = {name: values for name, values in changed.items() if not name.startswith("contact_")}
    hidden = sorted(name for name in changed if name.startswith("contact_"))
    record("trial.changed", trial.poc, actor, subject=trial, number=trial.number, fields=hidden, **told)


def withdraw_trial(trial: Trial, reason: str, *, version: int | None = None, actor: Actor) -> None:
    """Withdraw a trial that does not count any more; what is known of it stays."""
    lock(trial)
    check_version(trial, version)
    rules.check_editable(trial.state)
    if not reason.strip():
        raise Refused(N_("Write why the trial is withdrawn."), field="reason")
    supersede(trial)
    for link in queries.links_of(trial):
        if link.used_at is None and link.revoked_at is None:
            link.revoked_at = clock.now()
    trial.state, trial.withdrawn_reason = TrialState.WITHDRAWN, reason.strip()
    record("trial.withdrawn", trial.poc, actor, subject=trial, number=trial.number, reason=reason.strip())


def supersede(trial: Trial) -> None:
    """Let a confirmation that stood be one of something else than the trial says now."""
    standing = queries.find_standing(trial.id)
    if standing is not None:
        standing.state = ConfirmationState.SUPERSEDED
    trial.state = rules.after_change(trial.state)


def _facts(poc: Poc, details: TrialDetails, *, besides: int | None) -> dict[str, Any]:
    book = rulebook_of(poc.engagement.programme)
    rules.check_period(details.begins_on, details.ends_on, (book.day("period.begins"), book.day("period.ends")))
    ubn = check_ubn(details.ubn, field="ubn")
    rules.check_customer(ubn, poc.engagement.organisation.ubn, queries.live_ubns(poc.id, besides=besides))
    return {
        "ubn": ubn,
        "customer": details.customer,
        "industry": details.industry,
        "employees": details.employees,
        "contact_name": details.contact_name,
        "contact_email": _email(details.contact_email),
        "contact_phone": details.contact_phone,
        "begins_on": details.begins_on,
        "ends_on": details.ends_on,
        "accounts": details.accounts,
        "tried": details.tried,
    }


def _email(typed: str) -> str:
    try:
        return read_email(typed)
    except Refused as error:
        raise Refused(error.message.msgid, field="contact_email", **dict(error.message.params)) from error


def _customer(poc: Poc, details: TrialDetails, ubn: str, actor: Actor) -> Customer:
    vendor = poc.engagement.organisation
    for known in vendor_queries.customers_of(vendor.id):
        if known.ubn == ubn:
            return known
    wanted = vendors.CustomerDetails(details.customer, ubn, details.industry, details.employees)
    return vendors.add_customer(vendor, wanted, actor=actor)

"""Confirmation on paper: the signed form is handed in, and the office calls the customer before it counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tracker.accounts.access import Actor
from tracker.core import clock
from tracker.core.db import check_version, session
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.evidence.operations import keep_file
from tracker.journey.operations.telling import tell_at
from tracker.journey.queries import office_ids, vendor_ids
from tracker.notifications.rules import Reason
from tracker.poc.models import Trial, TrialConfirmation
from tracker.poc.operations.sealing import (
    ask_for_receipt,
    asked_and_given,
    next_number,
    prove_item,
    seal,
    statement_of,
    tell_everybody,
)
from tracker.poc.operations.trials import lock
from tracker.poc.operations.work import record
from tracker.poc.queries import trials as queries
from tracker.poc.rules import confirmation as rules
from tracker.poc.rules.confirmation import ConfirmationState, Way
from tracker.poc.rules.trials import TrialState, check_confirmable

if TYPE_CHECKING:
    from werkzeug.datastructures import FileStorage


@dataclass(frozen=True)
class Paper:
    """A signed form as it is handed in."""

    signer: str
    signer_title: str
    signed_on: date
    answers: Mapping[str, str]
    comment: str = ""


@dataclass(frozen=True)
class PhoneCall:
    """How the office made sure that the customer signed."""

    phone: str
    called_on: date
    spoke_with: str
    note: str
    version: int | None = None


def hand_in_paper(trial: Trial, file: "FileStorage", paper: Paper, *, actor: Actor) -> TrialConfirmation:
    """Hand in the form that a customer signed on paper; links that were open end, and the office is asked to call."""
    lock(trial)
    check_confirmable(trial.state, trial.ends_on, clock.today(), queries.usage_of(trial))
    rules.check_signed_on(paper.signed_on, trial.ends_on, clock.today())
    answers = rules.check_answers(queries.asked_of(queries.rulebook_for(trial)), paper.answers)
    case, now = trial.poc.engagement, clock.now()
    evidence = keep_file(
        file, file.filename or "", organisation_id=case.organisation_id, engagement_id=case.id, actor=actor
    )
    for link in queries.links_of(trial):
        if link.used_at is None and link.revoked_at is None:
            link.revoked_at = now
    confirmation = TrialConfirmation(
        trial=trial,
        number=next_number(trial),
        way=Way.PAPER,
        state=ConfirmationState.WAITING,
        facts_digest=queries.facts_of(trial).digest,
        signer=rules.check_name(paper.signer),
        signer_title=paper.signer_title,
        answers=answers,
        corrections={},
        comment=paper.comment,
        record="",
        seal="",
        signed_on=paper.signed_on,
        confirmed_at=now,
        evidence=evidence,
        handed_in_by_id=actor.user_id,
    )
    trial.state = TrialState.PAPER
    session().add(confirmation)
    session().flush()
    record("trial.paper_added", trial.poc, actor, subject=confirmation, number=trial.number)
    tell_at(
        f"/trial-papers/{confirmation.id}",
        office_ids(case),
        Reason.DECISION,
        N_("%(vendor)s: a signed form of %(customer)s waits for your phone call."),
        case,
        actor=actor,
        customer=trial.customer,
    )
    return confirmation


def verify_paper(confirmation: TrialConfirmation, call: PhoneCall, *, actor: Actor) -> None:
    """Let a signed form count after a phone call with the customer, noted with number, day and person."""
    trial = _take(confirmation, call.version, actor)
    if call.called_on > clock.today() or call.called_on < confirmation.signed_on:
        raise Refused(
            N_("The call was made on a day between the signature and today. Correct the day."), field="called_on"
        )
    confirmation.state, confirmation.called_on = ConfirmationState.STANDS, call.called_on
    confirmation.called_phone, confirmation.spoke_with, confirmation.note = call.phone, call.spoke_with, call.note
    confirmation.decided_by_id, confirmation.decided_at = actor.user_id, clock.now()
    facts = queries.facts_of(trial)
    trial.state = TrialState.CONFIRMED
    form = confirmation.evidence.stored_file if confirmation.evidence else None
    content = {
        "shown": facts.plain(),
        "corrections": {},
        "confirmed": facts.plain(),
        "statement": statement_of(trial),
        "answers": asked_and_given(trial, confirmation.answers),
        "comment": confirmation.comment,
        "signer": {"name": confirmation.signer, "title": confirmation.signer_title},
        "signed_on": confirmation.signed_on.isoformat(),
        "form_sha256": form.sha256 if form else "",
        "call": {
            "phone": call.phone,
            "on": call.called_on.isoformat(),
            "spoke_with": call.spoke_with,
            "note": call.note,
            "by": actor.user_id,
        },
    }
    seal(confirmation, content, actor=actor)
    record(
        "trial.paper_verified", trial.poc, actor, subject=confirmation, number=trial.number, sha256=confirmation.seal
    )
    prove_item(confirmation, actor=actor)
    ask_for_receipt(confirmation)
    tell_everybody(trial, N_("%(vendor)s: %(customer)s has confirmed its trial of “%(product)s”."), actor=actor)


def return_paper(confirmation: TrialConfirmation, reason: str, *, version: int | None = None, actor: Actor) -> None:
    """Return a signed form that the customer did not stand by, or that cannot be read."""
    trial = _take(confirmation, version, actor)
    if not reason.strip():
        raise Refused(N_("Write why the form is returned, so that the vendor knows what to do."), field="reason")
    confirmation.state, confirmation.note = ConfirmationState.RETURNED, reason.strip()
    confirmation.decided_by_id, confirmation.decided_at = actor.user_id, clock.now()
    trial.state = TrialState.OPEN
    record("trial.paper_returned", trial.poc, actor, subject=confirmation, number=trial.number, reason=reason.strip())
    case = trial.poc.engagement
    tell_at(
        f"/trials/{trial.id}",
        vendor_ids(case),
        Reason.RETURNED,
        N_("%(vendor)s: the signed form of %(customer)s was returned. Read why, and hand in another one."),
        case,
        actor=actor,
        customer=trial.customer,
    )


def _take(confirmation: TrialConfirmation, version: int | None, actor: Actor) -> Trial:
    trial = confirmation.trial
    lock(trial)
    session().refresh(confirmation)
    check_version(confirmation, version)
    rules.check_waiting(confirmation.state)
    rules.check_second_person(confirmation.handed_in_by_id, actor.user_id)
    return trial

"""The sealed record of a confirmation: written in one way, kept as evidence whose content hash is the seal."""

import io
from collections.abc import Mapping
from typing import Any

from tracker.accounts.access import Actor
from tracker.core import clock, queue
from tracker.core.db import session
from tracker.evidence.operations import keep_file
from tracker.journey.operations import fulfil_item
from tracker.journey.operations.telling import tell_at
from tracker.journey.queries import expert_ids, office_ids, vendor_ids
from tracker.notifications.rules import Reason
from tracker.poc.models import Trial, TrialConfirmation
from tracker.poc.queries import trials as queries
from tracker.poc.rules.confirmation import Way
from tracker.poc.rules.trials import canonical, digest_of

RECEIPT = "poc.receipt"
PROVEN_ITEM = "test-trial-readiness.trial-evidence"


def next_number(trial: Trial) -> int:
    """Give the number of the next confirmation of a trial."""
    return len(queries.confirmations_of(trial)) + 1


def asked_and_given(trial: Trial, answers: Mapping[str, str]) -> list[dict[str, Any]]:
    """Give every question with its words and the words of the answer, so that the record can be read by itself."""
    given = []
    for rule in queries.questionnaire_of(queries.rulebook_for(trial)):
        answer = rule.option(answers[rule.id]) if rule.id in answers else None
        given.append(
            {
                "id": rule.id,
                "question": {"zh-Hant": rule.text.zh_hant, "en": rule.text.en},
                "answer": answer.id if answer else None,
                "words": {"zh-Hant": answer.text.zh_hant, "en": answer.text.en} if answer else None,
            }
        )
    return given


def statement_of(trial: Trial) -> dict[str, str]:
    """Give the sentence that a customer confirms, in both languages."""
    text = queries.rulebook_for(trial).rule("trials.statement").text
    return {"zh-Hant": text.zh_hant, "en": text.en}


def seal(confirmation: TrialConfirmation, content: Mapping[str, Any], *, actor: Actor) -> None:
    """Write the record and its seal, and keep the record as evidence under that very hash."""
    trial = confirmation.trial
    whole = {
        "kind": "trial-confirmation",
        "format": 1,
        "poc": trial.poc_id,
        "trial": trial.number,
        "confirmation": confirmation.number,
        "way": confirmation.way.value,
        "state": confirmation.state.value,
        "at": clock.now().isoformat(),
        **content,
    }
    confirmation.record, confirmation.seal = canonical(whole), digest_of(whole)
    if confirmation.way is Way.LINK:
        case = trial.poc.engagement
        confirmation.evidence = keep_file(
            io.BytesIO(confirmation.record.encode()),
            f"trial-{trial.number}-confirmation-{confirmation.number}.json",
            organisation_id=case.organisation_id,
            engagement_id=case.id,
            actor=actor,
        )
    session().add(confirmation)
    session().flush()


def ask_for_receipt(confirmation: TrialConfirmation) -> None:
    """Have the receipt made and mailed by the worker."""
    queue.enqueue(RECEIPT, {"confirmation_id": confirmation.id}, unique_key=f"receipt:{confirmation.id}")


def prove_item(confirmation: TrialConfirmation, *, actor: Actor) -> None:
    """Hand in the checklist's item on trial evidence once as many customers have confirmed as the rulebook asks for."""
    trial = confirmation.trial
    least = queries.rulebook_for(trial).count("poc.least-trial-customers")
    if queries.trial_counts(trial.poc_id).confirmed >= least:
        fulfil_item(trial.poc.engagement, PROVEN_ITEM, proof=confirmation, actor=actor)


def tell_everybody(trial: Trial, msgid: str, *, actor: Actor) -> None:
    """Tell the vendor, its experts and the office what a customer said."""
    case = trial.poc.engagement
    tell_at(
        f"/trials/{trial.id}",
        vendor_ids(case) | expert_ids(case) | office_ids(case),
        Reason.PROGRESS,
        msgid,
        case,
        actor=actor,
        customer=trial.customer,
    )

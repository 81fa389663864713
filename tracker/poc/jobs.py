"""Work of proofs of concept: receipts of confirmations, and dossiers."""

import io
import json
import secrets
from collections.abc import Mapping

from tracker.accounts.access import SYSTEM
from tracker.accounts.sessions import digest
from tracker.core import clock
from tracker.core.content import names_of
from tracker.core.db import session
from tracker.core.tasks import Payload, Task
from tracker.core.text import N_, Message
from tracker.evidence import storage
from tracker.evidence.operations import keep_file
from tracker.journey.queries import vendor_ids
from tracker.notifications.letters import Letter, speaking
from tracker.notifications.operations import notify, queue_mail
from tracker.notifications.rules import Reason
from tracker.poc import trial_papers
from tracker.poc.dossiers import archive, content
from tracker.poc.dossiers import document as document_of
from tracker.poc.models import TrialConfirmation
from tracker.poc.operations.dossiers import MAKE, Made, keep_dossier, note_failure
from tracker.poc.operations.sealing import RECEIPT
from tracker.poc.queries.dossiers import find_dossier
from tracker.poc.queries.trials import find_receivable
from tracker.poc.rules.confirmation import RECEIPT_HOLDS
from tracker.poc.rules.dossiers import DossierState


def language_of(confirmation: TrialConfirmation) -> str:
    """Give the language in which a customer answered."""
    return confirmation.link.draft.get("language", confirmation.link.language) if confirmation.link else "zh-Hant"


def set_receipt(payload: Payload) -> bytes | None:
    """Set the receipt of a confirmation from its sealed record, in the customer's language."""
    confirmation = find_receivable(payload["confirmation_id"])
    if confirmation is None:
        return None
    with speaking(language_of(confirmation)):
        return trial_papers.make_receipt(confirmation, json.loads(confirmation.record))


def hand_out_receipt(payload: Payload, made: bytes | None) -> None:
    """Keep the receipt as evidence, mail the customer its link and tell the vendor."""
    confirmation = find_receivable(payload["confirmation_id"])
    if confirmation is None or made is None:
        return
    trial = confirmation.trial
    case = trial.poc.engagement
    confirmation.receipt = keep_file(
        io.BytesIO(made),
        f"trial-{trial.number}-receipt-{confirmation.number}.pdf",
        organisation_id=case.organisation_id,
        engagement_id=case.id,
        actor=SYSTEM,
    )
    token = secrets.token_urlsafe(32)
    confirmation.receipt_hash, confirmation.receipt_until = digest(token), clock.now() + RECEIPT_HOLDS
    session().flush()
    to = confirmation.link.email if confirmation.link else trial.contact_email
    queue_mail(to, _letter(confirmation, token), language=language_of(confirmation))
    notify(
        vendor_ids(case),
        Reason.PROGRESS,
        N_("The receipt of %(customer)s's confirmation is ready."),
        {"customer": trial.customer},
        path=f"/trials/{trial.id}",
        engagement_id=case.id,
    )


def _letter(confirmation: TrialConfirmation, token: str) -> Letter:
    product = names_of(confirmation.trial.poc.engagement.product)
    return Letter(
        subject=Message(N_("Receipt: you confirmed the trial of “%(product)s”"), {"product": product}),
        lines=(
            Message(N_("Hello %(name)s,"), {"name": confirmation.signer}),
            Message(N_("thank you. The receipt says exactly what you confirmed, when, and under which seal.")),
            Message(N_("Seal: %(seal)s"), {"seal": confirmation.seal}),
        ),
        action=(Message(N_("Download the receipt")), f"/trial-receipts/{token}"),
        closing=(
            Message(N_("The link works until %(day)s."), {"day": clock.in_taipei(clock.now() + RECEIPT_HOLDS).date()}),
            Message(N_("If you did not confirm anything, tell the programme office.")),
        ),
    )


# --- dossiers -----------------------------------------------------------------------------------------------------------


def write_dossier(payload: Payload) -> Made | None:
    """Write a dossier beside the store, where the sweep finds what a lost worker leaves behind."""
    dossier = find_dossier(payload["dossier_id"])
    if dossier is None or dossier.state is not DossierState.WAITING:
        return None
    folder = storage.folder() / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"dossier-{dossier.id}-{secrets.token_hex(8)}"
    made = content.gather(dossier, clock.now().isoformat())
    with speaking(dossier.language):
        document = document_of.make(made)
    members = content.finish(made, document)
    place = folder / f"{name}.zip"
    with place.open("xb") as out:
        archive.write(out, members)
    paper = folder / f"{name}.pdf"
    paper.write_bytes(document)
    return Made(place, paper, archive.hash_of(place), len(members))


def take_in_dossier(payload: Payload, made: Made | None) -> None:
    """Keep a dossier that was written."""
    dossier = find_dossier(payload["dossier_id"])
    if dossier is not None and made is not None:
        keep_dossier(dossier, made)


def give_up_dossier(payload: Payload, error: str) -> None:
    """Say on the page that a dossier could not be made."""
    dossier = find_dossier(payload["dossier_id"])
    if dossier is not None:
        note_failure(dossier, error)


TASKS: Mapping[str, Task] = {
    RECEIPT: Task(prepare=set_receipt, record=hand_out_receipt),
    MAKE: Task(prepare=write_dossier, record=take_in_dossier, give_up=give_up_dossier),
}

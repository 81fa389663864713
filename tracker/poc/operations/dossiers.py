"""Dossiers: asked for by people, made by the worker."""

from dataclasses import dataclass
from pathlib import Path

from tracker.accounts.access import SYSTEM, Actor
from tracker.core import clock, queue
from tracker.core.db import session
from tracker.evidence.operations import keep_made
from tracker.poc.models import Dossier, Poc
from tracker.poc.operations.work import hold, record
from tracker.poc.queries import dossiers as queries
from tracker.poc.rules.dossiers import DossierState, Redaction, check_not_waiting

MAKE = "poc.dossier"
ATTEMPTS = 3


@dataclass(frozen=True)
class Made:
    """A dossier as the worker wrote it, beside the store."""

    archive: Path
    document: Path
    sha256: str
    files: int


def ask_for_dossier(poc: Poc, level: Redaction, language: str, *, actor: Actor) -> Dossier:
    """Have a dossier made; one at a time for each proof of concept."""
    hold(poc)
    check_not_waiting(queries.waiting_states(poc.id))
    dossier = Dossier(poc=poc, level=level, language=language, asked_by_id=actor.user_id)
    session().add(dossier)
    session().flush()
    queue.enqueue(MAKE, {"dossier_id": dossier.id}, max_attempts=ATTEMPTS)
    record("dossier.asked", poc, actor, subject=dossier, level=level.value)
    return dossier


def keep_dossier(dossier: Dossier, made: Made) -> None:
    """Keep a dossier that the worker made; its hash goes into the audit trail, so that a copy can be compared."""
    case = dossier.poc.engagement
    name = f"poc-{case.organisation.ubn}-{dossier.id}-{dossier.level.value}"
    for path, extension, media_type in (
        (made.archive, "zip", "application/zip"),
        (made.document, "pdf", "application/pdf"),
    ):
        evidence = keep_made(
            path,
            f"{name}.{extension}",
            media_type,
            organisation_id=None,
            engagement_id=case.id,
            internal=True,
            actor=SYSTEM,
        )
        path.unlink(missing_ok=True)
        if extension == "zip":
            dossier.archive = evidence
        else:
            dossier.document = evidence
    dossier.state, dossier.made_at, dossier.error = DossierState.DONE, clock.now(), ""
    dossier.sha256, dossier.files = made.sha256, made.files
    record("dossier.made", dossier.poc, SYSTEM, subject=dossier, level=dossier.level.value, sha256=made.sha256)


def note_failure(dossier: Dossier, error: str) -> None:
    """Note that a dossier could not be made."""
    if dossier.state is DossierState.WAITING:
        dossier.state, dossier.error = DossierState.FAILED, error[:1000]

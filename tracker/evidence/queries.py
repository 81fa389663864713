"""Reads of evidence, narrowed to what the actor may see."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from tracker.accounts.access import Actor
from tracker.core.db import session
from tracker.core.errors import NotFound
from tracker.evidence.models import Evidence, StoredFile
from tracker.evidence.permissions import visible


def get_evidence(evidence_id: int, *, actor: Actor) -> Evidence:
    """Give evidence that the actor may see and that was not removed."""
    found = select(Evidence).where(Evidence.id == evidence_id, Evidence.removed_at.is_(None), visible(actor))
    evidence = session().scalars(found.options(joinedload(Evidence.stored_file))).one_or_none()
    if evidence is None:
        raise NotFound
    return evidence


def evidence_of_organisation(
    organisation_id: int, *, actor: Actor, before: int | None = None, limit: int = 50
) -> Sequence[Evidence]:
    """Give the newest evidence of an organisation that the actor may see."""
    rows = select(Evidence).where(
        Evidence.organisation_id == organisation_id, Evidence.removed_at.is_(None), visible(actor)
    )
    if before is not None:
        rows = rows.where(Evidence.id < before)
    return (
        session()
        .scalars(rows.options(joinedload(Evidence.stored_file)).order_by(Evidence.id.desc()).limit(limit))
        .all()
    )


def space_used(organisation_id: int) -> int:
    """Count the bytes that an organisation's evidence takes; the same bytes count once."""
    files = select(Evidence.stored_file_id).where(
        Evidence.organisation_id == organisation_id, Evidence.removed_at.is_(None)
    )
    return session().scalar(select(func.coalesce(func.sum(StoredFile.size), 0)).where(StoredFile.id.in_(files))) or 0


def has_file(organisation_id: int, stored_file_id: int) -> bool:
    """Tell whether the organisation has handed in these bytes before."""
    found = select(Evidence.id).where(
        Evidence.organisation_id == organisation_id,
        Evidence.stored_file_id == stored_file_id,
        Evidence.removed_at.is_(None),
    )
    return session().scalar(found.limit(1)) is not None


def find_stored(sha256: str) -> StoredFile | None:
    """Find the record of stored bytes."""
    return session().scalars(select(StoredFile).where(StoredFile.sha256 == sha256)).one_or_none()


def known_hashes(hashes: Sequence[str]) -> frozenset[str]:
    """Give those of the hashes that are on record."""
    return frozenset(session().scalars(select(StoredFile.sha256).where(StoredFile.sha256.in_(hashes))))

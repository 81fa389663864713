"""Handing in, linking and removing evidence."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.dialects import postgresql, sqlite

from tracker.accounts.access import SYSTEM, Actor
from tracker.core import audit, clock, queue
from tracker.core.db import session
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.evidence import content, photos, queries, storage
from tracker.evidence.models import Evidence, StoredFile
from tracker.evidence.rules import MEGABYTE, ScanState, check_url, clean_name, type_of
from tracker.evidence.storage import Incoming, Readable

if TYPE_CHECKING:
    from werkzeug.datastructures import FileStorage

SCAN = "evidence.scan"
SCAN_ATTEMPTS = 24
"""With the growing pauses of the queue, a scanner may be away for more than half a day."""


def keep_file(
    file: "FileStorage | Readable",
    file_name: str,
    *,
    organisation_id: int | None,
    engagement_id: int | None,
    internal: bool = False,
    actor: Actor,
) -> Evidence:
    """Take a file as evidence: checked, stored once by its content, written before the row that names it."""
    name = clean_name(file_name)
    kind = type_of(name)
    stream: Readable = getattr(file, "stream", file)
    with storage.incoming(stream, name) as received:
        content.check(received.path, name, kind)
        if kind.family.startswith("photo:"):
            received = storage.rewrite(received, photos.strip(received.path, kind.family.removeprefix("photo:")))  # noqa: PLW2901 - the same file
        _check_quota(received, organisation_id)
        storage.move_in(received)
        stored = _record(received, kind.media_type)
    _have_scanned(stored)
    evidence = Evidence(
        stored_file=stored,
        file_name=name,
        organisation_id=organisation_id,
        engagement_id=engagement_id,
        internal=internal,
        uploaded_by_id=actor.user_id,
    )
    return _add(evidence, "evidence.added", actor, sha256=stored.sha256, size=stored.size)


def keep_made(
    path: Path,
    file_name: str,
    media_type: str,
    *,
    organisation_id: int | None,
    engagement_id: int | None,
    internal: bool = False,
    actor: Actor,
) -> Evidence:
    """Take a file that the product itself has made, of whatever kind and size."""
    with path.open("rb") as file, storage.incoming(file, file_name, is_ours=True) as received:
        storage.move_in(received)
        stored = _record(received, media_type)
    evidence = Evidence(
        stored_file=stored,
        file_name=file_name,
        organisation_id=organisation_id,
        engagement_id=engagement_id,
        internal=internal,
        uploaded_by_id=actor.user_id,
    )
    return _add(evidence, "evidence.added", actor, sha256=stored.sha256, size=stored.size)


def keep_link(
    url: str,
    title: str,
    *,
    organisation_id: int | None,
    engagement_id: int | None,
    internal: bool = False,
    actor: Actor,
) -> Evidence:
    """Take the address of a page as evidence; the page is never fetched."""
    address = check_url(url)
    shown = " ".join(title.split())[:200] or address[:200]
    evidence = Evidence(
        url=address,
        file_name=shown,
        organisation_id=organisation_id,
        engagement_id=engagement_id,
        internal=internal,
        uploaded_by_id=actor.user_id,
    )
    return _add(evidence, "evidence.linked", actor)


def remove_evidence(evidence: Evidence, *, actor: Actor) -> None:
    """Take evidence out of sight; its record and its bytes stay for the audit trail."""
    if evidence.removed_at is not None:
        return
    evidence.removed_at = clock.now()
    audit.record(
        "evidence.removed",
        evidence,
        actor=actor,
        engagement_id=evidence.engagement_id,
        organisation_id=evidence.organisation_id,
    )


def _add(evidence: Evidence, action: str, actor: Actor, **facts: object) -> Evidence:
    work = session()
    work.add(evidence)
    work.flush()
    audit.record(
        action,
        evidence,
        actor=actor,
        engagement_id=evidence.engagement_id,
        organisation_id=evidence.organisation_id,
        file_name=evidence.file_name,
        internal=evidence.internal,
        **facts,
    )
    return evidence


def _check_quota(received: Incoming, organisation_id: int | None) -> None:
    if organisation_id is None:
        return
    stored = queries.find_stored(received.sha256)
    if stored is not None and queries.has_file(organisation_id, stored.id):
        return
    quota = storage.settings().organisation_quota_mb
    if queries.space_used(organisation_id) + received.size > quota * MEGABYTE:
        raise Refused(
            N_(
                "The space for this vendor's evidence, %(quota)s MB, is used up. Remove files that are no longer needed, or hand in a link."
            ),
            field="file",
            quota=quota,
        )


def _have_scanned(stored: StoredFile) -> None:
    """Have the bytes checked, once; until then nobody opens them."""
    if storage.settings().scanner and stored.scan is None:
        stored.scan = ScanState.WAITING
        queue.enqueue(SCAN, {"sha256": stored.sha256}, max_attempts=SCAN_ATTEMPTS)


def note_scan(stored: StoredFile, threat: str | None) -> None:
    """Note what the scanner said of bytes."""
    stored.scan = ScanState.CLEAN if threat is None else ScanState.INFECTED
    stored.threat = threat
    if threat is not None:
        audit.record("evidence.infected", stored, actor=SYSTEM, sha256=stored.sha256, threat=threat)


def _record(received: Incoming, media_type: str) -> StoredFile:
    """Give the record of the bytes; two people who hand in the same bytes in the same moment share it."""
    work = session()
    insert = postgresql.insert if work.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {"sha256": received.sha256, "size": received.size, "media_type": media_type, "created_at": clock.now()}
    work.execute(insert(StoredFile).values(**values).on_conflict_do_nothing(index_elements=["sha256"]))
    stored = queries.find_stored(received.sha256)
    if stored is None:
        raise RuntimeError("A stored file was not recorded.")
    return stored

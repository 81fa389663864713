"""Personal data of imports that are over is not kept."""

from datetime import timedelta

from sqlalchemy import delete, select, update

from tracker.core import clock
from tracker.core.db import session
from tracker.imports.models import Batch, ImportFile, ImportRow
from tracker.imports.rules import KEEP_DAYS, WORKING


def forget_old_imports(days: int = KEEP_DAYS) -> int:
    """Delete file and rows of imports that nobody has touched for so long; that they were made stays on record."""
    limit = clock.now() - timedelta(days=days)
    over = select(Batch.id).where(Batch.changed_at < limit, Batch.forgotten_at.is_(None), Batch.state.not_in(WORKING))
    ids = list(session().scalars(over))
    if ids:
        session().execute(delete(ImportRow).where(ImportRow.batch_id.in_(ids)))
        session().execute(delete(ImportFile).where(ImportFile.batch_id.in_(ids)))
        session().execute(update(Batch).where(Batch.id.in_(ids)).values(forgotten_at=clock.now()))
    return len(ids)

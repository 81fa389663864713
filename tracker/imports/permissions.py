"""Who may import what: whoever may import a kind of record sees and does its imports, in what the targets leave open."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_

from tracker.accounts.access import Actor, Permission, can
from tracker.core.text import N_
from tracker.imports.kinds import Kind, kinds_for
from tracker.imports.models import Batch, ImportRow


def imports_something(actor: Actor, _subject: Any) -> bool:
    """Tell whether there is a kind of record that the actor may import."""
    return bool(kinds_for(actor))


def imports_this(actor: Actor, subject: Any) -> bool:
    """Tell whether the actor may import the kind, or the kind of an import or of one of its rows."""
    if isinstance(subject, Kind):
        return can(actor, subject.permission)
    batch = subject.batch if isinstance(subject, ImportRow) else subject
    return isinstance(batch, Batch) and any(kind.key == batch.kind for kind in kinds_for(actor))


def visible(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on `Batch` for what the actor may see."""
    parts = []
    for kind in kinds_for(actor):
        ids = [target.id for target in kind.targets(actor)]
        within = or_(Batch.target_id.is_(None), Batch.target_id.in_(ids)) if ids else Batch.target_id.is_(None)
        parts.append(and_(Batch.kind == kind.key, within))
    return or_(*parts) if parts else false()


LIST_IMPORTS = Permission("imports.list", N_("See what was imported"), (imports_something,))
IMPORT = Permission("imports.import", N_("Import records from files"), (imports_this,))

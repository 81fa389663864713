"""The blueprint of imports, and what its pages need."""

from typing import Any

from flask import Blueprint, g
from flask_babel import gettext

from tracker.accounts.access import current_actor
from tracker.imports import messages, permissions
from tracker.imports.forms import name_of_column
from tracker.imports.kinds import get_kind
from tracker.imports.models import Batch
from tracker.web.forms import translate

bp = Blueprint("imports", __name__, template_folder="../templates")


def name_of(batch: Batch) -> str:
    """Say what is imported, and into what."""
    kind = get_kind(batch.kind)
    label = gettext(kind.label)
    if batch.target_id is None:
        return str(label)
    target = kind.target(batch.target_id, current_actor())
    return f"{label} · {target.name.of(g.get('language', 'zh-Hant'))}" if target else str(label)


def sentences(plain: Any) -> list[str]:
    """Say what is kept of messages in the reader's language."""
    return [translate(message) for message in messages.all_from(plain)]


@bp.context_processor
def words() -> dict[str, Any]:
    """Let the pages of imports say what they are about."""
    return {
        "permissions": permissions,
        "import_name": name_of,
        "sentences": sentences,
        "name_of_column": name_of_column,
    }

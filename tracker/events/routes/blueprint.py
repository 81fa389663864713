"""The blueprint that the pages of events are part of, and words that several of them say."""

from typing import Any

from flask import Blueprint, g

from tracker.events import permissions
from tracker.events.models import Consent, Event, Question

bp = Blueprint("events", __name__, template_folder="../templates")


def pick(zh: str, en: str | None) -> str:
    """Give a text in the reader's language; where there is no English one, the Chinese."""
    return en if g.get("language") == "en" and en else zh


def name_of(event: Event) -> str:
    """Give the name of an event in the reader's language."""
    return pick(event.name_zh, event.name_en)


def text_of(question: Question | Consent) -> str:
    """Give a question or a consent text in the reader's language."""
    return pick(question.text_zh, question.text_en)


@bp.context_processor
def words() -> dict[str, Any]:
    """Let the pages of events say names in the reader's language, and ask who may do what."""
    return {"pick": pick, "name_of": name_of, "text_of": text_of, "permissions": permissions}

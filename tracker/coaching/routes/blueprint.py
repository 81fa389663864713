"""The blueprint that the pages of coaching are part of, and words that several of them say."""

from typing import Any

from flask import Blueprint, g

from tracker.coaching import permissions
from tracker.journey.models import Engagement

bp = Blueprint("coaching", __name__, template_folder="../templates")


def pick(zh: str, en: str) -> str:
    """Give a name in the reader's language; where there is no English one, the Chinese."""
    return en if g.get("language") == "en" and en else zh


def name_of(named: Any) -> str:
    """Give the name of a vendor, product or programme in the reader's language."""
    return pick(named.name_zh, named.name_en)


def case_name(case: Engagement) -> str:
    """Give an engagement's name: vendor and product."""
    return f"{name_of(case.organisation)} · {name_of(case.product)}"


@bp.context_processor
def words() -> dict[str, Any]:
    """Let the pages of coaching name things in the reader's language, and ask who may do what."""
    return {"pick": pick, "name_of": name_of, "case_name": case_name, "permissions": permissions}

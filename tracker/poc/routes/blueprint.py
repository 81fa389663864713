"""The blueprint that the pages of proofs of concept are part of, and what they all need."""

from typing import Any

from flask import Blueprint, g

from tracker.journey.rules import EngagementState
from tracker.poc import permissions
from tracker.poc.models import Poc
from tracker.poc.rules.states import PocState
from tracker.web.filters import show_name

bp = Blueprint("poc", __name__, template_folder="../templates")


def language() -> str:
    """Give the reader's language."""
    return str(g.get("language", "zh-Hant"))


def case_name(poc: Poc) -> str:
    """Name the vendor and product of a proof of concept."""
    return f"{show_name(poc.engagement.organisation)} · {show_name(poc.engagement.product)}"


def is_workable(poc: Poc) -> bool:
    """Tell whether a proof of concept can be worked on as it stands."""
    return poc.state is not PocState.ACCEPTED and poc.engagement.state is EngagementState.ACTIVE


@bp.context_processor
def words() -> dict[str, Any]:
    """Let the pages of proofs of concept ask who may do what, and name what they are about."""
    return {"permissions": permissions, "case_name": case_name}

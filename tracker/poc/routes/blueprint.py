"""The blueprint that the pages of proofs of concept are part of, and what they all need."""

from typing import Any

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from tracker.journey.rules import EngagementState
from tracker.poc import permissions
from tracker.poc.models import Poc
from tracker.poc.rules.states import PocState
from tracker.web.filters import show_name
from tracker.web.forms import Form

bp = Blueprint("poc", __name__, template_folder="../templates")


def language() -> str:
    """Give the reader's language."""
    return str(g.get("language", "zh-Hant"))


def case_name(poc: Poc) -> str:
    """Name the vendor and product of a proof of concept."""
    return f"{show_name(poc.engagement.organisation)} · {show_name(poc.engagement.product)}"


def form_page(template: str, form: Form, **values: object) -> ResponseReturnValue:
    """Show a form: as it opens, or with what was refused and the status that says so."""
    body = render_template(template, form=form, **values)
    return body, 422 if form.errors or form.failures else 200


def is_workable(poc: Poc) -> bool:
    """Tell whether a proof of concept can be worked on as it stands."""
    return poc.state is not PocState.ACCEPTED and poc.engagement.state is EngagementState.ACTIVE


@bp.context_processor
def words() -> dict[str, Any]:
    """Let the pages of proofs of concept ask who may do what, and name what they are about."""
    return {"permissions": permissions, "case_name": case_name}

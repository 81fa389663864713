"""The blueprint that the pages of assessments are part of, and what they all need."""

from typing import Any

from flask import Blueprint, g

from tracker.assessments import permissions
from tracker.assessments.models import Assessment
from tracker.assessments.questionnaire import Questionnaire
from tracker.assessments.readings import Reader
from tracker.assessments.rules.result import Result
from tracker.web.filters import show_name

bp = Blueprint("assessments", __name__, template_folder="../templates")


def language() -> str:
    """Give the reader's language."""
    return str(g.get("language", "zh-Hant"))


def reader_of(questionnaire: Questionnaire, result: Result) -> Reader:
    """Read a result in the reader's language."""
    return Reader(questionnaire, result, language())


def case_name(assessment: Assessment) -> str:
    """Name the vendor and product of an assessment."""
    return f"{show_name(assessment.engagement.organisation)} · {show_name(assessment.engagement.product)}"


@bp.context_processor
def words() -> dict[str, Any]:
    """Let the pages of assessments ask who may do what, and name what they are about."""
    return {"permissions": permissions, "case_name": case_name}

"""Reads of assessments, narrowed by the actor."""

from tracker.assessments.queries.assessments import (
    assessments_of,
    count_open,
    find_previous,
    get_assessment,
    get_component,
    get_proof,
    latest_questionnaires,
    newest_assessments,
    prefill_of,
)
from tracker.assessments.queries.proposals import Proposal, proposals_of
from tracker.assessments.queries.sheets import (
    Filled,
    actions_of,
    answer_row,
    components_of,
    fill,
    proofs_of,
    read_result,
)

__all__ = [
    "Filled",
    "Proposal",
    "actions_of",
    "answer_row",
    "assessments_of",
    "components_of",
    "count_open",
    "fill",
    "find_previous",
    "get_assessment",
    "get_component",
    "get_proof",
    "latest_questionnaires",
    "newest_assessments",
    "prefill_of",
    "proofs_of",
    "proposals_of",
    "read_result",
]

"""What people do with assessments."""

from tracker.assessments.operations.answers import (
    AnswerDetails,
    answer_question,
    attach_proof,
    clear_answer,
    detach_proof,
    mark_not_applicable,
)
from tracker.assessments.operations.assessments import begin_assessment, close_assessment
from tracker.assessments.operations.components import (
    ComponentDetails,
    add_component,
    change_component,
    remove_component,
)
from tracker.assessments.operations.decisions import ChoiceDetails, change_decision, restore_decision
from tracker.assessments.operations.follow_up import add_action_for_risk, add_proposed_playbooks
from tracker.assessments.operations.questionnaires import publish_questionnaires

__all__ = [
    "AnswerDetails",
    "ChoiceDetails",
    "ComponentDetails",
    "add_action_for_risk",
    "add_component",
    "add_proposed_playbooks",
    "answer_question",
    "attach_proof",
    "begin_assessment",
    "change_component",
    "change_decision",
    "clear_answer",
    "close_assessment",
    "detach_proof",
    "mark_not_applicable",
    "publish_questionnaires",
    "remove_component",
    "restore_decision",
]

"""What people do with engagements, items and gates."""

from tracker.journey.operations.assignments import assign_expert, end_assignment
from tracker.journey.operations.choosing import add_playbook, add_playbooks, drop_playbook
from tracker.journey.operations.engagements import (
    Enrolment,
    enrol,
    hold,
    index_engagement,
    index_vendor,
    resume,
    withdraw,
)
from tracker.journey.operations.gates import override_gate, pass_gate, propose_gate, return_gate
from tracker.journey.operations.items import (
    fulfil_by,
    fulfil_item,
    mark_not_applicable,
    return_item,
    submit_item,
    undo_change,
    verify_item,
)
from tracker.journey.operations.moves import PlaybookMove, move_playbook
from tracker.journey.operations.playbooks import publish_playbooks
from tracker.journey.operations.talk import CommentDetails, attach_evidence, comment_on_item, detach_evidence

__all__ = [
    "CommentDetails",
    "Enrolment",
    "PlaybookMove",
    "add_playbook",
    "add_playbooks",
    "assign_expert",
    "attach_evidence",
    "comment_on_item",
    "detach_evidence",
    "drop_playbook",
    "end_assignment",
    "enrol",
    "fulfil_by",
    "fulfil_item",
    "hold",
    "index_engagement",
    "index_vendor",
    "mark_not_applicable",
    "move_playbook",
    "override_gate",
    "pass_gate",
    "propose_gate",
    "publish_playbooks",
    "resume",
    "return_gate",
    "return_item",
    "submit_item",
    "undo_change",
    "verify_item",
    "withdraw",
]

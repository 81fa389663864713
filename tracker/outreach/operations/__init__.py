"""Changes of outreach, by noun; callers need only this name."""

from tracker.outreach.operations.exposures import (
    ExposureDetails,
    LinkDetails,
    UploadDetails,
    add_exposure,
    change_exposure,
    move_exposure,
    prove_by_file,
    prove_by_link,
    remove_proof,
)
from tracker.outreach.operations.leads import LeadDetails, StepDetails, add_lead, change_lead, note_step
from tracker.outreach.operations.pages import (
    PageDetails,
    agree_to_page,
    ask_for_agreement,
    close_page,
    count_reach,
    write_page,
)

__all__ = [
    "ExposureDetails",
    "LeadDetails",
    "LinkDetails",
    "PageDetails",
    "StepDetails",
    "UploadDetails",
    "add_exposure",
    "add_lead",
    "agree_to_page",
    "ask_for_agreement",
    "change_exposure",
    "change_lead",
    "close_page",
    "count_reach",
    "move_exposure",
    "note_step",
    "prove_by_file",
    "prove_by_link",
    "remove_proof",
    "write_page",
]

"""Reads of outreach, by noun, narrowed to what the actor may see."""

from tracker.outreach.queries.exposures import get_exposure, get_proof
from tracker.outreach.queries.leads import get_lead
from tracker.outreach.queries.pages import find_page, get_product, reason_to_keep
from tracker.outreach.queries.vendors import Shelf, shelf_of
from tracker.outreach.queries.waiting import Waiting, WaitingKind, reminders, waiting_for

__all__ = [
    "Shelf",
    "Waiting",
    "WaitingKind",
    "find_page",
    "get_exposure",
    "get_lead",
    "get_product",
    "get_proof",
    "reason_to_keep",
    "reminders",
    "shelf_of",
    "waiting_for",
]

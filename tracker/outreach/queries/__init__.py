"""Reads of outreach, by noun, narrowed to what the actor may see."""

from tracker.outreach.queries.exposures import get_exposure, get_proof
from tracker.outreach.queries.leads import get_lead
from tracker.outreach.queries.pages import find_page, get_product, reason_to_keep
from tracker.outreach.queries.vendors import SHELF, Shelf, on_shelf
from tracker.outreach.queries.waiting import Waiting, WaitingKind, in_order, reminders, waiting_for, what_waits

__all__ = [
    "SHELF",
    "Shelf",
    "Waiting",
    "WaitingKind",
    "find_page",
    "get_exposure",
    "get_lead",
    "get_product",
    "get_proof",
    "in_order",
    "on_shelf",
    "reason_to_keep",
    "reminders",
    "waiting_for",
    "what_waits",
]

"""Who may do what with proofs of concept."""

from tracker.accounts.access import Permission
from tracker.core.text import N_
from tracker.journey.permissions import AUDITS, is_assigned, of_office, of_vendor

VIEW_POC = Permission(
    "poc.view", N_("Read the proof of concept of an engagement"), (of_office, is_assigned, of_vendor, AUDITS)
)
KEEP_POC = Permission(
    "poc.keep", N_("Begin a proof of concept, and write what it is about"), (of_office, is_assigned, of_vendor)
)

"""Who may do what with assessments."""

from tracker.accounts.access import Permission
from tracker.core.text import N_
from tracker.journey.permissions import AUDITS, is_assigned, of_office, of_vendor

VIEW_ASSESSMENT = Permission(
    "assessments.view", N_("Read the assessments of an engagement"), (of_office, is_assigned, of_vendor, AUDITS)
)
BEGIN_ASSESSMENT = Permission("assessments.begin", N_("Begin an assessment"), (of_office, is_assigned))
FILL_ASSESSMENT = Permission(
    "assessments.fill", N_("Answer the questions of an assessment"), (of_office, is_assigned, of_vendor)
)
DECIDE_ASSESSMENT = Permission(
    "assessments.decide", N_("Change what an assessment recommends, and close it"), (of_office, is_assigned)
)

"""Roles."""

from tracker.core.text import Labelled, N_


class Role(Labelled):
    """What a person is to the office; what follows from it stands in each feature's permissions."""

    ADMINISTRATOR = "administrator", N_("Administrator")
    LEAD = "lead", N_("Programme lead")
    STAFF = "staff", N_("Programme office")
    EXPERT = "expert", N_("Domain expert")
    VENDOR = "vendor", N_("Vendor member")
    REVIEWER = "reviewer", N_("Reviewer")
    AUDITOR = "auditor", N_("Auditor")


OFFICE = frozenset({Role.STAFF, Role.LEAD})
"""Roles of the programme office."""
INTERNAL = frozenset({Role.ADMINISTRATOR, Role.LEAD, Role.STAFF})
"""Roles that the agency's password preset holds for."""

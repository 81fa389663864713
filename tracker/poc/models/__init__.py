"""Tables of proofs of concept."""

from tracker.poc.models.camps import Camp, CampGroup, CampMember, CampMilestone
from tracker.poc.models.dossiers import Dossier
from tracker.poc.models.funding import FundingEntry, FundingVoucher
from tracker.poc.models.poc import Poc, PocDecision, PocMeasure, PocMilestone, RelatedParty
from tracker.poc.models.trials import ConfirmationLink, Trial, TrialConfirmation, UsageDay, UsageLog

__all__ = [
    "Camp",
    "CampGroup",
    "CampMember",
    "CampMilestone",
    "ConfirmationLink",
    "Dossier",
    "FundingEntry",
    "FundingVoucher",
    "Poc",
    "PocDecision",
    "PocMeasure",
    "PocMilestone",
    "RelatedParty",
    "Trial",
    "TrialConfirmation",
    "UsageDay",
    "UsageLog",
]

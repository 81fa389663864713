"""Tables of proofs of concept."""

from tracker.poc.models.camps import Camp, CampGroup, CampMember, CampMilestone
from tracker.poc.models.funding import FundingEntry, FundingVoucher
from tracker.poc.models.poc import Poc, PocDecision, PocMeasure, PocMilestone, RelatedParty

__all__ = [
    "Camp",
    "CampGroup",
    "CampMember",
    "CampMilestone",
    "FundingEntry",
    "FundingVoucher",
    "Poc",
    "PocDecision",
    "PocMeasure",
    "PocMilestone",
    "RelatedParty",
]

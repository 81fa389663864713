"""Who may do what with proofs of concept."""

from typing import Any

from tracker.accounts.access import Actor, Permission, has_role
from tracker.accounts.rules import OFFICE, Role
from tracker.core.text import N_
from tracker.journey.permissions import AUDITS, is_assigned, of_office, of_vendor
from tracker.poc.models import Camp, CampGroup, CampMember, CampMilestone

VIEW_POC = Permission(
    "poc.view", N_("Read the proof of concept of an engagement"), (of_office, is_assigned, of_vendor, AUDITS)
)
LIST_POCS = Permission(
    "poc.list", N_("List proofs of concept"), (has_role(*OFFICE, Role.AUDITOR, Role.EXPERT, Role.VENDOR),)
)
KEEP_POC = Permission(
    "poc.keep", N_("Begin a proof of concept, and write what it is about"), (of_office, is_assigned, of_vendor)
)
RECOMMEND_ARCHITECTURE = Permission(
    "poc.recommend", N_("Recommend the architecture of a proof of concept"), (is_assigned,)
)
DECLARE_RELATED = Permission("poc.declare_related", N_("Name the related parties of a vendor"), (of_office, of_vendor))
ENTER_FUNDING = Permission("funding.enter", N_("Enter self-funding, or take an entry back"), (of_office, of_vendor))
VERIFY_FUNDING = Permission("funding.verify", N_("Verify or return self-funding"), (of_office,))
WORK_QUEUE = Permission("funding.queue", N_("See which self-funding waits for verification"), (has_role(*OFFICE),))
PROPOSE_ACCEPTANCE = Permission("poc.propose", N_("Propose a proof of concept for acceptance"), (is_assigned,))
DECIDE_ACCEPTANCE = Permission("poc.decide", N_("Accept or return a proof of concept"), (of_office,))


def _camp(subject: Any) -> Camp | None:
    if isinstance(subject, CampMember | CampMilestone):
        return subject.group.camp
    if isinstance(subject, CampGroup):
        return subject.camp
    return subject if isinstance(subject, Camp) else None


def holds_camp(actor: Actor, subject: Any) -> bool:
    """Tell whether the actor is of the office that holds the camp."""
    camp = _camp(subject)
    return camp is not None and actor.is_office and camp.programme_id in actor.scope("programme")


def sees_camp(actor: Actor, subject: Any) -> bool:
    """Tell that the camp was loaded by `queries.camps`, which gives only what the actor may see."""
    return actor.is_authenticated and _camp(subject) is not None


LIST_CAMPS = Permission(
    "camps.list", N_("List co-creation camps"), (has_role(*OFFICE, Role.AUDITOR, Role.EXPERT, Role.VENDOR),)
)
VIEW_CAMP = Permission("camps.view", N_("Read a co-creation camp"), (sees_camp,))
OPEN_CAMP = Permission("camps.open", N_("Set up a co-creation camp"), (has_role(*OFFICE),))
HOLD_CAMP = Permission("camps.hold", N_("Hold a co-creation camp: groups, milestones, demo day"), (holds_camp,))
KEEP_TRIAL = Permission(
    "trials.keep",
    N_("Write down trials, hand in their usage and ask customers to confirm"),
    (of_office, is_assigned, of_vendor),
)
VERIFY_PAPER = Permission("trials.verify_paper", N_("Verify a customer's signed form by phone"), (of_office,))
LIST_PAPERS = Permission("trials.list_papers", N_("List signed forms that wait for a phone call"), (has_role(*OFFICE),))
MAKE_DOSSIER = Permission("dossiers.make", N_("Have a dossier made"), (of_office, is_assigned, of_vendor))
MAKE_FULL_DOSSIER = Permission("dossiers.make_full", N_("Have a dossier made with every name in it"), (of_office,))
READ_FULL_DOSSIER = Permission(
    "dossiers.read_full", N_("Read a dossier with every name in it"), (of_office, is_assigned, AUDITS)
)

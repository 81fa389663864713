"""Changes of who belongs to a vendor."""

from tracker.accounts.access import Actor
from tracker.core import audit, clock
from tracker.core.db import session
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.vendors import queries
from tracker.vendors.models import Membership


def add_member(organisation_id: int, user_id: int, actor: Actor) -> Membership:
    """Let a person belong to a vendor; one who does already stays so."""
    known = queries.find_membership(organisation_id, user_id)
    if known is not None:
        return known
    membership = Membership(organisation_id=organisation_id, user_id=user_id)
    session().add(membership)
    session().flush()
    audit.record("membership.began", membership, actor=actor, organisation_id=organisation_id, person_id=user_id)
    return membership


def end_membership(membership: Membership, *, actor: Actor) -> None:
    """End a person's belonging to a vendor, and with it every right that came from it."""
    if membership.ended_at is not None:
        raise Refused(N_("This membership has ended already."))
    membership.ended_at = clock.now()
    audit.record(
        "membership.ended",
        membership,
        actor=actor,
        organisation_id=membership.organisation_id,
        person_id=membership.user_id,
    )

"""Changes of who belongs to a vendor."""

from dataclasses import replace

from tracker.accounts.access import Actor
from tracker.accounts.operations.invitations import Invite, invite
from tracker.accounts.queries import find_by_email
from tracker.accounts.rules import Role
from tracker.core import audit, clock
from tracker.core.db import session
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.vendors import queries
from tracker.vendors.models import Membership, Organisation


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


def invite_member(vendor: Organisation, details: Invite, *, actor: Actor) -> None:
    """Let a person belong to a vendor: one with a vendor member's account at once, others by a mailed link."""
    user = find_by_email(details.email.strip().lower())
    if user is not None and user.active and Role.VENDOR in {grant.role for grant in user.grants}:
        add_member(vendor.id, user.id, actor)
    else:
        invite(replace(details, role=Role.VENDOR, scope={"organisation": vendor.id}), actor=actor)


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

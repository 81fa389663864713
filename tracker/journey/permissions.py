"""Who may do what with engagements."""

from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select, true

from tracker.accounts.access import SYSTEM, Actor, Permission, has_role
from tracker.accounts.rules import OFFICE, Role
from tracker.core.keyset import of_each_row
from tracker.core.text import N_
from tracker.journey.models import Assignment, Engagement, Item, ItemEvidence
from tracker.journey.rules import Party


def engagements_of(user_id: Any) -> Select[int]:
    """Select the engagements that an expert is assigned to now."""
    return select(Assignment.engagement_id).where(Assignment.user_id == user_id, Assignment.ended_at.is_(None))


def counselled_organisations(user_id: int) -> Select[int]:
    """Select the vendors of the engagements that an expert is assigned to now."""
    return (
        select(Engagement.organisation_id)
        .join(Assignment, Assignment.engagement_id == Engagement.id)
        .where(Assignment.user_id == user_id, Assignment.ended_at.is_(None))
    )


def visible(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on `Engagement` for what the actor may see."""
    if actor is SYSTEM or actor.has(Role.AUDITOR):
        return true()
    parts: list[ColumnElement[bool]] = []
    if actor.is_office:
        parts.append(of_each_row(Engagement.programme_id).in_(actor.scope("programme")))
    if actor.has(Role.EXPERT):
        parts.append(Engagement.id.in_(actor.scope("engagement")))
    if actor.has(Role.VENDOR):
        parts.append(Engagement.organisation_id.in_(actor.scope("organisation")))
    return or_(*parts) if parts else false()


def visible_ids(actor: Actor) -> Select[int]:
    """Select the engagements that the actor may see, for features that hold on to their ids."""
    return select(Engagement.id).where(visible(actor))


def _engagement(subject: Any) -> Engagement | None:
    if isinstance(subject, Item):
        return subject.engagement
    if isinstance(subject, ItemEvidence):
        return subject.item.engagement
    if isinstance(subject, Engagement):
        return subject
    found = getattr(subject, "engagement", None)
    return found if isinstance(found, Engagement) else None


def of_office(actor: Actor, subject: Any) -> bool:
    """Tell whether the actor is of the office that runs the engagement's programme year."""
    engagement = _engagement(subject)
    return engagement is not None and actor.is_office and engagement.programme_id in actor.scope("programme")


def is_assigned(actor: Actor, subject: Any) -> bool:
    """Tell whether the actor is an expert assigned to the engagement."""
    engagement = _engagement(subject)
    return engagement is not None and actor.has(Role.EXPERT) and engagement.id in actor.scope("engagement")


def of_vendor(actor: Actor, subject: Any) -> bool:
    """Tell whether the actor belongs to the engagement's vendor."""
    engagement = _engagement(subject)
    return (
        engagement is not None and actor.has(Role.VENDOR) and engagement.organisation_id in actor.scope("organisation")
    )


def owes(actor: Actor, subject: Any) -> bool:
    """Tell whether the item is for the actor's party to do."""
    item = subject.item if isinstance(subject, ItemEvidence) else subject
    return isinstance(item, Item) and may_do(parties_of(actor, item), item.who)


def may_do(parties: frozenset[Party], who: Party) -> bool:
    """Tell whether people of these parties may do an item: the office stands in for anybody, the expert for the vendor."""
    return bool(parties & {Party.STAFF, who} or (who is Party.VENDOR and Party.EXPERT in parties))


def parties_of(actor: Actor, subject: Any) -> frozenset[Party]:
    """Give the parties for which the actor acts in the engagement."""
    pairs = ((Party.STAFF, of_office), (Party.EXPERT, is_assigned), (Party.VENDOR, of_vendor))
    return frozenset(party for party, holds in pairs if holds(actor, subject))


AUDITS = has_role(Role.AUDITOR)
LIST_ENGAGEMENTS = Permission(
    "engagements.list", N_("List engagements"), (has_role(*OFFICE, Role.AUDITOR, Role.EXPERT, Role.VENDOR),)
)
VIEW_ENGAGEMENT = Permission("engagements.view", N_("Read an engagement"), (of_office, is_assigned, of_vendor, AUDITS))
ENROL = Permission("engagements.enrol", N_("Enrol a vendor's product in a programme year"), (has_role(*OFFICE),))
ASSIGN_EXPERT = Permission("engagements.assign", N_("Assign experts"), (of_office,))
HOLD_ENGAGEMENT = Permission("engagements.hold", N_("Put an engagement on hold, withdraw or resume it"), (of_office,))
DO_ITEM = Permission("items.do", N_("Tick an item or hand in its evidence"), (owes,))
ATTACH_EVIDENCE = Permission(
    "items.attach", N_("Attach evidence to an item, or take it off"), (owes, of_office, is_assigned)
)
COMMENT_ITEM = Permission("items.comment", N_("Comment on an item"), (of_office, is_assigned, of_vendor))
UNDO_CHANGE = Permission(
    "items.undo", N_("Take back one's own newest change of an item"), (of_office, is_assigned, of_vendor)
)
VERIFY_ITEM = Permission("items.verify", N_("Verify or return an item"), (of_office, is_assigned))
PROPOSE_GATE = Permission("gates.propose", N_("Propose a gate"), (is_assigned,))
PASS_GATE = Permission("gates.pass", N_("Pass, return or override a gate"), (of_office,))
READ_INTERNAL = Permission(
    "engagements.read_internal", N_("Read notes that are not for the vendor"), (of_office, is_assigned, AUDITS)
)
MOVE_PLAYBOOK = Permission(
    "engagements.move_playbook", N_("Move an engagement to a newer playbook"), (of_office, is_assigned)
)
CHOOSE_PLAYBOOK = Permission(
    "engagements.choose_playbook",
    N_("Add playbooks to an engagement, or take them off"),
    (of_office, is_assigned),
)
PREVIEW_PLAYBOOKS = Permission(
    "playbooks.preview", N_("Preview changed playbooks before they are published"), (has_role(*OFFICE),)
)
VIEW_PLAYBOOKS = Permission(
    "playbooks.view",
    N_("Read playbooks"),
    (has_role(*OFFICE, Role.ADMINISTRATOR, Role.AUDITOR, Role.EXPERT, Role.VENDOR),),
)

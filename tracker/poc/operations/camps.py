"""Setting up co-creation camps, their groups and milestones, and noting what came of them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from tracker.accounts.access import Actor
from tracker.core import audit, clock
from tracker.core.db import Base, check_version, session
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.core.ubn import check_ubn
from tracker.journey.operations.telling import tell_at
from tracker.journey.queries import expert_ids, vendor_ids
from tracker.notifications.rules import Reason
from tracker.poc.models import Camp, CampGroup, CampMember, CampMilestone, Poc
from tracker.poc.queries.camps import taken_pocs, turns_of
from tracker.poc.rulebook import terms_of
from tracker.poc.rules import camps as rules
from tracker.poc.rules.file import check_done_on, check_named
from tracker.programmes.models import Programme


@dataclass(frozen=True)
class CampDetails:
    """What is known of a camp."""

    name: str
    place: str
    starts_on: date
    demo_day_on: date
    version: int | None = None


@dataclass(frozen=True)
class GroupDetails:
    """What is known of a group."""

    name: str
    enterprise: str
    enterprise_ubn: str = ""
    enterprise_contact: str = ""
    mentor_id: int | None = None
    brief: str = ""
    demo_order: int | None = None
    result: str = ""
    version: int | None = None


@dataclass(frozen=True)
class StageDetails:
    """Something that a group reaches by a day."""

    name: str
    due_on: date
    done_on: date | None = None
    version: int | None = None


def set_up_camp(programme: Programme, details: CampDetails, *, actor: Actor) -> Camp:
    """Set up a camp of a programme year that the actor runs."""
    if programme.id not in actor.scope("programme"):
        raise Refused(N_("You do not work in this programme year. Choose one of the list."), field="programme")
    rules.check_days(details.starts_on, details.demo_day_on, terms_of(programme).year)
    camp = Camp(programme=programme, **_camp_values(details))
    _add(camp)
    _record("camp.set_up", camp, camp, actor, **_camp_values(details))
    return camp


def change_camp(camp: Camp, details: CampDetails, *, actor: Actor) -> None:
    """Change what is known of a camp."""
    _hold(camp)
    check_version(camp, details.version)
    rules.check_days(details.starts_on, details.demo_day_on, terms_of(camp.programme).year)
    changed = audit.changes(camp, **_camp_values(details))
    if changed:
        session().flush()
        _record("camp.changed", camp, camp, actor, changed=changed)


def _camp_values(details: CampDetails) -> dict[str, Any]:
    return {
        "name": check_named(details.name, ()),
        "place": details.place,
        "starts_on": details.starts_on,
        "demo_day_on": details.demo_day_on,
    }


def add_group(camp: Camp, details: GroupDetails, *, actor: Actor) -> CampGroup:
    """Add a group to a camp."""
    _hold(camp)
    values = _group_values(camp, details)
    last = session().scalar(select(func.max(CampGroup.number)).where(CampGroup.camp_id == camp.id))
    group = CampGroup(camp=camp, number=(last or 0) + 1, **values)
    _add(group)
    _record("camp.group_added", group, camp, actor, **values)
    return group


def change_group(group: CampGroup, details: GroupDetails, *, actor: Actor) -> None:
    """Change what is known of a group, its turn on the demo day, or write what came of it."""
    _hold(group.camp)
    session().refresh(group)
    check_version(group, details.version)
    changed = audit.changes(group, **_group_values(group.camp, details, group))
    if changed:
        session().flush()
        _record("camp.group_changed", group, group.camp, actor, changed=changed)


def _group_values(camp: Camp, details: GroupDetails, group: CampGroup | None = None) -> dict[str, Any]:
    names = select(CampGroup.name).where(CampGroup.camp_id == camp.id, CampGroup.id != (group.id if group else 0))
    rules.check_turn(details.demo_order, turns_of(camp, besides=group))
    rules.check_result(details.result, camp.demo_day_on, clock.today())
    typed = details.enterprise_ubn.strip()
    return {
        "name": check_named(details.name, session().scalars(names)),
        "enterprise": details.enterprise,
        "enterprise_ubn": check_ubn(typed, field="enterprise_ubn") if typed else None,
        "enterprise_contact": details.enterprise_contact,
        "mentor_id": details.mentor_id,
        "brief": details.brief,
        "demo_order": details.demo_order,
        "result": details.result,
    }


def join_group(group: CampGroup, poc: Poc, role: str, *, actor: Actor) -> CampMember:
    """Let a proof of concept, and with it its vendor, work in a group."""
    _hold(group.camp)
    rules.check_member(poc.id, taken_pocs(group.camp), poc.engagement.programme_id, group.camp.programme_id)
    before = select(CampMember).where(CampMember.group_id == group.id, CampMember.poc_id == poc.id)
    member = session().scalars(before).one_or_none() or CampMember(group=group, poc=poc)
    member.role, member.removed_at = role, None
    _add(member)
    _record("camp.joined", member, group.camp, actor, poc=poc, group=group.number, role=role)
    tell_at(
        f"/camp-groups/{group.id}",
        vendor_ids(poc.engagement) | expert_ids(poc.engagement),
        Reason.PROGRESS,
        N_("%(vendor)s: “%(product)s” works in group “%(group)s” of the co-creation camp."),
        poc.engagement,
        actor=actor,
        group=group.name,
    )
    return member


def leave_group(member: CampMember, *, actor: Actor) -> None:
    """Take a proof of concept out of a group."""
    _hold(member.group.camp)
    session().refresh(member)
    if member.removed_at is not None:
        return
    member.removed_at = clock.now()
    session().flush()
    _record("camp.left", member, member.group.camp, actor, poc=member.poc, group=member.group.number)


def add_stage(group: CampGroup, details: StageDetails, *, actor: Actor) -> CampMilestone:
    """Add a milestone to a group."""
    _hold(group.camp)
    stage = CampMilestone(group=group, **_stage_values(details))
    _add(stage)
    _record("camp.milestone_added", stage, group.camp, actor, **_stage_values(details))
    return stage


def change_stage(stage: CampMilestone, details: StageDetails, *, actor: Actor) -> None:
    """Change a milestone of a group, or write when it was reached."""
    _hold(stage.group.camp)
    session().refresh(stage)
    check_version(stage, details.version)
    changed = audit.changes(stage, **_stage_values(details))
    if changed:
        session().flush()
        _record("camp.milestone_changed", stage, stage.group.camp, actor, changed=changed)


def _stage_values(details: StageDetails) -> dict[str, Any]:
    check_done_on(details.done_on, clock.today())
    return {"name": check_named(details.name, ()), "due_on": details.due_on, "done_on": details.done_on}


def _hold(camp: Camp) -> None:
    """Let one writer at a time change a camp and its groups."""
    work = session()
    work.execute(select(Camp.id).where(Camp.id == camp.id).with_for_update())
    work.refresh(camp)


def _add(row: Base) -> None:
    session().add(row)
    session().flush()


def _record(action: str, row: Base, camp: Camp, actor: Actor, *, poc: Poc | None = None, **facts: Any) -> None:
    audit.record(
        action,
        row,
        actor=actor,
        engagement_id=poc.engagement_id if poc is not None else None,
        organisation_id=poc.engagement.organisation_id if poc is not None else None,
        camp=camp.id,
        **facts,
    )

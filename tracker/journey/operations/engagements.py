"""Enrolling a product, and holding, withdrawing and resuming its engagement."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from tracker.accounts.access import SYSTEM, Actor
from tracker.core import audit, clock, search
from tracker.core.calendar import working_days_between
from tracker.core.clock import in_taipei
from tracker.core.db import session
from tracker.core.errors import Refused
from tracker.core.search import DocumentKind
from tracker.core.text import N_
from tracker.journey.models import Engagement, EngagementChange, StepProgress
from tracker.journey.operations.assignments import assign_expert
from tracker.journey.operations.contents import items_from
from tracker.journey.operations.schedule import begin_step, lock, move_due_days, recount
from tracker.journey.operations.telling import tell
from tracker.journey.queries.engagements import find_engagement_of, has_journey
from tracker.journey.queries.people import expert_ids, vendor_ids
from tracker.journey.queries.playbooks import current_versions
from tracker.journey.rules import AssignmentPart, EngagementState, Step, check_engagement_move, check_reason
from tracker.notifications.rules import Reason
from tracker.programmes import queries as programmes
from tracker.programmes.models import Programme
from tracker.vendors.models import Organisation, Product


@dataclass(frozen=True)
class Enrolment:
    """A product that enters a programme year."""

    product_id: int
    programme_id: int
    anchor_on: date
    lead_expert_id: int | None = None
    support_ids: tuple[int, ...] = ()


def enrol(details: Enrolment, *, actor: Actor) -> Engagement:
    """Begin an engagement: the four steps with the items of today's playbooks, the first one open from the anchor day."""
    product, programme = _checked(details, actor)
    engagement = Engagement(
        organisation=product.organisation,
        product=product,
        programme=programme,
        step=Step.ASSESS,
        anchor_on=details.anchor_on,
        step_since=details.anchor_on,
        due_on=details.anchor_on,
    )
    work = session()
    work.add(engagement)
    work.flush()
    progress = {step: StepProgress(engagement=engagement, step=step) for step in Step}
    work.add_all(progress.values())
    work.flush()
    work.add_all(items_from(engagement, current_versions(product.organisation.kind)))
    work.flush()
    begin_step(engagement, progress[Step.ASSESS], details.anchor_on)
    recount(engagement)
    _record(engagement, "engagement.enrolled", actor, anchor_on=details.anchor_on, programme_id=programme.id)
    index_engagement(engagement)
    tell(vendor_ids(engagement), Reason.PROGRESS, N_("%(product)s was enrolled; the first step is open."), engagement, actor=actor)  # fmt: skip
    if details.lead_expert_id is not None:
        assign_expert(engagement, details.lead_expert_id, AssignmentPart.LEAD, actor=actor)
    for user_id in details.support_ids:
        if user_id != details.lead_expert_id:
            assign_expert(engagement, user_id, AssignmentPart.SUPPORT, actor=actor)
    return engagement


def _checked(details: Enrolment, actor: Actor) -> tuple[Product, Programme]:
    work = session()
    product = work.get(Product, details.product_id)
    if product is None or product.removed_at is not None:
        raise Refused(N_("This product is no longer on the vendor's list. Choose another one."), field="product_id")
    programme = work.get(Programme, details.programme_id)
    if programme is None or (actor is not SYSTEM and programme.id not in actor.scope("programme")):
        raise Refused(N_("You do not work in this programme year. Choose one of yours."), field="programme_id")
    if not has_journey(programme):
        raise Refused(N_("This programme is not counselled in four steps. Choose another one."), field="programme_id")
    if not programme.starts_on <= details.anchor_on <= programme.ends_on:
        raise Refused(
            N_("The anchor day lies outside the programme year, which runs from %(first)s to %(last)s."),
            field="anchor_on",
            first=programme.starts_on,
            last=programme.ends_on,
        )
    existing = find_engagement_of(product.id, programme.id)
    if existing is not None:
        raise Refused(_already(existing.state), field="product_id", product=product.name_zh, number=existing.id)
    if not current_versions(product.organisation.kind):
        raise Refused(
            N_("No playbook is published yet, so there is nothing to counsel by. Publish the playbooks first.")
        )
    return product, programme


def _already(state: EngagementState) -> str:
    if state is EngagementState.WITHDRAWN:
        return N_(
            "“%(product)s” was enrolled in this programme year before and was withdrawn: engagement %(number)s. Open that engagement and resume it."
        )
    return N_("“%(product)s” is enrolled in this programme year already: engagement %(number)s. Open that engagement.")


def hold(engagement: Engagement, reason: str, *, actor: Actor) -> None:
    """Put an engagement on hold."""
    _move(engagement, EngagementState.ON_HOLD, reason, actor)
    _tell_all(engagement, N_("%(product)s is on hold: %(reason)s"), actor, reason)


def withdraw(engagement: Engagement, reason: str, *, actor: Actor) -> None:
    """Withdraw an engagement; it stays readable and can be resumed."""
    _move(engagement, EngagementState.WITHDRAWN, reason, actor)
    _tell_all(engagement, N_("%(product)s was withdrawn: %(reason)s"), actor, reason)


def resume(engagement: Engagement, reason: str, *, actor: Actor) -> None:
    """Take an engagement up again; its due days move by the working days that it rested."""
    rested = _working_days_at_rest(engagement)
    _move(engagement, EngagementState.ACTIVE, reason, actor)
    move_due_days(engagement, rested)
    _tell_all(engagement, N_("%(product)s goes on; due days moved by %(days)s working days: %(reason)s"), actor, reason, days=rested)  # fmt: skip


def _move(engagement: Engagement, new: EngagementState, reason: str, actor: Actor) -> None:
    lock(engagement)
    old = engagement.state
    check_engagement_move(old, new)
    text = check_reason(reason)
    change_state(engagement, new, text, actor=actor)
    _record(engagement, f"engagement.{_VERBS[new]}", actor, state=[old.value, new.value], reason=text)


_VERBS = {
    EngagementState.ON_HOLD: "held",
    EngagementState.WITHDRAWN: "withdrawn",
    EngagementState.ACTIVE: "resumed",
}


def change_state(engagement: Engagement, new: EngagementState, reason: str, *, actor: Actor) -> None:
    """Set the state and keep who did it, when and why."""
    session().add(
        EngagementChange(engagement_id=engagement.id, old=engagement.state, new=new, reason=reason, by_id=actor.user_id)
    )
    engagement.state = new


def _working_days_at_rest(engagement: Engagement) -> int:
    """Count the working days since the engagement was last active; those on hold before a withdrawal count too."""
    changes = select(EngagementChange).where(EngagementChange.engagement_id == engagement.id)
    since: date | None = None
    for change in session().scalars(changes.order_by(EngagementChange.id.desc())):
        if change.new is EngagementState.ACTIVE:
            break
        since = in_taipei(change.at).date()
    if since is None:
        return 0
    return working_days_between(since, clock.today(), programmes.calendar_overrides())


def _tell_all(engagement: Engagement, msgid: str, actor: Actor, reason: str, **params: object) -> None:
    people = vendor_ids(engagement) | expert_ids(engagement)
    tell(people, Reason.PROGRESS, msgid, engagement, actor=actor, reason=reason.strip(), **params)


def _record(engagement: Engagement, action: str, actor: Actor, **facts: object) -> None:
    audit.record(
        action,
        engagement,
        actor=actor,
        engagement_id=engagement.id,
        organisation_id=engagement.organisation_id,
        **facts,
    )


def index_engagement(engagement: Engagement) -> None:
    """Put the engagement into the search index."""
    vendor, product, programme = engagement.organisation, engagement.product, engagement.programme
    words = (vendor.name_en, vendor.ubn, product.name_en, programme.name_zh, programme.name_en, str(programme.roc_year))
    search.put(
        search.Entry(
            DocumentKind.ENGAGEMENT,
            engagement.id,
            f"{vendor.name_zh} {product.name_zh}",
            "\n".join(word for word in words if word),
            organisation_id=engagement.organisation_id,
            engagement_id=engagement.id,
            programme_id=engagement.programme_id,
        )
    )


def index_vendor(vendor: Organisation) -> None:
    """Index every engagement of a vendor anew, after its name or a product's has changed."""
    for engagement in session().scalars(select(Engagement).where(Engagement.organisation_id == vendor.id)):
        index_engagement(engagement)

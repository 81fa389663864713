"""What waits for somebody: next steps of leads, exposures to confirm, public pages to agree to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, case, cast, literal, null, select, union_all

from tracker.accounts.access import Actor, for_actors
from tracker.accounts.rules import Role
from tracker.core.content import Bilingual, names
from tracker.core.db import UtcTimestamp, read, session
from tracker.core.keyset import AnySelect
from tracker.core.text import N_, Message
from tracker.notifications.rules import Reason, Reminder
from tracker.outreach import permissions
from tracker.outreach.models import Exposure, Lead, SolutionPage
from tracker.outreach.rules import OPEN, ExposureState
from tracker.vendors.models import Membership, Organisation, Product

HORIZON = timedelta(days=7)
FAR_AWAY = datetime(9000, 1, 1, tzinfo=UTC)


class WaitingKind(StrEnum):
    """What it is that waits."""

    LEAD = "lead"
    EXPOSURE = "exposure"
    PAGE = "page"


@dataclass(frozen=True)
class Waiting:
    """Something that waits for somebody."""

    kind: WaitingKind
    id: int
    """The lead, the exposure, or the product whose page it is."""
    text: Bilingual
    vendor: Bilingual
    due_on: date | None
    since: datetime | None


def waiting_for(actor: Actor, limit: int) -> list[Waiting]:
    """List what waits for the actor, the first due first, in one query."""
    return in_order(read(what_waits(actor, limit), actor.parameters).all())


def in_order(rows: Iterable[Any]) -> list[Waiting]:
    """Give what was read by `what_waits`, the first due first, then what waits longest."""
    found = [
        Waiting(WaitingKind(kind), key, names(text_zh, text_en), names(vendor_zh, vendor_en), due_on, since)
        for kind, key, text_zh, text_en, vendor_zh, vendor_en, due_on, since in rows
    ]
    return sorted(found, key=lambda one: (one.due_on is None, one.due_on or date.max, one.since or FAR_AWAY, one.id))


@for_actors
def what_waits(actor: Actor, limit: int) -> AnySelect:
    """Select what waits for the actor, to be read alone or together with others."""
    vendor = Organisation.name_zh.label("vendor_zh"), Organisation.name_en.label("vendor_en")
    no_day, no_moment = cast(null(), Date), cast(null(), UtcTimestamp)
    parts: list[AnySelect] = [
        select(
            literal(WaitingKind.LEAD.value).label("kind"),
            Lead.id.label("id"),
            Lead.next_step.label("text_zh"),
            literal("").label("text_en"),
            *vendor,
            Lead.due_on.label("due_on"),
            no_moment.label("since"),
        )
        .join(Organisation, Organisation.id == Lead.organisation_id)
        .where(Lead.owner_id == actor.user_id, Lead.state.in_(OPEN))
        .where(permissions.visible(actor, Lead.organisation_id))
        .order_by(Lead.due_on, Lead.id)
        .limit(limit)
    ]
    if actor.is_office:
        parts.append(
            select(
                literal(WaitingKind.EXPOSURE.value),
                Exposure.id,
                Exposure.title,
                case((Exposure.title == Product.name_zh, Product.name_en), else_=""),  # entries bear its name
                *vendor,
                no_day,
                Exposure.changed_at,
            )
            .join(Organisation, Organisation.id == Exposure.organisation_id)
            .outerjoin(Product, Product.id == Exposure.product_id)
            .where(Exposure.state == ExposureState.OUT)
            .order_by(Exposure.changed_at, Exposure.id)
            .limit(limit)
        )
    if actor.has(Role.VENDOR):
        parts.append(
            select(
                literal(WaitingKind.PAGE.value),
                SolutionPage.product_id,
                Product.name_zh,
                Product.name_en,
                *vendor,
                no_day,
                SolutionPage.asked_at,
            )
            .join(Organisation, Organisation.id == SolutionPage.organisation_id)
            .join(Product, Product.id == SolutionPage.product_id)
            .where(SolutionPage.asked_at.is_not(None), Product.removed_at.is_(None))
            .where(SolutionPage.organisation_id.in_(actor.scope("organisation")))
            .order_by(SolutionPage.asked_at, SolutionPage.id)
            .limit(limit)
        )
    both = union_all(*(select(part.subquery()) for part in parts)).subquery()
    return select(both).order_by(both.c.due_on.is_(None), both.c.due_on, both.c.since, both.c.id).limit(limit)


def reminders(day: date) -> Iterable[Reminder]:
    """Tell who owes a next step within a week, and which members are asked to agree to a page."""
    wanted = (
        select(Lead.id, Lead.owner_id, Lead.next_step, Lead.due_on)
        .where(Lead.state.in_(OPEN), Lead.owner_id.is_not(None), Lead.due_on <= day + HORIZON)
        .order_by(Lead.due_on, Lead.id)
    )
    found: Sequence[Any] = session().execute(wanted).all()
    for lead_id, owner, text, due_on in found:
        message = Message(N_("Next step of a match: %(text)s"), {"text": text})
        yield Reminder(owner, Reason.DUE, message, f"/outreach/leads/{lead_id}", due_on)
    yield from _pages_to_agree_to()


def _pages_to_agree_to() -> Iterable[Reminder]:
    wanted = (
        select(Membership.user_id, SolutionPage.product_id, Product.name_zh, Product.name_en)
        .join(Membership, Membership.organisation_id == SolutionPage.organisation_id)
        .join(Product, Product.id == SolutionPage.product_id)
        .where(SolutionPage.asked_at.is_not(None), Membership.ended_at.is_(None), Product.removed_at.is_(None))
        .order_by(SolutionPage.id, Membership.user_id)
    )
    for user_id, product_id, name_zh, name_en in session().execute(wanted).all():
        message = Message(
            N_("The public page of %(product)s waits for your agreement"), {"product": names(name_zh, name_en)}
        )
        yield Reminder(user_id, Reason.DECISION, message, f"/vendors/products/{product_id}/solution-page", None)

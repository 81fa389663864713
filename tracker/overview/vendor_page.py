"""The page of a vendor with everything on it.

The list and this page show what higher features know, so they stand here; they belong to the blueprint of vendors, whose
endpoints every feature links to. `app.py` takes that blueprint from this module, with all of its pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import bindparam, select

from tracker.accounts.access import Actor, can, current_actor, for_actors, requires
from tracker.accounts.models import User
from tracker.accounts.permissions import INVITE
from tracker.accounts.queries import OpenInvitation, open_invitations
from tracker.coaching import permissions as coaching_permissions
from tracker.coaching.models import CoachingSession
from tracker.core import clock
from tracker.core.db import session
from tracker.core.text import N_, Message
from tracker.core.together import Together
from tracker.events.queries import attendance as attendances
from tracker.events.rules.events import is_quiet
from tracker.evidence.models import Evidence
from tracker.evidence.queries import evidence_of_organisation
from tracker.journey import permissions as journey_permissions
from tracker.journey import queries as journey
from tracker.journey.models import Engagement
from tracker.journey.queries.engagements import EngagementRow, read_row
from tracker.journey.queries.engagements import rows as engagement_rows
from tracker.journey.queries.items import NextAction
from tracker.journey.rules import EngagementState
from tracker.outreach import permissions as outreach_permissions
from tracker.outreach.queries import SHELF, Shelf, on_shelf
from tracker.overview import history
from tracker.overview.vendor_list_page import CURRENT, bp
from tracker.programmes.models import Programme
from tracker.vendors import permissions, queries
from tracker.vendors.models import Organisation
from tracker.vendors.queries import Belongings

__all__ = ["bp"]

RECENT = 5
EVENTS = 10
MOST_INVITATIONS = 20
ALL_EVENTS = 50
ALL_CAME = 300
LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class VendorPage:
    """Everything of a vendor that the reader may see."""

    belongings: Belongings
    engagements: Sequence[tuple[EngagementRow, NextAction | None]]
    sessions: Sequence[Any]
    """The last coaching sessions, the newest first."""
    evidence: Sequence[Evidence]
    events: Sequence[history.Event]
    invitations: Sequence[OpenInvitation]
    outreach: Shelf
    came: Sequence[Any]
    """Who came to which event, the newest first."""

    @property
    def is_quiet(self) -> bool:
        """Tell whether the vendor is counselled and nobody came to an event for long."""
        running = [row for row, _next in self.engagements if row.state is EngagementState.ACTIVE]
        return bool(running) and is_quiet(self.came[0].begins_at if self.came else None, now=clock.now())


@bp.route("/vendors/<int:vendor_id>")
@requires(permissions.VIEW_VENDOR, on=queries.get_vendor)
def show(vendor: Organisation) -> ResponseReturnValue:
    """Show a vendor with everything on its record."""
    actor = current_actor()
    return render_template(
        "overview/vendor.html",
        vendor=vendor,
        page=page_of(vendor, actor),
        recent=RECENT,
        may_edit=can(actor, permissions.EDIT_VENDOR, vendor),
        invite_right=INVITE,
        may_invite=can(actor, permissions.MANAGE_MEMBERS, vendor),
        may_enrol=can(actor, journey_permissions.ENROL),
        may_reach_out=can(actor, outreach_permissions.EDIT_LEAD, vendor),
        reads_note=can(actor, permissions.READ_INTERNAL, vendor),
    )


@bp.route("/vendors/<int:vendor_id>/history")
@requires(permissions.VIEW_VENDOR, on=queries.get_vendor)
def show_history(vendor: Organisation) -> ResponseReturnValue:
    """Show what happened to a vendor, page by page."""
    events = history.of_vendor(vendor.id, actor=current_actor(), limit=ALL_EVENTS, before=read_before())
    older = events[-1].id if len(events) == ALL_EVENTS else None
    return render_template("overview/vendor_history.html", vendor=vendor, events=events, older=older)


@bp.route("/vendors/<int:vendor_id>/events")
@requires(permissions.VIEW_VENDOR, on=queries.get_vendor)
def show_events(vendor: Organisation) -> ResponseReturnValue:
    """Show who of a vendor came to what, and the hours of each person."""
    return render_template(
        "overview/vendor_events.html",
        vendor=vendor,
        people=attendances.hours_by_person(vendor.id),
        came=attendances.who_came(vendor.id, ALL_CAME),
        most=ALL_CAME,
    )


@bp.route("/vendors/<int:vendor_id>/evidence")
@requires(permissions.VIEW_VENDOR, on=queries.get_vendor)
def show_evidence(vendor: Organisation) -> ResponseReturnValue:
    """Show the files and links of a vendor, page by page."""
    files = evidence_of_organisation(vendor.id, actor=current_actor(), limit=ALL_EVENTS, before=read_before())
    older = files[-1].id if len(files) == ALL_EVENTS else None
    return render_template("overview/vendor_evidence.html", vendor=vendor, files=files, older=older)


def read_before() -> int | None:
    """Read before which row the page begins; more than an id can be is the largest one."""
    before = request.args.get("before", type=int)
    return min(before, LARGEST_ID) if before is not None and before > 0 else None


def page_of(vendor: Organisation, actor: Actor) -> VendorPage:
    """Gather the page."""
    engagements = engagements_of(vendor.id, actor)
    sessions, shelf = _sessions_and_shelf(actor).read({"vendor_id": vendor.id, **actor.parameters})
    waiting = journey.next_actions([row.id for row in engagements])
    return VendorPage(
        belongings=queries.belongings_of(vendor.id),
        engagements=[(row, waiting.get(row.id)) for row in engagements],
        sessions=sorted(sessions, key=lambda one: one.starts_at, reverse=True),
        evidence=evidence_of_organisation(vendor.id, actor=actor, limit=RECENT + 1),
        events=history.of_vendor(vendor.id, actor=actor, limit=EVENTS),
        invitations=(
            open_invitations(vendor.id, limit=MOST_INVITATIONS)
            if can(actor, permissions.MANAGE_MEMBERS, vendor)
            else []
        ),
        outreach=on_shelf(shelf),
        came=attendances.who_came(vendor.id, RECENT),
    )


def engagements_of(vendor_id: int, actor: Actor) -> list[EngagementRow]:
    """Read the engagements of a vendor, the newest year first."""
    statement = engagement_rows().where(Engagement.organisation_id == vendor_id, journey_permissions.visible(actor))
    return list(map(read_row, session().execute(statement.order_by(Engagement.id.desc()).limit(20))))


@for_actors
def _sessions_and_shelf(actor: Actor) -> Together:
    """Write the query of a vendor's last coaching sessions, and of what was done for its products to be seen."""
    statement = (
        select(
            CoachingSession.id,
            CoachingSession.starts_at,
            CoachingSession.hours,
            CoachingSession.step,
            CoachingSession.state,
            User.name.label("expert"),
        )
        .join(User, User.id == CoachingSession.expert_id)
        .where(CoachingSession.organisation_id == bindparam("vendor_id"), coaching_permissions.visible(actor))
    )
    return Together(statement.order_by(CoachingSession.starts_at.desc()).limit(RECENT), SHELF)


def reason_to_keep(product_id: int) -> Message | None:
    """Say why a product cannot be taken off its vendor's record: it is being counselled."""
    statement = (
        select(Programme.roc_year)
        .join(Engagement, Engagement.programme_id == Programme.id)
        .where(Engagement.product_id == product_id, Engagement.state.in_(CURRENT))
    )
    year = session().scalar(statement.limit(1))
    if year is None:
        return None
    sentence = N_(
        "This product is being counselled in the programme year %(year)s. Withdraw or finish that engagement first."
    )
    return Message(sentence, {"year": year})

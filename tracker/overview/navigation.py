"""The main navigation: an entry shows to whom its page would let in."""

from dataclasses import dataclass

from flask import request, url_for

from tracker.accounts.access import ADMINISTER, SIGNED_IN, Actor, Permission, can
from tracker.accounts.permissions import LIST_PEOPLE
from tracker.coaching.permissions import LIST_SESSIONS
from tracker.core.text import N_
from tracker.events.permissions import LIST_EVENTS
from tracker.imports.permissions import LIST_IMPORTS
from tracker.journey.permissions import LIST_ENGAGEMENTS, VIEW_PLAYBOOKS
from tracker.outreach.permissions import LIST_OUTREACH
from tracker.overview.audit_trail.permissions import READ_AUDIT
from tracker.poc.permissions import LIST_POCS
from tracker.programmes.permissions import VIEW_PROGRAMMES
from tracker.reports.permissions import VIEW_REPORTS
from tracker.sandboxes.permissions import LIST_SANDBOXES
from tracker.vendors.permissions import LIST_VENDORS
from tracker.web.texts import gettext


@dataclass(frozen=True)
class Place:
    """A page of the navigation."""

    endpoint: str
    label: str
    permission: Permission
    key: str
    """The letter that leads here after `g`."""


@dataclass(frozen=True)
class Entry:
    """A place as the layout shows it."""

    label: str
    url: str
    current: bool
    key: str
    count: str | None = None


PLACES: tuple[Place, ...] = (
    Place("overview.home", N_("Home"), SIGNED_IN, "h"),
    Place("vendors.index", N_("Vendors"), LIST_VENDORS, "v"),
    Place("journey.index", N_("Engagements"), LIST_ENGAGEMENTS, "e"),
    Place("overview.board", N_("Board"), LIST_ENGAGEMENTS, "b"),
    Place("coaching.index", N_("Coaching sessions"), LIST_SESSIONS, "s"),
    Place("poc.index", N_("Proofs of concept"), LIST_POCS, "c"),
    Place("events.index", N_("Events"), LIST_EVENTS, "t"),
    Place("outreach.index", N_("Outreach"), LIST_OUTREACH, "o"),
    Place("sandboxes.index", N_("Sandboxes"), LIST_SANDBOXES, "x"),
    Place("reports.index", N_("Reports"), VIEW_REPORTS, "r"),
    Place("programmes.index", N_("Programmes"), VIEW_PROGRAMMES, "p"),
    Place("journey.playbooks", N_("Playbooks"), VIEW_PLAYBOOKS, "k"),
    Place("imports.index", N_("Imports"), LIST_IMPORTS, "i"),
    Place("people.index", N_("People"), LIST_PEOPLE, "u"),
    Place("audit.index", N_("Audit trail"), READ_AUDIT, "a"),
    Place("admin.work", N_("Work in the background"), ADMINISTER, "w"),
)


def entries(actor: Actor) -> list[Entry]:
    """Give the places that the actor may open; the one whose address this page's address begins with is the current one."""
    here = f"{request.path.rstrip('/')}/"
    found = [(place, url_for(place.endpoint)) for place in PLACES if can(actor, place.permission)]
    return [
        Entry(
            gettext(place.label), url, here.startswith(f"{url.rstrip('/')}/") if url != "/" else here == "/", place.key
        )
        for place, url in found
    ]

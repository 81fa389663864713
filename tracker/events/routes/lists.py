"""The list of events, the month, and the feed that everybody may read."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from flask import Response, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import PUBLIC, Actor, current_actor, requires
from tracker.core import clock
from tracker.core.counts import shown_count
from tracker.events import invitations, permissions
from tracker.events.queries import events as queries
from tracker.events.queries.events import EventFilter
from tracker.events.routes.blueprint import bp, name_of
from tracker.events.rules.events import EventKind, EventState
from tracker.web import month
from tracker.web.month import Entry

MOST_ENTRIES = 300


@bp.route("/events")
@requires(permissions.LIST_EVENTS)
def index() -> ResponseReturnValue:
    """List the events that the reader may see, the latest first."""
    actor, wanted = current_actor(), EventFilter.read(request.args)
    found = queries.page(wanted, actor=actor, after=request.args.get("after"), before=request.args.get("before"))
    total = queries.count(wanted, actor=actor)
    return render_template(
        "events/index.html",
        page=found,
        wanted=wanted,
        total=shown_count(total),
        kinds=EventKind,
        states=EventState,
        series=[(one, one) for one in queries.series_known()],
    )


@bp.route("/events/calendar")
@requires(permissions.LIST_EVENTS)
def calendar() -> ResponseReturnValue:
    """Show a month of events, as a grid and as an agenda."""
    actor, wanted, today = current_actor(), EventFilter.read(request.args), clock.today()
    first = wanted.month or today.replace(day=1)
    entries = list(_entries(first, wanted, actor))
    return render_template(
        "events/calendar.html",
        weeks=month.weeks_of(first, entries, today=today),
        days=month.agenda_of(entries, today=today),
        month_name=month.name_of(first),
        weekdays=month.weekdays(),
        before=_address((first - timedelta(days=1)).isoformat()[:7]),
        after=_address(_following(first).isoformat()[:7]),
        today=_address(None),
        is_cut=len(entries) >= MOST_ENTRIES,
        most=MOST_ENTRIES,
    )


def _following(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def _entries(first: date, wanted: EventFilter, actor: Actor) -> Iterator[Entry]:
    begins, ends = clock.start_of(first), clock.start_of(_following(first))
    for one in queries.sessions_between(begins, ends, wanted, actor=actor, limit=MOST_ENTRIES):
        local, event = clock.in_taipei(one.starts_at), one.event
        note = " · ".join(filter(None, (_(event.kind.label), one.title, event.place)))
        url = url_for(".show", event_id=event.id)
        yield Entry(local.date(), local.strftime("%H:%M"), name_of(event), url, note, event.shown_state)


def _address(asked: str | None) -> str:
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name != "month"}
    if asked:
        kept["month"] = asked
    return url_for(".calendar", **kept)


@bp.route("/events/public.ics")
@requires(PUBLIC)
def feed() -> ResponseReturnValue:
    """Give the public events to calendar programs."""
    body = invitations.feed(queries.public_events(), str(g.get("language", "zh-Hant")), name=_("CloudSteps events"))
    return Response(body, mimetype="text/calendar", headers={"Content-Disposition": "inline; filename=events.ics"})
